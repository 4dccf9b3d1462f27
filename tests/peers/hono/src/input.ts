/** Reads and cleans what people send, and collects what is wrong with it field by field. */

import type { Ctx } from './app';
import { Problem, invalid, type FieldError } from './problem';

const decoder = new TextDecoder('utf-8', { fatal: true });

/** A JSON object within the route's limit: its text, for the request's hash, and its value. */
export async function readJson(c: Ctx): Promise<{ text: string; value: Record<string, unknown> }> {
  const type = c.req.header('content-type');
  if (type && !type.toLowerCase().includes('json')) {
    throw new Problem('unsupported-media-type', 'set Content-Type to application/json');
  }
  let text: string;
  let value: unknown;
  try {
    text = decoder.decode(await c.req.arrayBuffer());
  } catch {
    throw new Problem('malformed-request', 'the body is not valid UTF-8');
  }
  if (text === '') throw new Problem('malformed-request', 'a JSON body is needed');
  try {
    value = JSON.parse(text);
  } catch {
    throw new Problem('malformed-request', 'the body is not valid JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid([{ field: 'body', code: 'wrong_type', detail: 'expected an object' }]);
  }
  return { text, value: value as Record<string, unknown> };
}

/** The key that makes a repeated POST harmless. */
export function idempotencyKey(c: Ctx): string {
  const key = c.req.header('idempotency-key');
  if (!key) throw new Problem('idempotency-key-missing', 'send a fresh random Idempotency-Key with each new request');
  if (key.length > 255) throw new Problem('idempotency-key-missing', 'the Idempotency-Key has at most 255 characters');
  return key;
}

const DECEPTIVE = /[\u202a-\u202e\u2066-\u2069\u200b\u200e\u200f\ufeff]/g;
const BLANK = /[\s\p{Cc}]+/gu;
const CONTROL = /(?![\n\t])\p{Cc}/gu;

const cleanLine = (text: string): string => text.replace(DECEPTIVE, '').replace(BLANK, ' ').trim();
const cleanText = (text: string): string => text.replace(DECEPTIVE, '').replace(CONTROL, '').trim();

/** Letters as people count them, without an array for the usual text. */
function charsOf(text: string, max: number): number {
  return text.length <= max ? text.length : [...text].length;
}

const EMAIL = /^[^@\s<>,;:"()[\]\\]+@[^@\s<>,;:"()[\]\\.]+(\.[^@\s<>,;:"()[\]\\.]+)+$/;

/** The fields of one object. `done` throws everything that was wrong at once. */
export class Fields {
  private readonly errors: FieldError[] = [];

  constructor(
    private readonly object: Record<string, unknown>,
    known: readonly string[],
    private readonly prefix = '',
  ) {
    for (const field of Object.keys(object)) {
      if (!known.includes(field)) this.refuse(field, 'unknown_field', 'there is no such field');
    }
  }

  line(field: string, max: number): string | null {
    return this.measure(field, cleanLine(this.text(field)), max) || null;
  }

  requiredLine(field: string, max: number): string {
    return this.required(field, this.measure(field, cleanLine(this.text(field)), max));
  }

  requiredText(field: string, max: number): string {
    return this.required(field, this.measure(field, cleanText(this.text(field)), max));
  }

  email(field: string): string | null {
    const address = this.line(field, 254);
    if (address !== null && !EMAIL.test(address)) {
      this.refuse(field, 'invalid_format', 'expected an address such as name@example.com');
    }
    return address;
  }

  /** A nested object, checked by `read` with names that say where it is. */
  nested<T>(field: string, known: readonly string[], read: (fields: Fields) => T): T {
    const value = this.object[field] ?? {};
    const isObject = typeof value === 'object' && !Array.isArray(value);
    if (!isObject) this.refuse(field, 'wrong_type', 'expected an object');
    const inner = new Fields(isObject ? (value as Record<string, unknown>) : {}, known, `${this.prefix}${field}.`);
    const result = read(inner);
    this.errors.push(...inner.errors);
    return result;
  }

  refuse(field: string, code: FieldError['code'], detail: string): void {
    this.errors.push({ field: this.prefix + field, code, detail });
  }

  done(): void {
    if (this.errors.length > 0) throw invalid(this.errors);
  }

  private text(field: string): string {
    const value = this.object[field] ?? '';
    if (typeof value === 'string') return value;
    this.refuse(field, 'wrong_type', 'expected a string');
    return '';
  }

  private required(field: string, text: string): string {
    const isRefused = this.errors.some((error) => error.field === this.prefix + field);
    if (text === '' && !isRefused) this.refuse(field, 'required', 'must not be empty');
    return text;
  }

  private measure(field: string, text: string, max: number): string {
    if (charsOf(text, max) > max) this.refuse(field, 'too_long', `at most ${max} characters`);
    return text;
  }
}
