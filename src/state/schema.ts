/**
 * The state files, as Lastgood writes them. Anybody who may push can write them too, so each part is read by itself:
 * a mistake in one part does not hide the others.
 *
 * @module
 */
import { z } from 'zod';
import { COMPONENTS } from '../manifests/pin.ts';
import { written, type Reading } from '../policy/written.ts';
import type { Instant } from '../time.ts';

const PIN = new RegExp(`^(?:${COMPONENTS.join('|')})(?:\\[\\d{1,4}\\])?$`);
const LONGEST = 2_000;

const instant = written<Instant>('a moment such as 2026-11-20T02:17:04Z', {}, readInstant);

const text = written<string>(`a text of at most ${LONGEST} characters`, {}, (value) =>
  value !== '' && value.length <= LONGEST
    ? { ok: true, value }
    : { ok: false, why: 'which is empty or too long' },
);

const oid = written<string>('a commit of 40 lower-case hex digits', {}, (value) =>
  /^[0-9a-f]{40}$/.test(value) ? { ok: true, value } : { ok: false, why: 'which is no commit' },
);

const id = written<number>('the id of an account', {}, (value) =>
  /^[1-9]\d{0,14}$/.test(value)
    ? { ok: true, value: Number(value) }
    : { ok: false, why: 'which is no id' },
);

const actor = z.strictObject(
  { login: text, id },
  { error: 'the `login` and the `id` of an account' },
);

export const pinsSchema = z
  .record(
    z.string().refine((key) => PIN.test(key), { error: 'the name of a pin, such as model' }),
    text,
    { error: 'versions by pin' },
  )
  .refine((value) => Object.keys(value).length > 0, { error: 'at least one pin' });

export const restrictionSchema = z.strictObject(
  { by: actor, at: instant, until: instant.exactOptional(), reason: text },
  { error: 'a mapping with by, at and reason' },
);

export const baselineSchema = z.strictObject(
  { commit: oid, pins: pinsSchema, by: actor, at: instant, reason: text.exactOptional() },
  { error: 'a mapping with commit, pins, by and at' },
);

export const quarantineSchema = z.strictObject(
  {
    pins: pinsSchema,
    by: actor.exactOptional(),
    incident: oid.exactOptional(),
    at: instant,
    reason: text,
  },
  { error: 'a mapping with pins, at and reason' },
);

export const relandSchema = z.strictObject(
  { pins: pinsSchema, by: actor, at: instant, reason: text, used: oid.exactOptional() },
  { error: 'a mapping with pins, by, at and reason' },
);

function readInstant(value: string): Reading<Instant> {
  const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?Z$/.test(value)
    ? Date.parse(value)
    : Number.NaN;
  return Number.isNaN(at)
    ? { ok: false, why: 'which is no moment in UTC' }
    : { ok: true, value: at };
}
