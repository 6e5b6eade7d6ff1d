import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startForgeStage, type ForgeStage } from '../../fixtures/github/forge-stage.ts';
import { clientFor } from '../../fixtures/hub/test-hub.ts';

let stage: ForgeStage;
let number: number;
let head: string;

beforeEach(async () => {
  stage = await startForgeStage();
  const { pull } = await stage.forge.propose(stage.repository, stage.proposal);
  ({ number, head } = pull);
});
afterEach(() => stage.stop());

const reviews = { reviews: { required: 1 } };

describe('realities 7 and 9: a bypass', () => {
  const bypass = () => [{ kind: 'app' as const, id: stage.app.id }];

  test('is honoured by the merge call, although the pull request reads as blocked', async () => {
    stage.manifests.rules({ ...reviews, bypass: bypass() });
    const octokit = clientFor(stage.hub, stage.app.token().token);
    const where = { owner: 'acme', repo: 'manifests', pull_number: number };
    await octokit.pulls.get(where);
    const { data } = await octokit.pulls.get(where);
    expect(data.mergeable_state).toBe('blocked');
    expect(await stage.merge(number, head)).toMatchObject({ kind: 'merged' });
  });

  test('of one ruleset does not bypass another', async () => {
    stage.manifests.rules({ ...reviews, bypass: bypass() });
    stage.manifests.rules(reviews);
    expect(await stage.merge(number, head)).toMatchObject({ kind: 'reviews-missing' });
  });
});

test('reality 11: a queue refuses the merge call, which is told apart and sent once', async () => {
  stage.manifests.rules({ mergeQueue: { method: 'squash' } });
  const from = stage.hub.calls.length;
  expect(await stage.merge(number, head)).toEqual({
    kind: 'queue-required',
    message: expect.stringContaining('Changes must be made through the merge queue') as string,
  });
  expect(stage.callsSince(from)).toHaveLength(1);
});

test('reality 24: a push restriction that does not list the App needs people', async () => {
  stage.manifests.protect({ pushers: { users: [], teams: [], apps: [] } });
  expect(await stage.merge(number, head)).toMatchObject({
    kind: 'forbidden',
    message: expect.stringContaining("You're not authorized to push to this branch") as string,
  });
  stage.manifests.protect({ pushers: { users: [], teams: [], apps: ['lastgood'] } });
  expect(await stage.merge(number, head)).toMatchObject({ kind: 'merged' });
});
