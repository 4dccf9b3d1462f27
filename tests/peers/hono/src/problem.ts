/** Refusals as problem documents (RFC 9457), with the fields that were refused. */

import type { Ctx } from './app';

const KINDS = {
  'malformed-request': [400, 'The request cannot be read'],
  'idempotency-key-missing': [400, 'An Idempotency-Key header is needed'],
  unauthenticated: [401, 'A valid token is needed'],
  forbidden: [403, 'This is not allowed'],
  'origin-not-allowed': [403, "This site does not allow the page's origin"],
  'not-found': [404, 'There is nothing here'],
  'body-too-large': [413, 'The request is too large'],
  'unsupported-media-type': [415, 'This media type is not accepted here'],
  'invalid-input': [422, 'Some fields need attention'],
  'idempotency-key-reused': [422, 'This Idempotency-Key belongs to another request'],
  'rate-limited': [429, 'Too many requests'],
  internal: [500, 'Something went wrong on our side'],
} as const;

export interface FieldError {
  field: string;
  code: 'required' | 'too_long' | 'unknown_value' | 'unknown_field' | 'wrong_type' | 'invalid_format';
  detail: string;
}

export class Problem extends Error {
  constructor(
    readonly kind: keyof typeof KINDS,
    readonly detail?: string,
    readonly errors?: FieldError[],
  ) {
    super(kind);
  }
}

export const invalid = (errors: FieldError[]): Problem => new Problem('invalid-input', undefined, errors);

export function problemResponse(c: Ctx, problem: Problem): Response {
  const [status, title] = KINDS[problem.kind];
  if (problem.kind !== 'origin-not-allowed') c.header('access-control-allow-origin', '*');
  c.header('content-type', 'application/problem+json; charset=utf-8');
  const { kind, detail, errors } = problem;
  const request_id = c.get('requestId');
  return c.body(JSON.stringify({ type: `urn:buoy:problem:${kind}`, title, status, detail, request_id, errors }), status);
}
