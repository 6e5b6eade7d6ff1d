import { DAY, MINUTE, type Instant } from '../time.ts';
import { RELEASED } from './judge.fixture.ts';
import type { Outcome } from './evaluate.ts';
import { goodHour, KINDS, lookOften, WITH_HISTORY, type Feed } from './monitor-kinds.fixture.ts';
import type { Sample } from './series.ts';

/** Kinds that read counters: the others have no counter that could begin again. */
const COUNTERS = new Set(['threshold of a rate', 'burn rate, counters', 'share']);

/** What a well model measures in a minute, by what reads it. */
function well(kind: string, name: string, minute: number): number {
  const wave = 100 + 3 * Math.sin(minute * 2.399);
  switch (kind) {
    case 'threshold of a rate':
      return 600 * minute;
    case 'burn rate, share':
      return 0.001;
    case 'burn rate, counters':
    case 'share':
      return name === 'value' ? minute : 1_000 * minute;
    case 'impact, per inference':
      return name === 'value' ? 100 : 50;
    default:
      return wave;
  }
}

interface Odd {
  /** What a look at this minute gets of a series. Default: what a well model measures. */
  readonly arrives?: (value: number, minute: number, at: Instant) => readonly Sample[];
  /** The value of everything before the release. */
  readonly before?: number;
}

/** What is odd about samples, by its name in docs/judges.md. */
export const ODDITIES: Readonly<Record<string, Odd>> = {
  'nothing comes': { arrives: () => [] },
  'one sample': { arrives: (value, minute, at) => (minute === 25 ? [{ at, value }] : []) },
  'two of three NaN or infinite': {
    arrives: (value, minute, at) => [
      { at, value: [value, Number.NaN, Infinity][minute % 3] ?? value },
    ],
  },
  'no samples for 10m': {
    arrives: (value, minute, at) => (minute > 8 && minute <= 18 ? [] : [{ at, value }]),
  },
  'a clock back by 5m': {
    arrives: (value, minute, at) => [{ at: minute > 15 ? at - 5 * MINUTE : at, value }],
  },
  'a counter begins again': {
    arrives: (value, minute, at) => [{ at, value: minute > 15 ? value / 2 : value }],
  },
  'constant, as before': { arrives: (_, __, at) => [{ at, value: 7 }], before: 7 },
  'constant, 0 before': { arrives: (_, __, at) => [{ at, value: 7 }], before: 0 },
};

/** What a monitor of a kind says half an hour after the release, when its samples are odd. */
export function saidOf(kind: string, oddity: string): string {
  const odd = ODDITIES[oddity];
  if (!odd) throw new Error(`There is no oddity ${oddity}.`);
  if (oddity === 'a counter begins again' && !COUNTERS.has(kind)) return '–';
  const names = (KINDS[kind] ?? []).slice(1) as string[];
  const { arrives = (value, _, at) => [{ at, value }], before } = odd;
  const baseline = goodHour(kind);
  const flat = (all: readonly Sample[]) =>
    before === undefined ? all : all.map(({ at }) => ({ at, value: before }));
  const outcomes = lookOften(
    kind,
    30,
    (now, minute): Feed =>
      Object.fromEntries(
        names.map((name) => {
          const some = arrives(well(kind, name, minute), minute, now);
          return [name, minute === 1 ? [...flat(historyOf(kind)), ...some] : some];
        }),
      ),
    Object.fromEntries(Object.entries(baseline).map(([name, all]) => [name, flat(all)])),
  );
  return cellOf(outcomes.at(-1));
}

function historyOf(kind: string): readonly Sample[] {
  if (!WITH_HISTORY.includes(kind)) return [];
  return Array.from({ length: (4 * DAY) / (10 * MINUTE) }, (_, i) => ({
    at: RELEASED - (i + 1) * 10 * MINUTE,
    value: 100 + 3 * Math.sin(i * 2.399),
  }));
}

function cellOf(outcome: Outcome | undefined): string {
  const { verdict, reason } = outcome?.judgement ?? {};
  return verdict === 'inconclusive' ? `\`${reason}\`` : String(verdict);
}
