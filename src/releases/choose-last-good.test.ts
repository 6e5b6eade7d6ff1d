import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR } from '../time.ts';
import { chooseLastGood, type Choice } from './choose-last-good.ts';
import type { Release } from './release.ts';
import type { RolledBack } from './rolled-back.ts';
import { componentOf, sameVersions, versionsOf, type Versions } from './versions.ts';

const NOW = Date.UTC(2026, 10, 20);
const NOTHING: RolledBack = { commits: new Set(), tuples: [], suspects: [] };
const VALUE = { token: '', line: 1 };

/** `1.9+b` that ran for so many hours; `?` cannot be read. Newest first, named r0, r1, … */
function releasesOf(list: readonly (readonly [tuple: string, hours: number])[]): Release[] {
  let end = NOW;
  return list.map(([tuple, hours], i) => {
    const [model = '', features] = tuple.split('+');
    const until = i === 0 ? {} : { until: { commit: `r${i - 1}`, at: end } };
    end -= hours * HOUR;
    const value = (version: string): Release['values'][string] => ({
      ...VALUE,
      version,
      value: `s3://${version}`,
    });
    const problem = { code: 'not-parsable' as const, message: 'It does not parse.' };
    return {
      commit: `r${i}`,
      at: end,
      author: { name: 'Ann', email: 'ann@acme.example' },
      subject: `Ship ${tuple}`,
      body: '',
      ...until,
      values:
        tuple === '?'
          ? {}
          : { model: value(model), ...(features && { features: value(features) }) },
      problems: tuple === '?' ? [{ pin: 'model', problem }] : [],
    };
  });
}

function choose(
  list: readonly (readonly [string, number])[],
  more: Partial<Omit<Choice, 'releases'>> = {},
): string {
  const selection = chooseLastGood({
    releases: releasesOf(list),
    policy: { goal: { minSoak: DAY, maxDepth: 3 }, fallback: {} },
    rolledBack: NOTHING,
    now: NOW,
    ...more,
  });
  const passed = selection.passedOver.map(({ release, reason }) => `${release.commit} ${reason}`);
  const what =
    selection.kind === 'release' ? `${selection.release.commit} ${selection.how}` : selection.kind;
  return [what, ...passed].join(', ');
}

const policy = (fallback: Choice['policy']['fallback']): Choice['policy'] => ({
  goal: { minSoak: DAY, maxDepth: 1 },
  fallback,
});

describe('the last good release', () => {
  it.each<[string, [string, number][], Partial<Omit<Choice, 'releases'>>, string]>([
    ['no release at all', [], {}, 'none'],
    ['the first release ever', [['1.10', 5]], {}, 'none'],
    [
      'the one before',
      [
        ['1.10', 5],
        ['1.9', 48],
      ],
      {},
      'r1 newest-good',
    ],
    [
      'one that ran exactly long enough',
      [
        ['1.10', 5],
        ['1.9', 24],
      ],
      {},
      'r1 newest-good',
    ],
    [
      'one that ran too short, then one that ran long enough',
      [
        ['1.10', 5],
        ['1.9', 23.9],
        ['1.8', 48],
      ],
      {},
      'r2 newest-good, r1 too-short-soak',
    ],
    [
      'one that cannot be read: what ran is unknown',
      [
        ['1.10', 5],
        ['?', 48],
        ['1.8', 48],
      ],
      {},
      'r2 newest-good, r1 unreadable',
    ],
    [
      'what runs cannot be read',
      [
        ['?', 5],
        ['1.9', 48],
      ],
      {},
      'none, r0 unreadable',
    ],
    [
      'equal values earlier',
      [
        ['1.10+a', 5],
        ['?', 48],
        ['1.10+a', 48],
        ['1.9+a', 48],
      ],
      {},
      'r3 newest-good, r1 unreadable, r2 same-as-running',
    ],
    [
      'only the features differ: the pair goes back together',
      [
        ['1.10+b', 5],
        ['1.10+a', 48],
      ],
      {},
      'r1 newest-good',
    ],
    [
      'nothing within the depth',
      [
        ['1.10', 5],
        ['1.9', 1],
        ['1.8', 1],
        ['1.7', 1],
        ['1.6', 48],
        ['1.5', 48],
      ],
      {},
      'none, r1 too-short-soak, r2 too-short-soak, r3 too-short-soak, r4 beyond-max-depth',
    ],
    [
      'depth 0: never back',
      [
        ['1.10', 5],
        ['1.9', 48],
      ],
      { policy: { goal: { minSoak: 0, maxDepth: 0 }, fallback: {} } },
      'none, r1 beyond-max-depth',
    ],
    [
      'rolled back from, by its commit',
      [
        ['1.9', 5],
        ['1.10', 48],
        ['1.8', 48],
      ],
      { rolledBack: { ...NOTHING, commits: new Set(['r1']) } },
      'r2 newest-good, r1 rolled-back-from',
    ],
    [
      'rolled back from, by its values at another time',
      [
        ['1.11+a', 5],
        ['1.10+a', 48],
        ['1.10+b', 48],
      ],
      { rolledBack: { ...NOTHING, tuples: [{ model: '1.10', features: 'a' }] } },
      'r2 newest-good, r1 rolled-back-from',
    ],
    [
      'rolled back from when the policy had fewer pins',
      [
        ['1.11+a', 5],
        ['1.10+a', 48],
        ['1.9+a', 48],
      ],
      { rolledBack: { ...NOTHING, tuples: [{ model: '1.10' }] } },
      'r2 newest-good, r1 rolled-back-from',
    ],
    [
      'a quarantined version in another pair',
      [
        ['1.11+a', 5],
        ['1.10+c', 48],
        ['1.9+a', 48],
      ],
      { rolledBack: { ...NOTHING, suspects: [{ model: '1.10' }] } },
      'r2 newest-good, r1 quarantined',
    ],
    [
      'what somebody quarantined',
      [
        ['1.11+a', 5],
        ['1.10+c', 48],
        ['1.9+a', 48],
      ],
      { marks: { quarantine: [{ model: '1.10' }], relanded: new Set() } },
      'r2 newest-good, r1 quarantined-by-hand',
    ],
    [
      'what a reland let back, although it was rolled back from before',
      [
        ['1.11+a', 5],
        ['1.10+a', 48],
        ['1.9+a', 48],
      ],
      {
        rolledBack: {
          commits: new Set(['r3']),
          tuples: [{ model: '1.10', features: 'a' }],
          suspects: [{ model: '1.10' }],
        },
        marks: { quarantine: [{ model: '1.10' }], relanded: new Set(['r1']) },
      },
      'r1 newest-good',
    ],
    [
      'what a reland let back, and was rolled back from again',
      [
        ['1.11+a', 5],
        ['1.10+a', 48],
        ['1.9+a', 48],
      ],
      {
        rolledBack: { ...NOTHING, commits: new Set(['r1']) },
        marks: { quarantine: [], relanded: new Set(['r1']) },
      },
      'r2 newest-good, r1 rolled-back-from',
    ],
    [
      'committer dates that go backwards: it never soaked',
      [
        ['1.10', 5],
        ['1.9', -3],
        ['1.8', 48],
      ],
      {},
      'r2 newest-good, r1 too-short-soak',
    ],
  ])('%s', (_, list, more, expected) => {
    expect(choose(list, more)).toBe(expected);
  });
});

describe('a version that somebody named', () => {
  const list: [string, number][] = [
    ['1.10', 5],
    ['1.9', 48],
    ['1.8', 1],
    ['1.7', 1],
    ['?', 1],
    ['1.6', 1],
  ];
  it.each<[string, string, Partial<Choice>, string]>([
    ['is taken though it ran shortly', '1.8', {}, 'r2 requested, r1 not-the-requested-version'],
    [
      'is taken from beyond the depth',
      '1.6',
      {},
      'r5 requested, r1 not-the-requested-version, r2 not-the-requested-version, r3 not-the-requested-version, r4 unreadable',
    ],
    [
      'is compared as text',
      '1.90',
      {},
      'none, r1 not-the-requested-version, r2 not-the-requested-version, r3 not-the-requested-version, r4 unreadable, r5 not-the-requested-version',
    ],
    [
      'is refused when it is quarantined, and nothing else is taken instead',
      '1.9',
      {
        rolledBack: { ...NOTHING, suspects: [{ model: '1.9' }] },
        policy: policy({ model: 'rules' }),
      },
      'none, r1 quarantined, r2 not-the-requested-version, r3 not-the-requested-version, r4 unreadable, r5 not-the-requested-version',
    ],
    [
      'is refused when it runs already',
      '1.10',
      {},
      'none, r1 not-the-requested-version, r2 not-the-requested-version, r3 not-the-requested-version, r4 unreadable, r5 not-the-requested-version',
    ],
  ])('%s', (_, version, more, expected) => {
    expect(choose(list, { ...more, requested: { version } })).toBe(expected);
  });
});

describe('a designated baseline', () => {
  const list: [string, number][] = [
    ['1.10', 5],
    ['1.9', 48],
    ['?', 48],
    ['1.8', 1],
  ];
  it.each([
    ['comes before newer releases', 'r3', 'r3 baseline'],
    ['that runs already is left for the newest good one', 'r0', 'r1 newest-good'],
    ['that cannot be read is left for the newest good one', 'r2', 'r1 newest-good'],
    ['that never ran is left for the newest good one', 'r9', 'r1 newest-good'],
  ])('%s', (_, commit, expected) => {
    expect(choose(list, { baseline: { commit } })).toBe(expected);
  });

  it('that was rolled back from is left for the newest good one', () => {
    const rolledBack = { ...NOTHING, commits: new Set(['r3']) };
    expect(choose(list, { baseline: { commit: 'r3' }, rolledBack })).toBe('r1 newest-good');
  });
});

describe('the fallback', () => {
  const list: [string, number][] = [
    ['1.10+b', 5],
    ['1.9+a', 1],
  ];
  it.each<[string, Choice['policy']['fallback'], string]>([
    ['is taken when no release is good', { model: 's3://rules' }, 'fallback, r1 too-short-soak'],
    ['is none when it runs already', { model: 's3://1.10' }, 'none, r1 too-short-soak'],
    ['is none when it runs already, as a version', { model: '1.10' }, 'none, r1 too-short-soak'],
    ['is none when it changes nothing', { features: 'none' }, 'none, r1 too-short-soak'],
    ['is none when no pin is of its component', { image: 'x' }, 'none, r1 too-short-soak'],
  ])('%s', (_, fallback, expected) => {
    expect(choose(list, { policy: policy(fallback) })).toBe(expected);
  });
});

describe('for any history', () => {
  const tuple = fc.constantFrom('1+a', '1+b', '2+a', '2+b', '3+a', '?');
  const hours = fc.integer({ min: -2, max: 50 });
  const versions: fc.Arbitrary<Versions> = fc.record(
    { model: fc.constantFrom('1', '2', '3'), features: fc.constantFrom('a', 'b') },
    { requiredKeys: ['model'] },
  );
  const choices: fc.Arbitrary<Choice> = fc.record(
    {
      releases: fc.array(fc.tuple(tuple, hours), { maxLength: 8 }).map(releasesOf),
      policy: fc.record({
        goal: fc.record({ minSoak: fc.constantFrom(0, DAY), maxDepth: fc.nat(4) }),
        fallback: fc.record({ model: fc.constantFrom('1', '9', 'none') }, { requiredKeys: [] }),
      }),
      requested: fc.record({ version: fc.constantFrom('1', '2', '9') }),
      baseline: fc.record({ commit: fc.constantFrom('r0', 'r1', 'r5') }),
      rolledBack: fc.record({
        commits: fc.subarray(['r1', 'r2', 'r3']).map((commits) => new Set(commits)),
        tuples: fc.array(versions, { maxLength: 2 }),
        suspects: fc.array(fc.constant({ features: 'b' }), { maxLength: 1 }),
      }),
      now: fc.constant(NOW),
    },
    { requiredKeys: ['releases', 'policy', 'rolledBack', 'now'] },
  );

  it('the choice changes something, was never rolled back from, and lies within the depth unless somebody vouches', () => {
    fc.assert(
      fc.property(choices, (choice) => {
        const selection = chooseLastGood(choice);
        const { releases, rolledBack, policy } = choice;
        const [running] = releases;
        fc.pre(running !== undefined && selection.kind === 'release');
        if (running === undefined || selection.kind !== 'release') return;
        const goal = versionsOf(selection.release);
        const depth = releases.indexOf(selection.release);
        expect(selection.release.problems).toEqual([]);
        expect(sameVersions(goal, versionsOf(running))).toBe(false);
        expect(rolledBack.commits).not.toContain(selection.release.commit);
        for (const bad of rolledBack.tuples) expect(goal).not.toMatchObject(bad);
        for (const bad of rolledBack.suspects) expect(goal).not.toMatchObject(bad);
        expect(depth).toBeGreaterThan(0);
        expect(selection.how !== 'newest-good' || depth <= policy.goal.maxDepth).toBe(true);
        const passed = selection.passedOver.map(({ release }) => release.commit);
        const newer = releases.slice(1, depth).map(({ commit }) => commit);
        expect(passed).toEqual(selection.how === 'baseline' ? [] : newer);
      }),
    );
  });

  it('a fallback changes something', () => {
    fc.assert(
      fc.property(choices, (choice) => {
        const selection = chooseLastGood(choice);
        fc.pre(selection.kind === 'fallback');
        const running = Object.entries(choice.releases[0]?.values ?? {});
        const values = selection.kind === 'fallback' ? selection.values : {};
        expect(
          running.some(([pin, { version }]) => {
            const component = componentOf(pin);
            return component !== undefined && values[component] !== version;
          }),
        ).toBe(true);
      }),
    );
  });

  it('the same question has the same answer, and releases older than the depth change nothing', () => {
    fc.assert(
      fc.property(choices, (choice) => {
        expect(chooseLastGood(choice)).toEqual(chooseLastGood(structuredClone(choice)));
        const { requested: _, baseline: __, ...plain } = choice;
        const some = choice.releases.slice(0, choice.policy.goal.maxDepth + 2);
        expect(chooseLastGood({ ...plain, releases: some })).toEqual(chooseLastGood(plain));
      }),
    );
  });
});
