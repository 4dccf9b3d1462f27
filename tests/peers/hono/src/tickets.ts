/** Tickets of the visitors whose they are. */

import { type Ctx, allowOrigin, instant, newId, sha256 } from './app';
import { type Attempt, assign, findAround, writes } from './filing';
import { Fields, idempotencyKey, readJson } from './input';
import { type Policy, deadlines, localeFor, triage } from './policy';
import { Problem, invalid } from './problem';
import { chargeTicket } from './quotas';
import { type Caller, type Token, callerOf, findCaller, readToken } from './sessions';

const DRAFT_FIELDS = ['category', 'subject', 'body', 'email', 'name', 'locale', 'context'] as const;
const CONTEXT_FIELDS = ['url', 'title', 'user_agent', 'viewport'] as const;
const LOCALE = /^[a-z]{2,3}(-[a-z0-9]{1,8})*$/i;
const PAGE_SIZE_MAX = 50;
const LATEST = 253_402_300_799_999; // the last instant of year 9999

interface Draft {
  category: string | null;
  subject: string;
  body: string;
  email: string | null;
  name: string | null;
  locale: string | null;
  context: Record<string, string>;
}

function checkDraft(value: Record<string, unknown>, policy: Policy): Draft {
  const fields = new Fields(value, DRAFT_FIELDS);
  const draft = {
    category: fields.line('category', 64),
    subject: fields.requiredLine('subject', 200),
    body: fields.requiredText('body', 10_000),
    email: fields.email('email'),
    name: fields.line('name', 100),
    locale: fields.line('locale', 35),
    context: fields.nested('context', CONTEXT_FIELDS, (inner) => {
      const pairs = CONTEXT_FIELDS.map((field) => [field, inner.line(field, 2_000)] as const);
      return Object.fromEntries(pairs.filter((pair): pair is [typeof pair[0], string] => pair[1] !== null));
    }),
  };
  const categories = policy.categories.map(({ key }) => key);
  if (draft.category !== null && !categories.includes(draft.category)) {
    fields.refuse('category', 'unknown_value', `expected one of ${categories.join(', ')}`);
  }
  if (draft.locale !== null && !LOCALE.test(draft.locale)) {
    fields.refuse('locale', 'invalid_format', 'expected a language tag such as en or pt-BR');
  }
  fields.done();
  return draft;
}

/** The caller, the answer they were given before under this key, their other tickets and the team. */
async function callerAndEarlier(c: Ctx, token: Token, { key, hash }: Attempt, now: number) {
  const [caller, earlier, related, members] = await c.env.DB.batch([
    findCaller(c.env.DB, token, now),
    c.env.DB
      .prepare(
        `SELECT request_hash, response FROM idempotency WHERE site_id = ?1
         AND caller = (SELECT customer_id FROM sessions WHERE site_id = ?1 AND token_hash = ?2) AND key = ?3`,
      )
      .bind(token.site, token.hash, key),
    ...findAround(c.env.DB, token),
  ]);
  const before = earlier.results[0] as { request_hash: string; response: string } | undefined;
  if (before && before.request_hash !== hash) {
    throw new Problem('idempotency-key-reused', 'use a fresh key for a new request');
  }
  return { caller: callerOf(caller, token), response: before?.response, related, members };
}

export async function createTicket(c: Ctx): Promise<Response> {
  const now = Date.now();
  const key = idempotencyKey(c);
  const { text, value } = await readJson(c);
  const [token, hash] = await Promise.all([readToken(c), sha256(`${c.req.path}\n${text}`)]);
  const attempt = { key, hash };
  const found = await callerAndEarlier(c, token, attempt, now);
  allowOrigin(c, found.caller.origins);
  const response = found.response ?? (await store(c, token, attempt, found, value, now));
  c.header('content-type', 'application/json; charset=utf-8');
  return c.body(response, 201);
}

async function store(
  c: Ctx,
  token: Token,
  attempt: Attempt,
  { caller, related, members }: Awaited<ReturnType<typeof callerAndEarlier>>,
  value: Record<string, unknown>,
  now: number,
): Promise<string> {
  const draft = checkDraft(value, caller.policy);
  const ticket = openTicket(draft, caller, now);
  const assignee = assign(ticket.answer.category, related, members);
  await chargeTicket(c, token.site, caller.customerId, now);
  try {
    const filed = { site: token.site, caller, attempt, draft, ...ticket, queue: 'support', assignee, now };
    const results = await c.env.DB.batch(writes(c.env.DB, filed));
    return results[1].results[0].response as string;
  } catch (error) {
    // Another request with the same key may have been first; then its answer is ours.
    const { response } = await callerAndEarlier(c, token, attempt, now);
    if (response === undefined) throw error;
    return response;
  }
}

/** The ticket as it will be answered; its number is the database's to give. */
function openTicket(draft: Draft, caller: Caller, now: number) {
  const priority = triage(caller.policy, draft.subject, draft.body);
  const due = deadlines(caller.policy, priority, caller.tier, now);
  const createdAt = instant(now);
  const message = {
    id: newId('msg_'),
    seq: 1,
    author: { kind: 'requester', name: caller.name ?? draft.name },
    body: draft.body,
    created_at: createdAt,
  };
  const answer = {
    id: newId('tkt_'),
    number: 0,
    status: 'open',
    priority,
    category: draft.category ?? caller.policy.triage.default_category,
    tier: caller.tier,
    subject: draft.subject,
    created_at: createdAt,
    updated_at: createdAt,
    first_response_due_at: instant(due.firstResponse),
    first_responded_at: null,
    resolution_due_at: instant(due.resolution),
    auto_answer: null,
    auto_answer_outcome: null,
    rating: null,
    messages: [message],
  };
  return { answer, message, due, locale: localeFor(caller.policy, draft.locale) };
}

interface TicketRow {
  id: string;
  number: number;
  status: string;
  priority: string;
  category: string;
  subject: string;
  created_at: number;
  updated_at: number;
  first_response_due_at: number | null;
  first_responded_at: number | null;
  unread: number;
}

function readCursor(text: string | undefined): { time: number; id: string } {
  if (!text) return { time: LATEST, id: '' };
  const [, time, id] = /^(\d+)-(\w{1,64})$/.exec(text) ?? [];
  if (!time) throw invalid([{ field: 'cursor', code: 'invalid_format', detail: 'pass next_cursor as it was given' }]);
  return { time: Number(time), id };
}

function readLimit(text: string | undefined): number {
  const limit = text ? Number(text) : PAGE_SIZE_MAX;
  if (!Number.isInteger(limit) || limit < 1 || limit > PAGE_SIZE_MAX) {
    throw invalid([{ field: 'limit', code: 'invalid_format', detail: 'expected a number from 1 to 50' }]);
  }
  return limit;
}

export async function listTickets(c: Ctx): Promise<Response> {
  const now = Date.now();
  const token = await readToken(c);
  const cursor = readCursor(c.req.query('cursor'));
  const limit = readLimit(c.req.query('limit'));
  const db = c.env.DB;
  const [found, tickets] = await db.batch([
    findCaller(db, token, now),
    db
      .prepare(
        `SELECT t.ticket_id AS id, t.number, t.status, t.priority, t.category, t.subject, t.created_at, t.updated_at,
           t.first_response_due_at, t.first_responded_at,
           (SELECT count(*) FROM messages m WHERE m.site_id = t.site_id AND m.ticket_id = t.ticket_id AND m.seq > t.seen_seq
            AND m.internal = 0 AND m.author_kind <> 'requester') AS unread
         FROM tickets t WHERE t.site_id = ?1 AND t.customer_id =
           (SELECT customer_id FROM sessions WHERE site_id = ?1 AND token_hash = ?2 AND expires_at > ?3)
         AND (t.updated_at, t.ticket_id) < (?4, ?5) ORDER BY t.updated_at DESC, t.ticket_id DESC LIMIT ?6`,
      )
      .bind(token.site, token.hash, now, cursor.time, cursor.id, limit + 1),
  ]);
  allowOrigin(c, callerOf(found, token).origins);
  const rows = tickets.results as unknown as TicketRow[];
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return c.json({
    items: page.map((row) => ({
      ...row,
      created_at: instant(row.created_at),
      updated_at: instant(row.updated_at),
      first_response_due_at: instant(row.first_response_due_at),
      first_responded_at: instant(row.first_responded_at),
    })),
    next_cursor: rows.length > limit && last ? `${last.updated_at}-${last.id}` : null,
  });
}
