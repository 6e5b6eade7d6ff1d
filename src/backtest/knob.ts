import type { Judgement } from '../monitors/judgement.ts';
import type { JudgeRule, Monitor } from '../monitors/monitor.ts';

/** The bound of a monitor, as it can be turned. */
export interface Knob {
  /** Where it stands in the policy, below the monitor's name. */
  readonly key: readonly string[];
  readonly now: number;
  /** Whether a lower bound makes it fire more. */
  readonly lowerFiresMore: boolean;
  /** What the policy could have; absent: any number. */
  readonly range?: { readonly least: number; readonly most: number };
  /** The same monitor with another bound. */
  readonly turn: (bound: number) => Monitor;
  /** The bound that a look was right at: one that fires more would have called it bad. Undefined where it cannot be told. */
  readonly at: (judgement: Judgement) => number | undefined;
  /** A bound as the policy writes it. */
  readonly write: (bound: number) => string;
}

/** The knob of a monitor; a sentence where it has none that could be turned. */
export function knobOf(monitor: Monitor): Knob | string {
  const { judge } = monitor;
  const turned = (changed: JudgeRule): Monitor => ({ ...monitor, judge: changed });
  const bounded = (
    key: readonly string[],
    now: number,
    turn: Knob['turn'],
    more: Partial<Pick<Knob, 'lowerFiresMore' | 'range' | 'at' | 'write'>> = {},
  ): Knob => ({
    key,
    now,
    lowerFiresMore: true,
    turn,
    at: ({ value }) => value,
    write: plain,
    ...more,
  });
  switch (judge.kind) {
    case 'threshold': {
      const { bad } = judge.rule;
      if (bad.kind === 'outside') return bandKnob(judge, bad, turned);
      const isAbove = bad.kind === 'greater';
      const turn = (than: number): Monitor =>
        turned({ ...judge, rule: { ...judge.rule, bad: { ...bad, than } } });
      const key = ['threshold', isAbove ? 'above' : 'below'];
      return bounded(key, bad.than, turn, { lowerFiresMore: isAbove });
    }
    case 'regression':
      return regressionKnob(judge, turned);
    case 'drift':
      return bounded(['drift', 'above'], judge.rule.bound, (bound) =>
        turned({ ...judge, rule: { ...judge.rule, bound } }),
      );
    case 'change-point':
      return bounded(['changePoint', 'above'], judge.rule.bound, (bound) =>
        turned({ ...judge, rule: { ...judge.rule, bound } }),
      );
    case 'anomaly': {
      const { levelBound, seasonBound, shiftBound } = judge.rule;
      // The three views keep their proportions, so that one number turns all of them.
      const turn = (bound: number): Monitor => {
        const by = bound / levelBound;
        const rule = {
          ...judge.rule,
          levelBound: bound,
          seasonBound: seasonBound * by,
          shiftBound: shiftBound * by,
        };
        return turned({ ...judge, rule });
      };
      return bounded(['anomaly', 'level'], levelBound, turn, {
        at: ({ value, bound }) =>
          value === undefined || !bound ? undefined : (levelBound * value) / bound,
      });
    }
    case 'share':
      return bounded(['share', 'above'], judge.bound, (bound) => turned({ ...judge, bound }), {
        write: (bound) => `${plain(100 * bound)}%`,
      });
    case 'impact':
      return bounded(
        ['impact', judge.rule.kind === 'per-minute' ? 'perMinute' : 'perInference'],
        judge.rule.bound,
        (bound) => turned({ ...judge, rule: { ...judge.rule, bound } }),
      );
    case 'early-warning':
      return 'it only warns, and rolls nothing back';
    case 'composite':
      return 'it is made of other monitors; tune those';
    case 'burn-rate':
      return 'its bounds follow from the objective that was promised; try another one with `lastgood backtest --against`';
    case 'canary': {
      const { marginal, pass } = judge.rule;
      const turn = (bound: number): Monitor =>
        turned({ ...judge, rule: { ...judge.rule, marginal: bound } });
      return bounded(['canary', 'marginal'], marginal, turn, {
        // A score below it is bad. None is below 0, and none that passes is bad.
        lowerFiresMore: false,
        range: { least: 0, most: pass },
      });
    }
  }
}

/** Two bounds are moved apart, or together, around the middle between them. */
function bandKnob(
  judge: Extract<JudgeRule, { kind: 'threshold' }>,
  { low, high }: { readonly low: number; readonly high: number },
  turned: (changed: JudgeRule) => Monitor,
): Knob {
  const middle = (low + high) / 2;
  const now = (high - low) / 2;
  const around = (half: number) => ({ low: middle - half, high: middle + half });
  return {
    key: ['threshold'],
    now,
    lowerFiresMore: true,
    // Two bounds are two numbers.
    range: { least: now / 1_000, most: Infinity },
    turn: (half) =>
      turned({ ...judge, rule: { ...judge.rule, bad: { kind: 'outside', ...around(half) } } }),
    at: ({ value }) => (value === undefined ? undefined : Math.abs(value - middle)),
    write(half) {
      const bounds = around(half);
      return `{ below: ${plain(bounds.low)}, above: ${plain(bounds.high)} }`;
    },
  };
}

function regressionKnob(
  judge: Extract<JudgeRule, { kind: 'regression' }>,
  turned: (changed: JudgeRule) => Monitor,
): Knob {
  const { limit } = judge.rule;
  const { kind, worse } = limit;
  const sign = worse === 'higher' ? 1 : -1;
  return {
    key: ['regression', 'by'],
    now: limit.amount,
    // A ratio says how much is left, where less is worse.
    lowerFiresMore: kind !== 'ratio' || worse === 'higher',
    turn: (amount) => turned({ ...judge, rule: { ...judge.rule, limit: { ...limit, amount } } }),
    at({ value, evidence }) {
      const expected = evidence.facts['expected'];
      if (value === undefined || expected === undefined) return undefined;
      if (kind === 'ratio') return expected > 0 ? value / expected : undefined;
      const worseBy = sign * (value - expected);
      if (kind === 'absolute') return worseBy;
      return expected === 0 ? undefined : worseBy / Math.abs(expected);
    },
    write(amount) {
      if (kind === 'ratio') return `${plain(amount)}x`;
      return kind === 'relative' ? `${plain(100 * amount)}%` : `+${plain(amount)}`;
    },
  };
}

/** Without the digits that arithmetic leaves behind. */
function plain(value: number): string {
  return String(Number(value.toPrecision(6)));
}
