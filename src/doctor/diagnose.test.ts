import { describe, expect, test } from 'vitest';
import { CHECK_IDS } from './check.ts';
import { diagnose } from './diagnose.ts';
import { branchWith, factsWith } from './facts.fixture.ts';
import { unknown } from './reading.ts';
import { APP_ROWS } from './rows/app.fixture.ts';
import { GATES_ROWS } from './rows/gates.fixture.ts';
import { POLICIES_ROWS } from './rows/policies.fixture.ts';
import { RULES_ROWS } from './rows/rules.fixture.ts';

const ROWS = [...APP_ROWS, ...POLICIES_ROWS, ...RULES_ROWS, ...GATES_ROWS];

const oneLine = ({ found, fix }: { readonly found: string; readonly fix?: string }): string =>
  [found, fix].filter(Boolean).join(' ');

test('where all is well, every check is ok, in the order of the page', () => {
  const checks = diagnose(factsWith());
  expect(checks.filter(({ level }) => level !== 'ok')).toEqual([]);
  const ids = [...new Set(checks.map(({ id }) => id))];
  expect(ids).toEqual(CHECK_IDS.filter((id) => id !== 'github-approval'));
});

describe('what is found', () => {
  test.each(ROWS)('%s', (_, facts, wanted, text) => {
    const [level, id] = wanted.split(' ');
    const found = diagnose(facts).filter((check) => check.id === id);
    expect(found.map((check) => check.level)).toContain(level);
    const line = found.find((check) => check.level === level && text.test(oneLine(check)));
    expect(found.map(oneLine).join('\n')).toMatch(text);
    // What is not well says what to do; what is well does not.
    expect(line?.fix !== undefined).toBe(level !== 'ok');
  });

  test('every check is seen to be well and not to be', () => {
    const seen = (well: boolean) =>
      new Set(
        [factsWith(), ...ROWS.map(([, facts]) => facts)]
          .flatMap(diagnose)
          .filter(({ level }) => (level === 'ok') === well)
          .map(({ id }) => id),
      );
    expect(CHECK_IDS.filter((id) => !seen(true).has(id))).toEqual([]);
    expect(CHECK_IDS.filter((id) => !seen(false).has(id))).toEqual([]);
  });

  test('every finding is one line of whole sentences', () => {
    for (const { found, fix } of ROWS.flatMap(([, facts]) => diagnose(facts))) {
      for (const sentence of fix === undefined ? [found] : [found, fix]) {
        expect(sentence).toMatch(/^[^\n]*$/);
        expect(sentence).not.toMatch(/undefined|\[object|NaN|\.\.$/);
      }
    }
  });
});

test('rules that cannot be read are one line, and nothing is concluded from them', () => {
  const ids = diagnose(branchWith({ rules: unknown('No.') })).map(({ id }) => id);
  expect(ids.filter((id) => id === 'branch-rules')).toHaveLength(1);
  expect(ids).not.toContain('approval-path');
  expect(ids).not.toContain('automatic-merge');
});
