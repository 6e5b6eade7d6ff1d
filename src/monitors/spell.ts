import type { Instant } from '../time.ts';
import type { Stand } from './follow.ts';
import type { Judgement } from './judgement.ts';

/**
 * Looks in a row that were not good and led to nothing: why a monitor did nothing is told once they are over.
 * `suspect`: bad, and not as often in a row as the policy waits for. `unknown`: without a verdict.
 */
export interface Spell {
  readonly kind: 'suspect' | 'unknown';
  readonly since: Instant;
  /** The last of them. */
  readonly until: Instant;
  readonly looks: number;
  /** What the last of them found; without a verdict, the one that found least. */
  readonly found: Judgement;
}

export interface Spelled {
  /** What goes on. */
  readonly spell?: Spell;
  /** What is over, and led to nothing. */
  readonly over?: Spell;
}

/**
 * One look more. A row of bad looks is not broken by one without a verdict, and what leads to firing is no spell: it was
 * told otherwise. A look without a verdict begins one only after one with a verdict (`before`), so that a release that
 * has not shown anything yet is not told of.
 */
export function noteSpell(
  spell: Spell | undefined,
  before: Judgement | undefined,
  judgement: Judgement,
  stand: Stand,
  at: Instant,
): Spelled {
  if (stand === 'firing' || stand === 'blind') return {};
  switch (judgement.verdict) {
    case 'good':
      return spell ? { over: spell } : {};
    case 'bad':
      if (stand !== 'suspect') return {};
      if (spell?.kind === 'suspect') return { spell: longer(spell, judgement, at) };
      return { spell: begin('suspect', judgement, at), ...(spell && { over: spell }) };
    case 'inconclusive':
      if (spell?.kind === 'suspect') return { spell };
      if (spell) return { spell: longer(spell, judgement, at) };
      if (before === undefined || before.verdict === 'inconclusive') return {};
      return { spell: begin('unknown', judgement, at) };
  }
}

function begin(kind: Spell['kind'], found: Judgement, at: Instant): Spell {
  return { kind, since: at, until: at, looks: 1, found };
}

function longer(spell: Spell, judgement: Judgement, at: Instant): Spell {
  const more = spell.found.evidence.samples <= judgement.evidence.samples;
  const found = spell.kind === 'unknown' && more ? spell.found : judgement;
  return { ...spell, until: at, looks: spell.looks + 1, found };
}
