/** What every file needs: the bindings, the request's variables, ids, hashes and the check of a page's origin. */

import type { Context } from 'hono';

import { Problem } from './problem';

export interface App {
  Bindings: {
    DB: D1Database;
    SNAPSHOTS: KVNamespace;
    QUOTAS: DurableObjectNamespace;
    DEFAULT_SITE: string;
    ASSET_MANIFEST: string;
    OPERATOR_TOKEN: string;
  };
  Variables: { requestId: string };
}

export type Ctx = Context<App>;

const SITE_ID = /^site_[a-z0-9_]{1,40}$/;

export const isSiteId = (text: string): boolean => SITE_ID.test(text);

/** 128 random bits with a prefix. */
export const newId = (prefix: string): string => prefix + crypto.randomUUID().replaceAll('-', '');

const encoder = new TextEncoder();

export async function sha256(text: string): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', encoder.encode(text))).toHex();
}

export const instant = (millis: number | null): string | null => (millis === null ? null : new Date(millis).toISOString());

/** Whether the page that asks may: same origin, one of the site's, or no page at all. Sets what CORS needs. */
export function allowOrigin(c: Ctx, origins: string[]): void {
  const origin = c.req.header('origin');
  if (origin === undefined) return;
  if (!origins.includes(origin) && origin !== new URL(c.req.url).origin) {
    throw new Problem('origin-not-allowed', "add the page's origin to the site's origins");
  }
  c.header('access-control-allow-origin', origin);
}
