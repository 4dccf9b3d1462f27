/** What is read before a ticket is filed, and the batch that stores it: the statements of the edge's `store/filing.rs`. */

import { newId } from './app';
import type { Caller, Token } from './sessions';

const DAY_MS = 86_400_000;
const RELATED_MAX = 50;
const LOAD_COUNTED_MAX = 100;
const TERMS_MAX = 80;
const TERM_LETTERS_MAX = 32;

export interface Attempt {
  key: string;
  hash: string;
}

/** A ticket ready to be stored. */
export interface Filed {
  site: string;
  caller: Caller;
  attempt: Attempt;
  answer: Record<string, unknown> & { id: string; status: string; priority: string; category: string; subject: string };
  message: { id: string; author: { kind: string; name: string | null }; body: string };
  draft: { email: string | null; name: string | null; locale: string | null; context: Record<string, string> };
  locale: string;
  queue: string;
  assignee: Member | null;
  due: { firstResponse: number | null; resolution: number | null };
  now: number;
}

export interface Member {
  id: string;
  name: string;
  skills: string;
  load: number;
}

/** The last tickets of whoever bears the token, and everybody of the site who answers tickets, with their load. */
export function findAround(db: D1Database, token: Token): D1PreparedStatement[] {
  const related = db
    .prepare(
      `SELECT t.category, t.assignee_id AS assignee FROM tickets t WHERE t.site_id = ?1 AND t.merged_into IS NULL
       AND t.customer_id = (SELECT customer_id FROM sessions WHERE site_id = ?1 AND token_hash = ?2)
       ORDER BY t.updated_at DESC, t.ticket_id DESC LIMIT ?3`,
    )
    .bind(token.site, token.hash, RELATED_MAX);
  const members = db
    .prepare(
      `SELECT a.agent_id AS id, a.name, a.skills,
         (SELECT count(*) FROM (SELECT 1 FROM tickets t INDEXED BY tickets_active_by_assignee
          WHERE t.site_id = a.site_id AND t.assignee_id = a.agent_id
          AND t.status IN ('open', 'in_progress', 'pending') LIMIT ?2)) AS load
       FROM agents a WHERE a.site_id = ?1 AND a.role IN ('admin', 'agent') ORDER BY a.agent_id LIMIT 500`,
    )
    .bind(token.site, LOAD_COUNTED_MAX);
  return [related, members];
}

/** Who knew the customer's last ticket of this kind, else who has least to do. */
export function assign(category: string, related: D1Result, members: D1Result): Member | null {
  const team = members.results as unknown as Member[];
  const earlier = related.results as { category: string; assignee: string | null }[];
  const known = earlier.find((ticket) => ticket.category === category && ticket.assignee !== null)?.assignee;
  const byLoad = team.toSorted((one, other) => one.load - other.load);
  return byLoad.find(({ id }) => id === known) ?? byLoad[0] ?? null;
}

/** The folded words of a text, each once. */
function termsOf(text: string): string[] {
  const folded = text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const words = folded.match(/[\p{L}\p{N}]+/gu) ?? [];
  return [...new Set(words.map((word) => word.slice(0, TERM_LETTERS_MAX)))].slice(0, TERMS_MAX);
}

/** Number, answer, news, ticket, first message, facts, contact, words and escalation, as one transaction; the second gives the answer. */
export function writes(db: D1Database, filed: Filed): D1PreparedStatement[] {
  const { site, caller, attempt, answer, message, draft, now } = filed;
  return [
    db.prepare('UPDATE ticket_numbers SET last_number = last_number + 1 WHERE site_id = ?1').bind(site),
    db
      .prepare(
        `INSERT INTO idempotency (site_id, caller, key, request_hash, response, created_at)
         SELECT ?1, ?2, ?3, ?4, json_set(?5, '$.number', last_number), ?6 FROM ticket_numbers WHERE site_id = ?1 RETURNING response`,
      )
      .bind(site, caller.customerId, attempt.key, attempt.hash, JSON.stringify(answer), now),
    db
      .prepare(
        `INSERT INTO outbox (outbox_id, site_id, kind, payload, due_at, created_at) SELECT ?1, ?2, 'ticket_created', ?3, ?4, ?4
         WHERE EXISTS (SELECT 1 FROM destinations WHERE site_id = ?2 AND enabled = 1) RETURNING outbox_id`,
      )
      .bind(newId('obx_'), site, JSON.stringify({ kind: 'ticket_created', ticket_id: answer.id }), now),
    ticketRow(db, filed),
    db
      .prepare(
        `INSERT INTO messages (site_id, ticket_id, seq, message_id, author_kind, author_id, author_name, body, created_at)
         VALUES (?1, ?2, 1, ?3, 'requester', ?4, ?5, ?6, ?7)`,
      )
      .bind(site, answer.id, message.id, caller.customerId, message.author.name, message.body, now),
    facts(db, filed),
    db
      .prepare(
        `UPDATE customers SET email = coalesce(?3, email), name = coalesce(?4, name), locale = coalesce(?5, locale), updated_at = ?6
         WHERE site_id = ?1 AND customer_id = ?2 AND verified = 0 AND erased_at IS NULL AND coalesce(?3, ?4, ?5) IS NOT NULL`,
      )
      .bind(site, caller.customerId, draft.email, draft.name, draft.locale, now),
    db
      .prepare('INSERT OR IGNORE INTO ticket_terms (site_id, term, ticket_id) SELECT ?1, value, ?2 FROM json_each(?3)')
      .bind(site, answer.id, JSON.stringify(termsOf(`${answer.subject}\n${message.body}`))),
    ...escalateRepeated(db, filed),
  ];
}

function ticketRow(db: D1Database, filed: Filed): D1PreparedStatement {
  const { site, caller, answer, draft, locale, queue, assignee, due, now } = filed;
  const nearest = [due.firstResponse, due.resolution].filter((time) => time !== null);
  return db
    .prepare(
      `INSERT INTO tickets (site_id, ticket_id, customer_id, status, priority, category, tier, subject, locale, origin, context,
         first_response_due_at, resolution_due_at, last_seq, seen_seq, created_at, updated_at, queue, tags, assignee_id, due_at,
         next_due_at, fields, number)
       SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 'widget', ?10, ?11, ?12, 1, 1, ?13, ?13, ?14, '[]', ?15, ?16, ?13, '{}',
       CASE WHEN EXISTS (SELECT 1 FROM customers WHERE site_id = ?1 AND customer_id = ?3 AND erased_at IS NULL) THEN last_number END
       FROM ticket_numbers WHERE site_id = ?1`,
    )
    .bind(site, answer.id, caller.customerId, answer.status, answer.priority, answer.category, caller.tier, answer.subject, locale, JSON.stringify(draft.context), due.firstResponse, due.resolution, now, queue, assignee?.id ?? null, nearest.length > 0 ? Math.min(...nearest) : null);
}

/** What has happened, each a millisecond after the other. */
function facts(db: D1Database, { site, caller, answer, draft, queue, assignee, due, now }: Filed): D1PreparedStatement {
  const created = { priority: answer.priority, category: answer.category, tier: caller.tier, origin: 'widget', promised: due };
  const all = [
    { kind: 'ticket.created', actor: 'requester', name: draft.name, data: created },
    { kind: 'ticket.triaged', actor: 'automation', name: null, data: { queue, tags: [], matched: [] } },
    ...(assignee ? [{ kind: 'assigned', actor: 'automation', name: null, data: { from: null, to: assignee.id } }] : []),
  ].map((fact, place) => ({ ...fact, id: newId('evt_'), at: now + place }));
  return db
    .prepare(
      `INSERT OR IGNORE INTO ticket_events (site_id, ticket_id, event_id, kind, actor_kind, actor_name, data, created_at, version)
       SELECT t.site_id, t.ticket_id, f.value ->> 'id', f.value ->> 'kind', f.value ->> 'actor', f.value ->> 'name',
       f.value -> 'data', f.value ->> 'at', t.version FROM tickets t, json_each(?3) f WHERE t.site_id = ?1 AND t.ticket_id = ?2`,
    )
    .bind(site, answer.id, JSON.stringify(all));
}

/** The tickets of the same issue among the customer's last fifty. */
const SAME_ISSUE = `(SELECT o.number FROM tickets n JOIN
  (SELECT number, category, auto_answer, created_at, merged_into FROM tickets INDEXED BY tickets_by_customer
   WHERE site_id = ?1 AND customer_id = ?2 AND updated_at >= ?4 ORDER BY updated_at DESC, ticket_id DESC LIMIT 50) o
  WHERE n.site_id = ?1 AND n.ticket_id = ?3 AND n.customer_id = ?2 AND o.created_at >= ?4 AND o.merged_into IS NULL
  AND (o.category = n.category OR o.auto_answer ->> 'rule' = n.auto_answer ->> 'rule') ORDER BY o.number)`;

/** Escalates the ticket if it is one too many on the same issue, counted in the batch: fact, notice, mark. */
function escalateRepeated(db: D1Database, { site, caller, answer, now }: Filed): D1PreparedStatement[] {
  const { same_issue_days, escalate_at_same_issue } = caller.policy.lifecycle;
  const bound = [site, caller.customerId, answer.id, now - same_issue_days * DAY_MS, escalate_at_same_issue];
  return [
    db
      .prepare(
        `INSERT OR IGNORE INTO ticket_events (site_id, ticket_id, event_id, kind, actor_kind, data, created_at, version)
         SELECT ?1, ?3, ?6, 'escalated', 'automation', json_object('reason', 'same_issue', 'to', 'product_lead', 'tickets', json_group_array(number)), ?7, 1
         FROM ${SAME_ISSUE} HAVING count(*) >= ?5`,
      )
      .bind(...bound, newId('evt_'), now + 10),
    db
      .prepare(
        `INSERT OR IGNORE INTO outbox (outbox_id, site_id, kind, payload, due_at, created_at)
         SELECT ?6, ?1, 'escalation', json_object('kind', 'escalation', 'ticket_id', ?3, 'reason', 'same_issue', 'to', 'product_lead', 'tickets', json_group_array(number)), ?7, ?7
         FROM ${SAME_ISSUE} HAVING count(*) >= ?5`,
      )
      .bind(...bound, newId('obx_'), now),
    db
      .prepare(
        `UPDATE tickets SET escalated_at = ?6 WHERE site_id = ?1 AND ticket_id = ?3 AND ?5 <= (SELECT count(*) FROM ${SAME_ISSUE})`,
      )
      .bind(...bound, now),
  ];
}
