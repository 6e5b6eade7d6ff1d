import { describe, expect, test } from 'vitest';
import { HOUR, MINUTE, type Milliseconds } from '../../src/time.ts';
import { talkIn } from './commands-support.ts';
import { plain, useStories, type Model } from './support.ts';

const stories = useStories(undefined, undefined, { afterMerge: true });
const { say, answer, issue } = talkIn(stories);

const RETRAIN = { event: 'retrain-model' };
const FREE = { cooldown: '0s', merge: '9 per 24h', open: '20 per 24h', maxReleaseAge: '7d' };

function plant(name: string, more: Readonly<Record<string, unknown>> = {}): Promise<Model> {
  return stories.plant(name, {
    production: {
      verify: { rollOut: { by: 'none' }, within: '15m', watch: '2h' },
      target: { minSoak: '24h', maxDepth: 3 },
      limits: FREE,
      ladder: ['release', 'retrain'],
      retrain: RETRAIN,
      ...more,
    },
  });
}

/** The events that GitHub got from the App about a model, as a workflow reads them. */
function sent(model: Model): Record<string, unknown>[] {
  const told = stories.hub.deliveries.filter(({ event }) => event === 'repository_dispatch');
  return told.flatMap(({ payload }) => {
    const { action, client_payload: client } = payload as {
      action: string;
      client_payload: Record<string, unknown>;
    };
    return action === RETRAIN.event && client['model'] === model.name ? [client] : [];
  });
}

async function pass(model: Model, length: Milliseconds): Promise<string[]> {
  const all = await stories.pass(length);
  return [...new Set(all.filter((one) => one.includes(model.target)))].map(plain);
}

describe('the emergency retrain, when nothing else helped', () => {
  test('is started by itself where the policy merges by itself, once', async () => {
    const model = await plant('retrained');
    await stories.alert(model);
    expect(await pass(model, 15 * MINUTE)).toMatchInlineSnapshot(`
      [
        "The rollback #N of production/retrained is rolled out, and 15m later the model has not recovered: the alert ScoresDrift fires. The model release was probably not the cause. Look for what else changed; \`/plan production/retrained\` shows where else it could go back to.",
        "The last rung of the ladder of \`production/retrained\` is the emergency retrain, and it is started: the event \`retrain-model\` was sent with the release of \`<commit>\`, \`model\` \`1.10\` and \`features\` \`f-10\`. Tried before, and rolled out: the last good release (#N). What it trains comes as a pull request of its own; until then look for what else changed.",
      ]
    `);
    const [event, ...others] = sent(model);
    expect(others).toEqual([]);
    expect(JSON.parse(plain(JSON.stringify(event)))).toMatchInlineSnapshot(`
      {
        "bad": {
          "commit": "<commit>",
          "versions": {
            "features": "f-11",
            "model": "1.11",
          },
        },
        "data": "f-10",
        "environment": "production",
        "good": {
          "commit": "<commit>",
          "versions": {
            "features": "f-10",
            "model": "1.10",
          },
        },
        "id": "production/retrained <commit>",
        "model": "retrained",
        "number": 1,
        "reason": "ScoresDrift",
        "target": "production/retrained",
      }
    `);
    // The alert fires on, the database is lost: it was started, and that is known.
    await stories.stage.restart({ loseDatabase: true });
    await stories.after(() => stories.stage.serving.sweep());
    await stories.alert(model);
    expect(await pass(model, HOUR)).toMatchInlineSnapshot(`[]`);
    expect(sent(model)).toHaveLength(1);
  });

  test('is left to people where the policy asks for a review', async () => {
    const model = await plant('left-to-people', {
      limits: { ...FREE, cooldown: '3h' },
    });
    await stories.alert(model);
    expect(await pass(model, 20 * MINUTE)).toMatchInlineSnapshot(`
      [
        "The rollback #N of production/left-to-people is rolled out, and 15m later the model has not recovered: the alert ScoresDrift fires. The model release was probably not the cause. Look for what else changed; \`/plan production/left-to-people\` shows where else it could go back to.",
        "What is left of the ladder of \`production/left-to-people\` is the emergency retrain (\`retrain-model\`), and it is for people to start: pull request #N rolled it back at <time>, and nothing merges by itself until <time>. Tried before, and rolled out: the last good release (#N). Start it with \`/retrain production/left-to-people REASON\`.",
      ]
    `);
    expect(sent(model)).toEqual([]);
    const { number } = model.pull();
    await say('mallory', number, '/retrain left-to-people Let me try');
    expect(answer(number)).toMatchInlineSnapshot(
      `"\`/retrain left-to-people Let me try\`: Nothing was done. \`/retrain\` takes an owner or an approver of the target: \`@acme/fraud-ml\` or \`@acme/sre\`."`,
    );
    expect(sent(model)).toEqual([]);
    await say('alice', number, '/retrain left-to-people Nothing else helped');
    expect(answer(number)).toMatchInlineSnapshot(
      `"\`/retrain left-to-people Nothing else helped\`: The retrain of \`production/left-to-people\` is started: the event \`retrain-model\` was sent with the release of \`<commit>\`, \`model\` \`1.10\` and \`features\` \`f-10\`. What it trains comes as a pull request of its own."`,
    );
    expect(sent(model)).toMatchObject([
      { reason: 'Nothing else helped', data: 'f-10', good: { versions: { model: '1.10' } } },
    ]);
  });
});

describe('/retrain', () => {
  test('needs a retrain in the policy', async () => {
    const model = await plant('has-none', { ladder: ['release'], retrain: undefined });
    const number = await issue('Scores');
    await say('alice', number, `/retrain ${model.name} Please`);
    expect(answer(number)).toMatchInlineSnapshot(
      `"\`/retrain has-none Please\`: The policy of \`production/has-none\` names no retrain. Add \`retrain: { event: NAME }\` to it, with the type of the repository_dispatch that the workflow waits for."`,
    );
  });

  test('needs a release that is known to be good', async () => {
    const model = await plant('no-good', { target: { minSoak: '90d', maxDepth: 3 } });
    const number = await issue('Scores');
    await say('alice', number, `/retrain ${model.name} Please`);
    expect(answer(number)).toMatchInlineSnapshot(
      `"\`/retrain no-good Please\`: No release of \`production/no-good\` is known to be good, so there are no data to train with again. Designate one with \`/baseline production/no-good VERSION\`."`,
    );
    expect(sent(model)).toEqual([]);
  });

  test('before any rollback, it is the release that one would go back to', async () => {
    const model = await plant('early');
    const number = await issue('Scores');
    await say('alice', number, `/retrain ${model.name} The world has changed`);
    expect(answer(number)).toMatchInlineSnapshot(
      `"\`/retrain early The world has changed\`: The retrain of \`production/early\` is started: the event \`retrain-model\` was sent with the release of \`<commit>\`, \`model\` \`1.10\` and \`features\` \`f-10\`. What it trains comes as a pull request of its own."`,
    );
    expect(sent(model)).toMatchObject([{ data: 'f-10', bad: { versions: { model: '1.11' } } }]);
    expect((await model.runs()).model).toBe('1.11');
  });
});
