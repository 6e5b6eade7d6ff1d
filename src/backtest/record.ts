/**
 * The record of a backtest, kept in the manifests repository beside the policy that was tried, so that a policy may
 * demand one before it acts alone.
 *
 * What must hold: the same policy on the same recording gives the same bytes; a record of another policy, of another
 * target, of figures that do not belong together, or of data that are too old is none. It is no proof against somebody
 * who may write to the default branch: whoever has the recording runs the backtest again and compares.
 *
 * @module
 */
import { z } from 'zod';
import { targetKey, type Target, type TargetKey } from '../target.ts';
import { DAY, type Instant, type Milliseconds } from '../time.ts';

/** Where the records stand. Not YAML, so that none is taken for a policy. */
export const RECORD_FOLDER = '.lastgood/backtests';

/** The file of a target's record. */
export function recordPath(target: Target): string {
  return `${RECORD_FOLDER}/${targetKey(target)}.json`;
}

/** Whether a file of the repository is where records stand. */
export function isRecord(path: string): boolean {
  return path.startsWith(`${RECORD_FOLDER}/`) && path.endsWith('.json');
}

const count = z.int().min(0);
const moment = z.iso.datetime({ offset: false });
const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);

const recordSchema = z
  .strictObject({
    format: z.literal(1),
    target: z.string().max(400),
    /** See `policyDigest`. */
    policy: digest,
    data: z.strictObject({
      from: moment,
      to: moment,
      samples: count,
      alerts: count,
      /** Of everything that was replayed, in the order of time. */
      digest,
    }),
    result: z.strictObject({
      /** Labelled incidents, and how many of them would have been answered by a rollback. */
      incidents: count,
      found: count,
      /** Rollbacks that would have been opened outside of all incidents, and in how many days without one. */
      falseRollbacks: count,
      freeDays: z.number().min(0).max(100_000),
    }),
  })
  .refine(({ data, result }) => {
    const days = (Date.parse(data.to) - Date.parse(data.from)) / DAY;
    return days > 0 && result.found <= result.incidents && result.freeDays <= days + 1e-6;
  });
export type BacktestRecord = z.infer<typeof recordSchema>;

/** What a policy asks of the record of its backtest. */
export interface BacktestDemand {
  /** The recording has to be at least so long. */
  readonly span: Milliseconds;
  /** At most so many false rollbacks per 30 days. */
  readonly falseRollbacks: number;
  /** At least this share of the labelled incidents found, from 0 to 1. */
  readonly found: number;
  /** The recording may not have ended longer ago. */
  readonly maxAge: Milliseconds;
}

/** The demand of a policy, and what stands beside it. */
export interface BacktestGate extends BacktestDemand {
  /** Of the policy that asks (see `policyDigest`), as it stands in its files. */
  readonly digest: string;
  /** The record as it stands on the default branch; absent where there is none. */
  readonly record?: string;
}

/** Why a record does not do. Closed: every member has a sentence in `texts/backtest-record.ts`. */
export const RECORD_REASONS = [
  'missing',
  'unreadable',
  'another-target',
  'another-policy',
  'too-old',
  'too-short',
  'too-many-false',
  'nothing-to-find',
  'too-few-found',
] as const;
export type RecordReason = (typeof RECORD_REASONS)[number];

export type RecordStanding =
  | { readonly passed: true; readonly record: BacktestRecord }
  /** `have` and `need` are in the unit of the demand. */
  | {
      readonly passed: false;
      readonly why: RecordReason;
      readonly have?: number;
      readonly need?: number;
    };

/** A record is a page at most, in characters. */
export const LONGEST_RECORD = 10_000;

/** Reads a record; undefined for anything else. */
export function readRecord(text: string): BacktestRecord | undefined {
  if (text.length > LONGEST_RECORD) return undefined;
  try {
    return recordSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** The text of a record, with a line end: the same for the same record. */
export function writeRecord(record: BacktestRecord): string {
  return `${JSON.stringify(recordSchema.parse(record), undefined, 2)}\n`;
}

/** So many false rollbacks come in 30 days; as many as there were where no day was free. */
export function falsePer30Days({ falseRollbacks, freeDays }: BacktestRecord['result']): number {
  if (falseRollbacks === 0) return 0;
  return freeDays > 0 ? (30 * falseRollbacks) / freeDays : Number.POSITIVE_INFINITY;
}

/** Whether a policy may act alone by the record that stands beside it; undefined where it demands none. */
export function standingOf(
  { target, backtest }: { readonly target: Target; readonly backtest?: BacktestGate },
  now: Instant,
): RecordStanding | undefined {
  if (!backtest) return undefined;
  const { record, digest: policy, ...demand } = backtest;
  return judgeRecord(record, { target, policy, demand }, now);
}

/**
 * Whether the record at hand lets a policy act alone.
 *
 * @param text the file as it stands on the default branch; undefined where there is none
 * @param policy the digest of the policy that asks (see `policyDigest`)
 */
export function judgeRecord(
  text: string | undefined,
  asked: { readonly target: Target; readonly policy: string; readonly demand: BacktestDemand },
  now: Instant,
): RecordStanding {
  if (text === undefined) return { passed: false, why: 'missing' };
  const record = readRecord(text);
  if (!record) return { passed: false, why: 'unreadable' };
  const target: TargetKey = targetKey(asked.target);
  if (record.target !== target) return { passed: false, why: 'another-target' };
  if (record.policy !== asked.policy) return { passed: false, why: 'another-policy' };
  const { demand } = asked;
  const to = Date.parse(record.data.to);
  const age = now - to;
  // Of the future: nobody has recorded it.
  if (age > demand.maxAge || age < 0) {
    return { passed: false, why: 'too-old', have: age, need: demand.maxAge };
  }
  const span = to - Date.parse(record.data.from);
  if (span < demand.span) return { passed: false, why: 'too-short', have: span, need: demand.span };
  const rate = falsePer30Days(record.result);
  if (rate > demand.falseRollbacks) {
    return { passed: false, why: 'too-many-false', have: rate, need: demand.falseRollbacks };
  }
  const { incidents, found } = record.result;
  // Nothing to find is no proof that anything would be found.
  if (incidents === 0 && demand.found > 0) {
    return { passed: false, why: 'nothing-to-find', need: demand.found };
  }
  const share = incidents === 0 ? 0 : found / incidents;
  if (share < demand.found) {
    return { passed: false, why: 'too-few-found', have: share, need: demand.found };
  }
  return { passed: true, record };
}
