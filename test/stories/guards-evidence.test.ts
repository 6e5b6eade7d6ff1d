import { expect, test } from 'vitest';
import { alertmanagerMessage } from '../../fixtures/hub/sample.ts';
import { HOUR, MINUTE, SECOND } from '../../src/time.ts';
import { BAD, GOOD, useStories } from './support.ts';

const stories = useStories();
const MERGED = 'Pull request #N merged by itself, as the policy allows.';

test('the policy waits for three notifications in a row; retransmissions are none', async () => {
  const model = await stories.plant('three-times', {
    production: { evidence: { consecutive: 3 } },
  });
  const startsAt = stories.time.clock() - 7 * MINUTE;
  expect(await stories.alert(model, { startsAt })).toMatchInlineSnapshot(`
    [
      "Recorded for production/three-times, nothing changed: ScoresDrift fired 1 time in a row, and the policy waits for 3.",
    ]
  `);
  expect(await stories.alert(model, { startsAt })).toMatchInlineSnapshot(`
    [
      "Recorded for production/three-times, nothing changed: ScoresDrift fired 1 time in a row, and the policy waits for 3.",
    ]
  `);
  await stories.pass(MINUTE);
  expect(await stories.alert(model, { startsAt })).toHaveLength(1);
  await stories.pass(MINUTE);
  expect((await stories.alert(model, { startsAt })).at(-1)).toBe(MERGED);
});

test('a resolved notification between starts the count anew', async () => {
  const model = await stories.plant('flapping', { production: { evidence: { consecutive: 2 } } });
  const startsAt = stories.time.clock() - 7 * MINUTE;
  await stories.alert(model, { startsAt });
  await stories.pass(MINUTE);
  await stories.alert(model, { startsAt, status: 'resolved', endsAt: stories.time.clock() });
  await stories.pass(MINUTE);
  const told = await stories.alert(model, { startsAt: stories.time.clock() - 1 });
  expect(told[0]).toContain('fired 1 time in a row');
  expect(model.pulls()).toEqual([]);
});

test('it has to fire for five minutes: looked at again by timer, without a further notification', async () => {
  const model = await stories.plant('too-young', { production: { evidence: { minAge: '5m' } } });
  expect(await stories.alert(model, { startsAt: stories.time.clock() - MINUTE }))
    .toMatchInlineSnapshot(`
      [
        "Recorded for production/too-young, nothing changed: ScoresDrift has been firing for 1m, and the policy waits for 5m. It is looked at again at <time>.",
      ]
    `);
  expect(await stories.pass(4 * MINUTE - SECOND)).toEqual([]);
  expect((await stories.pass(SECOND)).at(-1)).toBe(MERGED);
});

test('it resolves before it is old enough: nothing happens, and it is told once', async () => {
  const model = await stories.plant('short-dip', { production: { evidence: { minAge: '5m' } } });
  const startsAt = stories.time.clock() - MINUTE;
  await stories.alert(model, { startsAt });
  await stories.pass(MINUTE);
  const resolved = { startsAt, status: 'resolved', endsAt: stories.time.clock() } as const;
  expect(await stories.alert(model, resolved)).toHaveLength(1);
  expect(await stories.pass(HOUR)).toEqual([]);
  expect(model.pulls()).toEqual([]);
});

test('it began before the running release: it speaks against an earlier one', async () => {
  const model = await stories.plant('older-alert');
  expect(await stories.alert(model, { startsAt: stories.time.clock() - 6 * HOUR }))
    .toMatchInlineSnapshot(`
      [
        "Recorded for production/older-alert, nothing changed: ScoresDrift began at <time>, before the release that runs now came at <time>. It speaks against an earlier release.",
      ]
    `);
});

test('a version that does not run: recorded, after a look whether a push got lost', async () => {
  const model = await stories.plant('stale');
  expect(await stories.alert(model, { version: '1.9' })).toMatchInlineSnapshot(`
    [
      "Recorded for production/stale, nothing changed: ScoresDrift is about version 1.9, and 1.11 runs. An alert about what runs now would count.",
    ]
  `);
});

test('the push of the release got lost: the mirror is brought up to date, and it acts', async () => {
  const model = await stories.plant('lost-push');
  await stories.pass(HOUR);
  stories.hub.faults.deliveries('lose', { event: 'push', times: 1 });
  await model.ship({ model: '1.12', features: 'f-12' });
  await stories.pass(HOUR);
  const told = await stories.alert(model, { version: '1.12' });
  expect(told[0]).toMatchInlineSnapshot(
    `"Rolling back production/lost-push now: ScoresDrift is critical, and the policy says merge for that."`,
  );
  expect(await model.runs()).toEqual(GOOD);
});

test('the push that brought the model and its policy got lost', async () => {
  stories.hub.faults.deliveries('lose', { event: 'push', times: 1 });
  const model = await stories.plant('unheard-of');
  expect((await stories.alert(model)).at(-1)).toBe(MERGED);
});

test('somebody fixed it meanwhile, and the push got lost: opened on old knowledge, closed at once', async () => {
  const model = await stories.plant('fixed-unseen');
  stories.hub.faults.deliveries('lose', { event: 'push', times: 1 });
  await model.ship(GOOD, { by: 'alice', message: 'Go back' });
  const told = await stories.alert(model);
  expect(told.at(-1)).toMatchInlineSnapshot(
    `"Pull request #N closed: \`production/fixed-unseen\` is back at \`1.10\` already, with <commit> by Alice Okafor. There is nothing left to roll back."`,
  );
  expect(model.pull().state).toBe('closed');
  expect(await model.runs()).toEqual(GOOD);
});

test('no environment named: the only one is meant, of several none', async () => {
  const only = await stories.plant('one-environment');
  const body = (model: string) =>
    alertmanagerMessage({
      name: 'ScoresDrift',
      model,
      severity: 'critical',
      startsAt: stories.time.clock() - 7 * MINUTE,
      summary: '',
      value: '1',
      threshold: '2',
    });
  const send = (model: string) =>
    stories.after(() => stories.stage.send('alertmanager', body(model)));
  expect((await send('one-environment')).at(-1)).toBe(MERGED);
  expect(await only.runs()).toEqual(GOOD);
  expect(await send('product-ranker')).toMatchInlineSnapshot(`
    [
      "People are needed for product-ranker: ScoresDrift names no environment, and the policy of product-ranker has production, staging. Add the label to the alert.",
    ]
  `);
});

test('a model or an environment that no policy knows: what was meant is suggested', async () => {
  const model = await stories.plant('known-one');
  expect(await stories.alert({ ...model, name: 'known-won' })).toMatchInlineSnapshot(`
    [
      "Nothing to do for known-won in production: ScoresDrift names the model known-won, and no policy is about it. Did you mean known-one? Add a policy file, or mend the alert's label.",
    ]
  `);
  expect(await stories.alert(model, { environment: 'prodution' })).toMatchInlineSnapshot(`
    [
      "Nothing to do for known-one in prodution: ScoresDrift names the environment prodution, and the policy of known-one has production. Did you mean production?",
    ]
  `);
  expect(await model.runs()).toEqual(BAD);
});
