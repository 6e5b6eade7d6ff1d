import { afterEach, expect, test } from 'vitest';
import { MINUTE } from '../../src/time.ts';
import { GOOD, messageFor, useStories, type Model } from './support.ts';

const stories = useStories();
const MERGED = 'Pull request #N merged by itself, as the policy allows.';
const app = () => stories.stage.sample.app;

afterEach(() => {
  stories.hub.faults.clear();
});

const approve = (model: Model) =>
  stories.after(() => stories.as('bob').review(stories.repository, model.pull().number, 'approve'));

test('the repository is renamed: rollbacks go on, and alerts come by either name', async () => {
  const waiting = await stories.plant('renamed-waiting');
  await stories.alert(waiting, { severity: 'medium' });
  await stories.after(() => stories.repository.rename('manifests'));
  expect(await approve(waiting)).toEqual(['Pull request #N merged as approved.']);
  // The source of the alerts is still set up for the old name.
  const model = await stories.plant('renamed-later');
  expect((await stories.alert(model)).at(-1)).toBe(MERGED);
  await stories.after(() => stories.repository.rename('ml-manifests'));
});

test('the delivery of the renaming got lost: it is found out when something is to be done', async () => {
  const model = await stories.plant('renamed-unheard');
  stories.hub.faults.deliveries('lose', { event: 'repository' });
  stories.repository.rename('moved');
  const first = await stories.alert(model);
  stories.hub.faults.clear();
  stories.repository.rename('ml-manifests');
  await stories.stage.quiet();
  expect(first).toMatchInlineSnapshot(`
    [
      "Rolling back production/renamed-unheard now: ScoresDrift is critical, and the policy says merge for that.",
      "Planned to take production/renamed-unheard back to the release of <commit>: model 1.11 → 1.10 and features f-11 → f-10.",
      "Pull request #N opened: Roll back production/renamed-unheard: 1.11 → 1.10.",
      "Pull request #N merged by itself, as the policy allows.",
    ]
  `);
});

test('the installation is removed: nothing is done, and it says what to do; added again, it goes on', async () => {
  const model = await stories.plant('removed');
  await stories.alert(model, { severity: 'medium' });
  await stories.after(() => app().uninstall());
  expect(await stories.alert(model, { name: 'Meanwhile' })).toMatchInlineSnapshot(`
    [
      "Nothing is done about the alert Meanwhile: the App is not installed on acme/ml-manifests. Install it there, or correct the repository of the alert source alertmanager.",
    ]
  `);
  expect(await approve(model)).toEqual([]);
  expect(model.pull().state).toBe('open');
  const back = await stories.after(() => app().install([stories.repository]));
  expect(back).toEqual(['Pull request #N merged as approved.']);
});

test('the repository is taken out of the installation, and put back', async () => {
  const model = await stories.plant('taken-out');
  // An installation has to have something left.
  const other = await stories.hub.repository('acme/other');
  await other.commit({ by: 'bob', message: 'Start', files: { 'README.md': 'Other\n' } });
  await stories.after(() => app().install([other]));
  await stories.after(() => app().uninstall([stories.repository]));
  expect((await stories.alert(model))[0]).toContain('is not installed on acme/ml-manifests');
  await stories.after(() => app().install([stories.repository]));
  await stories.pass(MINUTE);
  expect((await stories.alert(model)).at(-1)).toBe(MERGED);
});

test('an empty repository does not keep the others from being looked after', async () => {
  const empty = await stories.hub.repository('acme/empty');
  expect(await stories.after(() => app().install([empty]))).toMatchInlineSnapshot(`
    [
      "Reading the repository did not work. The remote has no branch "main" and no other default branch. Push a first commit, or correct the name. Lastgood tries again in 5s.",
    ]
  `);
  const model = await stories.plant('beside-empty');
  expect((await stories.alert(model)).at(-1)).toBe(MERGED);
  // Its first push is an event like any other.
  const from = stories.stage.journal.length;
  await stories.after(() => empty.commit({ by: 'bob', message: 'Start', files: { a: 'a\n' } }));
  await stories.pass(10 * MINUTE);
  const failed = stories.stage.journal.slice(from).filter(({ kind }) => kind === 'failed');
  expect(failed).toEqual([]);
});

test('the App is suspended: alerts are refused with the reason; unsuspended, it acts again', async () => {
  const model = await stories.plant('suspended');
  await stories.after(() => app().suspend());
  expect((await stories.alert(model))[0]).toContain('is not installed on');
  await stories.after(() => app().unsuspend());
  await stories.pass(MINUTE);
  expect((await stories.alert(model)).at(-1)).toBe(MERGED);
});

test('the delivery of the suspension got lost: it says what GitHub says', async () => {
  const model = await stories.plant('suspended-unheard');
  stories.hub.faults.deliveries('lose', { event: 'installation', times: 1 });
  app().suspend();
  const refused = await stories.alert(model);
  await stories.after(() => app().unsuspend());
  expect(refused.at(-1)).toMatchInlineSnapshot(
    `"Answering the alert ScoresDrift for suspended-unheard did not work. GitHub refused the App a token for this repository: it is not installed there, or the installation is suspended. Install the App on the repository again."`,
  );
  await stories.pass(MINUTE);
  expect((await stories.alert(model)).at(-1)).toBe(MERGED);
});

test('reality 21: every token ends between opening and merging: a new one is taken', async () => {
  const model = await stories.plant('expired');
  const stop = stories.hub.onCall((phase, call) => {
    if (phase !== 'before' || !call.path.endsWith('/merge')) return;
    stop();
    app().expireTokens();
  });
  const first = await stories.alert(model);
  expect([first.at(-1), ...(await stories.pass(MINUTE))]).toContain(MERGED);
  expect(await model.runs()).toEqual(GOOD);
});

test('the App may not write contents: it says which permission is missing', async () => {
  const model = await stories.plant('no-contents');
  const before = app().state.permissions;
  app().permissions({ ...before, contents: 'read' });
  await stories.stage.restart();
  const refused = await stories.alert(model);
  app().permissions(before);
  await stories.stage.restart();
  expect(refused.at(-1)).toMatchInlineSnapshot(
    `"Answering the alert ScoresDrift for no-contents did not work. The App may not create the branch: its installation lacks the permission contents=write. Grant it in the settings of the App and accept it in the installation."`,
  );
  // The alert still fires, and is remembered across the restart.
  expect(await model.runs()).toEqual(GOOD);
});

test('the App may not open pull requests: it says so, and leaves no branch that means anything', async () => {
  const model = await stories.plant('no-pulls');
  const before = app().state.permissions;
  app().permissions({ ...before, pull_requests: 'read' });
  await stories.stage.restart();
  const refused = await stories.alert(model);
  app().permissions(before);
  await stories.stage.restart();
  expect(refused.at(-1)).toMatchInlineSnapshot(
    `"Answering the alert ScoresDrift for no-pulls did not work. The App may not open the pull request: its installation lacks the permission pull_requests=write. Grant it in the settings of the App and accept it in the installation."`,
  );
  expect(await model.runs()).toEqual(GOOD);
});

test('the default branch is renamed: waiting rollbacks go on, new ones go there', async () => {
  const waiting = await stories.plant('trunk-waiting');
  const later = await stories.plant('trunk-later');
  await stories.alert(waiting, { severity: 'medium' });
  await stories.after(() => stories.repository.setDefaultBranch('trunk', { rename: true }));
  expect(waiting.pull().state).toBe('open');
  expect(await approve(waiting)).toEqual(['Pull request #N merged as approved.']);
  expect((await stories.alert(later)).at(-1)).toBe(MERGED);
  expect(await later.runs()).toEqual(GOOD);
  await stories.after(() => stories.repository.setDefaultBranch('main', { rename: true }));
});

test('another branch becomes the default one: what runs is read there', async () => {
  const model = await stories.plant('next-branch');
  await stories.after(() => stories.repository.setDefaultBranch('next'));
  await stories.after(() => model.ship({ model: '1.12', features: 'f-12' }));
  await stories.pass(MINUTE);
  const startsAt = stories.time.clock();
  await stories.after(() =>
    stories.stage.send(
      'alertmanager',
      messageFor(model, stories.time, { startsAt, version: '1.12' }),
    ),
  );
  await stories.pass(2 * MINUTE);
  expect(model.pull().baseRef).toBe('next');
  expect(await model.runs()).toEqual(GOOD);
});
