import { describe, expect, test } from 'vitest';
import { JOURNAL_BRANCH } from '../../src/journal/journal-branch.ts';
import { MINUTE, type Milliseconds } from '../../src/time.ts';
import { useStories, type Model } from './support.ts';

const stories = useStories(undefined, undefined, { afterMerge: true });

/** Lets time pass; answers what was told of one model. */
async function pass(model: Model, length: Milliseconds): Promise<string[]> {
  return (await stories.pass(length)).filter((one) => one.includes(model.target));
}

/** Does something, and answers what was told of one model. */
async function after(model: Model, what: () => unknown): Promise<string[]> {
  return (await stories.after(what)).filter((one) => one.includes(model.target));
}

/** Rolls a model back; answers the merge commit. */
async function rollBack(model: Model): Promise<string> {
  await stories.alert(model);
  return model.pull().mergeCommit ?? '';
}

describe('a rollback that helps', () => {
  test('is rolled out, recovers, and is watched until the incident is over', async () => {
    const model = await stories.plant('recovers');
    const merge = await rollBack(model);
    expect(await pass(model, MINUTE)).toEqual([]);
    expect(
      await after(model, () =>
        stories.repository.status(merge, 'continuous-delivery/recovers', 'success'),
      ),
    ).toMatchInlineSnapshot(`
      [
        "The rollback #N of production/recovers is rolled out, says the commit status \`continuous-delivery/recovers\`, 1m after its merge.",
      ]
    `);
    await stories.pass(2 * MINUTE);
    expect(await stories.alert(model, { status: 'resolved' })).toMatchInlineSnapshot(`
      [
        "Recorded for production/recovers, nothing changed: ScoresDrift resolved at <time>.",
      ]
    `);
    expect(await pass(model, 2 * MINUTE)).toMatchInlineSnapshot(`
      [
        "production/recovers recovered at <time>, 3m after the merge of #N, and has been well for 2m. It is watched for a relapse until <time>.",
      ]
    `);
    expect(model.pull().body.split('\n').slice(0, 4)).toMatchInlineSnapshot(`
      [
        "<!-- lastgood:status -->",
        "**Now:** merged at 2026-11-20 02:17:00 UTC, rolled out at 2026-11-20 02:18:00 UTC, says the commit status \`continuous-delivery/recovers\`, recovered at 2026-11-20 02:20:00 UTC. It is watched for a relapse until 2026-11-20 04:20:00 UTC.",
        "<!-- /lastgood:status -->",
        "",
      ]
    `);
    expect(await pass(model, 117 * MINUTE)).toEqual([]);
    expect(await pass(model, MINUTE)).toMatchInlineSnapshot(`
      [
        "production/recovers has stayed well for 2h after its recovery: the incident of #N is over.",
      ]
    `);
    // The journal is written, its report is linked, and nothing else waits.
    await stories.pass(MINUTE);
    const page = `.lastgood/journal/incidents/${model.target}/${model.bad}`;
    const [, link = ''] = /\*\*Report:\*\* \[.*\]\((.*)\)/.exec(model.pull().body) ?? [];
    expect(link.endsWith(`/blob/${JOURNAL_BRANCH}/${page}.md`)).toBe(true);
    const report = (await stories.repository.read(`${page}.md`, JOURNAL_BRANCH)) ?? '';
    expect(report).toContain('- Outcome: rolled back, and recovery verified.');
    expect(report).toContain(`![ScoresDrift, ${model.target}](${model.bad}.1.svg)`);
    expect(await stories.repository.read(`${page}.1.svg`, JOURNAL_BRANCH)).toMatch(
      /^<svg [^]*threshold 0\.2<[^]*>merged #\d+<[^]*>recovered<[^]*<\/svg>\n$/,
    );
    expect(await stories.isSomethingDue()).toBe(false);
  });

  test('costs GitHub one question for a report, and two requests to say so', async () => {
    const model = await stories.plant('costs');
    const merge = await rollBack(model);
    expect(await stories.callsOf(() => stories.repository.deploy(merge, 'prod-costs', 'success')))
      .toMatchInlineSnapshot(`
      [
        "node",
        "node",
        "PATCH /pulls/N",
      ]
    `);
    expect(
      await stories.callsOf(() => stories.repository.status(merge, 'ci/build', 'success')),
    ).toEqual([]);
  });

  test('the roll-out of a later commit holds the merge as well', async () => {
    const model = await stories.plant('later');
    await rollBack(model);
    const next = await stories.repository.commit({
      by: 'alice',
      message: 'Something else',
      files: { 'README.md': 'later' },
    });
    await stories.stage.quiet();
    expect(await after(model, () => stories.repository.deploy(next, 'later', 'success')))
      .toMatchInlineSnapshot(`
      [
        "The rollback #N of production/later is rolled out, says the deployment \`later\`, 0s after its merge.",
      ]
    `);
  });

  test('an alert that flaps never counts, until it stays resolved', async () => {
    const model = await stories.plant('flaps', { policy: { verify: { rollOut: { by: 'none' } } } });
    await rollBack(model);
    const flap = async (): Promise<void> => {
      await stories.pass(MINUTE);
      await stories.alert(model, { status: 'resolved', endsAt: stories.time.clock() });
      await stories.pass(MINUTE);
      await stories.alert(model, { startsAt: stories.time.clock() });
    };
    for (let times = 0; times < 3; times += 1) await flap();
    await stories.pass(MINUTE);
    await stories.alert(model, { status: 'resolved', endsAt: stories.time.clock() });
    expect(await pass(model, 2 * MINUTE)).toMatchInlineSnapshot(`
      [
        "production/flaps recovered at <time>, 7m after the merge of #N, and has been well for 2m. It is watched for a relapse until <time>.",
      ]
    `);
  });
});

describe('a rollback that nobody rolls out', () => {
  test('calls people, and goes on when it is rolled out after all', async () => {
    const model = await stories.plant('stuck');
    const merge = await rollBack(model);
    await stories.repository.status(merge, 'argocd/other-name', 'success');
    expect(await pass(model, 10 * MINUTE)).toMatchInlineSnapshot(`
      [
        "Nothing shows that the rollback #N of production/stuck was rolled out, 10m after its merge, and the model has not recovered: the alert ScoresDrift fires. Look at the Argo CD application or the Flux Kustomization, and sync it by hand if need be. Others reported about the commit: \`argocd/other-name\`; if one of them is the roll-out, name it in \`verify.rollOut.by\`.",
        "Nothing shows that the rollback #N of production/stuck was rolled out, 10m after its merge, and the model has not recovered: the alert ScoresDrift fires. Look at the Argo CD application or the Flux Kustomization, and sync it by hand if need be. Others reported about the commit: \`argocd/other-name\`; if one of them is the roll-out, name it in \`verify.rollOut.by\`.",
      ]
    `);
    expect(await after(model, () => stories.repository.deploy(merge, 'stuck', 'success')))
      .toMatchInlineSnapshot(`
      [
        "The rollback #N of production/stuck is rolled out, says the deployment \`stuck\`, 10m after its merge.",
      ]
    `);
  });

  test('says at once that the roll-out failed', async () => {
    const model = await stories.plant('breaks');
    const merge = await rollBack(model);
    expect(await after(model, () => stories.repository.deploy(merge, 'breaks', 'failure')))
      .toMatchInlineSnapshot(`
      [
        "The roll-out of the rollback #N of production/breaks failed, says \`breaks\`: the bad release is probably still being served. Look at the Argo CD application or the Flux Kustomization, and sync it by hand if need be.",
        "The roll-out of the rollback #N of production/breaks failed, says \`breaks\`: the bad release is probably still being served. Look at the Argo CD application or the Flux Kustomization, and sync it by hand if need be.",
      ]
    `);
    expect(await after(model, () => stories.repository.deploy(merge, 'breaks', 'failure'))).toEqual(
      [],
    );
  });

  test('is seen to be rolled out by the recovery itself', async () => {
    const model = await stories.plant('silent');
    await rollBack(model);
    await stories.pass(3 * MINUTE);
    await stories.alert(model, { status: 'resolved', endsAt: stories.time.clock() });
    expect(await pass(model, 7 * MINUTE)).toMatchInlineSnapshot(`
      [
        "production/silent recovered at <time>, 3m after the merge of #N, and has been well for 2m. Nobody reported the roll-out, but the recovery shows it. It is watched for a relapse until <time>.",
      ]
    `);
  });

  test('a report that got lost is found by the sweep', async () => {
    const model = await stories.plant('lost-report');
    const merge = await rollBack(model);
    stories.hub.faults.deliveries('lose');
    await stories.repository.deploy(merge, 'lost-report', 'success');
    stories.hub.faults.clear();
    expect(await after(model, () => stories.stage.serving.sweep())).toMatchInlineSnapshot(`
      [
        "The rollback #N of production/lost-report is rolled out, says the deployment \`lost-report\`, 0s after its merge.",
      ]
    `);
  });
});

describe('a rollback that does not help', () => {
  test('calls people when the alert goes on', async () => {
    const model = await stories.plant('goes-on');
    const merge = await rollBack(model);
    await stories.repository.deploy(merge, 'goes-on', 'success');
    await stories.pass(14 * MINUTE);
    expect(await pass(model, MINUTE)).toMatchInlineSnapshot(`
      [
        "The rollback #N of production/goes-on is rolled out, and 15m later the model has not recovered: the alert ScoresDrift fires. The model release was probably not the cause. Look for what else changed; \`/plan production/goes-on\` shows where else it could go back to.",
        "The rollback #N of production/goes-on is rolled out, and 15m later the model has not recovered: the alert ScoresDrift fires. The model release was probably not the cause. Look for what else changed; \`/plan production/goes-on\` shows where else it could go back to.",
      ]
    `);
    expect(model.pull().body.split('\n')[1]).toMatchInlineSnapshot(
      `"**Now:** merged at 2026-11-20 04:50:00 UTC, rolled out at 2026-11-20 04:50:00 UTC, says the deployment \`goes-on\`. People are called, because it has not recovered."`,
    );
    await stories.alert(model, { status: 'resolved', endsAt: stories.time.clock() });
    expect(await pass(model, 2 * MINUTE)).toMatchInlineSnapshot(`
      [
        "production/goes-on recovered at <time>, 15m after the merge of #N, and has been well for 2m. It is watched for a relapse until <time>.",
      ]
    `);
  });

  test('an alert that had resolved before the roll-out tells nothing', async () => {
    const model = await stories.plant('too-early');
    const merge = await rollBack(model);
    await stories.pass(MINUTE);
    await stories.alert(model, { status: 'resolved', endsAt: stories.time.clock() });
    await stories.pass(MINUTE);
    await stories.repository.deploy(merge, 'too-early', 'success');
    expect(await pass(model, 15 * MINUTE)).toMatchInlineSnapshot(`
      [
        "The rollback #N of production/too-early is rolled out, says the deployment \`too-early\`, 2m after its merge.",
        "The rollback #N of production/too-early is rolled out, but nothing tells whether it helped: the alert ScoresDrift had resolved before, and says nothing since. Look at the model yourself.",
        "The rollback #N of production/too-early is rolled out, but nothing tells whether it helped: the alert ScoresDrift had resolved before, and says nothing since. Look at the model yourself.",
      ]
    `);
  });

  test('a relapse opens the incident again', async () => {
    const model = await stories.plant('relapses');
    const merge = await rollBack(model);
    await stories.repository.deploy(merge, 'relapses', 'success');
    await stories.pass(MINUTE);
    await stories.alert(model, { status: 'resolved', endsAt: stories.time.clock() });
    await stories.pass(30 * MINUTE);
    expect(await stories.alert(model, { startsAt: stories.time.clock() })).toMatchInlineSnapshot(`
      [
        "Recorded for production/relapses, nothing changed: ScoresDrift has been firing for 0s, and the policy waits for 1m. It is looked at again at <time>.",
        "production/relapses is ill again after the rollback #N: the alert ScoresDrift fires. The incident is open again.",
        "production/relapses is ill again after the rollback #N: the alert ScoresDrift fires. The incident is open again.",
      ]
    `);
  });

  test('a release by hand ends it', async () => {
    const model = await stories.plant('by-hand');
    await rollBack(model);
    expect(await after(model, () => model.ship({ model: '1.12', features: 'f-12' })))
      .toMatchInlineSnapshot(`
      [
        "Another release than the one that #N brought back runs for production/by-hand by now, so its recovery is not watched any longer.",
      ]
    `);
    expect(model.pull().body).toContain('Its recovery is not watched any longer.');
  });
});

describe('over a restart', () => {
  test('it goes on', async () => {
    const model = await stories.plant('restarted');
    const merge = await rollBack(model);
    await stories.repository.deploy(merge, 'restarted', 'success');
    await stories.stage.quiet();
    await stories.stage.restart();
    await stories.alert(model, { status: 'resolved', endsAt: stories.time.clock() });
    expect(await pass(model, 2 * MINUTE)).toMatchInlineSnapshot(`
      [
        "production/restarted recovered at <time>, 0s after the merge of #N, and has been well for 2m. It is watched for a relapse until <time>.",
      ]
    `);
  });

  test('on an empty database it is found in git and at GitHub, and nobody is woken for what was forgotten', async () => {
    const model = await stories.plant('forgotten');
    const merge = await rollBack(model);
    await stories.repository.deploy(merge, 'forgotten', 'success');
    await stories.stage.quiet();
    await stories.stage.restart({ loseDatabase: true });
    expect(await after(model, () => stories.stage.serving.sweep())).toMatchInlineSnapshot(`
      [
        "The rollback #N of production/forgotten is rolled out, says the deployment \`forgotten\`, 0s after its merge.",
      ]
    `);
    expect(await pass(model, 15 * MINUTE)).toMatchInlineSnapshot(`
      [
        "The rollback #N of production/forgotten is rolled out, but nothing tells whether it helped: no alert is known that could tell. Look at the model yourself.",
      ]
    `);
  });
});
