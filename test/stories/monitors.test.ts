import { describe, expect, test } from 'vitest';
import { createFakeMetrics } from '../../fixtures/metrics.ts';
import { DAY, HOUR, MINUTE, type Milliseconds } from '../../src/time.ts';
import { talkIn } from './commands-support.ts';
import { useStories, type Model } from './support.ts';

const metrics = createFakeMetrics();
const stories = useStories(undefined, () => Promise.resolve({ metrics }));

const DIVERSITY = {
  query: 'avg(diversity{model="{model}",v="{version}"})',
  regression: { worse: 'lower', by: '20%' },
  every: '1m',
  settle: '0s',
  urgency: 'immediate',
};

const { say, answer, issue } = talkIn(stories);

/** What `/status` says of the monitors of a model. */
async function standing(model: Model): Promise<string | undefined> {
  const number = await issue('How is it?');
  await say('carol', number, `/status ${model.target}`);
  return answer(number)
    .split('\n')
    .find((line) => line.startsWith('- Monitors: '));
}

/** A model whose metric was 0.73 for 20 days, and whose monitors are these. */
async function plant(name: string, monitors: unknown): Promise<Model> {
  metrics.set(`"${name}"`, stories.time.clock() - 20 * DAY, 0.73);
  return stories.plant(name, {
    badAge: 2 * HOUR,
    policy: { server: 'main', monitors, evidence: { minAge: '0s' } },
  });
}

function measure(model: Model, ...values: readonly number[]): void {
  metrics.set(`"${model.name}"`, stories.time.clock(), ...values);
}

/** Lets time pass; answers what was told of one model, each once. */
async function pass(model: Model, length: Milliseconds): Promise<string[]> {
  const told = (await stories.pass(length)).filter((one) => one.includes(model.name));
  return [...new Set(told)];
}

/** Ends the watching of a model, so that the next story is quick. */
async function end(model: Model): Promise<string[]> {
  const text = (await stories.repository.read(model.policyFile)) ?? '';
  return stories.after(() =>
    stories.repository.commit({
      by: 'alice',
      message: `Watch ${model.name} no more`,
      files: { [model.policyFile]: text.replace('server: main\n', '') },
    }),
  );
}

describe('a monitor of the policy', () => {
  test('rolls back by itself, says by what, and says when it is over', async () => {
    const model = await plant('watched', { diversity: DIVERSITY });
    expect(await pass(model, 4 * MINUTE)).toEqual([]);
    metrics.set(`"${model.name}",v="1.11"`, stories.time.clock(), 0.04);
    expect(await pass(model, 10 * MINUTE)).toMatchInlineSnapshot(`
      [
        "Rolling back production/watched now: diversity is critical, and the policy says merge for that.",
        "Planned to take production/watched back to the release of <commit>: model 1.11 → 1.10 and features f-11 → f-10.",
        "Pull request #N opened: Roll back production/watched: 1.11 → 1.10.",
        "Recorded for production/watched, nothing changed: diversity resolved at <time>.",
      ]
    `);
    expect(await model.runs()).toEqual({ model: '1.10', features: 'f-10' });
    expect(model.pull().body.split('### What happens next')[0]).toMatchInlineSnapshot(`
      "\`production/watched\` misbehaves at \`1.11\`. This takes it back to \`1.10\`, the last good release.

      ### What is failing

      \`diversity\`, critical, from \`monitor\`. Value \`0.27\`, threshold \`0.584\`.

      > diversity is at 0.27, beyond the bound of 0.584, where 0.73 is expected (6 samples of 5m). 3 bad looks in a row.

      Firing since 2026-11-20 02:22:35 UTC, 2h 5m after this release came; seen 1 time.

      \`\`\`text
      diversity █████████▁▁▁ 0.04 … 0.73
                          A  A bad since
      \`\`\`

      "
    `);
    expect(await pass(model, 10 * MINUTE)).toEqual([]);
    expect(model.pulls()).toHaveLength(1);
    await end(model);
  });

  test('does nothing for a spike, a gap, or a server that is gone, and says so of the server', async () => {
    const model = await plant('calm', { diversity: DIVERSITY });
    await pass(model, 2 * MINUTE);
    measure(model, 0.01);
    await pass(model, MINUTE);
    measure(model, 0.73);
    expect(await pass(model, 10 * MINUTE)).toMatchInlineSnapshot(`[]`);
    measure(model);
    await pass(model, 20 * MINUTE);
    measure(model, 0.73);
    expect(await pass(model, 5 * MINUTE)).toMatchInlineSnapshot(`
      [
        "Nothing was done about production/calm: diversity has no samples in the last 5m, which speaks neither for the release nor against it. Look whether it is scraped. That is 19 looks without a verdict, from <time> to <time>, and it is good again.",
      ]
    `);
    metrics.state = 'dead';
    const told = await stories.pass(7 * MINUTE);
    expect(told.filter((one) => one.includes('metric server'))).toMatchInlineSnapshot(`
      [
        "The metric server main has not answered for 5m: it could not be reached (ECONNREFUSED). 1 monitor cannot be judged meanwhile, and nothing is held against their models. Look at the server, and at the metric servers file.",
      ]
    `);
    metrics.state = 'well';
    measure(model, 0.73);
    await pass(model, 5 * MINUTE);
    expect(model.pulls()).toEqual([]);
    await end(model);
  });

  test('of a preset has its bound and its urgency from there, and needs a query only', async () => {
    const model = await stories.plant('preset', {
      badAge: 2 * HOUR,
      policy: { server: 'main', monitors: { errors: { query: 'errors{model="{model}"}' } } },
    });
    metrics.set(`"${model.name}"`, stories.time.clock() - 2 * HOUR, 0.003);
    expect(await pass(model, 3 * MINUTE)).toEqual([]);
    // More than 2 %, and no more than 5 %: for people. The policy of the preset has medium alerts reviewed.
    measure(model, 0.03);
    const soft = await pass(model, 10 * MINUTE);
    measure(model, 0.2);
    const hard = await pass(model, 10 * MINUTE);
    expect([soft[0], hard[0]]).toMatchInlineSnapshot(`
      [
        "Opening a rollback of production/preset for review: errors-soft is medium, and the policy says review for that. Approve it to roll back, or close it.",
        "Rolling back production/preset now: errors is critical, and the policy says merge for that.",
      ]
    `);
    await end(model);
  });

  test('that only warns prepares the rollback and opens none', async () => {
    const going = {
      query: DIVERSITY.query,
      earlyWarning: { below: 0.5, within: '1h' },
      every: '1m',
      window: '30m',
      settle: '0s',
    };
    const model = await plant('falling', { going });
    for (let i = 0; i < 20; i += 1) {
      measure(model, 0.73 - i * 0.005);
      await stories.pass(MINUTE);
    }
    const lines = stories.stage.journal.filter(({ kind }) => kind === 'armed');
    expect(lines.map(({ sentence }) => sentence.replace(/\d[\dhms. ]*/g, '# ')))
      .toMatchInlineSnapshot(`
      [
        "production/falling is armed: going is at # by its trend and will reach # in about # (# to # ; # amples of # ). Nothing is rolled back for a trend. A rollback to # is planned and checked, so that one call opens it; it would merge at once if a monitor fired now. Metrics are looked at more often.",
      ]
    `);
    expect(model.pulls()).toEqual([]);
    expect(await standing(model)).toMatchInlineSnapshot(
      `"- Monitors: \`going\` warns since <time>; 10 wait for a \`query\` in the policy (\`lastgood validate\` names them)."`,
    );
    await end(model);
  });

  test('goes the way of every alert: for people where the policy says so, and held where somebody holds it', async () => {
    const model = await plant('guarded', {
      diversity: { ...DIVERSITY, urgency: 'investigate' },
    });
    await pass(model, 3 * MINUTE);
    measure(model, 0.04);
    // Medium, which the preset has a person weigh.
    expect(await pass(model, 5 * MINUTE)).toMatchInlineSnapshot(`
      [
        "Opening a rollback of production/guarded for review: diversity is medium, and the policy says review for that. Approve it to roll back, or close it.",
        "Planned to take production/guarded back to the release of <commit>: model 1.11 → 1.10 and features f-11 → f-10.",
        "Pull request #N opened: Roll back production/guarded: 1.11 → 1.10.",
      ]
    `);
    expect(model.pulls().map(({ mergedAt }) => mergedAt)).toEqual([undefined]);
    expect(await standing(model)).toMatchInlineSnapshot(
      `"- Monitors: \`diversity\` fires since <time>; 10 wait for a \`query\` in the policy (\`lastgood validate\` names them)."`,
    );
    await end(model);

    const held = await plant('held', { diversity: DIVERSITY });
    await stories.after(() =>
      stories
        .as('alice')
        .comment(stories.repository, model.pull().number, '/hold held A look first'),
    );
    await pass(held, 3 * MINUTE);
    measure(held, 0.04);
    expect(await pass(held, 5 * MINUTE)).toMatchInlineSnapshot(`
      [
        "Opening a rollback of production/held for review: alice holds it: A look first. Nothing merges until the hold is lifted (/unhold) or its time is up. The pull request stands ready for review.",
        "Planned to take production/held back to the release of <commit>: model 1.11 → 1.10 and features f-11 → f-10.",
        "Pull request #N opened: Roll back production/held: 1.11 → 1.10.",
      ]
    `);
    expect(await held.runs()).toEqual({ model: '1.11', features: 'f-11' });
    await end(held);
  });

  test('takes a slow server for no evidence, even where a silent model is a bad one', async () => {
    const model = await plant('waiting', {
      diversity: { ...DIVERSITY, noData: { means: 'bad', after: '5m' } },
    });
    await pass(model, 3 * MINUTE);
    metrics.state = 'dead';
    expect(await pass(model, 20 * MINUTE)).toEqual([]);
    metrics.state = 'well';
    expect(await pass(model, 2 * MINUTE)).toEqual([]);
    // The server is well, and the model says nothing: that is the policy's bound.
    measure(model);
    const told = await pass(model, 15 * MINUTE);
    expect(told[0]).toMatchInlineSnapshot(
      `"Rolling back production/waiting now: diversity is critical, and the policy says merge for that."`,
    );
    await end(model);
  });

  test('goes on in another process, is not told twice, and ends with its policy', async () => {
    const model = await plant('resumed', { diversity: { ...DIVERSITY, urgency: 'watch' } });
    await pass(model, 3 * MINUTE);
    measure(model, 0.04);
    await pass(model, 2 * MINUTE);
    await stories.stage.restart();
    expect(await pass(model, 3 * MINUTE)).toMatchInlineSnapshot(`
      [
        "Recorded for production/resumed, nothing changed: diversity is low, and the policy says record for that.",
      ]
    `);
    await stories.stage.restart();
    expect(await pass(model, 5 * MINUTE)).toEqual([]);
    // What is watched no more fires no more.
    expect(await end(model)).toMatchInlineSnapshot(`
      [
        "Recorded for production/resumed, nothing changed: diversity resolved at <time>.",
      ]
    `);
    expect(await stories.stage.serving.store.documents.everywhere('monitor')).toEqual([]);
  });
});
