import { expect, test } from 'vitest';
import { BAD, GOOD, useStories } from './support.ts';

const stories = useStories();

test('a critical alert is answered by two calls, and the model is back', async () => {
  const model = await stories.plant('ranker');
  let told: string[] = [];
  const calls = await stories.callsOf(async () => {
    told = await stories.alert(model, { version: BAD.model });
  });
  expect(calls).toMatchInlineSnapshot(`
    [
      "createRef + createCommitOnBranch + createPullRequest",
      "PUT /pulls/N/merge",
      "DELETE /git/refs/heads%2Flastgood…",
      "POST /issues/N/labels",
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
