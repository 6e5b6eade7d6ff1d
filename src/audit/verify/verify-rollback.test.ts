import { expect, test } from 'vitest';
import type { BacktestRecord } from '../../backtest/record.ts';
import type { RepositoryPolicy, TargetPolicy } from '../../policy/policy.ts';
import { DAY, HOUR, MINUTE } from '../../time.ts';
import { Ledger } from './ledger.ts';
import { PinSets } from './pin-sets.ts';
import type { SeenRecord } from './read-record.ts';
import type { SeenRelease, SeenRollback } from './seen.ts';
import { verifyRollback } from './verify-rollback.ts';

const NOW = Date.parse('2026-11-20T12:00:00Z');
const oid = (name: string): string => name.padEnd(40, '0');

/** Releases two days apart; the last is the rollback's own. */
function releases(...versions: readonly string[]): SeenRollback['releases'] {
  const all = versions.map((version, i): SeenRelease => ({
    commit: oid(i === versions.length - 1 ? 'f' : `a${i}`),
    at: i === versions.length - 1 ? NOW : NOW - (versions.length - 1 - i) * 2 * DAY,
    versions: new Map([['model', version]]),
  }));
  return { all, indexOf: new Map(all.map(({ commit }, i) => [commit, i])) };
}

const RECORD: SeenRecord = {
  target: 'production/fraud',
  mode: 'automatic',
  bad: oid('a2'),
  goal: oid('a1'),
  rung: { number: 1, takes: 'release' },
  first: undefined,
  base: oid('a2'),
  from: new Map([['model', '3']]),
  to: new Map([['model', '2']]),
  severity: 'critical',
  source: 'alertmanager',
  approvers: [],
  requestedBy: undefined,
  unansweredFor: undefined,
  policyFile: '.lastgood/fraud.yaml',
  policyCommit: oid('a0'),
  decided: NOW,
};

const POLICY = {
  pins: [{ id: 'model', component: 'model', file: 'model.yaml', path: 'version' }],
  respond: { critical: 'merge', medium: 'review' },
  onReturn: 'review',
  breakGlass: [],
  ladder: ['release', ['image', 'config'], 'fallback'],
  fallback: {},
  goal: { maxDepth: 2, minSoak: HOUR },
  limits: { merge: { count: 2, per: DAY }, cooldown: HOUR, maxReleaseAge: 30 * DAY },
  approvals: { by: 'lastgood', required: 1, from: [], timeout: HOUR, onTimeout: 'keep' },
} as unknown as TargetPolicy;

const REPOSITORY = {
  limits: { merge: { count: 10, per: DAY } },
  storm: { models: { count: 3, within: 10 * MINUTE } },
} as unknown as RepositoryPolicy;

interface Change {
  readonly record?: Partial<SeenRecord>;
  readonly policy?: object;
  readonly seen?: Partial<SeenRollback>;
  /** Rollbacks before it: how long ago, and what is another than in its record. */
  readonly earlier?: readonly (readonly [
    ago: number,
    record: Partial<SeenRecord>,
    commit?: string,
  ])[];
}

function kinds({ record = {}, policy = {}, seen = {}, earlier = [] }: Change): readonly string[] {
  const ledger = new Ledger();
  for (const [ago, other, commit = oid('e')] of earlier) {
    const at = NOW - ago;
    const whole = { ...RECORD, bad: oid('d'), decided: at, ...other };
    ledger.enter({ commit, at, record: whole, merged: 'policy', climbed: 0 });
  }
  const { violations } = verifyRollback({
    commit: oid('f'),
    at: NOW,
    record: { ...RECORD, ...record },
    changes: [{ path: 'model.yaml', before: 'version: 3\n', after: 'version: 2\n' }],
    policy: { ...POLICY, ...policy },
    repository: REPOSITORY,
    samePolicy: true,
    releases: releases('1', '2', '3', '2'),
    ledger,
    marks: { quarantined: new PinSets(), baselines: new Map() },
    restrictions: {},
    repaired: false,
    merged: 'policy',
    ...seen,
  });
  return [...new Set(violations.map(({ kind }) => kind))];
}

const TESTED: BacktestRecord = {
  format: 1,
  target: RECORD.target,
  policy: `sha256:${'0'.repeat(64)}`,
  data: {
    from: new Date(NOW - 31 * DAY).toISOString(),
    to: new Date(NOW - DAY).toISOString(),
    samples: 1,
    alerts: 0,
    digest: `sha256:${'2'.repeat(64)}`,
  },
  result: { incidents: 2, found: 2, falseRollbacks: 1, freeDays: 30 },
};
const tested = (record?: BacktestRecord | string): object => ({
  backtest: {
    span: 14 * DAY,
    falseRollbacks: 1,
    found: 0.8,
    maxAge: 90 * DAY,
    digest: TESTED.policy,
    ...(record !== undefined && {
      record: typeof record === 'string' ? record : JSON.stringify(record),
    }),
  },
});
/** The same releases, so much later. */
const later = (by: number): SeenRollback['releases'] => {
  const same = releases('1', '2', '3', '2');
  return { ...same, all: same.all.map((one) => ({ ...one, at: one.at + by })) };
};

const LIMITS = { merge: { count: 2, per: DAY }, cooldown: 0, maxReleaseAge: 30 * DAY };
const others = (count: number, ago = MINUTE): NonNullable<Change['earlier']> =>
  Array.from({ length: count }, (_, i) => [ago, { target: `production/other-${i}` }, oid(`e${i}`)]);
const marked = (at: number): SeenRollback['marks'] => {
  const quarantined = new PinSets();
  quarantined.add(new Map([['model', '3']]), at);
  return { quarantined, baselines: new Map() };
};
const far = { releases: releases('1', '2', '3', '4', '1') };
const FAR: Partial<SeenRecord> = {
  bad: oid('a3'),
  goal: oid('a0'),
  from: new Map([['model', '4']]),
  to: new Map([['model', '1']]),
};
const farChange = [{ path: 'model.yaml', before: 'version: 4\n', after: 'version: 1\n' }];

test.each<[string, Change, readonly string[]]>([
  ['an honest one', {}, []],
  ['held since long', { seen: { restrictions: { hold: { since: NOW - HOUR } } } }, ['held']],
  ['held in the same minute', { seen: { restrictions: { hold: { since: NOW - 5_000 } } } }, []],
  [
    'held, and a person pressed the button',
    { seen: { merged: 'person', restrictions: { hold: { since: 0 } } } },
    [],
  ],
  ['frozen, by itself', { seen: { restrictions: { freeze: { since: 0 } } } }, ['held']],
  [
    'frozen, as approved',
    {
      record: { mode: 'reviewed', approvers: [{ login: 'ann', id: 1 }] },
      seen: { restrictions: { freeze: { since: 0 } }, merged: 'approval' },
    },
    [],
  ],
  ['without the backtest that is demanded', { policy: tested() }, ['not-allowed']],
  ['with a passed backtest', { policy: tested(TESTED) }, []],
  [
    'with the backtest of another policy',
    { policy: tested({ ...TESTED, policy: `sha256:${'1'.repeat(64)}` }) },
    ['not-allowed'],
  ],
  [
    'with the backtest of another target',
    { policy: tested({ ...TESTED, target: 'production/other' }) },
    ['not-allowed'],
  ],
  [
    'with a backtest of too short a time',
    { policy: tested({ ...TESTED, data: { ...TESTED.data, from: TESTED.data.to } }) },
    ['not-allowed'],
  ],
  [
    'with a backtest of long ago',
    { policy: tested(TESTED), seen: { at: NOW + 100 * DAY, releases: later(100 * DAY) } },
    ['not-allowed'],
  ],
  [
    'with a backtest that found too little',
    { policy: tested({ ...TESTED, result: { ...TESTED.result, found: 1 } }) },
    ['not-allowed'],
  ],
  [
    'with a backtest that would have rolled back too much',
    { policy: tested({ ...TESTED, result: { ...TESTED.result, falseRollbacks: 2 } }) },
    ['not-allowed'],
  ],
  ['with no record in the place of one', { policy: tested('{') }, ['not-allowed']],
  [
    'without the backtest, as approved',
    {
      policy: tested(),
      record: { mode: 'reviewed', approvers: [{ login: 'ann', id: 1 }] },
      seen: { merged: 'approval' },
    },
    [],
  ],
  ['within the cool-down', { earlier: [[30 * MINUTE, {}]] }, ['too-soon']],
  ['after the cool-down', { earlier: [[HOUR, {}]] }, []],
  [
    'within the cool-down of another target',
    { earlier: [[MINUTE, { target: 'production/x' }]] },
    [],
  ],
  ['two others within the time of a storm', { earlier: others(2) }, ['in-storm']],
  ['one other', { earlier: others(1) }, []],
  ['two others long before', { earlier: others(2, HOUR) }, []],
  [
    'over its budget',
    {
      policy: { limits: LIMITS },
      earlier: [
        [2 * HOUR, {}, oid('e1')],
        [HOUR, {}, oid('e2')],
      ],
    },
    ['over-budget'],
  ],
  [
    'over a budget of yesterday',
    {
      policy: { limits: LIMITS },
      earlier: [
        [2 * DAY, {}, oid('e1')],
        [HOUR, {}, oid('e2')],
      ],
    },
    [],
  ],
  [
    'from a release that is old',
    { policy: { limits: { ...LIMITS, maxReleaseAge: DAY } } },
    ['not-allowed'],
  ],
  [
    'from what a rollback brought',
    { policy: { limits: LIMITS }, earlier: [[2 * DAY, { goal: oid('b') }, oid('a2')]] },
    ['not-allowed'],
  ],
  ['a severity that asks for review', { record: { severity: 'medium' } }, ['not-allowed']],
  ['broken glass that nobody may break', { record: { requestedBy: 'ann' } }, ['not-allowed']],
  [
    'nobody decided, and the policy keeps waiting',
    { record: { unansweredFor: 3_600 } },
    ['not-allowed'],
  ],
  [
    'a rung that the policy has not',
    { record: { rung: { number: 4, takes: 'model' } } },
    ['rung-differs'],
  ],
  ['a rung of another kind', { record: { rung: { number: 1, takes: 'image' } } }, ['rung-differs']],
  [
    'a number without a rung before it',
    { record: { rung: { number: 2, takes: 'image+config' } } },
    ['rung-differs'],
  ],
  [
    'past a release that nothing spoke against',
    {
      record: FAR,
      seen: { ...far, changes: farChange },
      policy: { goal: { maxDepth: 9, minSoak: HOUR } },
    },
    ['not-last-good'],
  ],
  [
    'past releases that were quarantined or rolled back',
    {
      record: FAR,
      seen: { ...far, changes: farChange, marks: marked(NOW - DAY) },
      policy: { goal: { maxDepth: 9, minSoak: HOUR } },
      earlier: [[3 * DAY, { from: new Map([['model', '2']]), to: new Map([['model', '1']]) }]],
    },
    [],
  ],
  [
    'past a release that was quarantined only afterwards',
    {
      record: FAR,
      seen: { ...far, changes: farChange, marks: marked(NOW + DAY) },
      policy: { goal: { maxDepth: 9, minSoak: HOUR } },
      earlier: [[3 * DAY, { from: new Map([['model', '2']]), to: new Map([['model', '1']]) }]],
    },
    ['not-last-good'],
  ],
  [
    'further back than allowed',
    {
      record: FAR,
      seen: { ...far, changes: farChange, marks: marked(0) },
      earlier: [[3 * DAY, { bad: oid('a1') }]],
    },
    ['not-last-good'],
  ],
])('%s', (_, change, expected) => {
  expect(kinds(change)).toEqual(expected);
});

test('a rung after another one, and the repair of a mixed pair, are what they say', () => {
  const ran = releases('1', '2', '3', '2');
  const first = { bad: oid('a1'), goal: oid('a1'), rung: { number: 1, takes: 'release' } };
  const rung: Partial<SeenRecord> = {
    rung: { number: 2, takes: 'image+config' },
    first: oid('a1'),
    from: new Map([
      ['model', '3'],
      ['image', '9'],
    ]),
    to: new Map([
      ['model', '3'],
      ['image', '8'],
    ]),
  };
  const seen = { releases: ran, changes: [] };
  const record = { ...rung, goal: oid('a1') };
  const last = [2 * HOUR, first, oid('a2')] as const;
  expect(kinds({ record, seen, earlier: [last] })).not.toContain('rung-differs');
  const other = { ...record, first: oid('c') };
  expect(kinds({ record: other, seen, earlier: [last] })).toContain('rung-differs');
  const mixed = { goal: oid('a1'), to: new Map([['model', '2']]) };
  expect(kinds({ earlier: [[MINUTE, mixed, oid('a2')]] })).toEqual([]);
});

test('its time does not grow with what was before', () => {
  const ledger = new Ledger();
  for (let i = 0; i < 20_000; i += 1) {
    const record = {
      ...RECORD,
      bad: oid(`b${i}`),
      decided: i,
      from: new Map([['model', `v${i}`]]),
    };
    ledger.enter({ commit: oid(`c${i}`), at: i * HOUR, record, merged: 'policy', climbed: 0 });
    expect(ledger.automaticWithin(i * HOUR, DAY, RECORD.target)).toBe(Math.min(24, i + 1));
    expect(ledger.wentFrom(RECORD.target, oid('x'), new Map([['model', `v${i}`]]))).toBe(true);
    expect(ledger.wentFrom(RECORD.target, oid('x'), new Map([['model', 'none']]))).toBe(false);
  }
});
