import { afterEach, expect, test } from 'vitest';
import { TROUBLE } from '../../fixtures/hub/faults.ts';
import { MINUTE, SECOND } from '../../src/time.ts';
import { GOOD, useStories } from './support.ts';

const stories = useStories();
const MERGE = { method: 'PUT', path: /\/merge$/ };
const MERGED = ['Pull request #N merged by itself, as the policy allows.'];

afterEach(() => {
  stories.hub.faults.clear();
});

test('reality 2: the base branch was modified, so it is tried again after 4 s, then 8 s', async () => {
  const model = await stories.plant('base-modified');
  stories.hub.faults.add({ ...MERGE, times: 2, answer: TROUBLE.baseModified });
  expect((await stories.alert(model)).at(-1)).toMatchInlineSnapshot(
    `"Pull request #N was not merged yet: the default branch moved at the same moment. Lastgood tries again by itself."`,
  );
  expect(await stories.pass(3 * SECOND)).toEqual([]);
  expect(await stories.pass(1 * SECOND)).toEqual([]);
  expect(await stories.pass(7 * SECOND)).toEqual([]);
  expect(await stories.pass(1 * SECOND)).toEqual(MERGED);
});

test('reality 6: GitHub has not computed mergeability, so it is asked again by timer', async () => {
  const model = await stories.plant('not-computed');
  const { settings } = stories.repository;
  settings.mergeWhileUnknown = 'refuse';
  settings.mergeabilityReads = 3;
  expect((await stories.alert(model)).at(-1)).toMatchInlineSnapshot(
    `"Pull request #N waits for GitHub to work out whether it can be merged. Lastgood asks again by itself."`,
  );
  let told: string[] = [];
  for (let tries = 0; told.length === 0 && tries < 5; tries += 1) {
    told = await stories.pass(MINUTE);
  }
  settings.mergeWhileUnknown = 'compute';
  settings.mergeabilityReads = 0;
  expect(told).toEqual(MERGED);
});

test('reality 1: the head moved while it was merged, so what stands there is evaluated', async () => {
  const model = await stories.plant('head-moved');
  const stop = stories.hub.onCall(async (phase, call) => {
    if (phase !== 'before' || !call.path.endsWith('/merge')) return;
    stop();
    await stories.as('erin').push(stories.repository, model.pull().headRef, {
      message: 'Also this',
      files: { 'models/head-moved/extra.yaml': 'replicas: 9\n' },
    });
  });
  await stories.alert(model);
  const told = await stories.pass(1);
  expect(told).toMatchInlineSnapshot(`[]`);
  expect(model.pull().state).toBe('open');
  // The journal is written, and nothing else waits.
  await stories.pass(10 * SECOND);
  expect(await stories.isSomethingDue()).toBe(false);
});

test.each([403, 429] as const)(
  'reality 20: GitHub limits the App with %i: nothing is sent until then',
  async (status) => {
    const model = await stories.plant(`limited-${status}`);
    stories.hub.faults.once({ ...MERGE, answer: TROUBLE.secondaryLimit(42, status) });
    let told: string[] = [];
    const calls = await stories.callsOf(async () => {
      told = await stories.alert(model);
    });
    expect(calls.at(-1)).toBe('PUT /pulls/N/merge');
    expect(told.at(3)).toBe(
      'Pull request #N was not merged yet. Lastgood tries again in 42s. GitHub says: You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
    );
    expect(await stories.callsOf(() => stories.stage.pass(41 * SECOND))).toEqual([]);
    expect(await stories.pass(3 * SECOND)).toContain(MERGED[0]);
    expect([...model.pull().labels]).toContain('rollback');
  },
);

test('reality 4: an answer of 500 to a merge that happened is a merge', async () => {
  const model = await stories.plant('landed');
  stories.hub.faults.once({ ...MERGE, when: 'after', answer: TROUBLE.serverError });
  const calls = await stories.callsOf(async () => {
    expect((await stories.alert(model)).at(-1)).toBe(MERGED[0]);
  });
  expect(calls.filter((call) => call.startsWith('PUT'))).toHaveLength(1);
});

test('reality 4: an answer of 502 to a merge that did not happen is tried later', async () => {
  const model = await stories.plant('not-landed');
  stories.hub.faults.once({ ...MERGE, answer: TROUBLE.badGateway });
  expect((await stories.alert(model)).at(-1)).toMatchInlineSnapshot(
    `"Pull request #N was not merged yet. Lastgood tries again in 30s. GitHub says: GitHub gave no usable answer to the merge (Server Error), and nothing has landed."`,
  );
  expect(await stories.pass(30 * SECOND)).toEqual(MERGED);
});

test('the connection is cut after the merge: it is found', async () => {
  const model = await stories.plant('cut');
  stories.hub.faults.once({ ...MERGE, when: 'after', answer: 'reset' });
  expect((await stories.alert(model)).at(-1)).toBe(MERGED[0]);
  expect(await model.runs()).toEqual(GOOD);
});

test('GitHub is down for a while: the alert is not forgotten', async () => {
  const model = await stories.plant('down');
  stories.hub.faults.add({ path: /^\/(graphql|repos)/, times: 50, answer: TROUBLE.unavailable });
  expect(await stories.alert(model)).toMatchInlineSnapshot(`
    [
      "Rolling back production/down now: ScoresDrift is critical, and the policy says merge for that.",
      "Planned to take production/down back to the release of <commit>: model 1.11 → 1.10 and features f-11 → f-10.",
      "Answering the alert ScoresDrift for down did not work. GitHub did not answer when asked to read the branch lastgood/production/down/<commit> (status 503). Lastgood tries again in 30s.",
    ]
  `);
  stories.hub.faults.clear();
  expect((await stories.pass(MINUTE)).at(-1)).toBe(MERGED[0]);
  expect(await model.runs()).toEqual(GOOD);
});
