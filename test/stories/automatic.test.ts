import { expect, test } from 'vitest';
import { alertmanagerMessage, sampleAlerts } from '../../fixtures/hub/sample.ts';
import { readTrailers } from '../../src/journal/read-trailers.ts';
import { BAD, GOOD, modelText, featuresText, useStories } from './support.ts';

const stories = useStories();

test('a critical alert: two calls and the model is back, then the rest', async () => {
  const model = await stories.plant('ranker');
  let told: string[] = [];
  let standsAfter = 0;
  const before = stories.repository.head();
  const stop = stories.hub.onCall((phase, call) => {
    if (phase !== 'after' || call.kind === 'git') return;
    if (stories.repository.head() === before) standsAfter += 1;
  });
  const calls = await stories.callsOf(async () => {
    told = await stories.alert(model, { version: BAD.model });
  });
  stop();

  expect(standsAfter).toBe(1);
  expect(calls).toMatchInlineSnapshot(`
    [
      "createRef + createCommitOnBranch + createPullRequest",
      "PUT /pulls/N/merge",
      "DELETE /git/refs/heads%2Flastgood…",
      "POST /issues/N/labels",
      "POST /git/refs",
      "createCommitOnBranch",
      "node",
    ]
  `);
  expect(told).toMatchInlineSnapshot(`
    [
      "Rolling back production/ranker now: ScoresDrift is critical, and the policy says merge for that.",
      "Planned to take production/ranker back to the release of <commit>: model 1.11 → 1.10 and features f-11 → f-10.",
      "Pull request #N opened: Roll back production/ranker: 1.11 → 1.10.",
      "Pull request #N merged by itself, as the policy allows.",
    ]
  `);
  expect(await model.runs()).toEqual(GOOD);
});

test('the release changed only the pins, so every file is back byte for byte', async () => {
  const model = await stories.plant('bytes');
  await stories.alert(model);
  const { repository } = stories;
  expect(await repository.read(model.file)).toBe(modelText('bytes', GOOD.model));
  expect(await repository.read(model.featuresFile)).toBe(featuresText('bytes', GOOD.features));
  const [merged, release] = await repository.log('main', 2);
  expect(release?.oid).toBe(model.bad);
  const { git } = repository.state;
  for (const path of [model.file, model.featuresFile]) {
    const [back, then] = await Promise.all([
      git.fileAt(merged?.oid ?? '', path),
      git.fileAt(model.good, path),
    ]);
    expect(back?.toString('base64')).toBe(then?.toString('base64') ?? 'missing');
  }
});

test('what a person did to the same files since stays, and the pull request lists it', async () => {
  const { repository } = stories;
  const path = 'clusters/production/recsys/product-ranker.yaml';
  const before = (await repository.read(path)) ?? '';
  await stories.after(() =>
    stories.stage.send(
      'alertmanager',
      alertmanagerMessage(sampleAlerts(stories.time.clock()).diversity),
    ),
  );
  expect(await repository.read(path)).toBe(before.replace('/v32/model', '/v31/model'));
  expect(before).toContain('replicas: 8');
  const pull = repository.pulls().at(-1);
  expect(pull?.body).toContain('Changed since, and left alone');
  expect(pull?.body).toContain('Give the ranker two more replicas for the evening');
});

test('what remains: a signed commit with the whole decision, labels, no branch', async () => {
  const model = await stories.plant('record');
  await stories.alert(model);
  const { repository } = stories;
  const pull = model.pull();
  expect([...pull.labels]).toEqual(['lastgood', 'rollback', 'critical']);
  expect(repository.branches()).not.toContain(pull.headRef);
  expect(repository.isSigned(pull.head)).toBe(true);
  expect(repository.isSigned(pull.mergeCommit ?? '')).toBe(true);

  const [merged] = await repository.log('main', 1);
  expect(merged).toMatchObject({
    oid: pull.mergeCommit,
    subject: `Roll back production/record: 1.11 → 1.10 (#${pull.number})`,
  });
  const reading = readTrailers(merged?.message ?? '');
  expect(reading).toEqual({
    ok: true,
    record: {
      target: { environment: 'production', model: 'record' },
      mode: 'automatic',
      badCommit: model.bad,
      goalCommit: model.good,
      base: model.bad,
      from: { model: '1.11', features: 'f-11' },
      to: { model: '1.10', features: 'f-10' },
      alert: { name: 'ScoresDrift', source: 'alertmanager', severity: 'critical' },
      firstSeen: stories.time.clock(),
      decidedAt: stories.time.clock(),
      policy: { file: '.lastgood/record.yaml', commit: model.bad },
    },
  });
});

test('the same alert again, and its end, change nothing and say why', async () => {
  const model = await stories.plant('again');
  await stories.alert(model, { version: BAD.model });
  const calls = await stories.callsOf(async () => {
    await stories.pass(60_000);
    expect(await stories.alert(model, { version: BAD.model })).toMatchInlineSnapshot(`
      [
        "Recorded for production/again, nothing changed: ScoresDrift is about version 1.11, and 1.10 runs. An alert about what runs now would count. Also in the way: an alert older than the release.",
      ]
    `);
    expect(
      await stories.alert(model, {
        version: BAD.model,
        status: 'resolved',
        endsAt: stories.time.clock(),
      }),
    ).toMatchInlineSnapshot(`
      [
        "Recorded for production/again, nothing changed: ScoresDrift resolved at <time>.",
      ]
    `);
  });
  // Nothing but what the journal has of the rollback.
  expect(calls).toEqual(['node', 'POST /git/refs', 'createCommitOnBranch']);
  expect(model.pulls()).toHaveLength(1);
});

test('an alert through repository_dispatch takes the same way', async () => {
  const model = await stories.plant('dispatched');
  const told = await stories.after(() =>
    stories.as('bob').dispatch(stories.repository, 'lastgood-alert', {
      status: 'firing',
      name: 'ScoresDrift',
      model: 'dispatched',
      severity: 'critical',
      startsAt: new Date(stories.time.clock() - 300_000).toISOString(),
    }),
  );
  expect(told.at(-1)).toBe('Pull request #N merged by itself, as the policy allows.');
  expect(await model.runs()).toEqual(GOOD);
});
