import { describe, expect, test } from 'vitest';
import type { PullRequest, RollbackBranch } from './forge.ts';
import { planSweep, type Found, type Known } from './plan-sweep.ts';

const name = (model: string) => `lastgood/production/${model}/${'d'.repeat(40)}`;
const A = name('a');
const B = name('b');

type State = PullRequest['state'];
type Past = 'open' | 'merged' | 'closed-by-person' | 'closed-by-lastgood';

function pull(branch: string, state: State, number = 5): PullRequest {
  return {
    number,
    nodeId: `PR_${number}`,
    url: `https://github.com/acme/manifests/pull/${number}`,
    state,
    title: 'Roll back',
    body: '',
    author: { id: 99, login: 'lastgood[bot]', bot: true },
    own: true,
    branch,
    head: 'b'.repeat(40),
    into: 'main',
    base: 'a'.repeat(40),
    createdAt: 0,
    reviewDecision: 'none',
    mergeable: 'unknown',
  };
}

const standing = (branch: string, pulls = 0): RollbackBranch => ({ branch, head: 'e', pulls });

/** One rollback: what is known of it, whether it can be taken further, and what GitHub has. */
interface Row {
  readonly past?: Past;
  readonly open?: boolean;
  readonly state?: State;
  readonly branch?: RollbackBranch;
  readonly wanted?: string;
}

function known(row: Row, number = 5): Known {
  return {
    past: new Map(row.past ? [[A, { number, state: row.past }]] : []),
    open: new Map(row.open ? [[A, { number }]] : []),
  };
}

function found(row: Row): Found {
  return {
    pulls: row.state ? [pull(A, row.state)] : [],
    branches: row.branch ? [row.branch] : [],
  };
}

describe('each gap has its action', () => {
  const ROWS: readonly (Row & { readonly what: string })[] = [
    { what: 'nothing anywhere' },
    { what: 'open, and open', past: 'open', open: true, state: 'open', wanted: 'advance' },
    { what: 'open, left out, and open', past: 'open', state: 'open', wanted: 'advance' },
    { what: 'open, and merged', past: 'open', open: true, state: 'merged', wanted: 'settle' },
    { what: 'open, and closed', past: 'open', open: true, state: 'closed', wanted: 'settle' },
    { what: 'open, left out, and merged', past: 'open', state: 'merged', wanted: 'correct' },
    { what: 'open, left out, and closed', past: 'open', state: 'closed', wanted: 'correct' },
    {
      what: 'merged, the settling not done, and merged',
      past: 'merged',
      open: true,
      state: 'merged',
      wanted: 'settle',
    },
    { what: 'open, and in no list', past: 'open', open: true, wanted: 'look' },
    { what: 'unknown, and open', state: 'open', wanted: 'recall' },
    { what: 'unknown, and merged', state: 'merged', wanted: 'recall' },
    { what: 'unknown, and closed', state: 'closed', wanted: 'recall' },
    {
      what: 'closed by a person, and open',
      past: 'closed-by-person',
      state: 'open',
      wanted: 'reopen',
    },
    {
      what: 'closed by Lastgood, and open',
      past: 'closed-by-lastgood',
      state: 'open',
      wanted: 'reopen',
    },
    { what: 'merged, and still shown as open', past: 'merged', state: 'open' },
    { what: 'merged, and merged', past: 'merged', state: 'merged' },
    { what: 'closed, and closed', past: 'closed-by-person', state: 'closed' },
    {
      what: 'merged, its branch still there',
      past: 'merged',
      state: 'merged',
      branch: standing(A, 1),
      wanted: 'tidy',
    },
    {
      what: 'closed by Lastgood, its branch still there',
      past: 'closed-by-lastgood',
      state: 'closed',
      branch: standing(A, 1),
      wanted: 'tidy',
    },
    {
      what: 'closed by a person, whose branch it is to delete',
      past: 'closed-by-person',
      state: 'closed',
      branch: standing(A, 1),
    },
    { what: 'a branch that never had one', branch: standing(A), wanted: 'continue' },
    { what: 'a branch whose pull requests are too old to be listed', branch: standing(A, 1) },
    {
      what: 'a branch whose new pull request is not counted yet',
      past: 'open',
      open: true,
      state: 'open',
      branch: standing(A, 0),
      wanted: 'advance',
    },
    { what: 'a branch of people below the prefix', branch: standing('lastgood/notes') },
  ];

  test.each(ROWS)('$what: $wanted', (row) => {
    expect(planSweep(known(row), found(row)).map((action) => action.do)).toEqual(
      row.wanted === undefined ? [] : [row.wanted],
    );
  });
});

describe('of several pull requests of one branch', () => {
  const both: Found = { pulls: [pull(A, 'open', 8), pull(A, 'closed', 5)], branches: [] };

  test('the newest counts', () => {
    const actions = planSweep(known({ past: 'closed-by-person' }, 5), both);
    expect(actions).toMatchObject([{ do: 'recall', pull: { number: 8 } }]);
  });

  test('unless it is closed, and an older one is open', () => {
    const pulls = [pull(A, 'closed', 8), pull(A, 'open', 5)];
    const actions = planSweep(known({}), { ...both, pulls });
    expect(actions).toMatchObject([{ do: 'recall', pull: { number: 5 } }]);
    const told = planSweep(known({ past: 'closed-by-lastgood' }, 8), { ...both, pulls });
    expect(told).toEqual([{ do: 'reopen', branch: A, number: 5 }]);
  });

  test('one that Lastgood withdrew says nothing', () => {
    const pulls = [{ ...pull(A, 'closed', 8), withdrawn: true as const }, pull(A, 'merged', 5)];
    const actions = planSweep(known({}), { ...both, pulls });
    expect(actions).toMatchObject([{ do: 'recall', pull: { number: 5 } }]);
  });

  test('of two open ones the first counts, unless it is a person’s', () => {
    const [second, first] = [pull(A, 'open', 8), pull(A, 'open', 5)];
    const actions = planSweep(known({}), { ...both, pulls: [second, first] });
    expect(actions).toMatchObject([{ do: 'recall', pull: { number: 5 } }]);
    const pulls = [second, { ...first, own: false }];
    const others = planSweep(known({}), { ...both, pulls });
    expect(others).toMatchObject([{ do: 'recall', pull: { number: 8 } }]);
  });

  test('whatever the order of the list', () => {
    const turned = { ...both, pulls: both.pulls.toReversed() };
    expect(planSweep(known({}), turned)).toEqual(planSweep(known({}), both));
  });

  test('a list that is behind what is known changes nothing', () => {
    const row = { past: 'open', open: true } as const;
    const old: Found = { pulls: [pull(A, 'closed', 5)], branches: [] };
    expect(planSweep(known(row, 8), old)).toEqual([]);
  });
});

test('what is over comes before what goes on', () => {
  const actions = planSweep(
    {
      past: new Map([
        [A, { number: 5, state: 'open' }],
        [B, { number: 6, state: 'open' }],
      ]),
      open: new Map([
        [A, { number: 5 }],
        [B, { number: 6 }],
      ]),
    },
    {
      pulls: [pull(B, 'merged', 6), pull(name('c'), 'open', 7), pull(A, 'open', 5)],
      branches: [standing(name('e')), standing(B, 1)],
    },
  );
  expect(actions.map((action) => [action.do, action.branch])).toEqual([
    ['settle', B],
    ['recall', name('c')],
    ['advance', A],
    ['continue', name('e')],
  ]);
});

test('a pull request from a branch that is no rollback is nobody’s', () => {
  const stranger = pull('lastgood/notes', 'open');
  expect(planSweep(known({}), { pulls: [stranger], branches: [] })).toEqual([]);
});
