import type { Limit } from '../monitors/judge-regression.ts';
import type { BaselineRule } from '../monitors/monitor.ts';
import type { Statistic } from '../monitors/statistics/descriptive.ts';
import { HOUR } from '../time.ts';
import { written } from './written.ts';
import type { Reading } from './written.ts';

const NUMBER = '[+-]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][+-]?\\d+)?';
const NUMBER_ONLY = new RegExp(`^${NUMBER}$`);

/** A number in the metric's unit; `5%` is 0.05. */
export const amount = written<number>(
  'a number such as 0.85, 200 or 5%',
  { type: ['string', 'number'], pattern: `^${NUMBER}%?$`, examples: [0.85, 200, '5%'] },
  readAmount,
);

/** A length or a weight: what is measured by it is never negative, and 0 is allowed. */
export const amountFromZero = written<number>(
  'a number from 0, such as 0.5 or 200',
  { type: ['string', 'number'], pattern: `^${NUMBER}%?$`, examples: [0.5, 200] },
  (text) => bounded(text, (value) => value >= 0, 'which is negative'),
);

/** A bound of what is never negative: at 0 or below it everything would be beyond it. */
export const amountAboveZero = written<number>(
  'a number above 0, such as 0.25 or 200',
  { type: ['string', 'number'], pattern: `^${NUMBER}%?$`, examples: [0.25, 200] },
  (text) => bounded(text, (value) => value > 0, 'which is not above 0'),
);

/** A share above 0 and below 1: `99.9%` or 0.999. */
export const share = written<number>(
  'a share between 0 and 1, such as 99.9% or 0.999',
  { type: ['string', 'number'], pattern: `^${NUMBER}%?$`, examples: ['99.9%', 0.999] },
  (text) => {
    const read = readAmount(text);
    if (!read.ok) return read;
    if (read.value > 0 && read.value < 1) return read;
    return { ok: false, why: 'which is not between 0 and 1' };
  },
);

/** How much worse than the baseline is too much. */
export const worsening = written<Omit<Limit, 'worse'>>(
  'a part of the baseline such as 20%, a multiple such as 1.5x, or an amount such as +0.05',
  { pattern: `^(?:\\+?${NUMBER}|${NUMBER}(?:%|x))$`, examples: ['20%', '1.5x', '+0.05'] },
  readWorsening,
);

export const statistic = written<Statistic>(
  'one of mean, rate, or a quantile such as p99',
  { pattern: '^(?:mean|rate|p\\d{1,2}(?:\\.\\d+)?)$', examples: ['mean', 'p99', 'rate'] },
  readStatistic,
);

export const baseline = written<Exclude<BaselineRule['kind'], 'number'> | number>(
  'one of last-good, same-time, registry, or a number',
  {
    type: ['string', 'number'],
    pattern: `^(?:last-good|same-time|registry|${NUMBER}%?)$`,
    examples: ['last-good', 'same-time', 0.9],
  },
  (text) => {
    if (text === 'last-good' || text === 'same-time' || text === 'registry') {
      return { ok: true, value: text };
    }
    return readAmount(text);
  },
);

/** How long the end of the last good release is that a monitor compares with, unless it says otherwise. */
export const DEFAULT_REFERENCE = HOUR;

function readAmount(text: string): Reading<number> {
  const percent = text.endsWith('%');
  const digits = percent ? text.slice(0, -1) : text;
  if (!NUMBER_ONLY.test(digits)) return { ok: false, why: 'which is not a number' };
  const value = percent ? Number(digits) / 100 : Number(digits);
  return Number.isFinite(value)
    ? { ok: true, value }
    : { ok: false, why: 'which is too large a number' };
}

function bounded(text: string, isIn: (value: number) => boolean, why: string): Reading<number> {
  const read = readAmount(text);
  return !read.ok || isIn(read.value) ? read : { ok: false, why };
}

function readWorsening(text: string): Reading<Omit<Limit, 'worse'>> {
  const ratio = /^(.*)x$/.exec(text)?.[1];
  const read = readAmount(ratio ?? text);
  if (!read.ok) return read;
  const kind = ratio !== undefined ? 'ratio' : text.endsWith('%') ? 'relative' : 'absolute';
  if (read.value < 0 || (kind === 'ratio' && read.value === 0)) {
    return { ok: false, why: 'which is no worsening', suggestion: 'say by `worse` to which side' };
  }
  return { ok: true, value: { kind, amount: read.value } };
}

function readStatistic(text: string): Reading<Statistic> {
  if (text === 'mean' || text === 'rate') return { ok: true, value: { kind: text } };
  const percent = /^p(\d{1,2}(?:\.\d+)?)$/.exec(text)?.[1];
  if (percent === undefined) return { ok: false, why: 'which is no such thing' };
  return { ok: true, value: { kind: 'quantile', quantile: Number(percent) / 100 } };
}
