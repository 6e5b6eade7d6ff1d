import { expect, it } from 'vitest';
import type { Stand } from './follow.ts';
import { NOW } from './judge.fixture.ts';
import type { Judgement, Verdict } from './judgement.ts';
import { noteSpell, type Spell } from './spell.ts';

function judged(verdict: Verdict): Judgement {
  const reasons = { good: 'within', bad: 'beyond', inconclusive: 'no-data' } as const;
  const dropped = { nan: 0, infinite: 0, repeated: 0 };
  const evidence = { samples: 1, from: NOW, to: NOW, dropped, facts: {} };
  return { judge: 'threshold', verdict, reason: reasons[verdict], evidence };
}

/** One letter a look: good, bad (suspect), inconclusive, Fires. Answers what came to nothing, as kind, looks and length. */
function passed(looks: string): string[] {
  let spell: Spell | undefined;
  let before: Judgement | undefined;
  return looks.split('').flatMap((look, i) => {
    const verdict = look === 'g' ? 'good' : look === 'i' ? 'inconclusive' : 'bad';
    const stand: Stand = look === 'F' ? 'firing' : look === 'b' ? 'suspect' : 'quiet';
    const judgement = judged(verdict);
    const seen = noteSpell(spell, before, judgement, stand, i);
    ({ spell } = seen);
    before = judgement;
    const { over } = seen;
    return over ? [`${over.kind} ${over.looks} from ${over.since} to ${over.until}`] : [];
  });
}

it.each([
  ['gggg', []],
  ['gbg', ['suspect 1 from 1 to 1']],
  ['gbbg', ['suspect 2 from 1 to 2']],
  // A gap breaks no row, and is no look of it.
  ['gbibg', ['suspect 2 from 1 to 3']],
  ['gbii', []],
  ['gbiig', ['suspect 1 from 1 to 1']],
  ['giig', ['unknown 2 from 1 to 2']],
  ['gibg', ['unknown 1 from 1 to 1', 'suspect 1 from 2 to 2']],
  // What fired was told.
  ['gbbFFg', []],
  ['giFg', []],
  // A release that has shown nothing yet.
  ['iiig', []],
  ['', []],
])('looks %s', (looks, expected) => {
  expect(passed(looks)).toEqual(expected);
});
