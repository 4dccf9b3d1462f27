/** Visitors come in, and are known again by the hash of their token. */

import { verify } from 'hono/jwt';

import { type Ctx, allowOrigin, instant, isSiteId, newId, sha256 } from './app';
import { Fields, readJson } from './input';
import { type Policy, knownVersion, policyOf } from './policy';
import { Problem, invalid } from './problem';

const DAY_MS = 86_400_000;
const ANONYMOUS_MS = 90 * DAY_MS;
const TOKEN_LENGTH_MAX = 160;

export interface Token {
  site: string;
  hash: string;
}

export interface Caller {
  customerId: string;
  name: string | null;
  tier: string;
  origins: string[];
  policy: Policy;
}

/** The bearer token of a request: which site it is for, and its hash. */
export async function readToken(c: Ctx): Promise<Token> {
  const token = c.req.header('authorization')?.replace(/^bearer /i, '').trim() ?? '';
  const [prefix, site] = token.split('.');
  if (prefix !== 'bv1' || token.length > TOKEN_LENGTH_MAX || !isSiteId(site)) throw new Problem('unauthenticated');
  return { site, hash: await sha256(token) };
}

/** Finds the customer behind a token, and their site; the policy comes along unless this isolate has it. */
export function findCaller(db: D1Database, token: Token, now: number): D1PreparedStatement {
  return db
    .prepare(
      `SELECT c.customer_id, c.name, c.tier, s.origins, s.policy_version,
         CASE WHEN s.policy_version = ?2 THEN NULL ELSE s.policy_json END AS policy_json
       FROM sessions e JOIN customers c ON c.site_id = e.site_id AND c.customer_id = e.customer_id
       JOIN sites s ON s.site_id = e.site_id WHERE e.site_id = ?1 AND e.token_hash = ?3 AND e.expires_at > ?4`,
    )
    .bind(token.site, knownVersion(token.site), token.hash, now);
}

interface CallerRow {
  customer_id: string;
  name: string | null;
  tier: string;
  origins: string;
  policy_version: number;
  policy_json: string | null;
}

/** Reads what `findCaller` gave. */
export function callerOf(result: D1Result, token: Token): Caller {
  const row = result.results[0] as CallerRow | undefined;
  if (!row) throw new Problem('unauthenticated');
  return {
    customerId: row.customer_id,
    name: row.name,
    tier: row.tier,
    origins: JSON.parse(row.origins),
    policy: policyOf(token.site, row.policy_version, row.policy_json),
  };
}

interface Door {
  origins: string;
  anonymous: number;
  identity_keys: string;
  policy_json: string;
}

interface Claims {
  sub: string;
  aud: string;
  name?: string;
  email?: string;
  tier?: string;
  plan?: string;
  locale?: string;
}

async function believe(identity: string, site: string, door: Door): Promise<Claims> {
  for (const { secret } of JSON.parse(door.identity_keys) as { secret: string }[]) {
    try {
      const claims = (await verify(identity, secret, 'HS256')) as unknown as Claims;
      if (claims.aud === site && claims.sub) return claims;
    } catch {
      // Not this key's, or not valid any more; the next key may know it.
    }
  }
  throw new Problem('unauthenticated', 'the identity is not valid for this site');
}

export async function createSession(c: Ctx): Promise<Response> {
  const { value } = await readJson(c);
  const fields = new Fields(value, ['site', 'identity']);
  const site = fields.requiredLine('site', 64);
  const identity = fields.line('identity', 4096);
  fields.done();
  const db = c.env.DB;
  const door = await db
    .prepare('SELECT origins, anonymous, identity_keys, policy_json FROM sites WHERE site_id = ?1')
    .bind(site)
    .first<Door>();
  if (!door) throw invalid([{ field: 'site', code: 'unknown_value', detail: 'there is no such site' }]);
  allowOrigin(c, JSON.parse(door.origins));
  const claims = identity ? await believe(identity, site, door) : null;
  if (!claims && door.anonymous === 0) throw new Problem('forbidden', 'this site needs a signed identity');

  const now = Date.now();
  const expiresAt = now + (claims ? DAY_MS : ANONYMOUS_MS);
  const policy: Policy = JSON.parse(door.policy_json);
  const tier = policy.tiers.find(({ key }) => key === claims?.tier)?.key ?? policy.site.default_tier;
  const token = `bv1.${site}.${newId('')}${newId('')}`;
  const customerId = newId('cus_');
  const customer = db
    .prepare(
      `INSERT INTO customers (site_id, customer_id, tier, verified, created_at, updated_at, external_id, name, email, plan, locale)
       VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6, ?7, ?8, ?9, ?10)
       ON CONFLICT (site_id, external_id) WHERE external_id IS NOT NULL
       DO UPDATE SET tier = ?3, updated_at = ?5, name = ?7, email = ?8, plan = ?9, locale = ?10 RETURNING customer_id`,
    )
    .bind(site, customerId, tier, claims ? 1 : 0, now, claims?.sub ?? null, claims?.name ?? null, claims?.email ?? null, claims?.plan ?? null, claims?.locale ?? null);
  const session = db
    .prepare(
      `INSERT INTO sessions (site_id, token_hash, customer_id, created_at, expires_at)
       SELECT site_id, ?2, customer_id, ?3, ?4 FROM customers
       WHERE site_id = ?1 AND ((?5 IS NULL AND customer_id = ?6) OR (?5 IS NOT NULL AND external_id = ?5))`,
    )
    .bind(site, await sha256(token), now, expiresAt, claims?.sub ?? null, customerId);
  const [stored] = await db.batch([customer, session]);
  return c.json({ token, visitor: stored.results[0].customer_id, expires_at: instant(expiresAt) }, 201);
}
