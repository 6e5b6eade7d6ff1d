/** What the `lastgood` check says about pull requests, and what a required check does to a rollback. */
import { afterEach, expect, test } from 'vitest';
import { BAD, featuresText, GOOD, modelText, plain, useStories, type Model } from './support.ts';

const stories = useStories();

afterEach(() => stories.repository.clearRules());

/** Somebody proposes files on a branch; answers the number of the pull request once the check has looked. */
async function propose(branch: string, files: Readonly<Record<string, string>>, body = '') {
  const { number } = await stories.as('erin').propose(stories.repository, {
    branch,
    title: `Change ${branch}`,
    body,
    files,
  });
  await stories.stage.quiet();
  return number;
}

function check(number: number) {
  const { headOid } = headOf(number);
  const runs = stories.repository.checkRuns(headOid).filter(({ name }) => name === 'lastgood');
  const run = runs.at(-1);
  return {
    conclusion: run?.conclusion ?? run?.status ?? 'none',
    title: plain(run?.output.title ?? ''),
    summary: plain(run?.output.summary ?? ''),
    annotations: run?.annotations ?? [],
  };
}

function headOf(number: number) {
  const pull = stories.repository.pull(number);
  return { headOid: pull.head };
}

const release = (model: Model, versions: typeof GOOD) => ({
  [model.file]: modelText(model.name, versions.model),
  [model.featuresFile]: featuresText(model.name, versions.features),
});

test('a new release learns where a rollback of it would go', async () => {
  const model = await stories.plant('shipping');
  const number = await propose('ship-1.12', release(model, { model: '1.12', features: 'f-12' }));
  expect(check(number)).toMatchInlineSnapshot(`
    {
      "annotations": [],
      "conclusion": "success",
      "summary": "### Good to know

    - If this release of \`production/shipping\` turns out bad, a rollback goes to \`1.10\` (the last good release, <commit>).",
      "title": "A rollback of production/shipping would go to 1.10 (the last good release, <commit>)",
    }
  `);
});

test('a version that was rolled back from fails, on its line, and says how to bring it back', async () => {
  const model = await stories.plant('returning');
  await stories.alert(model);
  expect(await model.runs()).toEqual(GOOD);
  const number = await propose('ship-again', release(model, BAD));
  expect(check(number)).toMatchInlineSnapshot(`
    {
      "annotations": [
        {
          "annotation_level": "failure",
          "end_line": 3,
          "message": "production/returning would run model 1.11 again, which is quarantined: Quarantined by a rollback on 2026-11-20 02:17:00 UTC: Pull request #2 rolled it back for ScoresDrift (critical). Ship another version, or let this one back for one release with /reland production/returning 1.11 REASON.",
          "path": "models/returning/model.yaml",
          "start_line": 3,
          "title": "1.11 of production/returning is quarantined",
        },
      ],
      "conclusion": "failure",
      "summary": "### Must be mended

    - \`production/returning\` would run model \`1.11\` again, which is quarantined: Quarantined by a rollback on <time>: Pull request #N rolled it back for ScoresDrift (critical). Ship another version, or let this one back for one release with \`/reland production/returning 1.11 REASON\`.

    ### Good to know

    - If this release of \`production/returning\` turns out bad, a rollback goes to \`1.10\` (the last good release, <commit>).",
      "title": "1.11 of production/returning is quarantined",
    }
  `);
});

test('a mistake in a policy fails on its line; the next push mends it', async () => {
  const model = await stories.plant('mistaken');
  const text = (await stories.repository.read(model.policyFile)) ?? '';
  const number = await propose('policy', {
    [model.policyFile]: text.replace('spec.storageUri', 'spec.storageUrl'),
  });
  expect(check(number)).toMatchInlineSnapshot(`
    {
      "annotations": [
        {
          "annotation_level": "failure",
          "end_line": 13,
          "message": ".lastgood/mistaken.yaml:13:15: model of production/mistaken cannot be used: There is no key storageUrl at spec; Did you mean storageUri?.",
          "path": ".lastgood/mistaken.yaml",
          "start_line": 13,
          "title": "A mistake in .lastgood/mistaken.yaml",
        },
      ],
      "conclusion": "failure",
      "summary": "### Must be mended

    - \`.lastgood/mistaken.yaml:13:15\`: \`model\` of production/mistaken cannot be used: There is no key \`storageUrl\` at \`spec\`; Did you mean \`storageUri\`?.",
      "title": "A mistake in .lastgood/mistaken.yaml",
    }
  `);
  await stories.after(() =>
    stories.as('erin').push(stories.repository, 'policy', {
      message: 'Mend it',
      files: { [model.policyFile]: `# Ours\n${text}` },
    }),
  );
  expect(check(number)).toMatchObject({ conclusion: 'success', title: 'Nothing to say' });
});

test('a rule requires the check: a rollback passes it when it may be merged, and merges', async () => {
  const automatic = await stories.plant('gated');
  const reviewed = await stories.plant('gated-review');
  const { app } = stories.stage.sample;
  stories.repository.rules({ checks: { required: [{ context: 'lastgood', app: app.id }] } });
  const told = await stories.alert(automatic);
  expect(await automatic.runs()).toEqual(GOOD);
  expect(told.at(-1)).toBe('Pull request #N merged by itself, as the policy allows.');

  await stories.alert(reviewed, { severity: 'medium' });
  const { number } = reviewed.pull();
  expect(check(number)).toMatchInlineSnapshot(`
    {
      "annotations": [],
      "conclusion": "in_progress",
      "summary": "**Now:** This pull request waits for review. 0 of 1 approval. 1 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`.

    **Next:** Those who are missing are reminded every 90d. When nobody has decided by <time>, people are called.

    Planned to take production/gated-review back to the release of <commit>: model 1.11 → 1.10 and features f-11 → f-10.

    \`ScoresDrift\` (medium) fires since <time>, seen 1×.

    > The scores have drifted",
      "title": "waits for review. 0 of 1 approval. 1 more needed from @acme/fraud-ml or @acme/sre.",
    }
  `);
  await stories.after(() => stories.as('alice').review(stories.repository, number, 'approve'));
  expect(await reviewed.runs()).toEqual(GOOD);
  expect(check(number).conclusion).toBe('success');
});
