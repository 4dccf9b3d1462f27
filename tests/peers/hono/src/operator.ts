/** Puts a site in place for the bench: its row, and the snapshots that the edge published for the same site. */

import { type Ctx, newId, sha256 } from './app';
import { readJson } from './input';
import { Problem } from './problem';
import { snapshotKey } from './snapshots';

interface Spec {
  name: string;
  policy: unknown;
  origins: string[];
  snapshots: { kind: 'boot' | 'status'; locale: string; body: string }[];
}

export async function putSite(c: Ctx): Promise<Response> {
  if (c.req.header('authorization') !== `Bearer ${c.env.OPERATOR_TOKEN}`) throw new Problem('unauthenticated');
  const site = c.req.param('site') ?? '';
  const { name, policy, origins, snapshots } = (await readJson(c)).value as unknown as Spec;
  const now = Date.now();
  const key = { kid: 'k1', secret: newId('') };
  await c.env.DB.batch([
    c.env.DB.prepare(
      `INSERT INTO sites (site_id, name, policy_toml, policy_json, origins, anonymous, identity_keys, created_at, updated_at)
       VALUES (?1, ?2, '', ?3, ?4, 1, ?5, ?6, ?6)
       ON CONFLICT (site_id) DO UPDATE SET policy_json = ?3, origins = ?4, updated_at = ?6, policy_version = policy_version + 1`,
    ).bind(site, name, JSON.stringify(policy), JSON.stringify(origins), JSON.stringify([key]), now),
    c.env.DB.prepare('INSERT OR IGNORE INTO ticket_numbers (site_id) VALUES (?1)').bind(site),
  ]);
  for (const { kind, locale, body } of snapshots) {
    const etag = (await sha256(body)).slice(0, 16);
    await c.env.SNAPSHOTS.put(snapshotKey(kind, site, locale), body, { metadata: { etag, origins } });
  }
  return c.json({ site, identity: key }, 201);
}
