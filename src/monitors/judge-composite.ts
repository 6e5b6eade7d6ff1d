import type { Evidence, Judgement } from './judgement.ts';

export interface Part {
  readonly name: string;
  /** Counts with `weights` only. */
  readonly weight: number;
  readonly judgement: Judgement;
}

export type CompositeRule =
  /** Bad when every part is. */
  | { readonly kind: 'all-of' }
  /** Bad when one part is. */
  | { readonly kind: 'any-of' }
  /** Bad when the bad parts weigh at least `bound` of all, 0 to 1. */
  | { readonly kind: 'weights'; readonly bound: number };

/**
 * One judgement of several. A part that is inconclusive counts for neither side: where it could still turn the whole,
 * the whole is inconclusive too, so that missing data never make a verdict.
 */
export function judgeComposite(rule: CompositeRule, parts: readonly Part[]): Judgement {
  const weigh = (verdict: Judgement['verdict']) =>
    parts
      .filter(({ judgement }) => judgement.verdict === verdict)
      .reduce((sum, { weight }) => sum + (rule.kind === 'weights' ? weight : 1), 0);
  const [bad, open, good] = [weigh('bad'), weigh('inconclusive'), weigh('good')];
  const all = bad + open + good;
  const needed = neededWeight(rule, all);
  const verdict =
    all <= 0
      ? 'inconclusive'
      : bad >= needed
        ? 'bad'
        : bad + open >= needed
          ? 'inconclusive'
          : 'good';
  return {
    judge: 'composite',
    verdict,
    reason: all <= 0 ? 'no-data' : 'parts',
    ...(all > 0 && { value: bad / all, bound: needed / all }),
    evidence: sumEvidence(parts, { bad, inconclusive: open, good }),
  };
}

function neededWeight(rule: CompositeRule, all: number): number {
  switch (rule.kind) {
    case 'all-of':
      return all;
    case 'any-of':
      return Math.min(1, all);
    case 'weights':
      // Of no bound at all nothing could be good.
      return Math.max(rule.bound * all, Number.MIN_VALUE);
  }
}

function sumEvidence(parts: readonly Part[], facts: Readonly<Record<string, number>>): Evidence {
  const all = parts.map(({ judgement }) => judgement.evidence);
  const total = (pick: (one: Evidence) => number) => all.reduce((sum, one) => sum + pick(one), 0);
  return {
    samples: total(({ samples }) => samples),
    from: all.reduce((least, { from }) => Math.min(least, from), all[0]?.from ?? 0),
    to: all.reduce((most, { to }) => Math.max(most, to), all[0]?.to ?? 0),
    dropped: {
      nan: total(({ dropped }) => dropped.nan),
      infinite: total(({ dropped }) => dropped.infinite),
      repeated: total(({ dropped }) => dropped.repeated),
    },
    facts,
  };
}
