import { RECORD_REASONS, type RecordReason } from '../backtest/record.ts';
import { formatDuration } from '../time.ts';

/** What is wrong with the record of a backtest, as a part of a sentence. Reads the facts that `judgeRecord` answers. */
export function recordWords(facts: Readonly<Record<string, unknown>>): string {
  const [have, need] = [Number(facts['have'] ?? 0), Number(facts['need'] ?? 0)];
  const why = RECORD_REASONS.find((one) => one === facts['why']) ?? 'missing';
  return words(why, have, need);
}

function words(why: RecordReason, have: number, need: number): string {
  switch (why) {
    case 'missing':
      return 'there is no record of one';
    case 'unreadable':
      return 'its record cannot be read';
    case 'another-target':
      return 'its record is about another target';
    case 'another-policy':
      return 'its record is about another policy than the one that stands now';
    case 'too-old':
      return have < 0
        ? 'its record is about a time that has not come yet'
        : `what it replayed ended ${formatDuration(have)} ago, where ${formatDuration(need)} is the most`;
    case 'too-short':
      return `it replayed ${formatDuration(have)}, where ${formatDuration(need)} is the least`;
    case 'too-many-false':
      return `it found ${number(have)} false rollbacks in 30 days, where ${number(need)} is the most`;
    case 'nothing-to-find':
      return `it knew of no incident that could have been found, where ${percent(need)} of them are the least to find; label some by --incidents, or say \`found: 0%\``;
    case 'too-few-found':
      return `it found ${percent(have)} of the incidents, where ${percent(need)} is the least`;
  }
}

function number(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(3))) : 'countless';
}

function percent(share: number): string {
  return `${number(100 * share)} %`;
}
