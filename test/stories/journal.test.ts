import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { readLines } from '../../src/journal/chain.ts';
import { JOURNAL_BRANCH } from '../../src/journal/journal-branch.ts';
import { MINUTE, SECOND } from '../../src/time.ts';
import { messageFor, plain, useStories, type Model } from './support.ts';

const stories = useStories();

const fileOf = (model: Model, ending: 'md' | 'jsonl'): string =>
  `.lastgood/journal/incidents/${model.target}/${model.bad}.${ending}`;

const read = async (model: Model, ending: 'md' | 'jsonl'): Promise<string> =>
  (await stories.repository.read(fileOf(model, ending), JOURNAL_BRANCH)) ?? '';

const kinds = async (model: Model): Promise<readonly string[]> =>
  readLines(await read(model, 'jsonl')).map(({ kind }) => kind);

test('an automatic rollback is one commit of the journal, made after it', async () => {
  const model = await stories.plant('collapsed');
  await stories.alert(model);
  expect(model.pull().mergedAt).toBeDefined();
  expect(await read(model, 'jsonl')).toBe('');
  const calls = await stories.callsOf(() => stories.pass(10 * SECOND));
  expect(calls).toMatchInlineSnapshot(`
    [
      "node",
      "POST /git/refs",
      "createCommitOnBranch",
    ]
  `);
  expect(plain(await read(model, 'md'))).toMatchInlineSnapshot(`
    "# The incident of production/collapsed

    - Outcome: rolled back, automatically, as the policy allows.
    - Bad release: \`<commit>\`
    - Alert: \`ScoresDrift\` (critical)
    - Pull request: #N
    - Merge commit: \`<commit>\`
    - Policy: \`.lastgood/collapsed.yaml\` at \`<commit>\`

    ## Impact

    Since <time>, when the alert began. Nothing tells yet that it is over.

    ## Versions

    | Pin | From | To |
    | --- | --- | --- |
    | \`model\` | \`1.11\` | \`1.10\` |
    | \`features\` | \`f-11\` | \`f-10\` |

    The bad release came with \`<commit>\` by Erin Castillo, at <time>. The last good release came with \`<commit>\` by Alice Okafor, at <time>.

    ## Which part

    The model artifact and feature pipeline changed together, before the first symptom. They go back together.

    - model artifact: \`model\` \`1.10\` → \`1.11\` in <commit>, 4h 53m before the first symptom.
    - feature pipeline: \`features\` \`f-10\` → \`f-11\` in <commit>, 4h 53m before the first symptom.

    The policy pins no serving infrastructure or training data, so a change there would not be seen here.

    ## Alerts and metrics

    | Alert | Source | Severity | Began | Last seen | Times | Value | Threshold |
    | --- | --- | --- | --- | --- | --- | --- | --- |
    | \`ScoresDrift\` | \`alertmanager\` | \`critical\` | <time> | <time> | 1 | \`0.31\` | \`> 0.20\` |

    ## Times

    | Phase | Ended | Took |
    | --- | --- | --- |
    | Detection | <time> | 7m |
    | Triage | <time> | 0s |
    | Opening | <time> | 0s |
    | Execution | <time> | 0s |

    ## Approvals

    - Nobody had to approve it: the policy lets it merge by itself.

    ## Timeline

    - <time>: Rolling back production/collapsed now: ScoresDrift is critical, and the policy says merge for that.
    - <time>: Planned to take production/collapsed back to the release of <commit>: model 1.11 → 1.10 and features f-11 → f-10.
    - <time>: Pull request \\#&#N;1 opened: Roll back production/collapsed: 1.11 → 1.10.
    - <time>: Pull request \\#&#N;1 merged by itself, as the policy allows.

    Lastgood wrote this page and the entries beside it; it is written anew with every entry, so notes belong elsewhere.
    "
  `);
  const [commit] = await stories.repository.log(JOURNAL_BRANCH, 1);
  expect(plain(commit?.message ?? '').replaceAll(/[0-9a-f]{64}/g, '<sha256>'))
    .toMatchInlineSnapshot(`
    "Record 4 entries

    - Rolling back production/collapsed now: ScoresDrift is critical, and the policy says merge for that.
    - Planned to take production/collapsed back to the release of <commit>: model 1.11 → 1.10 and features f-11 → f-10.
    - Pull request #​1 opened: Roll back production/collapsed: 1.11 → 1.10.
    - Pull request #​1 merged by itself, as the policy allows.

    Lastgood-Journal: 1-4
    Lastgood-Previous: <sha256>
    Lastgood-Last: <sha256>
    Lastgood-Kind: decided
    Lastgood-Kind: planned
    Lastgood-Kind: proposed
    Lastgood-Kind: merged
    Lastgood-Incident: lastgood/production/collapsed/<commit>"
  `);
});

test('a reviewed rollback names who approved it', async () => {
  const model = await stories.plant('reviewed');
  await stories.alert(model, { severity: 'medium' });
  await stories.pass(10 * SECOND);
  expect(await kinds(model)).toEqual(['decided', 'planned', 'proposed', 'waiting']);
  await stories.pass(4 * MINUTE);
  await stories.after(() =>
    stories.as('alice').review(stories.repository, model.pull().number, 'approve'),
  );
  await stories.pass(10 * SECOND);
  expect(plain(await read(model, 'md'))).toMatchInlineSnapshot(`
    "# The incident of production/reviewed

    - Outcome: rolled back, as approved.
    - Bad release: \`<commit>\`
    - Alert: \`ScoresDrift\` (medium)
    - Pull request: #N
    - Merge commit: \`<commit>\`
    - Policy: \`.lastgood/reviewed.yaml\` at \`<commit>\`

    ## Impact

    Since <time>, when the alert began. Nothing tells yet that it is over.

    ## Versions

    | Pin | From | To |
    | --- | --- | --- |
    | \`model\` | \`1.11\` | \`1.10\` |
    | \`features\` | \`f-11\` | \`f-10\` |

    The bad release came with \`<commit>\` by Erin Castillo, at <time>. The last good release came with \`<commit>\` by Alice Okafor, at <time>.

    ## Which part

    The model artifact and feature pipeline changed together, before the first symptom. They go back together.

    - model artifact: \`model\` \`1.10\` → \`1.11\` in <commit>, 4h 53m before the first symptom.
    - feature pipeline: \`features\` \`f-10\` → \`f-11\` in <commit>, 4h 53m before the first symptom.

    The policy pins no serving infrastructure or training data, so a change there would not be seen here.

    ## Alerts and metrics

    | Alert | Source | Severity | Began | Last seen | Times | Value | Threshold |
    | --- | --- | --- | --- | --- | --- | --- | --- |
    | \`ScoresDrift\` | \`alertmanager\` | \`medium\` | <time> | <time> | 1 | \`0.31\` | \`> 0.20\` |

    ## Times

    | Phase | Ended | Took |
    | --- | --- | --- |
    | Detection | <time> | 7m |
    | Triage | <time> | 0s |
    | Opening | <time> | 0s |
    | Execution | <time> | 4m 10s |

    ## Approvals

    - Approved by \`alice\` (account 1007).

    ## Timeline

    - <time>: Opening a rollback of production/reviewed for review: ScoresDrift is medium, and the policy says review for that. Approve it to roll back, or close it.
    - <time>: Planned to take production/reviewed back to the release of <commit>: model 1.11 → 1.10 and features f-11 → f-10.
    - <time>: Pull request \\#&#N;2 opened: Roll back production/reviewed: 1.11 → 1.10.
    - <time>: Pull request \\#&#N;2 waits for review. 0 of 1 approval. 1 more needed from @&#N;acme/fraud-ml or @&#N;acme/sre.
    - <time>: Pull request \\#&#N;2 merged as approved.

    Lastgood wrote this page and the entries beside it; it is written anew with every entry, so notes belong elsewhere.
    "
  `);
});

/** Every entry of the journal with its line, in the order of the chain. */
async function chain() {
  const paths = await stories.repository.paths('.lastgood/journal', JOURNAL_BRANCH);
  const wanted = paths.filter((path) => path.endsWith('.jsonl'));
  const texts = await Promise.all(
    wanted.map(async (path) => (await stories.repository.read(path, JOURNAL_BRANCH)) ?? ''),
  );
  return texts
    .flatMap((text) => text.split('\n').filter((line) => line !== ''))
    .flatMap((line) => readLines(line).map((entry) => ({ line, entry })))
    .sort((a, b) => a.entry.seq - b.entry.seq);
}

async function expectWholeChain(): Promise<void> {
  const all = await chain();
  expect(all.map(({ entry }) => entry.seq)).toEqual(all.map((_, i) => i + 1));
  for (const [i, { entry }] of all.entries()) {
    const before = all[i - 1]?.line;
    const hash =
      before === undefined ? '0'.repeat(64) : createHash('sha256').update(before).digest('hex');
    expect(entry.previous).toBe(hash);
  }
}

test('the same answer again is counted, and a storm of alerts is a few entries', async () => {
  const model = await stories.plant('ignored', { policy: { respond: { low: 'record' } } });
  for (let i = 0; i < 30; i += 1)
    await stories.alert(model, { severity: 'low', name: `Low${i % 2}` });
  await stories.pass(10 * SECOND);
  const lines = readLines(await read(model, 'jsonl'));
  expect(lines.map(({ kind, repeats }) => [kind, repeats?.count])).toEqual([
    ['decided', 15],
    ['decided', 15],
  ]);
  for (let i = 0; i < 30; i += 1) {
    await stories.alert(model, { severity: 'low', name: 'Low0' });
    await stories.pass(MINUTE);
  }
  expect(await kinds(model)).toHaveLength(2);
  await stories.pass(40 * MINUTE);
  expect(readLines(await read(model, 'jsonl')).at(-1)?.repeats?.count).toBe(30);
  const wide = Array.from({ length: 300 }, (_, i) => `Wide${i}`);
  for (const name of wide)
    await stories.stage.send(
      'alertmanager',
      messageFor(model, stories.time, { severity: 'low', name }),
    );
  await stories.pass(10 * SECOND);
  const after = readLines(await read(model, 'jsonl'));
  expect(after.length).toBeLessThan(110);
  expect(after.reduce((sum, { repeats }) => sum + (repeats?.count ?? 1), 0)).toBe(360);
  await expectWholeChain();
});

test('what somebody else writes is told, and is no part of the chain', async () => {
  const model = await stories.plant('forged');
  await stories.alert(model);
  await stories.pass(10 * SECOND);
  const before = await read(model, 'jsonl');
  await stories.repository.commit({
    by: 'mallory',
    branch: JOURNAL_BRANCH,
    message: 'Tidy up',
    files: { [fileOf(model, 'jsonl')]: before.split('\n').slice(0, 1).join('\n') },
  });
  const other = await stories.plant('beside');
  await stories.alert(other, { severity: 'medium' });
  expect(await stories.pass(10 * SECOND)).toMatchInlineSnapshot(`
    [
      "mallory, not Lastgood, wrote <commit> to the branch lastgood/journal. Lastgood goes on with its own chain; \`lastgood audit --verify\` tells what differs. Let only the App write to lastgood/**.",
    ]
  `);
  expect(await kinds(other)).toEqual(['decided', 'planned', 'proposed', 'waiting']);
  await stories.pass(10 * SECOND);
  const kept = (await chain()).map(({ entry }) => entry);
  expect(kept.at(-1)).toMatchObject({ kind: 'tampered', facts: { login: 'mallory' } });
});

test('an empty database: what was not written yet is read back from the merge', async () => {
  const model = await stories.plant('forgotten');
  await stories.alert(model);
  await stories.stage.restart({ loseDatabase: true });
  await stories.pass(MINUTE);
  const lines = readLines(await read(model, 'jsonl'));
  expect(lines.map(({ kind, facts }) => [kind, facts['rebuilt'], facts['by']])).toEqual([
    ['merged', true, 'policy'],
  ]);
  expect(plain(await read(model, 'md'))).toMatchInlineSnapshot(`
    "# The incident of production/forgotten

    - Outcome: rolled back, automatically, as the policy allows.
    - Bad release: \`<commit>\`
    - Alert: \`ScoresDrift\` (critical)
    - Pull request: #N
    - Merge commit: \`<commit>\`
    - Policy: \`.lastgood/forgotten.yaml\` at \`<commit>\`
    - Read back from git and GitHub, since its entries were lost.

    ## Impact

    Since <time>, when the alert began. Nothing tells yet that it is over.

    ## Versions

    | Pin | From | To |
    | --- | --- | --- |
    | \`model\` | \`1.11\` | \`1.10\` |
    | \`features\` | \`f-11\` | \`f-10\` |

    ## Times

    | Phase | Ended | Took |
    | --- | --- | --- |
    | Triage | <time> | 0s |

    ## Approvals

    - Nobody had to approve it: the policy lets it merge by itself.

    ## Timeline

    - <time>: Pull request \\#&#N;5 was merged. That was read back from git and GitHub, because the journal did not have it.

    Lastgood wrote this page and the entries beside it; it is written anew with every entry, so notes belong elsewhere.
    "
  `);
  await stories.stage.restart({ loseDatabase: true });
  await stories.pass(MINUTE);
  expect(await kinds(model)).toEqual(['merged']);
});

test('an empty database: what came of a rollback is worked out from what runs', async () => {
  const model = await stories.plant('outcome-lost');
  await stories.alert(model);
  await stories.pass(MINUTE);
  // The store knows that another release runs, and is lost before the journal does.
  await stories.after(() => model.ship({ model: '1.12', features: 'f-12' }));
  await stories.stage.restart({ loseDatabase: true });
  await stories.pass(MINUTE);
  const lines = readLines(await read(model, 'jsonl'));
  expect(lines.map(({ kind, facts }) => [kind, facts['happened'], facts['rebuilt']])).toEqual([
    ['decided', undefined, undefined],
    ['planned', undefined, undefined],
    ['proposed', undefined, undefined],
    ['merged', undefined, undefined],
    ['followed', 'superseded', true],
  ]);
  expect(plain(lines.at(-1)?.sentence ?? '')).toMatchInlineSnapshot(
    `"The rollback #N of production/outcome-lost is not followed any longer: another release runs by now. That was worked out from git, because the journal did not have it."`,
  );
  await stories.stage.restart({ loseDatabase: true });
  await stories.pass(MINUTE);
  expect(await kinds(model)).toHaveLength(5);
});

test('a journal that GitHub refuses keeps no rollback waiting, and is written once it may be', async () => {
  const model = await stories.plant('refused');
  stories.repository.rules({
    name: 'journal',
    branches: [JOURNAL_BRANCH],
    reviews: { required: 1 },
  });
  await stories.alert(model);
  expect(model.pull().mergedAt).toBeDefined();
  expect(await stories.pass(10 * SECOND)).toMatchInlineSnapshot(`
    [
      "4 entries of the journal wait to be written to the branch lastgood/journal, and GitHub refuses it: Repository rule violations found Changes must be made through a pull request. Let the App write to lastgood/**.",
    ]
  `);
  stories.repository.clearRules();
  await stories.pass(60 * MINUTE);
  expect((await kinds(model)).slice(0, 4)).toEqual(['decided', 'planned', 'proposed', 'merged']);
});
