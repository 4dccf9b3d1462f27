/** A site's policy: triage by phrases, and the promise for a priority and tier. */

import { addWorkingTime, type Calendar } from './hours';

interface Keyed {
  key: string;
}

export interface Policy {
  site: { default_locale: string; locales: string[]; default_tier: string };
  categories: Keyed[];
  priorities: Keyed[];
  tiers: Keyed[];
  calendars: Record<string, Calendar>;
  lifecycle: { same_issue_days: number; escalate_at_same_issue: number };
  sla: { priority: string; tier: string | null; first_response: string; resolution: string | null; calendar: string }[];
  triage: {
    default_category: string;
    default_priority: string;
    raise: { priority: string; phrases: string[] }[];
  };
}

/** Policies that this isolate has parsed, used only while the database says that their version is in force. */
const parsed = new Map<string, { version: number; policy: Policy }>();

export const knownVersion = (site: string): number => parsed.get(site)?.version ?? 0;

/** The policy of a row that left it out when the isolate knows that version. */
export function policyOf(site: string, version: number, json: string | null): Policy {
  const known = parsed.get(site);
  if (known?.version === version) return known.policy;
  if (json === null) throw new Error('a policy was forgotten while it was asked for');
  const policy: Policy = JSON.parse(json);
  parsed.set(site, { version, policy });
  return policy;
}

/** The most urgent priority that a phrase of the text asks for. */
export function triage(policy: Policy, subject: string, body: string): string {
  const text = `${subject}\n${body}`.toLowerCase();
  const raised = policy.triage.raise
    .filter((rule) => rule.phrases.some((phrase) => text.includes(phrase)))
    .map((rule) => policy.priorities.findIndex(({ key }) => key === rule.priority))
    .filter((place) => place >= 0);
  if (raised.length === 0) return policy.triage.default_priority;
  return policy.priorities[Math.min(...raised)].key;
}

/** `15m`, `2h` or `1h30m` in minutes. */
function minutesOf(span: string): number {
  const [, hours = '0', minutes = '0'] = /^(?:(\d+)h)?(?:(\d+)m)?$/.exec(span) ?? [];
  return Number(hours) * 60 + Number(minutes);
}

export interface Deadlines {
  firstResponse: number | null;
  resolution: number | null;
}

/** By when an answer and a solution are promised, in milliseconds since 1970. */
export function deadlines(policy: Policy, priority: string, tier: string, now: number): Deadlines {
  const rows = policy.sla.filter((row) => row.priority === priority);
  const row = rows.find((row) => row.tier === tier) ?? rows.find((row) => row.tier === null);
  const calendar = row && policy.calendars[row.calendar];
  if (!row || !calendar) return { firstResponse: null, resolution: null };
  return {
    firstResponse: addWorkingTime(calendar, now, minutesOf(row.first_response)),
    resolution: row.resolution === null ? null : addWorkingTime(calendar, now, minutesOf(row.resolution)),
  };
}

/** The site's language that fits best. */
export function localeFor(policy: Policy, wanted: string | null): string {
  const { locales, default_locale } = policy.site;
  const language = (tag: string) => tag.split('-')[0].toLowerCase();
  return (
    locales.find((tag) => tag.toLowerCase() === wanted?.toLowerCase()) ??
    locales.find((tag) => wanted !== null && language(tag) === language(wanted)) ??
    default_locale
  );
}
