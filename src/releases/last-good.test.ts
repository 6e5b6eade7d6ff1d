import { describe, expect, it } from 'vitest';
import type { RollbackRecord } from '../journal/trailers.ts';
import { writeTrailers } from '../journal/write-trailers.ts';
import { DAY } from '../time.ts';
import { HistoryInMemory, oid, type WrittenCommit } from './history-in-memory.ts';
import { findLastGood, type LastGood, type LastGoodQuestion } from './last-good.ts';
import { isRollback, rolledBackFrom, tellRollbacks } from './rolled-back.ts';

const target = { environment: 'production', model: 'fraud' };
const FILE = 'pins.yaml';
const contents = (model: string, features = 'a'): string =>
  `model: ${model}\nfeatures: ${features}\n`;
const policy: LastGoodQuestion['policy'] = {
  target,
  pins: [
    { id: 'model', component: 'model', file: FILE, path: 'model' },
    { id: 'features', component: 'features', file: FILE, path: 'features' },
  ],
  goal: { minSoak: DAY, maxDepth: 3 },
  fallback: {},
};

/** One release every ten days, oldest first. */
function historyOf(
  ...releases: (readonly [contents: string, more?: Partial<WrittenCommit>])[]
): HistoryInMemory {
  return new HistoryInMemory(
    releases.map(([text, more], i) => ({ files: { [FILE]: text }, at: i * 10 * DAY, ...more })),
  );
}

const commit = (index: number): string => oid(`commit ${index}`);

function record(bad: number, more: Partial<RollbackRecord> = {}): RollbackRecord {
  return {
    target,
    mode: 'automatic',
    badCommit: commit(bad),
    base: commit(bad),
    from: { model: '1.10', features: 'b' },
    to: { model: '1.9', features: 'a' },
    alert: { name: 'Drift', source: 'prometheus', severity: 'high' },
    firstSeen: 0,
    decidedAt: 0,
    policy: { file: '.lastgood/fraud.yaml', commit: commit(bad) },
    ...more,
  };
}
const message = (told: RollbackRecord): string => `Why.\n\n${writeTrailers(told)}`;

async function find(
  history: HistoryInMemory,
  more: Partial<LastGoodQuestion> = {},
): Promise<LastGood> {
  const { commit: from, at } = await history.head();
  return findLastGood(history, { policy, from, now: at + DAY, ...more });
}

function chosen({ selection }: LastGood): string {
  const what = selection.kind === 'release' ? selection.release.subject : selection.kind;
  const passed = selection.passedOver.map(({ release, reason }) => `${release.subject} ${reason}`);
  return [what, ...passed].join(', ');
}

describe('finding the last good release', () => {
  it('takes the one before, and says what runs', async () => {
    const found = await find(historyOf([contents('1.9')], [contents('1.10', 'b')]));
    expect(chosen(found)).toBe('Commit 0');
    expect(found.running.subject).toBe('Commit 1');
    expect(found.runningIsRollback).toBe(false);
  });

  it('reads no further than the depth allows, whatever the length of the history', async () => {
    const many = Array.from({ length: 300 }, (_, i) => [contents(`1.${i}`)] as const);
    const history = historyOf(...many);
    const found = await find(history);
    expect(found.releases).toHaveLength(5);
    expect(history.blobsRead.length).toBeLessThanOrEqual(6);
  });

  it('reads on for a version that somebody named, and stops there', async () => {
    const many = Array.from({ length: 300 }, (_, i) => [contents(`1.${i}`)] as const);
    const history = historyOf(...many);
    const found = await find(history, { requested: { version: '1.200' } });
    expect(found.selection).toMatchObject({ kind: 'release', how: 'requested' });
    expect(found.releases.at(-1)?.values['model']?.version).toBe('1.200');
    expect(chosen(await find(history, { baseline: { commit: commit(100) } }))).toBe('Commit 100');
  });

  it('passes over what a rollback went away from', async () => {
    const history = historyOf(
      [contents('1.8')],
      [contents('1.9')],
      [contents('1.10', 'b')],
      [contents('1.9'), { body: message(record(2)) }],
    );
    const found = await find(history);
    expect(found.runningIsRollback).toBe(true);
    expect(chosen(found)).toBe('Commit 0, Commit 2 rolled-back-from, Commit 1 same-as-running');
  });

  it('passes over the version in another pair', async () => {
    const history = historyOf(
      [contents('1.9')],
      [contents('1.10', 'c')],
      [contents('1.10', 'b')],
      [contents('1.9'), { body: message(record(2)) }],
      [contents('1.11')],
    );
    expect(chosen(await find(history))).toBe('Commit 3');
    const further = { ...policy, goal: { minSoak: 11 * DAY, maxDepth: 3 } };
    expect(chosen(await find(history, { policy: further }))).toBe(
      'none, Commit 3 too-short-soak, Commit 2 rolled-back-from, Commit 1 quarantined, Commit 0 beyond-max-depth',
    );
  });

  it('passes over what was rolled back long before the releases that it reads', async () => {
    const newer = Array.from({ length: 20 }, (_, i) => [contents(`2.${i}`)] as const);
    const history = (merge: Partial<WrittenCommit>) =>
      historyOf(
        [contents('1.9')],
        [contents('1.10', 'b')],
        [contents('1.9'), merge],
        ...newer,
        // Shipped again by somebody who did not know, and it soaks.
        [contents('1.10', 'b')],
        [contents('3.0')],
      );
    const expected = 'Commit 22, Commit 23 rolled-back-from';
    const byTrailers = history({ body: message(record(1)) });
    expect(chosen(await find(byTrailers))).toBe(expected);
    // A second look-up remembers, and reads the files of the releases only.
    const before = byTrailers.blobsRead.length;
    const found = await find(byTrailers);
    expect(byTrailers.blobsRead.length - before).toBeLessThanOrEqual(found.releases.length + 1);
    const subject = `Merge pull request #7 from acme/lastgood/production/fraud/${commit(1)}`;
    expect(chosen(await find(history({ subject })))).toBe(expected);
    // What somebody changed on its branch before it was merged left the bad release all the same.
    const altered = { body: message(record(1, { to: { model: '1.7' } })) };
    expect(chosen(await find(history(altered)))).toBe(expected);
    // Nobody's rollback, or another target's.
    for (const other of [
      {},
      { body: message(record(1, { target: { ...target, environment: 'staging' } })) },
    ]) {
      expect(chosen(await find(history(other)))).toBe('Commit 23');
    }
  });

  it('as of an earlier commit a later rollback is not known yet', async () => {
    const history = historyOf(
      [contents('1.9')],
      [contents('1.10', 'b')],
      [contents('1.11')],
      [contents('1.12')],
      [contents('1.9'), { body: message(record(1)) }],
    );
    const earlier = { from: commit(3), now: 40 * DAY };
    const soaked = { ...policy, goal: { minSoak: 0, maxDepth: 2 } };
    expect(chosen(await find(history, { ...earlier, policy: soaked }))).toBe('Commit 2');
    expect(chosen(await find(history, { ...earlier, requested: { version: '1.10' } }))).toBe(
      'Commit 1, Commit 2 not-the-requested-version',
    );
    expect(chosen(await find(history, { requested: { version: '1.10' } }))).toContain('none');
  });

  it('says that nobody knows when what runs cannot be read', async () => {
    const found = await find(historyOf([contents('1.9')], ['model: [']));
    expect(found.running.problems.map(({ problem }) => problem.code)).toEqual([
      'not-parsable',
      'not-parsable',
    ]);
    expect(found.selection.kind).toBe('none');
  });
});

describe('what a commit says of a rollback', () => {
  async function told(more: Partial<WrittenCommit>, after = contents('1.9')) {
    const { releases } = await find(
      historyOf([contents('1.9')], [contents('1.10', 'b')], [after, more]),
    );
    const [running] = releases;
    const { commits, tuples, suspects } = rolledBackFrom(tellRollbacks(releases, target));
    return {
      rollback: running !== undefined && isRollback(running, target),
      commits: [...commits],
      tuples,
      suspects,
    };
  }
  const nothing = { rollback: false, commits: [], tuples: [], suspects: [] };
  const all = {
    rollback: true,
    commits: [commit(1)],
    tuples: [{ model: '1.10', features: 'b' }],
    suspects: [{ model: '1.10' }],
  };

  it.each<[string, Partial<WrittenCommit>, object]>([
    ['trailers', { body: message(record(1)) }, all],
    [
      'trailers with an author that a squash appended',
      { body: `${message(record(1))}\n\nCo-authored-by: Ann <ann@acme.example>` },
      all,
    ],
    [
      "GitHub's own message of a merge",
      { subject: `Merge pull request #7 from acme/lastgood/production/fraud/${commit(1)}` },
      all,
    ],
    [
      'the features alone were changed',
      { body: message(record(1, { from: { model: '1.9', features: 'b' } })) },
      {
        ...all,
        tuples: [{ model: '1.9', features: 'b' }],
        suspects: [{ features: 'b' }],
      },
    ],
    [
      'trailers of another target',
      { body: message(record(1, { target: { ...target, environment: 'staging' } })) },
      nothing,
    ],
    [
      'somebody changed the model on its branch: what it left is bad, what it brought is no rollback',
      { body: message(record(1, { to: { model: '1.7' } })) },
      { ...all, rollback: false },
    ],
    ['a part of the trailers', { body: `Why.\n\nLastgood-Target: production/fraud` }, nothing],
    [
      "a merge of another target's rollback",
      { subject: `Merge pull request #7 from acme/lastgood/staging/fraud/${commit(1)}` },
      nothing,
    ],
    ['a merge of something else', { subject: 'Merge pull request #7 from acme/fix' }, nothing],
  ])('%s', async (_, more, expected) => {
    expect(await told(more)).toEqual(expected);
  });

  it('trailers copied to a commit that keeps what they call bad', async () => {
    const body = message(record(1, { to: { model: '1.7' } }));
    expect(await told({ body }, contents('1.10', 'c'))).toEqual(nothing);
  });
});
