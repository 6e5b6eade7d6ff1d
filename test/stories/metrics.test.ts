import { describe, expect, test } from 'vitest';
import { createFakeMetrics } from '../../fixtures/metrics.ts';
import { DAY, HOUR, MINUTE, type Milliseconds } from '../../src/time.ts';
import { useStories, type Model, type Wanted } from './support.ts';

const metrics = createFakeMetrics();
const stories = useStories(undefined, () => Promise.resolve({ metrics }), { afterMerge: true });

const AUC = { name: 'auc', server: 'main', query: 'avg(auc{model="{model}",v="{version}"})' };

/** A model whose metric was 0.9 until its bad release, and 0.5 since. */
async function plant(name: string, verify: unknown, more: Wanted['policy'] = {}): Promise<Model> {
  const now = stories.time.clock();
  metrics.set(`"${name}"`, now - 20 * DAY, 0.9);
  metrics.set(`"${name}"`, now - 5 * HOUR, 0.5);
  return stories.plant(name, { policy: { verify, ...more } });
}

/** What a metric is from now on. */
function measure(model: Model, ...values: readonly number[]): void {
  metrics.set(`"${model.name}"`, stories.time.clock(), ...values);
}

/** Lets time pass; answers what was told of one model, each once. */
async function pass(model: Model, length: Milliseconds): Promise<string[]> {
  const told = (await stories.pass(length)).filter((one) => one.includes(model.target));
  return [...new Set(told)];
}

async function rollBack(model: Model): Promise<string> {
  await stories.alert(model);
  return model.pull().mergeCommit ?? '';
}

const resolve = (model: Model) =>
  stories.alert(model, { status: 'resolved', endsAt: stories.time.clock() });

describe('a rollback whose policy names metrics', () => {
  test('recovers when they are near their baseline since the roll-out, and relapses by them', async () => {
    const model = await plant('measured', { metrics: [AUC], sustain: '2m', watch: '20m' });
    const merge = await rollBack(model);
    expect(await pass(model, 5 * MINUTE)).toEqual([]);
    await stories.repository.deploy(merge, 'measured', 'success');
    await resolve(model);
    // The alert has resolved, and the metric is as bad as before.
    expect(await pass(model, 3 * MINUTE)).toMatchInlineSnapshot(`[]`);
    measure(model, 0.87);
    expect(await pass(model, 5 * MINUTE)).toMatchInlineSnapshot(`
      [
        "production/measured recovered at <time>, 10m after the merge of #N, and has been well for 2m. It is watched for a relapse until <time>.",
      ]
    `);
    expect(metrics.asked.filter((one) => one.includes('measured')).slice(0, 2)).toEqual([
      'avg(auc{model="measured",v="1.10"})',
      'avg(auc{model="measured",v="1.10"})',
    ]);
    // One bad minute is no relapse.
    measure(model, 0.6);
    await pass(model, MINUTE);
    measure(model, 0.9);
    expect(await pass(model, 10 * MINUTE)).toEqual([]);
    measure(model, 0.6);
    expect(await pass(model, 6 * MINUTE)).toMatchInlineSnapshot(`
      [
        "production/measured is ill again after the rollback #N: the metric auc is 0.6, beyond 0.81 (baseline 0.9). The incident is open again.",
      ]
    `);
    measure(model, 0.9);
    expect(await pass(model, 6 * MINUTE)).toMatchInlineSnapshot(`
      [
        "production/measured recovered at <time>, 31m 30s after the merge of #N, and has been well for 2m. It is watched for a relapse until <time>.",
      ]
    `);
    expect(await pass(model, 25 * MINUTE)).toMatchInlineSnapshot(`
      [
        "production/measured has stayed well for 20m after its recovery: the incident of #N is over.",
      ]
    `);
    const asked = metrics.asked.length;
    await pass(model, 20 * MINUTE);
    expect(metrics.asked).toHaveLength(asked);
  });

  test('is not known to have recovered without data, with several series, or without a baseline', async () => {
    const policy = { rollOut: { by: 'none' }, within: '5m' };
    const silent = await plant('no-data', { ...policy, metrics: [AUC] });
    const several = await plant('several', { ...policy, metrics: [AUC] });
    const fresh = await stories.plant('no-baseline', {
      policy: { verify: { ...policy, metrics: [AUC, { ...AUC, name: 'rate', baseline: 2 }] } },
    });
    for (const model of [silent, several, fresh]) {
      await rollBack(model);
      await resolve(model);
    }
    measure(silent);
    measure(several, 0.9, 0.9);
    measure(fresh, 2);
    const told = await stories.pass(6 * MINUTE);
    expect([...new Set(told)].filter((one) => one.includes('nothing tells')).toSorted())
      .toMatchInlineSnapshot(`
        [
          "The rollback #N of production/no-baseline is rolled out, but nothing tells whether it helped: the metric auc has no baseline to be compared with. Look at the model yourself.",
          "The rollback #N of production/no-data is rolled out, but nothing tells whether it helped: the metric auc has no data since the roll-out. Look at the model yourself.",
          "The rollback #N of production/several is rolled out, but nothing tells whether it helped: the query of the metric auc finds 2 series, not one. Look at the model yourself.",
        ]
      `);
  });

  test('is not judged by a server that is dead, which is told, and keeps nothing waiting', async () => {
    const model = await plant('dead-server', {
      rollOut: { by: 'none' },
      metrics: [AUC],
      within: '5m',
      watch: '10m',
    });
    await rollBack(model);
    await resolve(model);
    metrics.state = 'dead';
    expect(await pass(model, 8 * MINUTE)).toMatchInlineSnapshot(`
      [
        "Nothing can be read about production/dead-server from the metric server main: it could not be reached (ECONNREFUSED). So its metrics do not tell whether the rollback #N helps, neither way; its alerts still do. Look at the server: it goes on being asked.",
        "The rollback #N of production/dead-server is rolled out, but nothing tells whether it helped: the metric auc cannot be read from the metric server main: it could not be reached (ECONNREFUSED). Look at the model yourself.",
      ]
    `);
    metrics.state = 'well';
    measure(model, 0.9);
    expect(await pass(model, 5 * MINUTE)).toMatchInlineSnapshot(`
      [
        "The rollback #N of production/dead-server is rolled out, and 5m later the model has not recovered: the metric auc is 0.6143, beyond 0.81 (baseline 0.9). The model release was probably not the cause. Look for what else changed; \`/plan production/dead-server\` shows where else it could go back to.",
        "production/dead-server recovered at <time>, 10m after the merge of #N, and has been well for 2m. It is watched for a relapse until <time>.",
      ]
    `);
    // While it is watched, nobody looks at its end.
    metrics.state = 'dead';
    expect(await pass(model, 15 * MINUTE)).toMatchInlineSnapshot(`
      [
        "Nothing can be read about production/dead-server from the metric server main: it could not be reached (ECONNREFUSED). So its metrics do not tell whether the rollback #N helps, neither way; its alerts still do. Look at the server: it goes on being asked.",
        "production/dead-server recovered after the rollback #N, and the 10m in which it is watched are over, but nothing tells whether it is still well: the metric auc cannot be read from the metric server main: it could not be reached (ECONNREFUSED). Look at the model yourself.",
      ]
    `);
    metrics.state = 'well';
  });

  test('goes on after a restart, and after answers that got lost', async () => {
    const model = await plant('restarted', { rollOut: { by: 'none' }, metrics: [AUC] });
    await rollBack(model);
    await resolve(model);
    measure(model, 0.9);
    await stories.pass(MINUTE);
    await stories.stage.restart();
    expect(await pass(model, 3 * MINUTE)).toMatchInlineSnapshot(`
      [
        "production/restarted recovered at <time>, 30s after the merge of #N, and has been well for 2m. It is watched for a relapse until <time>.",
      ]
    `);
  });
});

describe('a rollback whose policy says who knows what is being served', () => {
  test('is rolled out when nothing else is served any more, by a query or a path', async () => {
    const byQuery = await stories.plant('by-query', {
      policy: { verify: { served: { server: 'main', query: 'info{model="{model}"}' } } },
    });
    const byPath = await stories.plant('by-path', {
      policy: {
        verify: {
          served: { server: 'main', path: '/v1/{model}', field: 'models[0].version' },
          rollOut: { within: '3m' },
        },
      },
    });
    const merge = await rollBack(byQuery);
    await rollBack(byPath);
    metrics.serve('"by-query"', '1.11');
    metrics.serve('/by-path', '1.11');
    // A report of the roll-out does not count beside it.
    await stories.repository.deploy(merge, 'by-query', 'success');
    expect(await pass(byQuery, MINUTE)).toEqual([]);
    metrics.serve('"by-query"', '1.11', '1.10');
    expect(await pass(byQuery, MINUTE)).toEqual([]);
    metrics.serve('"by-query"', '1.10', '1.10');
    expect(await pass(byQuery, MINUTE)).toMatchInlineSnapshot(`
      [
        "The rollback #N of production/by-query is rolled out: \`1.10\` is being served, 2m 30s after its merge.",
      ]
    `);
    metrics.serve('/by-path', '`*@everyone* <script>\u202e');
    expect(await pass(byPath, MINUTE)).toMatchInlineSnapshot(`[]`);
    metrics.serve('/by-path', '1.10');
    expect(await pass(byPath, MINUTE)).toMatchInlineSnapshot(`
      [
        "The rollback #N of production/by-path is rolled out: \`1.10\` is being served, 4m 30s after its merge.",
      ]
    `);
  });
});

describe('a rollback that does not help, as only metrics tell', () => {
  test('is followed by the next rung', async () => {
    const model = await plant(
      'second-rung',
      { rollOut: { by: 'none' }, within: '5m', metrics: [AUC] },
      {
        ladder: ['release', 'fallback'],
        fallback: { model: 's3://models/second-rung/rules/model', features: 'none' },
        limits: { cooldown: '0s', merge: '9 per 24h' },
      },
    );
    await rollBack(model);
    await resolve(model);
    expect(await pass(model, 6 * MINUTE)).toMatchInlineSnapshot(`
      [
        "The rollback #N of production/second-rung is rolled out, and 5m later the model has not recovered: the metric auc is 0.5, beyond 0.81 (baseline 0.9). The model release was probably not the cause. Look for what else changed; \`/plan production/second-rung\` shows where else it could go back to.",
        "Rolling back production/second-rung now: ModelNotRecovered is critical, and the policy says merge for that.",
        "Planned to take production/second-rung back to the fallback of the policy: model 1.10 → rules.",
        "Pull request #N opened: Roll back production/second-rung: 1.10 → fallback rules.",
        "Another release than the one that #N brought back runs for production/second-rung by now, so its recovery is not watched any longer.",
        "The rollback #N of production/second-rung is rolled out, as far as the policy wants to know, 0s after its merge.",
        "Recorded for production/second-rung, nothing changed: ModelNotRecovered resolved at <time>.",
      ]
    `);
    expect(await model.runs()).toEqual({ model: 'rules', features: 'f-10' });
    measure(model, 0.9);
    expect(await pass(model, 5 * MINUTE)).toMatchInlineSnapshot(`
      [
        "The rollback #N of production/second-rung is rolled out, but nothing tells whether it helped: the metric auc has no baseline to be compared with. Look at the model yourself.",
      ]
    `);
  });
});
