/** How far a number of counted minutes reaches: office hours in a zone's local time, without days off. */

export interface Calendar {
  zone: string;
  always: boolean;
  hours: Record<string, string[]>;
  holidays: string[];
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** A policy that never opens must not loop for ever. */
const DAYS_AHEAD_MAX = 3 * 366;
const DAY_NAMES = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** Making a formatter is slow, using one is not. */
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(zone: string): Intl.DateTimeFormat {
  let found = formatters.get(zone);
  if (!found) {
    const numeric = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' } as const;
    found = new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', ...numeric });
    formatters.set(zone, found);
  }
  return found;
}

/** The zone's wall clock at an instant, as if it were UTC. */
function wallClock(zone: string, at: number): number {
  const part = Object.fromEntries(formatter(zone).formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  return Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute);
}

/** The instant at which the zone's wall clock shows this. Near a jump the second look settles it. */
function instantOf(zone: string, wall: number): number {
  const guess = wall - (wallClock(zone, wall) - wall);
  return guess - (wallClock(zone, guess) - wall);
}

function shiftsOn(calendar: Calendar, day: number): [number, number][] {
  const date = new Date(day);
  const text = date.toISOString().slice(0, 10);
  if (calendar.holidays.includes(text) || calendar.holidays.includes(text.slice(5))) return [];
  const shifts = calendar.hours[DAY_NAMES[date.getUTCDay()]] ?? [];
  return shifts.map((shift) => {
    const [opens, closes] = shift.split('-').map((time) => {
      const [hour, minute] = time.split(':').map(Number);
      return instantOf(calendar.zone, day + (hour * 60 + minute) * MINUTE_MS);
    });
    return [opens, closes];
  });
}

export function addWorkingTime(calendar: Calendar, start: number, minutes: number): number | null {
  let left = minutes * MINUTE_MS;
  if (calendar.always) return start + left;
  const today = wallClock(calendar.zone, start);
  let day = today - (today % DAY_MS) - DAY_MS;
  for (let looked = 0; looked < DAYS_AHEAD_MAX; looked += 1, day += DAY_MS) {
    for (const [opens, closes] of shiftsOn(calendar, day)) {
      const from = Math.max(opens, start);
      if (closes <= from) continue;
      if (left <= closes - from) return from + left;
      left -= closes - from;
    }
  }
  return null;
}
