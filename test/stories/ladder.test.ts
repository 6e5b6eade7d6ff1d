import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runCli } from '../../src/cli/run-cli.ts';
import { DAY, HOUR, MINUTE, type Milliseconds } from '../../src/time.ts';
import { plain, useStories, type Model } from './support.ts';

const stories = useStories(undefined, undefined, { afterMerge: true });

/** Whom nobody has to wait for, so that every rung merges by itself. */
const FREE = { cooldown: '0s', merge: '9 per 24h', open: '20 per 24h', maxReleaseAge: '7d' };

const imageFile = (name: string): string => `models/${name}/image.yaml`;
const imageText = (tag: string): string => `spec:\n  image: ${tag}\n`;

interface Climb {
  readonly ladder: unknown;
  readonly limits?: unknown;
  readonly minSoak?: string;
}

/** A model with an image: both its version and its image changed since the last good release. */
async function plant(name: string, { ladder, limits = FREE, minSoak = '24h' }: Climb) {
  const now = stories.time.clock();
  const file = imageFile(name);
  await stories.repository.commits([
    {
      by: 'alice',
      at: now - 21 * DAY,
      message: `Serve ${name}`,
      files: { [file]: imageText('s-1') },
    },
  ]);
  const model = await stories.plant(name, {
    production: {
      pins: {
        model: {
          file: `models/${name}/model.yaml`,
          path: 'spec.storageUri',
          version: `s3://models/${name}/{version}/model`,
        },
        features: { file: `models/${name}/features.yaml`, path: 'data.snapshot' },
        image: { file, path: 'spec.image' },
      },
      verify: { rollOut: { by: 'none' }, within: '15m', watch: '2h' },
      fallback: { model: `s3://models/${name}/rules/model`, features: 'none', image: 'none' },
      target: { minSoak, maxDepth: 3 },
      limits,
      ladder,
    },
  });
  await stories.repository.commits([
    {
      by: 'erin',
      at: now - 4 * HOUR,
      message: `Serve ${name} by s-2`,
      files: { [file]: imageText('s-2') },
    },
  ]);
  await stories.stage.quiet();
  return model;
}

/** Lets time pass; answers what was told of one model, each once. */
async function pass(model: Model, length: Milliseconds): Promise<string[]> {
  const all = await stories.pass(length);
  return [...new Set(all.filter((one) => one.includes(model.target) || one.startsWith('Pull')))];
}

async function runs(model: Model): Promise<string> {
  const { model: version, features } = await model.runs();
  const image = await stories.repository.read(imageFile(model.name));
  return `${version} ${features} ${/image: (\S+)/.exec(image ?? '')?.[1] ?? 'none'}`;
}

describe('a rollback that does not help', () => {
  test('the second rung helps', async () => {
    const model = await plant('second', { ladder: [['model', 'features'], ['image'], 'fallback'] });
    await stories.alert(model);
    expect(await runs(model)).toBe('1.10 f-10 s-2');
    expect(await pass(model, 15 * MINUTE)).toMatchInlineSnapshot(`
      [
        "The rollback #N of production/second is rolled out, and 15m later the model has not recovered: the alert ScoresDrift fires. The model release was probably not the cause. Look for what else changed; \`/plan production/second\` shows where else it could go back to.",
        "Rolling back production/second now: ScoresDrift is critical, and the policy says merge for that.",
        "Planned to take production/second back to the release of <commit>: image s-2 → s-1.",
        "Pull request #N opened: Roll back production/second: image s-2 → s-1.",
        "Pull request #N merged by itself, as the policy allows.",
        "Another release than the one that #N brought back runs for production/second by now, so its recovery is not watched any longer.",
        "The rollback #N of production/second is rolled out, as far as the policy wants to know, 0s after its merge.",
      ]
    `);
    expect(await runs(model)).toBe('1.10 f-10 s-1');
    expect(plain(model.pull().body)).toMatchInlineSnapshot(`
      "<!-- lastgood:status -->
      **Now:** merged at <time>, rolled out at <time>, as far as the policy wants to know. It has to be well for 2m.
      <!-- /lastgood:status -->

      \`production/second\` still misbehaves after a rollback. This is rung 2 of the policy's ladder: it takes the image of the last good release. Everything else stays as it runs.

      ### What is failing

      \`ScoresDrift\`, critical, from \`alertmanager\`. Value \`0.31\`, threshold \`> 0.20\`.

      > The scores have drifted

      Firing since <time>; seen 1 time.

      [Open the alert](https://grafana.acme.example/d/second) (\`grafana.acme.example\`)

      ### What was tried before

      - the model and features of the last good release (#N): rolled out, and it did not help.

      ### What happens next

      Lastgood merges this at once, as the policy says for this severity. To stop it, close this pull request: that is a no, and it is not opened again for this release. After the merge, \`/reland\` lets it come back; Lastgood never undoes a rollback by itself.

      ### What changes

      | Pin | From | To | Where |
      | --- | --- | --- | --- |
      | \`image\` | \`s-2\` | \`s-1\` | \`models/second/image.yaml\` line 2 |

      No other byte changes.

      ### Bad release

      \`model\` \`1.10\`, \`features\` \`f-10\`, \`image\` \`s-2\`, shipped by lastgood\\[bot\\] in <commit> \`Roll back production/second: 1.11 → 1.10 (#N)\`. It has run since <time>.

      ### Last good release

      \`model\` \`1.10\`, \`features\` \`f-10\`, \`image\` \`s-1\`, shipped by Alice Okafor in <commit> \`Release second 1.10\`. It ran from <time> for 8d 19h. It is the release that the first rollback of the ladder went back to.

      <!-- lastgood {"version":1,"target":"production/second","bad":"<commit>","goal":"<commit>","base":"<commit>"} -->"
    `);
    await stories.pass(MINUTE);
    await stories.alert(model, { status: 'resolved', endsAt: stories.time.clock() });
    expect(await pass(model, 2 * MINUTE)).toMatchInlineSnapshot(`
      [
        "production/second recovered at <time>, 1m after the merge of #N, and has been well for 2m. It is watched for a relapse until <time>.",
      ]
    `);
    expect(model.pulls()).toHaveLength(2);
  });

  test('the ladder is climbed to its end, and people are called', async () => {
    const model = await plant('to-the-end', { ladder: ['release', 'fallback'] });
    await stories.alert(model);
    expect(await runs(model)).toBe('1.10 f-10 s-1');
    await pass(model, 15 * MINUTE);
    expect(await runs(model)).toBe('rules f-10 s-1');
    expect(await pass(model, 15 * MINUTE)).toMatchInlineSnapshot(`
      [
        "The rollback #N of production/to-the-end is rolled out, and 15m later the model has not recovered: the alert ScoresDrift fires. The model release was probably not the cause. Look for what else changed; \`/plan production/to-the-end\` shows where else it could go back to.",
        "The ladder of production/to-the-end ends here, and the model has not recovered. Tried, and rolled out: the last good release (#N) and the fallback (#N). Nothing more is in the policy. Go on by hand: look for what else changed, and hold the target while you try (/hold).",
      ]
    `);
    await pass(model, HOUR);
    expect(model.pulls()).toHaveLength(2);
  });

  test('without a good release the fallback is taken at once', async () => {
    const model = await plant('no-target', {
      ladder: [['model', 'features'], 'release', 'fallback'],
      minSoak: '90d',
    });
    await stories.alert(model);
    expect(await runs(model)).toBe('rules f-11 s-2');
    expect(await pass(model, 15 * MINUTE)).toMatchInlineSnapshot(`
      [
        "The rollback #N of production/no-target is rolled out, and 15m later the model has not recovered: the alert ScoresDrift fires. The model release was probably not the cause. Look for what else changed; \`/plan production/no-target\` shows where else it could go back to.",
        "The ladder of production/no-target ends here, and the model has not recovered. Tried, and rolled out: the fallback (#N). What is left of it would change nothing. Go on by hand: look for what else changed, and hold the target while you try (/hold).",
      ]
    `);
    expect(model.pulls()).toHaveLength(1);
  });

  test('in the cool-down the next rung waits for review, and goes when somebody went on by hand', async () => {
    const model = await plant('by-hand', {
      ladder: [['model', 'features'], ['image']],
      limits: { ...FREE, cooldown: '3h' },
    });
    await stories.alert(model);
    expect(await pass(model, 15 * MINUTE)).toMatchInlineSnapshot(`
      [
        "The rollback #N of production/by-hand is rolled out, and 15m later the model has not recovered: the alert ScoresDrift fires. The model release was probably not the cause. Look for what else changed; \`/plan production/by-hand\` shows where else it could go back to.",
        "Opening a rollback of production/by-hand for review: pull request #N rolled it back at <time>, and nothing merges by itself until <time>. Approve it to roll back, or close it.",
        "Planned to take production/by-hand back to the release of <commit>: image s-2 → s-1.",
        "Pull request #N opened: Roll back production/by-hand: image s-2 → s-1.",
        "Pull request #N waits for review. 0 of 1 approval. 1 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`.",
      ]
    `);
    expect(model.pull().state).toBe('open');
    expect(await runs(model)).toBe('1.10 f-10 s-2');
    await stories.after(() => model.ship({ model: '1.12', features: 'f-12' }));
    expect(model.pull().state).toBe('closed');
    await pass(model, HOUR);
    expect(model.pulls()).toHaveLength(2);
  });

  test('a hold keeps the next rung from merging', async () => {
    const model = await plant('held', { ladder: [['model', 'features'], ['image']] });
    await stories.alert(model);
    const { number } = model.pull();
    await stories.after(() =>
      stories.as('bob').comment(stories.repository, number, '/hold 1h looking into it'),
    );
    expect(await pass(model, 15 * MINUTE)).toMatchInlineSnapshot(`
      [
        "The rollback #N of production/held is rolled out, and 15m later the model has not recovered: the alert ScoresDrift fires. The model release was probably not the cause. Look for what else changed; \`/plan production/held\` shows where else it could go back to.",
        "Opening a rollback of production/held for review: bob holds it: 1h looking into it. Nothing merges until the hold is lifted (/unhold) or its time is up. The pull request stands ready for review.",
        "Planned to take production/held back to the release of <commit>: image s-2 → s-1.",
        "Pull request #N opened: Roll back production/held: image s-2 → s-1.",
        "Pull request #N waits, because \`bob\` holds its target (1h looking into it). Lift the hold with /unhold to let it go on. 0 of 1 approval. 1 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`.",
      ]
    `);
    expect(model.pull().state).toBe('open');
    expect(await runs(model)).toBe('1.10 f-10 s-2');
  });

  test('after a restart on an empty database no rung is taken twice', async () => {
    const model = await plant('lost', { ladder: [['model', 'features'], ['image'], 'fallback'] });
    await stories.alert(model);
    await pass(model, 15 * MINUTE);
    expect(await runs(model)).toBe('1.10 f-10 s-1');
    await stories.stage.restart({ loseDatabase: true });
    await stories.after(() => stories.stage.serving.sweep());
    await stories.alert(model);
    expect(model.pulls()).toHaveLength(2);
    await pass(model, 16 * MINUTE);
    expect(await runs(model)).toBe('rules f-10 s-1');
    expect(model.pulls()).toHaveLength(3);
  });
});

test('the auditor finds nothing wrong with any rung', async () => {
  await stories.pass(HOUR);
  const root = await mkdtemp(join(tmpdir(), 'lastgood-ladder-'));
  try {
    const folder = join(root, 'clone');
    execFileSync('git', ['clone', '--quiet', '--bare', stories.repository.dir, folder]);
    const out: string[] = [];
    await runCli(['audit', '--repo', folder, '--verify'], {
      out: (text) => out.push(text),
      error: (text) => out.push(text),
      now: stories.time.clock(),
    });
    expect(plain(out.join('\n'))).toMatchInlineSnapshot(`
      "Verified: 10 rollbacks at <commit> and 100 entries of the journal at <commit>. Nothing is wrong.
      The App is 1091+lastgood[bot]@users.noreply.github.com. None of its commits is signed."
    `);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
});
