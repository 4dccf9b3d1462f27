/**
 * The peer: what a good TypeScript engineer would write for the routes that the bench measures, with Hono, D1 and KV.
 *
 * It does what the edge does for boot, status, session, ticket create and ticket list: the same checks, counters and tables, the
 * same writes in one batch, the same fields and headers. Of triage it has the phrases that raise a priority. The bench compares the shape of every answer before it measures, so neither side may
 * quietly do less. Nothing here is slower than it has to be: one round trip to read, one to write, no schema library.
 */

import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';

import { type App, newId } from './app';
import { Problem, problemResponse } from './problem';
import { putSite } from './operator';
import { createSession } from './sessions';
import { getBoot, getStatus } from './snapshots';
import { createTicket, listTickets } from './tickets';

/** The longest ticket in four-byte letters, doubled. */
const BODY_BYTES_MAX = 96 * 1024;
/** A site with its policy and snapshots. */
const SITE_BYTES_MAX = 1024 * 1024;

const app = new Hono<App>({ strict: false });

/** What every answer carries; set first, so that refusals have it too. */
app.use(async (c, next) => {
  const requestId = newId('req_');
  c.set('requestId', requestId);
  c.header('access-control-expose-headers', 'etag, retry-after, x-request-id');
  c.header('cache-control', 'no-store');
  c.header('content-security-policy', "default-src 'none'; frame-ancestors 'none'");
  c.header('cross-origin-resource-policy', 'cross-origin');
  c.header('referrer-policy', 'no-referrer');
  c.header('strict-transport-security', 'max-age=31536000');
  c.header('vary', 'origin');
  c.header('x-content-type-options', 'nosniff');
  c.header('x-request-id', requestId);
  await next();
});

app.options('*', (c) => {
  const origin = c.req.header('origin');
  if (origin) c.header('access-control-allow-origin', origin);
  c.header('access-control-allow-methods', 'GET, POST, PUT');
  c.header('access-control-allow-headers', 'authorization, content-type, idempotency-key');
  c.header('access-control-max-age', '86400');
  return c.body(null, 204);
});

const limit = (maxSize: number) =>
  bodyLimit({
    maxSize,
    onError: () => {
      throw new Problem('body-too-large', `at most ${maxSize} bytes`);
    },
  });

app.get('/api/support/boot', getBoot);
app.get('/api/support/status', getStatus);
app.post('/api/support/session', limit(BODY_BYTES_MAX), createSession);
app.post('/api/support/tickets', limit(BODY_BYTES_MAX), createTicket);
app.get('/api/support/tickets', listTickets);
app.put('/api/support/operator/sites/:site', limit(SITE_BYTES_MAX), putSite);

app.notFound((c) => problemResponse(c, new Problem('not-found')));
app.onError((error, c) => {
  if (error instanceof Problem) return problemResponse(c, error);
  console.error(`${c.get('requestId')}: ${error.stack ?? error}`);
  return problemResponse(c, new Problem('internal'));
});

export { QuotaRoom } from './quotas';
export default app;
