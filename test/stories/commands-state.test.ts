import { expect, test } from 'vitest';
import { HOUR } from '../../src/time.ts';
import { talkIn } from './commands-support.ts';
import { BAD, GOOD, useStories, type Model } from './support.ts';

const stories = useStories(({ hub, repository }) => {
  hub.user('nora', { name: 'Nora Reader' });
  repository.grant('nora', 'read');
});
const { say, answer, answers, issue } = talkIn(stories);

const status = (model: Model): string =>
  /\*\*Now:\*\* (.*)/.exec(model.pull().body)?.[1]?.replace(/#\d+/g, '#N') ?? 'none';

test('a reader holds by phone, an outsider of the team cannot lift it, an owner does', async () => {
  const model = await stories.plant('held');
  const number = await issue('Holding');
  expect(await say('nora', number, `/hold held Looking at the features first`))
    .toMatchInlineSnapshot(`
    [
      "Hold production/held. @​nora asked for it at <time>: Looking at the features first.",
      "nora below #N: /hold held Looking at the features first → \`production/held\` is held: nothing merges for it until somebody lifts it with \`/unhold\`.",
    ]
  `);
  expect(answer(number)).toMatchInlineSnapshot(
    `"\`/hold held Looking at the features first\`: \`production/held\` is held: nothing merges for it until somebody lifts it with \`/unhold\`."`,
  );
  const [commit] = await stories.repository.log('lastgood/state', 1);
  expect(commit?.message.replace(/\d{4,}(?=\n)/g, '<id>')).toMatchInlineSnapshot(`
    "Hold production/held

    @​nora asked for it at 2026-11-20 02:17:00 UTC: Looking at the features first.

    Lastgood-State: hold
    Lastgood-Target: production/held
    Lastgood-By: nora <id>
    Lastgood-Said: comment <id>
    Lastgood-At: 2026-11-20T02:17:00.000Z
    Lastgood-Reason: Looking at the features first"
  `);
  expect(
    await stories.repository.read('.lastgood/state/targets/production/held.yaml', 'lastgood/state'),
  ).toContain('Looking at the features first');

  expect(await stories.alert(model)).toMatchInlineSnapshot(`
    [
      "Opening a rollback of production/held for review: nora holds it: Looking at the features first. Nothing merges until the hold is lifted (/unhold) or its time is up. The pull request stands ready for review.",
      "Planned to take production/held back to the release of <commit>: model 1.11 → 1.10 and features f-11 → f-10.",
      "Pull request #N opened: Roll back production/held: 1.11 → 1.10.",
      "Pull request #N waits, because \`nora\` holds its target (Looking at the features first). Lift the hold with /unhold to let it go on. 0 of 1 approval. 1 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`.",
    ]
  `);
  expect(status(model)).toMatchInlineSnapshot(
    `"waits, because \`nora\` holds its target (Looking at the features first). Lift the hold with /unhold to let it go on. 0 of 1 approval. 1 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`."`,
  );
  await say('nora', model.pull().number, '/unhold');
  expect(answer(model.pull().number)).toMatchInlineSnapshot(
    `"\`/unhold\`: Nothing was done. \`/unhold\` takes an owner or an approver of the target: \`@acme/fraud-ml\` or \`@acme/sre\`."`,
  );
  expect(await model.runs()).toEqual(BAD);

  expect(await say('alice', model.pull().number, '/unhold The features are fine'))
    .toMatchInlineSnapshot(`
    [
      "Lift the hold of production/held. @​alice asked for it at <time>: The features are fine.",
      "Pull request #N waits for review. 0 of 1 approval. 1 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`.",
      "Rolling back production/held now: ScoresDrift is critical, and the policy says merge for that.",
      "Pull request #N merged by itself, as the policy allows.",
      "alice below #N: /unhold The features are fine → The hold of \`production/held\` is lifted. What waited for that goes on.",
    ]
  `);
  expect(await model.runs()).toEqual(GOOD);
});

test('a hold ends by itself, visibly, and what waited for it goes on', async () => {
  const model = await stories.plant('held-shortly');
  const number = await issue('For two hours');
  await say('nora', number, '/hold held-shortly for 2h A look');
  await stories.alert(model);
  expect(await model.runs()).toEqual(BAD);
  await say('erin', number, '/hold held-shortly for 1h Another look');
  expect(answer(number)).toMatchInlineSnapshot(
    `"\`/hold held-shortly for 1h Another look\`: \`production/held-shortly\` is held already for as long or longer: \`nora\` holds it until <time> (A look)."`,
  );
  expect(await stories.pass(3 * HOUR)).toMatchInlineSnapshot(`
    [
      "Take out what ended by itself. Its time was up at <time>.",
      "Pull request #N waits for review. 0 of 1 approval. 1 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`.",
      "Rolling back production/held-shortly now: ScoresDrift is critical, and the policy says merge for that.",
      "Pull request #N merged by itself, as the policy allows.",
    ]
  `);
  expect(await model.runs()).toEqual(GOOD);
  const commits = await stories.repository.log('lastgood/state', 2);
  expect(commits.map(({ message }) => message.split('\n', 1)[0])).toEqual([
    'Quarantine 1.11 of production/held-shortly',
    'Take out what ended by itself',
  ]);
});

test('a freeze keeps Lastgood from opening anything, and lifting it lets the alert go on', async () => {
  const model = await stories.plant('frozen');
  const number = await issue('Freezing');
  await say('nora', number, '/freeze Migrating the feature store');
  expect(answer(number)).toMatchInlineSnapshot(
    `"\`/freeze Migrating the feature store\`: Nothing was done. \`/freeze\` takes write access to this repository. To stop one target, \`/hold\` it."`,
  );
  await say('erin', number, '/freeze for 2h Migrating the feature store');
  expect(answer(number)).toMatchInlineSnapshot(
    `"\`/freeze for 2h Migrating the feature store\`: This repository is frozen: Lastgood does nothing by itself until <time>, or somebody lifts that with \`/unfreeze\`. What people approve still merges."`,
  );
  expect(await stories.alert(model)).toMatchInlineSnapshot(`
    [
      "People are needed for production/frozen: erin froze this repository until <time>: Migrating the feature store. Lastgood does nothing by itself until that is lifted (/unfreeze) or its time is up. Roll back by hand, or with /rollback.",
    ]
  `);
  expect(model.pulls()).toEqual([]);
  await say('bob', number, '/unfreeze');
  expect(answer(number)).toMatchInlineSnapshot(
    `"\`/unfreeze\`: The freeze is lifted. What waited for that goes on."`,
  );
  expect(await model.runs()).toEqual(GOOD);
});

test('a quarantined version is no goal until it is relanded, and a baseline goes first', async () => {
  const model = await stories.plant('marked');
  const number = await issue('Marks');
  await say('alice', number, '/quarantine marked 1.10 Leaks labels\n/baseline marked 1.10');
  expect(answer(number)).toMatchInlineSnapshot(`
    "- \`/quarantine marked 1.10 Leaks labels\`: \`1.10\` of \`production/marked\` is quarantined: no rollback goes to it, and pull requests that bring it fail the check until somebody relands it.
    - \`/baseline marked 1.10\`: \`1.10\` of \`production/marked\` is quarantined, so it cannot be designated as good. \`/reland\` it first."
  `);
  await say('carol', number, '/plan marked\n/reland marked 1.10 Fixed');
  expect(answer(number)).toMatchInlineSnapshot(`
    "\`/plan marked\`

    A rollback of \`production/marked\` would go from \`1.11\` of <commit> to \`1.9\` of <commit>. It is the newest earlier release that is good by the policy. Nothing was opened.

    | Pin | From | To | Where |
    | --- | --- | --- | --- |
    | \`model\` | \`1.11\` | \`1.9\` | \`models/marked/model.yaml\` line 3 |
    | \`features\` | \`f-11\` | \`f-9\` | \`models/marked/features.yaml\` line 3 |

    No other byte changes.

    Passed over:

    - <commit>: It has a version that somebody quarantined.

    \`/reland marked 1.10 Fixed\`

    Nothing was done. \`/reland\` takes an owner of the target: \`@acme/fraud-ml\`."
  `);
  await say(
    'alice',
    number,
    '/reland marked 1.10 Fixed\n/reland marked 1.9 x\n/baseline marked 1.9',
  );
  expect(answer(number)).toMatchInlineSnapshot(`
    "- \`/reland marked 1.10 Fixed\`: \`1.10\` of \`production/marked\` may come back, for one release: bring it with a pull request.
    - \`/reland marked 1.9 x\`: \`1.9\` of \`production/marked\` is not quarantined, so nothing keeps it from coming back. Nothing was done.
    - \`/baseline marked 1.9\`: \`1.9\` of \`production/marked\`, brought by <commit>, is designated as good: a rollback goes there first."
  `);
  await stories.alert(model);
  await say('carol', number, '/status marked');
  expect(answer(number)).toMatchInlineSnapshot(`
    "\`/status marked\`

    \`production/marked\` runs \`1.9\` since <time> (<commit>).
    - A rollback goes to \`1.9\` first, the baseline.
    - Quarantined by \`alice\` since <time>: \`1.10\` (Leaks labels); \`alice\` lets it back for one release.
    - Quarantined by Lastgood since <time>: \`1.11\` (Pull request \\#&#N;8 rolled it back for ScoresDrift (critical)).
    - Recorded for \`production/marked\`, nothing changed: \`ScoresDrift\` began at <time>, before the release that runs now came at <time>. It speaks against an earlier release.
    - Monitors: 10 wait for a \`query\` in the policy (\`lastgood validate\` names them)."
  `);
  expect(await model.runs()).toEqual({ model: '1.9', features: 'f-9' });
  await stories.pass(HOUR);
  const shipped = { model: '1.10', features: 'f-10' };
  expect(await stories.after(() => model.ship(shipped))).toMatchInlineSnapshot(`
    [
      "Note that 1.10 of production/marked came back. It came with <commit>. It needs another reland to come back again.",
    ]
  `);
  const file = '.lastgood/state/targets/production/marked.yaml';
  const state = await stories.repository.read(file, 'lastgood/state');
  expect(state).toContain(`used: ${stories.repository.head()}`);
});

test('what an open rollback goes back to is quarantined: approvals wait for a reland', async () => {
  const model = await stories.plant('goal-marked');
  await stories.alert(model, { severity: 'medium' });
  const { number } = model.pull();
  await say('alice', number, '/quarantine goal-marked 1.10 Leaks labels');
  await stories.after(() => stories.as('alice').review(stories.repository, number, 'approve'));
  expect(status(model)).toMatchInlineSnapshot(
    `"waits, because what it goes back to was quarantined since it was planned. Let that come back with /reland, or roll back to another version yourself. 1 of 1 approval (\`alice\`)."`,
  );
  expect(model.pull().state).toBe('open');
  await say('alice', number, '/reland goal-marked 1.10 It was another one');
  expect(await model.runs()).toEqual(GOOD);
});

test('the process dies after the act and before the answer: it is answered once, as done', async () => {
  await stories.plant('crashed');
  const number = await issue('Crash');
  stories.hub.faults.add({
    method: 'POST',
    path: /\/comments$/,
    times: 1,
    when: 'before',
    answer: 'reset',
  });
  await stories.after(async () => {
    stories.as('nora').comment(stories.repository, number, '/hold crashed A look');
    await stories.stage.quiet();
    await stories.stage.restart();
  });
  await stories.pass(HOUR);
  expect(answers(number)).toHaveLength(1);
  expect(answer(number)).toMatchInlineSnapshot(
    `"\`/hold crashed A look\`: \`production/crashed\` is held: nothing merges for it until somebody lifts it with \`/unhold\`."`,
  );
});

test('somebody breaks the file of a hold, has Lastgood write beside it, and mends it without the hold: it stands', async () => {
  const model = await stories.plant('broken-file');
  await stories.plant('beside');
  const number = await issue('Broken');
  await say('nora', number, '/hold broken-file A look');
  const path = '.lastgood/state/targets/production/broken-file.yaml';
  const write = (text: string | null) =>
    stories.after(() =>
      stories.as('mallory').push(stories.repository, 'lastgood/state', {
        message: 'Tidy',
        files: { [path]: text },
      }),
    );
  await write('hold: [\n');
  await say('mallory', number, '/hold beside for 1h Nothing to see');
  expect(answer(number)).toMatchInlineSnapshot(
    `"\`/hold beside for 1h Nothing to see\`: \`production/beside\` is held: nothing merges for it until <time>, or somebody lifts it with \`/unhold\`."`,
  );
  await say('alice', number, '/unhold beside');
  expect(answer(number)).toMatchInlineSnapshot(
    `"\`/unhold beside\`: Nothing was done, because \`.lastgood/state/targets/production/broken-file.yaml\` cannot be read, and writing it anew would lose what it says. Mend the file on the branch of Lastgood’s state."`,
  );
  await write(null);
  await say('mallory', number, '/hold beside for 2h Nothing to see');
  await stories.alert(model);
  expect(status(model)).toMatchInlineSnapshot(
    `"waits, because \`nora\` holds its target (A look). Lift the hold with /unhold to let it go on. 0 of 1 approval. 1 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`."`,
  );
  expect(await stories.repository.read(path, 'lastgood/state')).toContain('A look');
});

test('somebody else writes to the branch: it restricts, lifts nothing, and closes the automatic lane', async () => {
  const model = await stories.plant('forged');
  const number = await issue('Forged');
  await say('nora', number, '/hold forged A look');
  const path = '.lastgood/state/targets/production/forged.yaml';
  const told = await stories.after(() =>
    stories.as('mallory').push(stories.repository, 'lastgood/state', {
      message: 'Lift the hold of production/forged',
      files: { [path]: null },
    }),
  );
  expect(told).toMatchInlineSnapshot(`
    [
      "mallory wrote to the branch of Lastgood's state. What that holds, freezes and quarantines counts, and what it lifts does not; nothing merges by itself until somebody who may gives a command that changes the state. Protect the branch with a ruleset that lets only Lastgood write to it.",
    ]
  `);
  await stories.alert(model);
  expect(status(model)).toMatchInlineSnapshot(
    `"waits, because \`nora\` holds its target (A look). Lift the hold with /unhold to let it go on. 0 of 1 approval. 1 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`."`,
  );
  await say('alice', model.pull().number, '/unhold');
  expect(await model.runs()).toEqual(GOOD);
  expect(await stories.repository.read(path, 'lastgood/state')).not.toContain('hold');
});
