import { afterEach, describe, expect, test } from 'vitest';
import { TROUBLE } from '../../fixtures/hub/faults.ts';
import type { SweepReport } from '../../src/rollback/sweep-repository.ts';
import { DAY, HOUR, MINUTE } from '../../src/time.ts';
import { BAD, GOOD, modelText, useStories, type Model } from './support.ts';

const stories = useStories();

let unhook = (): void => undefined;
afterEach(() => {
  unhook();
  stories.hub.faults.clear();
});

const NOTHING: SweepReport = {
  behind: false,
  settled: [],
  recalled: [],
  reopened: [],
  continued: [],
  tidied: [],
  repaired: [],
  advanced: [],
  left: [],
  failed: [],
};

/** What one sweep of the sample repository reports, with what was told meanwhile. */
async function sweep(): Promise<{ readonly report: SweepReport; readonly told: string[] }> {
  let report: SweepReport | undefined;
  const told = await stories.after(async () => {
    report = (await stories.stage.serving.sweep()).get(stories.repository.id);
  });
  if (!report) throw new Error(`The repository could not be swept: ${told.join(' ')}`);
  return { report, told };
}

/** Sweeps a second time: nothing is done twice, and nothing is written. */
async function sweepAgain(open: readonly string[] = []): Promise<void> {
  let again: SweepReport | undefined;
  const calls = await stories.callsOf(async () => {
    again = (await sweep()).report;
  });
  expect(again).toEqual({ ...NOTHING, advanced: open });
  expect(calls.filter((call) => !/^GET |^node/.test(call))).toEqual([]);
}

/** A rollback that is open for review. */
async function opened(name: string): Promise<Model> {
  const model = await stories.plant(name);
  await stories.alert(model, { severity: 'medium' });
  expect(model.pull().state).toBe('open');
  return model;
}

describe('a delivery that was lost', () => {
  test('reality 17: of an approval: it is counted, and merged', async () => {
    const model = await opened('approved-unheard');
    stories.hub.faults.deliveries('lose');
    await stories.as('alice').review(stories.repository, model.pull().number, 'approve');
    const { report, told } = await sweep();
    expect(report).toEqual({ ...NOTHING, advanced: [model.pull().headRef] });
    expect(told).toEqual(['Pull request #N merged as approved.']);
    expect(await model.runs()).toEqual(GOOD);
    await sweepAgain();
  });

  test('reality 17: of an objection: what would merge by itself is held back', async () => {
    const model = await stories.plant('objected-unheard');
    const rules = stories.repository.rules({ checks: { required: [{ context: 'ci' }] } });
    await stories.alert(model, { version: BAD.model });
    const { number, head, headRef } = model.pull();
    stories.hub.faults.deliveries('lose');
    await stories.as('alice').review(stories.repository, number, 'request-changes');
    await stories.repository.status(head, 'ci', 'success');
    expect((await sweep()).report.advanced).toEqual([headRef]);
    expect(model.pull().state).toBe('open');
    rules.enforcement = 'disabled';
    await sweepAgain([headRef]);
    stories.hub.faults.clear();
    await stories.after(() => stories.as('alice').closePull(stories.repository, number));
  });

  test('reality 17: of a merge by a person: it is settled, and its branch deleted', async () => {
    const model = await opened('merged-unheard');
    stories.hub.faults.deliveries('lose');
    await stories.as('alice').mergePull(stories.repository, model.pull().number);
    const { report, told } = await sweep();
    expect(report).toEqual({ ...NOTHING, behind: true, settled: [model.pull().headRef] });
    expect(told).toEqual(['Pull request #N merged by a person.']);
    expect(stories.repository.head(model.pull().headRef)).toBeUndefined();
    await sweepAgain();
  });

  test('reality 17: of a closing: it is a no, also for the next alert', async () => {
    const model = await opened('closed-unheard');
    stories.hub.faults.deliveries('lose');
    await stories.as('alice').closePull(stories.repository, model.pull().number);
    const { report } = await sweep();
    expect(report).toEqual({ ...NOTHING, settled: [model.pull().headRef] });
    await sweepAgain();
    const [told] = await stories.alert(model);
    expect(told).toContain('That is a no');
    expect(model.pulls()).toHaveLength(1);
  });

  test('reality 17: of a reopening: it goes on, and asks for approvals anew', async () => {
    const model = await opened('reopened-unheard');
    const { number, headRef } = model.pull();
    await stories.after(() => stories.as('alice').closePull(stories.repository, number));
    stories.hub.faults.deliveries('lose');
    await stories.as('alice').reopenPull(stories.repository, number);
    const { report } = await sweep();
    expect(report).toEqual({ ...NOTHING, reopened: [headRef] });
    await sweepAgain([headRef]);
    stories.hub.faults.clear();
    stories.time.advance(MINUTE);
    await stories.after(() => stories.as('alice').review(stories.repository, number, 'approve'));
    expect(await model.runs()).toEqual(GOOD);
  });

  test('reality 17: of a push: the mirror is behind, and what is no longer needed is closed', async () => {
    const model = await opened('pushed-unheard');
    stories.hub.faults.deliveries('lose');
    await model.ship({ model: '1.12', features: 'f-12' });
    const { report, told } = await sweep();
    expect(report).toMatchObject({ behind: true, advanced: [model.pull().headRef] });
    expect(told).toHaveLength(1);
    expect(model.pull().state).toBe('closed');
    await sweepAgain();
  });

  test('reality 17: of a check: what waited for it is merged', async () => {
    const model = await opened('checked-unheard');
    const rules = stories.repository.rules({ checks: { required: [{ context: 'ci' }] } });
    const { number, head, headRef } = model.pull();
    await stories.after(() => stories.as('alice').review(stories.repository, number, 'approve'));
    expect(model.pull().state).toBe('open');
    stories.hub.faults.deliveries('lose');
    await stories.repository.status(head, 'ci', 'success');
    const { report } = await sweep();
    expect(report.advanced).toEqual([headRef]);
    expect(await model.runs()).toEqual(GOOD);
    rules.enforcement = 'disabled';
  });
});

describe('deliveries that come twice, late or turned round', () => {
  test.each(['same', 'reversed'] as const)(
    'reality 17: an approval, a closing and a reopening in %s order end in one merge at most',
    async (order) => {
      const model = await opened(`turned-${order}`);
      const { number } = model.pull();
      const alice = stories.as('alice');
      stories.hub.faults.deliveries('hold');
      await alice.closePull(stories.repository, number);
      await alice.reopenPull(stories.repository, number);
      stories.time.advance(MINUTE);
      await alice.review(stories.repository, number, 'approve');
      await sweep();
      stories.hub.faults.clear();
      await stories.after(() => stories.hub.releaseDeliveries(order));
      await sweep();
      expect(model.pulls()).toHaveLength(1);
      expect(model.pull().mergedAt).toBeDefined();
      expect(await model.runs()).toEqual(GOOD);
      await sweepAgain();
    },
  );

  test('reality 17: every delivery twice changes nothing', async () => {
    stories.hub.faults.deliveries('duplicate');
    const model = await opened('twice');
    await stories.after(() =>
      stories.as('alice').review(stories.repository, model.pull().number, 'approve'),
    );
    expect(model.pulls()).toHaveLength(1);
    expect(await model.runs()).toEqual(GOOD);
    expect(model.pull().comments).toEqual([]);
    await sweepAgain();
  });
});

describe('a process that died', () => {
  const forbidden = {
    type: 'FORBIDDEN',
    message: 'Resource not accessible by integration',
  } as const;

  /** Leaves a branch with its commit and no pull request, as a process does that dies between the two. */
  async function leftBranch(name: string): Promise<Model> {
    const model = await stories.plant(name);
    stories.hub.faults.add({ field: 'createPullRequest', answer: forbidden, times: 9 });
    stories.hub.faults.add({
      method: 'POST',
      path: /\/pulls$/,
      answer: { status: 403, body: { message: forbidden.message } },
      times: 9,
    });
    await stories.alert(model, { severity: 'medium' });
    stories.hub.faults.clear();
    expect(model.pulls()).toEqual([]);
    return model;
  }
  const branchOf = (model: Model) => `lastgood/${model.target}/${model.bad}`;

  test('between branch and pull request: it is opened for review, once the alert is silent', async () => {
    const model = await leftBranch('half-done');
    const branch = branchOf(model);
    expect((await sweep()).report.left).toEqual([{ branch, why: 'alert-fires' }]);
    await stories.alert(model, { severity: 'medium', status: 'resolved' });
    expect((await sweep()).report).toEqual({ ...NOTHING, continued: [branch] });
    expect(model.pull()).toMatchObject({ headRef: branch, state: 'open' });
    await sweepAgain([branch]);
    await stories.after(() =>
      stories.as('alice').review(stories.repository, model.pull().number, 'approve'),
    );
    expect(await model.runs()).toEqual(GOOD);
  });

  test('and the bad release is gone meanwhile: the branch is left as it is, and named', async () => {
    const model = await leftBranch('half-done-and-over');
    await stories.alert(model, { severity: 'medium', status: 'resolved' });
    await stories.after(() => model.ship({ model: '1.12', features: 'f-12' }));
    const { report } = await sweep();
    expect(report.left).toEqual([{ branch: branchOf(model), why: 'over' }]);
    await stories.as('alice').deleteBranch(stories.repository, branchOf(model));
  });

  test('with a branch that holds no commit of its own: it is for the alert to go on', async () => {
    const model = await stories.plant('empty-branch');
    const branch = branchOf(model);
    await stories.as('bob').push(stories.repository, branch, { message: 'Mine', files: {} });
    expect((await sweep()).report.left).toEqual([{ branch, why: 'no-record' }]);
    await stories.as('bob').deleteBranch(stories.repository, branch);
  });

  test('reality 4: after the merge and before the look at the pair: it is brought back whole', async () => {
    const model = await stories.plant('mixed-and-died');
    await model.ship({ features: GOOD.features });
    await stories.pass(HOUR);
    // Another team ships new features at the very moment of the merge, and the process hears nothing any more.
    let dead = false;
    unhook = stories.hub.onCall(async (phase, call) => {
      if (call.method === 'PUT' && phase === 'before') await model.ship({ features: 'f-12' });
      if (call.method === 'PUT' && phase === 'after') dead = true;
      return dead ? 'reset' : undefined;
    });
    await stories.alert(model, { version: BAD.model });
    expect(await model.runs()).toEqual({ model: GOOD.model, features: 'f-12' });
    unhook();
    const told = await stories.after(() => stories.stage.restart());
    expect(told).toContain(
      'Pull request #N opened: Roll back production/mixed-and-died: features f-12 → f-10.',
    );
    expect(await model.runs()).toEqual(GOOD);
    expect((await sweep()).report.repaired).toEqual([]);
    await sweepAgain();
  });

  test.each([0, 3])(
    'a person squashes it with another version that was pushed on top, and for %i days nobody is there: the pair is brought back for review',
    async (days) => {
      const model = await opened(`squashed-apart-${days}`);
      const { number, headRef } = model.pull();
      const text = modelText(model.name, '6.66');
      await stories.as('mallory').push(stories.repository, headRef, {
        message: 'Just a little more',
        files: { [model.file]: text },
      });
      stories.hub.faults.deliveries('lose');
      await stories.as('mallory').mergePull(stories.repository, number, 'squash');
      await stories.hub.settled();
      stories.hub.faults.clear();
      expect(await model.runs()).toEqual({ model: '6.66', features: GOOD.features });
      stories.time.advance(days * DAY);
      await stories.after(() => stories.stage.restart({ loseDatabase: true }));
      // Whichever comes first finds it, the look back at the start or the sweep; and only once.
      const { report } = await sweep();
      expect([[], [headRef]]).toContainEqual(report.repaired);
      expect((await sweep()).report.repaired).toEqual([]);
      const { state, title } = model.pull();
      expect([state, title]).toEqual(['open', `Roll back production/${model.name}: 6.66 → 1.10`]);
      await stories.after(() =>
        stories.as('alice').review(stories.repository, model.pull().number, 'approve'),
      );
      expect(await model.runs()).toEqual(GOOD);
    },
  );

  test('before deleting the branch: it is deleted', async () => {
    const model = await opened('untidy');
    stories.hub.faults.add({ method: 'DELETE', answer: TROUBLE.serverError });
    await stories.after(() =>
      stories.as('alice').review(stories.repository, model.pull().number, 'approve'),
    );
    const { headRef } = model.pull();
    expect(stories.repository.head(headRef)).toBeDefined();
    expect((await sweep()).report).toEqual({ ...NOTHING, tidied: [headRef] });
    expect(stories.repository.head(headRef)).toBeUndefined();
    await sweepAgain();
  });
});

test('reality 20: a limit ends it, and the next one goes on', async () => {
  const model = await opened('limited');
  stories.hub.faults.deliveries('lose');
  await stories.as('alice').review(stories.repository, model.pull().number, 'approve');
  stories.hub.faults.once({ path: /\/graphql/, answer: TROUBLE.secondaryLimit(60) });
  const told = await stories.after(() => stories.stage.serving.sweep());
  expect(told.join()).toContain("limits the App's requests");
  expect(model.pull().state).toBe('open');
  stories.time.advance(2 * MINUTE);
  await sweep();
  expect(await model.runs()).toEqual(GOOD);
});
