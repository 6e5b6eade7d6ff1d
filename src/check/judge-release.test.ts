import { describe, expect, test } from 'vitest';
import type { Release } from '../releases/release.ts';
import type { Selection } from '../releases/selection.ts';
import { checkText, findingSentence } from '../texts/check.ts';
import { conclude } from './finding.ts';
import { judgeRelease, type ReleaseChange } from './judge-release.ts';

type Reading = Pick<Release, 'values' | 'problems'>;

function reading(values: Readonly<Record<string, string>>): Reading {
  const read = Object.entries(values).map(([pin, version], i) => [
    pin,
    { version, value: version, token: version, line: i + 3 },
  ]);
  return { values: Object.fromEntries(read), problems: [] };
}

const broken: Reading = {
  values: {},
  problems: [
    {
      pin: 'model',
      problem: { code: 'path-not-found', message: 'There is no spec.uri.', line: 7 },
    },
  ],
};

const GOOD: Release = {
  commit: 'a'.repeat(40),
  at: 0,
  author: { name: 'Alice', email: 'alice@acme.example' },
  subject: 'Release 1.10',
  body: '',
  ...reading({ model: '1.10', features: 'f-10' }),
};

const goal: Selection = { kind: 'release', release: GOOD, how: 'newest-good', passedOver: [] };

const pin = (id: string, component: 'model' | 'features') => ({
  id,
  component,
  file: `models/${id}.yaml`,
  path: 'spec.version',
});

function change(wanted: Partial<ReleaseChange> = {}): ReleaseChange {
  return {
    policy: {
      target: { environment: 'production', model: 'fraud' },
      pins: [pin('model', 'model'), pin('features', 'features')],
      check: {
        noGoal: 'warn',
        mutableVersion: 'warn',
        undeclaredPair: 'warn',
        severalActive: 'fail',
        widerPowers: 'warn',
      },
    },
    before: reading({ model: '1.10', features: 'f-10' }),
    after: reading({ model: '1.11', features: 'f-11' }),
    goal,
    pairDeclared: true,
    ...wanted,
  };
}

describe('what is said about a release that a pull request ships', () => {
  test.each<[string, Partial<ReleaseChange>, string, string[]]>([
    ['an ordinary release', {}, 'passed', ['goal']],
    [
      'no change of a version',
      { after: reading({ model: '1.10', features: 'f-10' }) },
      'passed',
      [],
    ],
    [
      'a quarantined version',
      { quarantine: { versions: { model: '1.11' }, because: 'Bad.', relanded: false } },
      'failed',
      ['quarantined', 'goal'],
    ],
    [
      'a quarantined version that was relanded',
      { quarantine: { versions: { model: '1.11' }, because: 'Bad.', relanded: true } },
      'passed',
      ['relanded', 'goal'],
    ],
    ['a pin that breaks', { after: broken }, 'failed', ['unreadable-pin']],
    [
      'a pin that was broken before',
      { before: broken, after: broken },
      'warned',
      ['unreadable-pin'],
    ],
    ['a mended pin', { before: broken }, 'passed', ['goal']],
    [
      'a moving name',
      { after: reading({ model: 'latest', features: 'f-11' }) },
      'warned',
      ['mutable-version', 'goal'],
    ],
    [
      'a moving name that stood there before',
      {
        before: reading({ model: 'latest', features: 'f-10' }),
        after: reading({ model: 'latest', features: 'f-11' }),
      },
      'passed',
      ['goal'],
    ],
    ['no goal', { goal: { kind: 'none', passedOver: [] } }, 'warned', ['no-goal']],
    [
      'half a pair',
      { after: reading({ model: '1.11', features: 'f-10' }), pairDeclared: false },
      'warned',
      ['undeclared-pair', 'goal'],
    ],
    [
      'half a pair that was declared',
      { after: reading({ model: '1.11', features: 'f-10' }) },
      'passed',
      ['goal'],
    ],
    [
      'a model without features',
      {
        before: reading({ model: '1.10' }),
        after: reading({ model: '1.11' }),
        pairDeclared: false,
      },
      'passed',
      ['goal'],
    ],
    [
      'two versions at once',
      {
        before: reading({ 'model[0]': '1.10', 'model[1]': '1.10' }),
        after: reading({ 'model[0]': '1.11', 'model[1]': '1.10' }),
      },
      'failed',
      ['several-active', 'goal'],
    ],
  ])('%s', (_, wanted, conclusion, kinds) => {
    const findings = judgeRelease(change(wanted));
    expect(findings.map(({ kind }) => kind)).toEqual(kinds);
    expect(conclude(findings)).toBe(conclusion);
  });

  test('weighs as the policy says', () => {
    const { policy } = change();
    const check = { ...policy.check, noGoal: 'fail', mutableVersion: 'tell' } as const;
    const after = reading({ model: 'latest', features: 'f-11' });
    const findings = judgeRelease(
      change({ policy: { ...policy, check }, after, goal: { kind: 'none', passedOver: [] } }),
    );
    expect(findings.map(({ kind, weight }) => `${kind} ${weight}`)).toEqual([
      'mutable-version tell',
      'no-goal fail',
    ]);
  });

  test('points at the line of the pin', () => {
    const quarantine = { versions: { model: '1.11' }, because: 'Bad.', relanded: false };
    const [finding] = judgeRelease(change({ quarantine }));
    expect(finding?.where).toEqual({ file: 'models/model.yaml', line: 3 });
  });
});

describe('how it is said', () => {
  test('a failed check names the first mistake in its title', () => {
    const quarantine = {
      versions: { model: '1.11' },
      because: 'Rolled back from on 2026-11-20.',
      relanded: false,
    };
    expect(checkText(judgeRelease(change({ quarantine })))).toMatchInlineSnapshot(`
      {
        "summary": "### Must be mended

      - \`production/fraud\` would run model \`1.11\` again, which is quarantined: Rolled back from on 2026-11-20. Ship another version, or let this one back for one release with \`/reland production/fraud 1.11 REASON\`.

      ### Good to know

      - If this release of \`production/fraud\` turns out bad, a rollback goes to \`1.10\` (the last good release, aaaaaaaaaaaa).",
        "title": "1.11 of production/fraud is quarantined",
      }
    `);
  });

  test('a passed check says where a rollback would go', () => {
    expect(checkText(judgeRelease(change()))).toMatchInlineSnapshot(`
      {
        "summary": "### Good to know

      - If this release of \`production/fraud\` turns out bad, a rollback goes to \`1.10\` (the last good release, aaaaaaaaaaaa).",
        "title": "A rollback of production/fraud would go to 1.10 (the last good release, aaaaaaaaaaaa)",
      }
    `);
  });

  test('nothing to say', () => {
    expect(checkText([])).toMatchInlineSnapshot(`
      {
        "summary": "This pull request changes no release and no policy that Lastgood looks after.",
        "title": "Nothing to say",
      }
    `);
  });

  test('what a version says cannot format, link or call', () => {
    const after = reading({ model: '@acme/sre `x` [a](http://b)\n/approve', features: 'f-11' });
    const quarantine = {
      versions: { model: after.values['model']?.version ?? '' },
      because: '@all',
      relanded: false,
    };
    for (const finding of judgeRelease(change({ after, quarantine }))) {
      expect(findingSentence(finding)).not.toMatch(/^\/|\n/);
    }
  });
});
