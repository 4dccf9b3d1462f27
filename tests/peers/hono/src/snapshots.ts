/** What everybody reads: boot and status, from KV and nothing else. */

import { type Ctx, allowOrigin, isSiteId, sha256 } from './app';
import { Problem, invalid } from './problem';

interface Snapshot {
  etag: string;
  origins: string[];
}

export const snapshotKey = (kind: 'boot' | 'status', site: string, locale: string): string => `${kind}/${site}/${locale}`;

/** The manifest belongs to the deployment, so its hash is made once. */
let manifestHash: Promise<string> | undefined;

async function read(c: Ctx, kind: 'boot' | 'status', site: string): Promise<{ body: string } & Snapshot> {
  if (!isSiteId(site)) throw new Problem('not-found');
  const locale = c.req.query('locale') || 'ru';
  const { value, metadata } = await c.env.SNAPSHOTS.getWithMetadata<Snapshot>(snapshotKey(kind, site, locale), 'text');
  if (value === null || metadata === null) throw new Problem('not-found');
  return { body: value, ...metadata };
}

/** 200 with the text, or 304 for a reader who has it. */
function answer(c: Ctx, etag: string, body: string): Response {
  c.header('etag', etag);
  c.header('cache-control', 'public, no-cache');
  const known = c.req.header('if-none-match');
  if (known?.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag)) return c.body(null, 304);
  c.header('content-type', 'application/json; charset=utf-8');
  return c.body(body);
}

export async function getBoot(c: Ctx): Promise<Response> {
  const site = c.req.query('site');
  if (!site) throw invalid([{ field: 'site', code: 'required', detail: 'this query parameter is needed' }]);
  const { body, etag, origins } = await read(c, 'boot', site);
  allowOrigin(c, origins);
  manifestHash ??= sha256(c.env.ASSET_MANIFEST).then((hash) => hash.slice(0, 16));
  return answer(c, `"${etag}-${await manifestHash}"`, `${body.slice(0, -1)},"assets":${c.env.ASSET_MANIFEST}}`);
}

export async function getStatus(c: Ctx): Promise<Response> {
  const { body, etag } = await read(c, 'status', c.req.query('site') || c.env.DEFAULT_SITE);
  c.header('access-control-allow-origin', '*');
  return answer(c, `"${etag}"`, body);
}
