import { expect, test } from 'vitest';
import { DAY, HOUR, MINUTE, SECOND, type Milliseconds } from '../../src/time.ts';
import { useStories, type Model } from './support.ts';

const stories = useStories();

const DIVERSITY = {
  series: 'diversity',
  regression: { worse: 'lower', by: '20%' },
  every: '1m',
  settle: '0s',
  urgency: 'immediate',
};

/** A model that is measured by a job of its own, and whose last good release was at 0.73. */
async function plant(name: string): Promise<Model> {
  const policy = { monitors: { diversity: DIVERSITY }, evidence: { minAge: '0s' } };
  const model = await stories.plant(name, { badAge: 4 * MINUTE, policy });
  const released = stories.time.clock() - 4 * MINUTE;
  await push(
    model,
    ...Array.from({ length: 60 }, (_, i) => [released - i * MINUTE, 0.73] as const),
  );
  return model;
}

function sampleOf(model: Model, at: number, value: number | string) {
  return { model: model.name, series: 'diversity', at: new Date(at).toISOString(), value };
}

async function push(
  model: Model,
  ...samples: readonly (readonly [at: number, value: number | string])[]
): Promise<void> {
  const sent = samples.map(([at, value]) => sampleOf(model, at, value));
  const { status, text } = await stories.stage.push({ samples: sent });
  expect([status, text]).toMatchObject([202, expect.stringMatching(/^\d+ samples? taken/)]);
}

/** Lets time pass, with what is measured in each minute; answers what was told of the model, each once. */
async function pass(
  model: Model,
  length: Milliseconds,
  measure: (at: number) => unknown = () => undefined,
): Promise<string[]> {
  const told: string[] = [];
  for (const until = stories.time.clock() + length; stories.time.clock() < until;) {
    await measure(stories.time.clock());
    told.push(...(await stories.pass(MINUTE)));
  }
  return [...new Set(told.filter((one) => one.includes(model.name)))];
}

test('pushed samples collapse, and the release is rolled back', async () => {
  const model = await plant('pushed');
  expect(await pass(model, 4 * MINUTE, (at) => push(model, [at, 0.73]))).toEqual([]);
  await stories.stage.restart();
  const told = await pass(model, 10 * MINUTE, async (at) => {
    const { model: version } = await model.runs();
    const now = version === '1.11' ? 0.04 : 0.73;
    // Late, twice, in the wrong order, and with what is no measurement between.
    await push(model, [at - 20 * SECOND, now], [at - 40 * SECOND, now], [at, 'NaN']);
    await push(model, [at - 40 * SECOND, now]);
  });
  expect(told).toMatchInlineSnapshot(`
    [
      "Rolling back production/pushed now: diversity is critical, and the policy says merge for that.",
      "Planned to take production/pushed back to the release of <commit>: model 1.11 → 1.10 and features f-11 → f-10.",
      "Pull request #N opened: Roll back production/pushed: 1.11 → 1.10.",
      "Recorded for production/pushed, nothing changed: diversity resolved at <time>.",
    ]
  `);
  expect(await model.runs()).toEqual({ model: '1.10', features: 'f-10' });
  expect(model.pulls()).toHaveLength(1);
  const said = model.pull().body.split('### What happens next')[0]?.split('misbehaves')[1];
  expect(said).toMatchInlineSnapshot(`
    " at \`1.11\`. This takes it back to \`1.10\`, the last good release.

    ### What is failing

    \`diversity\`, critical, from \`monitor\`. Value \`0.2125\`, threshold \`0.584\`.

    > diversity is at 0.2125, beyond the bound of 0.584, where 0.73 is expected (8 samples of 5m, 3 more are not a number). 3 bad looks in a row.

    Firing since 2026-11-20 02:21:55 UTC, 8m 55s after this release came; seen 1 time.

    \`\`\`text
    diversity ████   ██▁▁▁ 0.04 … 0.73
                 R       A R release, A bad since
    \`\`\`

    "
  `);
});

test('what was measured before the release, what is no number, and silence roll nothing back', async () => {
  const model = await plant('unmoved');
  const released = stories.time.clock() - 4 * MINUTE;
  const told = await pass(model, 10 * MINUTE, (at) =>
    push(
      model,
      // A job that is late: this is about the release before.
      [released - 10 * SECOND - (at % 7), 0.01],
      [at, 'NaN'],
      [at + SECOND, '+Inf'],
      // From a clock that is ahead: counts when its time has come, with the others of that time.
      [at + 4 * MINUTE, 0.73],
    ),
  );
  expect(told).toEqual([]);
  expect(await pass(model, HOUR)).toEqual([]);
  expect(model.pulls()).toEqual([]);
  expect(await model.runs()).toEqual({ model: '1.11', features: 'f-11' });
});

test('a policy without the monitor takes no samples any more', async () => {
  const model = await plant('unread');
  const text = (await stories.repository.read(model.policyFile)) ?? '';
  await stories.after(() =>
    stories.repository.commit({
      by: 'alice',
      message: 'Watch no more',
      files: { [model.policyFile]: text.replace('series: diversity', 'series: coverage') },
    }),
  );
  await stories.pass(10 * SECOND);
  const { status, text: said } = await stories.stage.push(
    sampleOf(model, stories.time.clock(), 0.01),
  );
  expect([status, said]).toEqual([
    422,
    'not taken: $.series is "diversity", expected a series that a monitor of production/unread reads: coverage; give the policy a monitor with this `series`, and send again once it is on the default branch.\n',
  ]);
  const old = sampleOf(model, stories.time.clock() - 31 * DAY, 0.01);
  expect(await stories.stage.push({ ...old, series: 'coverage' })).toMatchObject({ status: 422 });
});
