/** What a rollback quarantines: where it stands, what it does to open pull requests, and how it comes back. */
import { expect, test } from 'vitest';
import { HOUR, MINUTE } from '../../src/time.ts';
import { talkIn } from './commands-support.ts';
import { BAD, featuresText, GOOD, modelText, plain, useStories, type Model } from './support.ts';

const stories = useStories();
const { say, answer, issue } = talkIn(stories);

const stateOf = (model: Model): Promise<string | undefined> =>
  stories.repository.read(`.lastgood/state/targets/${model.target}.yaml`, 'lastgood/state');

const release = (model: Model, versions: typeof GOOD) => ({
  [model.file]: modelText(model.name, versions.model),
  [model.featuresFile]: featuresText(model.name, versions.features),
});

/** Somebody proposes files on a branch; answers the number of the pull request once the check has looked. */
async function propose(branch: string, files: Readonly<Record<string, string>>): Promise<number> {
  const { number } = await stories.as('erin').propose(stories.repository, {
    branch,
    title: `Change ${branch}`,
    body: '',
    files,
  });
  await stories.stage.quiet();
  return number;
}

function check(number: number): string {
  const { head } = stories.repository.pull(number);
  const runs = stories.repository.checkRuns(head).filter(({ name }) => name === 'lastgood');
  const run = runs.toSorted((a, b) => a.id - b.id).at(-1);
  return `${run?.conclusion ?? run?.status ?? 'none'}: ${plain(run?.output.title ?? '')}`;
}

test('after the merge it stands in the state: what, since when, by which pull request and why', async () => {
  const model = await stories.plant('noted');
  await stories.alert(model);
  expect(await model.runs()).toEqual(GOOD);
  expect(plain((await stateOf(model)) ?? '')).toMatchInlineSnapshot(`
    "# Written by Lastgood. Commands change it: see docs/commands.md.
    quarantine:
      - pins:
          model: "1.11"
        incident: <commit>
        at: 2026-11-20T02:17:00.000Z
        reason: "Pull request #N rolled it back for ScoresDrift (critical)"
    "
  `);
  const [commit] = await stories.repository.log('lastgood/state', 1);
  expect(plain(commit?.message ?? '')).toMatchInlineSnapshot(`
    "Quarantine 1.11 of production/noted

    Lastgood did it at <time>: Pull request #​1 rolled it back for ScoresDrift (critical).

    Lastgood-State: quarantine
    Lastgood-Target: production/noted
    Lastgood-Pin: model=1.11
    Lastgood-Bad: <commit>
    Lastgood-At: 2026-11-20T02:17:00.000Z
    Lastgood-Reason: Pull request %231 rolled it back for ScoresDrift (critical)"
  `);
  const number = await issue('Noted');
  await say('carol', number, '/status noted');
  expect(answer(number)).toMatchInlineSnapshot(`
    "\`/status noted\`

    \`production/noted\` runs \`1.10\` since <time> (<commit>).
    - Quarantined by Lastgood since <time>: \`1.11\` (Pull request \\#&#N;1 rolled it back for ScoresDrift (critical)).
    - Recorded for \`production/noted\`, nothing changed: \`ScoresDrift\` began at <time>, before the release that runs now came at <time>. It speaks against an earlier release.
    - Monitors: 10 wait for a \`query\` in the policy (\`lastgood validate\` names them)."
  `);
  // Nothing is left to do for a sweep.
  expect(await stories.callsOf(() => stories.stage.serving.sweep())).not.toContain(
    'createCommitOnBranch',
  );
});

test('it cannot be written: history counts, people are told once, and the sweep makes good for it', async () => {
  const model = await stories.plant('forgotten');
  // The first such call makes the rollback's own commit.
  stories.hub.faults.add({
    field: 'createCommitOnBranch',
    skip: 1,
    answer: { type: 'FORBIDDEN', message: 'Resource not accessible by integration' },
  });
  expect((await stories.alert(model)).slice(-2)).toMatchInlineSnapshot(`
    [
      "Pull request #N merged by itself, as the policy allows.",
      "What was rolled back from in production/forgotten could not be written into Lastgood's state: The App may not commit to the branch lastgood/state: its installation lacks a permission. Grant it in the settings of the App and accept it in the installation. It is quarantined all the same, as the history tells it. Let Lastgood write to its branch; it tries again with the next change.",
    ]
  `);
  expect(await stateOf(model)).toBeUndefined();
  const number = await propose('forgotten-again', release(model, BAD));
  expect(check(number)).toMatchInlineSnapshot(
    `"failure: 1.11 of production/forgotten is quarantined"`,
  );
  await stories.after(() => model.ship({ features: 'f-10b' }));
  await stories.after(() => stories.stage.serving.sweep());
  expect(await stateOf(model)).toContain('model: "1.11"');
});

test('the database is lost: the state says what it said, and nothing is written twice', async () => {
  const model = await stories.plant('rebuilt');
  await stories.alert(model);
  const before = await stateOf(model);
  await stories.stage.restart({ loseDatabase: true });
  await stories.after(() => stories.stage.serving.sweep());
  expect(await stateOf(model)).toBe(before);
});

test('an open pull request that was green before is checked again when what it brings is rolled back', async () => {
  const model = await stories.plant('reopened', { badVersions: GOOD });
  const number = await propose('ship-early', release(model, BAD));
  const other = await propose('batch', {
    [model.file]: modelText(model.name, GOOD.model).replace('batch: 64', 'batch: 128'),
  });
  expect(check(number)).toMatchInlineSnapshot(
    `"success: A rollback of production/reopened would go to 1.10 (the last good release, <commit>)"`,
  );
  await stories.pass(30 * HOUR);
  await stories.after(() => model.ship(BAD));
  await stories.pass(HOUR);
  await stories.alert(model);
  expect(await model.runs()).toEqual(GOOD);
  expect(check(number)).toMatchInlineSnapshot(
    `"failure: 1.11 of production/reopened is quarantined"`,
  );
  // It touches the same file and brings nothing back.
  expect(check(other)).toMatchInlineSnapshot(`"success: Nothing to say"`);
});

test('and again when somebody quarantines a version, or lets it back', async () => {
  const model = await stories.plant('judged');
  const number = await propose('ship-1.12', release(model, { model: '1.12', features: 'f-12' }));
  const unrelated = await propose('readme', { 'README.md': '# Models\n' });
  expect(check(number)).toMatchInlineSnapshot(
    `"success: A rollback of production/judged would go to 1.10 (the last good release, <commit>)"`,
  );
  const here = await issue('Judging');
  const calls = await stories.callsOf(() =>
    stories.as('alice').comment(stories.repository, here, '/quarantine judged 1.12 Leaks labels'),
  );
  const bare = calls.map((call) => call.replace(/[0-9a-f]{40}/g, '<commit>'));
  expect(bare).toMatchInlineSnapshot(`
    [
      "GET /issues/comments/N",
      "GET /issues/N/comments",
      "GET /collaborators/alice/permission",
      "GET /orgs/acme/teams/fraud-ml/memberships/alice",
      "GET /orgs/acme/teams/sre/memberships/alice",
      "createCommitOnBranch",
      "POST /issues/N/comments",
      "POST /issues/comments/N/reactions",
      "node",
      "node",
      "GET /compare/<commit>...<commit>",
      "GET /git/blobs/<commit>",
      "GET /git/blobs/<commit>",
      "GET /commits/<commit>/check-runs",
      "PATCH /check-runs/N",
    ]
  `);
  expect(check(number)).toMatchInlineSnapshot(
    `"failure: 1.12 of production/judged is quarantined"`,
  );
  expect(check(unrelated)).toBe('success: Nothing to say');
  await say('alice', here, '/reland judged 1.12 It does not leak after all\n/status judged');
  expect(answer(here)).toMatchInlineSnapshot(`
    "\`/reland judged 1.12 It does not leak after all\`

    \`1.12\` of \`production/judged\` may come back, for one release: bring it with a pull request.

    \`/status judged\`

    \`production/judged\` runs \`1.11\` since <time> (<commit>).
    - Quarantined by \`alice\` since <time>: \`1.12\` (Leaks labels); \`alice\` lets it back for one release.
    - Monitors: 10 wait for a \`query\` in the policy (\`lastgood validate\` names them)."
  `);
  expect(check(number)).toMatchInlineSnapshot(
    `"success: A rollback of production/judged would go to 1.10 (the last good release, <commit>)"`,
  );
});

test('a reland is for one release; each one that fails makes the wait longer', async () => {
  const model = await stories.plant('relanded', {
    policy: {
      limits: { merge: '9 per 24h', cooldown: '1m' },
      target: { minSoak: '1m', maxDepth: 9 },
    },
  });
  const number = await issue('Back again');
  const text: string[] = [];
  const reland = async () => {
    await say('alice', number, '/reland relanded 1.11 Fixed the feature store');
    text.push(answer(number));
  };
  const shipAndFail = async () => {
    await stories.after(() => model.ship(BAD));
    expect(await model.runs()).toEqual(BAD);
    await stories.pass(HOUR);
    await stories.alert(model);
    expect(await model.runs()).toEqual(GOOD);
    await stories.pass(HOUR / 2);
  };
  await stories.alert(model);
  await stories.pass(MINUTE);
  // At once the first time; two hours after the second rollback, four hours after the third.
  await reland();
  await shipAndFail();
  await reland();
  await stories.pass(2 * HOUR);
  await reland();
  await shipAndFail();
  await stories.pass(3 * HOUR);
  await reland();
  await stories.pass(HOUR);
  await reland();
  expect(text).toMatchInlineSnapshot(`
    [
      "\`/reland relanded 1.11 Fixed the feature store\`: \`1.11\` of \`production/relanded\` may come back, for one release: bring it with a pull request.",
      "\`/reland relanded 1.11 Fixed the feature store\`: \`1.11\` of \`production/relanded\` was let back before and failed again, so it waits longer each time: it may be relanded from <time>. Nothing was done.",
      "\`/reland relanded 1.11 Fixed the feature store\`: \`1.11\` of \`production/relanded\` may come back, for one release: bring it with a pull request.",
      "\`/reland relanded 1.11 Fixed the feature store\`: \`1.11\` of \`production/relanded\` was let back before and failed again, so it waits longer each time: it may be relanded from <time>. Nothing was done.",
      "\`/reland relanded 1.11 Fixed the feature store\`: \`1.11\` of \`production/relanded\` may come back, for one release: bring it with a pull request.",
    ]
  `);
  expect(plain((await stateOf(model)) ?? '')).toMatchInlineSnapshot(`
    "# Written by Lastgood. Commands change it: see docs/commands.md.
    quarantine:
      - pins:
          model: "1.11"
        incident: <commit>
        at: 2026-11-21T09:17:00.000Z
        reason: "Pull request #N rolled it back for ScoresDrift (critical)"
      - pins:
          model: "1.11"
        incident: <commit>
        at: 2026-11-21T10:18:00.000Z
        reason: "Pull request #N rolled it back for ScoresDrift (critical)"
      - pins:
          model: "1.11"
        incident: <commit>
        at: 2026-11-21T13:48:00.000Z
        reason: "Pull request #N rolled it back for ScoresDrift (critical)"
    relands:
      - pins:
          model: "1.11"
        by:
          login: alice
          id: 1007
        at: 2026-11-21T09:18:00.000Z
        reason: Fixed the feature store
        used: <commit>
      - pins:
          model: "1.11"
        by:
          login: alice
          id: 1007
        at: 2026-11-21T12:48:00.000Z
        reason: Fixed the feature store
        used: <commit>
      - pins:
          model: "1.11"
        by:
          login: alice
          id: 1007
        at: 2026-11-21T18:18:00.000Z
        reason: Fixed the feature store
    "
  `);
});

test('somebody else writes to the branch: a release that was let back before is no return', async () => {
  const model = await stories.plant('let-back');
  const number = await issue('Let back');
  await stories.alert(model);
  await stories.pass(HOUR);
  await say('alice', number, '/reland let-back 1.11 The model was fine');
  await stories.after(() =>
    stories.as('mallory').push(stories.repository, 'lastgood/state', {
      message: 'Help',
      files: { '.lastgood/state/targets/production/other.yaml': 'hold:\n  reason: x\n' },
    }),
  );
  const told = await stories.after(() => model.ship(BAD));
  expect(told).toMatchInlineSnapshot(`[]`);
  expect(await model.runs()).toEqual(BAD);
});
