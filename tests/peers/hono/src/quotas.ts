/** Exact counters of a site, as the edge keeps them: in the memory of one object, written once a second. */

import type { Ctx } from './app';
import { Problem } from './problem';

const HOUR_MS = 3_600_000;
const SAVE_AFTER_MS = 1_000;

/** How many of something one subject may do within a time. */
interface Charge {
  key: string;
  count: number;
  perMs: number;
}

interface Window {
  since: number;
  count: number;
}

interface Ask {
  now: number;
  charges: Charge[];
}

/** Asks for room for one more ticket; the numbers are far above what the bench sends, as its settings for the edge are. */
export async function chargeTicket(c: Ctx, site: string, customer: string, now: number): Promise<void> {
  const address = c.req.header('cf-connecting-ip') ?? 'local';
  const subjects = [`tickets_per_visitor/${customer}`, 'tickets_per_site/all', `tickets_per_address/${address}`];
  const charges = subjects.map((key): Charge => ({ key, count: 1_000_000, perMs: HOUR_MS }));
  const room = c.env.QUOTAS.get(c.env.QUOTAS.idFromName(`site/${site}`));
  const answer = await room.fetch('https://quota/', { method: 'POST', body: JSON.stringify({ now, charges }) });
  const { wait } = (await answer.json()) as { wait: number | null };
  if (wait !== null) throw new Problem('rate-limited', `try again in ${wait} s`);
}

/** The counters of one site. */
export class QuotaRoom {
  private readonly windows = new Map<string, Window>();
  private readonly changed = new Set<string>();
  private isSaving = false;

  constructor(private readonly state: DurableObjectState) {}

  async fetch(request: Request): Promise<Response> {
    const ask: Ask = await request.json();
    for (const { key } of ask.charges) {
      if (this.windows.has(key)) continue;
      const stored = await this.state.storage.get<Window>(key);
      if (!this.windows.has(key)) this.windows.set(key, stored ?? { since: ask.now, count: 0 });
    }
    const waits = ask.charges.map((charge) => this.wait(charge, ask.now)).filter((wait) => wait !== null);
    if (waits.length > 0) return Response.json({ wait: Math.max(...waits) });
    for (const charge of ask.charges) this.count(charge);
    this.saveSoon();
    return Response.json({ wait: null });
  }

  private wait({ key, count, perMs }: Charge, now: number): number | null {
    const window = this.windows.get(key)!;
    if (now - window.since >= perMs) Object.assign(window, { since: now, count: 0 });
    return window.count < count ? null : Math.ceil((window.since + perMs - now) / 1_000);
  }

  private count({ key }: Charge): void {
    this.windows.get(key)!.count += 1;
    this.changed.add(key);
  }

  private saveSoon(): void {
    if (this.isSaving) return;
    this.isSaving = true;
    this.state.waitUntil(
      new Promise((resolve) => setTimeout(resolve, SAVE_AFTER_MS)).then(async () => {
        this.isSaving = false;
        const keys = [...this.changed];
        this.changed.clear();
        for (const key of keys) await this.state.storage.put(key, this.windows.get(key)!);
      }),
    );
  }
}
