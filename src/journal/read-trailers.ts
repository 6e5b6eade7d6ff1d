import { COMPONENTS } from '../manifests/pin.ts';
import { rungOf } from '../policy/rung-name.ts';
import { parseTargetKey } from '../target.ts';
import { parseDuration, type Instant, type Milliseconds } from '../time.ts';
import { lastTrailers } from './last-trailers.ts';
import { decodeValue } from './trailer-value.ts';
import type { RollbackRecord } from './trailers.ts';

export type TrailerReading =
  | { readonly ok: true; readonly record: RollbackRecord }
  /** One sentence: there is no record, or why what stands there is none. */
  | { readonly ok: false; readonly reason: string };

const OWN = /^Lastgood-([A-Za-z-]+):[ \t]*(.*)$/;
const PIN = new RegExp(`^(?:${COMPONENTS.join('|')})(?:\\[\\d+\\])?$`);
const REPEATED = new Set(['From', 'To', 'Approved-By', 'Said']);
const SINGLE = new Set(
  'Target Mode Bad Goal Base Alert Alert-Source Alert-By Severity First-Seen Decided Policy Requested-By Reason Rung First-Bad Unanswered-For'.split(
    ' ',
  ),
);

/**
 * Reads the record from a commit message, or from the part of it below the subject. Never throws.
 *
 * Only one paragraph counts: the last one with a `Lastgood-Target`, with nothing but other trailers and GitHub's
 * separator after it, which a squash appends (`Co-authored-by`). So text within the message that looks like a record
 * is none. A record must be whole: every field, each once, each of its form; a part of one is refused with the reason.
 */
export function readTrailers(message: string): TrailerReading {
  const lines = lastTrailers(message, 'Lastgood-Target');
  if (!lines) return refuse('The message ends with no Lastgood trailers.');
  const fields = new Map<string, string[]>();
  for (const line of lines) {
    const [, key, value] = OWN.exec(line) ?? [];
    if (key === undefined || value === undefined) continue;
    if (!REPEATED.has(key) && !SINGLE.has(key)) continue;
    fields.set(key, [...(fields.get(key) ?? []), value.trimEnd()]);
  }
  try {
    return { ok: true, record: toRecord(fields) };
  } catch (error) {
    if (error instanceof Unreadable) return refuse(error.message);
    throw error;
  }
}

/**
 * Reads the record from what GitHub writes when a person squashes several commits: a list of their messages, each with
 * its subject behind an asterisk, so that the record of the first stands above those of what was pushed on top. The
 * first whole record counts. What is read so is a message within a message, which everybody who pushes to the branch
 * can write: good enough to keep something from happening, never for something to happen.
 */
export function readSquashed(message: string): TrailerReading {
  const whole = readTrailers(message);
  if (whole.ok) return whole;
  for (const one of message.replaceAll('\r\n', '\n').split(/^\* /m).slice(1)) {
    const reading = readTrailers(one);
    if (reading.ok) return reading;
  }
  return whole;
}

class Unreadable extends Error {}

function refuse(reason: string): TrailerReading {
  return { ok: false, reason };
}

function toRecord(fields: ReadonlyMap<string, readonly string[]>): RollbackRecord {
  const optional = (key: string): string | undefined => {
    const values = fields.get(key) ?? [];
    if (values.length > 1)
      throw new Unreadable(
        `Lastgood-${key} stands there ${values.length} times, once is expected.`,
      );
    return values[0];
  };
  const one = (key: string): string => {
    const value = optional(key);
    if (value === undefined) throw new Unreadable(`Lastgood-${key} is missing.`);
    return value;
  };
  const text = (key: string): string => decoded(key, one(key));
  const oid = (key: string): string => oidOf(key, one(key));

  const target = parseTargetKey(text('Target'));
  if (!target)
    throw invalid('Target', 'an environment and a model, as in production/fraud-detector');
  const mode = one('Mode');
  if (mode !== 'automatic' && mode !== 'reviewed') throw invalid('Mode', 'automatic or reviewed');
  const goal = optional('Goal');
  const approvers = fields.get('Approved-By');
  const requester = optional('Requested-By');
  const alertBy = optional('Alert-By');
  const reason = optional('Reason');
  const rung = optional('Rung');
  const unanswered = optional('Unanswered-For');
  const said = fields.get('Said');
  return {
    target,
    mode,
    badCommit: oid('Bad'),
    ...(goal !== undefined && { goalCommit: oidOf('Goal', goal) }),
    ...(rung !== undefined && { rung: takenRung(rung, oid('First-Bad')) }),
    base: oid('Base'),
    from: versions('From', fields.get('From')),
    to: versions('To', fields.get('To')),
    alert: { name: text('Alert'), source: text('Alert-Source'), severity: text('Severity') },
    ...(alertBy !== undefined && { alertBy: person('Alert-By', alertBy) }),
    firstSeen: instant('First-Seen', one('First-Seen')),
    decidedAt: instant('Decided', one('Decided')),
    ...(approvers && { approvedBy: approvers.map((one) => person('Approved-By', one)) }),
    ...(unanswered !== undefined && { unansweredFor: length('Unanswered-For', unanswered) }),
    ...(requester !== undefined && { requestedBy: person('Requested-By', requester) }),
    ...(reason !== undefined && { reason: decoded('Reason', reason) }),
    ...(said && { said: said.map((value) => decoded('Said', value)) }),
    policy: policyFile(one('Policy')),
  };
}

function invalid(key: string, expected: string): Unreadable {
  return new Unreadable(`Lastgood-${key} is not of its form; expected is ${expected}.`);
}

function decoded(key: string, value: string): string {
  const text = decodeValue(value);
  if (text === undefined)
    throw invalid(key, 'text with every % followed by two upper-case hex digits');
  return text;
}

function oidOf(key: string, value: string): string {
  if (!/^[0-9a-f]{40}$/.test(value)) throw invalid(key, 'a commit of 40 lower-case hex digits');
  return value;
}

function instant(key: string, value: string): Instant {
  const at = Date.parse(value);
  if (Number.isNaN(at) || new Date(at).toISOString() !== value) {
    throw invalid(key, 'a moment as in 2026-11-20T02:17:04.000Z');
  }
  return at;
}

function length(key: string, value: string): Milliseconds {
  const read = /^\d{1,9}s$/.test(value) ? parseDuration(value) : undefined;
  if (read === undefined) throw invalid(key, 'a number of seconds, as in 300s');
  return read;
}

function versions(key: string, lines: readonly string[] = []): Readonly<Record<string, string>> {
  const found = new Map<string, string>();
  for (const line of lines) {
    const at = line.indexOf('=');
    const pin = line.slice(0, Math.max(at, 0));
    if (!PIN.test(pin)) throw invalid(key, 'a pin and its version, as in model=1.10');
    if (found.has(pin)) throw new Unreadable(`Lastgood-${key} names the pin ${pin} twice.`);
    found.set(pin, decoded(key, line.slice(at + 1)));
  }
  if (found.size === 0) throw new Unreadable(`Lastgood-${key} is missing.`);
  return Object.fromEntries(found);
}

function person(key: string, value: string): { login: string; id: number } {
  const [, login, id] = /^(\S+) ([1-9]\d{0,14})$/.exec(value) ?? [];
  if (login === undefined) throw invalid(key, 'a login and an account id, as in ann 4711');
  return { login: decoded(key, login), id: Number(id) };
}

function takenRung(value: string, first: string): NonNullable<RollbackRecord['rung']> {
  const [, number, name = ''] = /^([1-9]\d?) (\S+)$/.exec(value) ?? [];
  const rung = rungOf(name);
  if (!rung) throw invalid('Rung', 'a number and what goes back, as in 2 image+config');
  return { number: Number(number), rung, first };
}

function policyFile(value: string): RollbackRecord['policy'] {
  const at = value.lastIndexOf('@');
  if (at < 1) throw invalid('Policy', 'a path and a commit, joined by @');
  return {
    file: decoded('Policy', value.slice(0, at)),
    commit: oidOf('Policy', value.slice(at + 1)),
  };
}
