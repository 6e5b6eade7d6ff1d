import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { TROUBLE } from '../../fixtures/hub/faults.ts';
import { openServer } from '../../fixtures/http/open-server.ts';
import { startPagerDuty, type PagerDutyDouble } from '../../fixtures/pagerduty/pagerduty.ts';
import { runCli } from '../../src/cli/run-cli.ts';
import type { Entry } from '../../src/journal/entry.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/time.ts';
import { talkIn } from './commands-support.ts';
import { BAD, GOOD, plain, useStories, type Model } from './support.ts';

/** A registry that has every version but those that were deleted. */
const gone = new Set<string>();
const asked: string[] = [];
const registry = await openServer((request, response) => {
  const url = request.url ?? '';
  asked.push(`${request.method} ${url}`);
  response.statusCode = [...gone].some((one) => url.includes(one)) ? 404 : 200;
  response.end('{}');
});

let double: PagerDutyDouble | undefined;
const stories = useStories(undefined, async () => {
  double = await startPagerDuty();
  const { key, url, webhookUrl } = double;
  return {
    settings: {
      pageUrl: webhookUrl,
      pagerDuty: { key, url },
      metricServers: [
        {
          name: 'registry',
          url: registry.url,
          repositories: ['acme/ml-manifests'],
          timeout: 2 * SECOND,
          concurrency: 4,
        },
      ],
    },
  };
});
afterAll(async () => {
  await double?.stop();
  await registry.close();
});

const talk = talkIn(stories);
const PROBE = { server: 'registry', path: '/models/{model}/versions/{version}' };
const APP = 'lastgood[bot]';

const drillsOf = ({ target }: Model) =>
  stories.repository
    .pulls()
    .filter(({ headRef }) => headRef.startsWith(`lastgood/drill/${target}/`));

const drillBranches = () =>
  stories.repository.branches().filter((branch) => branch.startsWith('lastgood/drill/'));

/** The drills of a model that the journal tells of. */
const drilled = ({ target }: Model): (Entry & { kind: 'drilled' })[] =>
  stories.stage.journal.flatMap((entry) =>
    entry.kind === 'drilled' && entry.drill.target === target ? [entry] : [],
  );

async function drill(model: Model, by = 'alice'): Promise<string[]> {
  const number = await talk.issue(`A drill of ${model.name}`);
  await stories.after(() =>
    stories.as(by).comment(stories.repository, number, `/drill ${model.target}`),
  );
  await stories.pass(30 * SECOND);
  return talk.answers(number);
}

/** What `/status` says, but for monitors. */
async function status(model: Model): Promise<string> {
  const number = await talk.issue('Where are we?');
  await talk.say('carol', number, `/status ${model.target}`);
  return talk.answer(number).replace(/^- Monitors: .*\n/m, '');
}

async function metric(name: string): Promise<string[]> {
  const text = await (await fetch(`${stories.stage.serving.url}/metrics`)).text();
  return text.split('\n').filter((line) => line.startsWith(name));
}

const posted = ({ target }: Model): string[] =>
  (double?.webhook ?? [])
    .filter(({ sentence }) => String(sentence).includes(target))
    .map(({ action, sentence }) => `${String(action)}: ${plain(String(sentence))}`);

/** What the audit says of a plain clone. */
async function audit(...args: string[]): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'lastgood-drills-'));
  try {
    const folder = join(root, 'clone');
    execFileSync('git', ['clone', '--quiet', '--bare', stories.repository.dir, folder]);
    const out: string[] = [];
    await runCli(['audit', '--repo', folder, ...args], {
      out: (text) => out.push(text),
      error: (text) => out.push(text),
      now: stories.time.clock(),
    });
    return out.join('\n');
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

describe('a drill that somebody asks for', () => {
  test('passes, tells what it found, and leaves nothing', async () => {
    const model = await stories.plant('rehearsed', { policy: { drills: { probe: PROBE } } });
    const answers = await drill(model);
    expect(answers).toMatchInlineSnapshot(`
      [
        "<!-- lastgood:answer comment N -->
      To \`alice\` for [this](<link>):

      \`/drill production/rehearsed\`: A drill of \`production/rehearsed\` begins. Its findings are told here; nothing merges to an environment that the policy does not name for drills.",
        "<!-- lastgood drill production/rehearsed <commit> -->
      The drill of production/rehearsed (#N) passed in 0s: a rollback would work now.

      | phase | | finding | took | usually |
      | --- | --- | --- | --- | --- |
      | A good release to go back to | passed | A rollback would go from 1.11 to 1.10. | 0.0s |  |
      | Its model can be loaded | passed | The server registry has 1.10. | 0.0s |  |
      | Permissions suffice | passed | The installation grants what a rollback takes. | 0.0s |  |
      | Approvers can be reached | passed | 2 people could approve; 1 approval would be needed. | 0.0s |  |
      | The pull request opens | passed | Pull request \\#&#N;2 opened. | 0.0s |  |
      | It would merge | passed | GitHub calls it mergeable, and no rule that is known stands in the way. | 0.0s |  |
      | Nothing is left behind | passed | Its pull request is closed, and its branch deleted. | 0.0s |  |

      It was the first drill. This one took 0.0s.",
      ]
    `);
    expect(await model.runs()).toEqual(BAD);
    expect(drillsOf(model)).toHaveLength(1);
    const [pull] = drillsOf(model);
    expect(pull).toMatchObject({ state: 'closed', author: { login: APP } });
    expect(pull?.mergedAt).toBeUndefined();
    expect(drillBranches()).toEqual([]);
    expect(asked).toEqual(['GET /models/rehearsed/versions/1.10']);
    expect(posted(model)).toEqual([]);
  });
});

describe('a drill that fails', () => {
  test('calls people once, and takes that back when one passes again', async () => {
    const model = await stories.plant('deleted', { policy: { drills: { probe: PROBE } } });
    await drill(model);
    gone.add('/models/deleted/');
    await stories.pass(MINUTE);
    const [, report = ''] = await drill(model);
    expect(report.split('\n')[1]).toMatchInlineSnapshot(
      `"The drill of production/deleted (#N) failed at “Its model can be loaded”: The server registry was asked for 1.10: it answered with the status 404. Look whether it was deleted, and designate another release with /baseline if so."`,
    );
    await stories.pass(MINUTE);
    await drill(model);
    expect(posted(model)).toMatchInlineSnapshot(`
      [
        "trigger: The drill of production/deleted (#N) failed at “Its model can be loaded”: The server registry was asked for 1.10: it answered with the status 404. Look whether it was deleted, and designate another release with /baseline if so.",
      ]
    `);
    gone.clear();
    await stories.pass(MINUTE);
    const [, again = ''] = await drill(model);
    expect(again.split('\n').at(-1)).toMatchInlineSnapshot(
      `"2 of the last 4 drills passed. This one took 0.0s, usually 0.0s."`,
    );
    expect(posted(model)).toMatchInlineSnapshot(`
      [
        "trigger: The drill of production/deleted (#N) failed at “Its model can be loaded”: The server registry was asked for 1.10: it answered with the status 404. Look whether it was deleted, and designate another release with /baseline if so.",
        "resolve: A drill of production/deleted passed again: a rollback would work now.",
      ]
    `);
    expect(double?.alerts.filter(({ dedupKey }) => dedupKey.includes('deleted'))).toMatchObject([
      { open: false },
    ]);
    expect(drilled(model).map(({ drill: { outcome } }) => outcome)).toEqual([
      'passed',
      'failed',
      'failed',
      'passed',
    ]);
    expect(drillBranches()).toEqual([]);
  });

  test('finds that nobody could approve, and that there is nothing to go back to', async () => {
    const model = await stories.plant('alone', {
      policy: { target: { minSoak: '90d' } },
      production: { approvals: { required: 3, from: ['@acme/fraud-ml'] } },
    });
    await drill(model);
    const [entry] = drilled(model);
    expect(entry?.drill.results.map(({ phase, outcome }) => `${phase} ${outcome}`)).toEqual([
      'goal failed',
      'artefact skipped',
      'permissions passed',
      'approvers failed',
    ]);
    expect(plain(entry?.sentence ?? '')).toMatchInlineSnapshot(
      `"The drill of production/alone failed at “A good release to go back to”: There is nothing to go back to. 1.10 (<commit>): It ran for 8d 19h only, less than the policy asks of a good release (target.minSoak). 1.9 (<commit>): It ran for 11d only, less than the policy asks of a good release (target.minSoak). Ship a release that soaks, designate one with /baseline, or name a fallback in the policy. So did 1 more phase: “Approvers can be reached”."`,
    );
    expect(drillsOf(model)).toEqual([]);
  });
});

describe('a drill on a schedule', () => {
  test('comes each month, is overdue where it may not, and is forgotten by nobody', async () => {
    const model = await stories.plant('scheduled', { policy: { drills: 'monthly' } });
    await stories.after(() => stories.stage.serving.sweep());
    expect(await metric('lastgood_drill_overdue ')).toEqual(['lastgood_drill_overdue 0']);
    await stories.pass(29 * DAY);
    expect(drilled(model)).toEqual([]);
    await stories.pass(2 * DAY);
    expect(drilled(model).map(({ drill: { outcome, by } }) => [outcome, by])).toEqual([
      ['passed', undefined],
    ]);
    // What the store knew is read back from the journal.
    await stories.stage.restart({ loseDatabase: true });
    await stories.after(() => stories.stage.serving.sweep());
    const number = await talk.issue('Stop');
    await talk.say('carol', number, `/hold ${model.target} The shop is closed`);
    await stories.pass(30 * DAY);
    expect(drilled(model)).toHaveLength(1);
    expect(await metric('lastgood_drill_overdue ')).toEqual(['lastgood_drill_overdue 0']);
    await stories.pass(8 * DAY);
    expect(await metric('lastgood_drill_overdue ')).toEqual(['lastgood_drill_overdue 1']);
    const [passed = ''] = await metric('lastgood_drill_targets{outcome="passed"}');
    expect(Number(passed.split(' ').at(-1))).toBeGreaterThan(0);
    expect(plain(await status(model))).toMatchInlineSnapshot(`
      "\`/status production/scheduled\`

      \`production/scheduled\` runs \`1.11\` since <time> (<commit>).
      - Nothing merges: \`carol\` holds it (The shop is closed).
      - **A drill is overdue** since <time>: nobody knows whether a rollback would work now. No drill begins: \`production/scheduled\` is held. Lift that with \`/unhold\` first. \`/drill production/scheduled\` begins one.
      - The last drill ended at <time>. The drill of production/scheduled (#N) passed in 0s: a rollback would work now."
    `);
    await talk.say('alice', number, `/unhold ${model.target} It is open again`);
    await stories.pass(2 * HOUR);
    expect(drilled(model)).toHaveLength(2);
    expect(await metric('lastgood_drill_overdue ')).toEqual(['lastgood_drill_overdue 0']);
  });
});

/** The environment of drills of a model, whose policy names it. */
async function plantStaged(name: string): Promise<Model> {
  const file = `models/${name}/staging.yaml`;
  const now = stories.hub.world.now();
  const text = (version: string) => `# ${name}\nspec:\n  version: '${version}' # a comment\n`;
  const pins = (path: string) => ({ pins: { model: { file: path, path: 'spec.version' } } });
  const production = `models/${name}/production.yaml`;
  const policy = {
    extends: 'online-critical',
    model: name,
    owners: ['@acme/fraud-ml'],
    drills: { every: 'never', environment: 'staging' },
    environments: { staging: pins(file), production: pins(production) },
  };
  const files = (version: string) => ({ [file]: text(version), [production]: text(version) });
  const policyFile = `.lastgood/${name}.yaml`;
  const made = await stories.repository.commits([
    {
      by: 'alice',
      at: now - 9 * DAY,
      message: 'Release 1.10',
      files: { ...files('1.10'), [policyFile]: JSON.stringify(policy) },
    },
    { by: 'erin', at: now - 5 * HOUR, message: 'Release 1.11', files: files('1.11') },
  ]);
  await stories.stage.quiet();
  const version = async (path: string): Promise<string> =>
    /'(.+)'/.exec((await stories.repository.read(path)) ?? '')?.[1] ?? '';
  const pulls = () =>
    stories.repository
      .pulls()
      .filter(({ headRef }) => headRef.startsWith(`lastgood/staging/${name}/`));
  return {
    name,
    target: `staging/${name}`,
    file,
    featuresFile: file,
    policyFile,
    bad: made[1] ?? '',
    good: made[0] ?? '',
    runs: async () => ({ model: await version(file), features: await version(production) }),
    ship: (versions) =>
      stories.repository.commit({
        by: 'erin',
        message: 'Ship',
        files: { [file]: text(versions.model ?? '') },
      }),
    pull: () => pulls().at(-1) as never,
    pulls,
  };
}

/** A drill that merges, and of which GitHub says nothing more for a while. */
async function drillHalf(model: Model): Promise<void> {
  const path = /\/pulls\/\d+\/files$/;
  stories.hub.faults.add({ method: 'GET', path, times: 999, answer: TROUBLE.unavailable });
  await drill(model);
  stories.hub.faults.clear();
  expect((await model.runs()).model).toBe('1.10');
}

describe('the environment that the policy names for drills', () => {
  test('is rolled back and put back, byte for byte, as often as one likes', async () => {
    const model = await plantStaged('staged');
    const before = await stories.repository.read(model.file);
    for (let times = 0; times < 4; times += 1) {
      await drill(model);
      await stories.pass(MINUTE);
    }
    expect(drilled(model).map(({ drill: { outcome } }) => outcome)).toEqual(
      Array(4).fill('passed'),
    );
    expect(drilled(model)[0]?.drill.results.map(({ phase }) => phase)).toContain('restore');
    expect(drillsOf(model).map(({ mergedAt }) => mergedAt !== undefined)).toEqual(
      Array(8).fill(true),
    );
    expect(await stories.repository.read(model.file)).toBe(before);
    expect(drillBranches()).toEqual([]);
    // No rollback, no cool-down, no quarantine, and the release before is as near as it was.
    expect(model.pulls()).toEqual([]);
    expect(plain(await status(model))).toContain(
      'The drill of staging/staged (#N) passed in 0s: a rollback would work now.',
    );
    const number = await talk.issue('What if?');
    await talk.say('carol', number, `/plan ${model.target}`);
    expect(talk.answer(number)).toContain('from `1.11` of <commit> to `1.10` of <commit>');
    // The auditor finds nothing wrong, and tells drills apart from rollbacks and releases.
    await stories.pass(HOUR);
    expect(await audit('--verify')).toContain('0 rollbacks, 8 merges of drills');
    expect(await audit('--target', model.target)).toMatch(
      /^staging\/staged +2 +0 [^]*Drills[^]*staging\/staged +4 +4 +0 +0 /m,
    );
  });

  test('production of the same model never merges', async () => {
    const staged = await plantStaged('both');
    const model = { ...staged, target: 'production/both' };
    await drill(model);
    expect(drilled(model)[0]?.drill.outcome).toBe('passed');
    expect(await staged.runs()).toEqual({ model: '1.11', features: '1.11' });
    expect(drillsOf(model).map(({ state, mergedAt }) => [state, mergedAt])).toEqual([
      ['closed', undefined],
    ]);
  });

  test('what somebody ships meanwhile stays, and people are called', async () => {
    const model = await plantStaged('shipped');
    await drillHalf(model);
    await stories.after(() => model.ship({ model: '1.12' }));
    await stories.pass(5 * MINUTE);
    expect((await model.runs()).model).toBe('1.12');
    expect(posted(model)).toMatchInlineSnapshot(`
      [
        "trigger: The drill of staging/shipped (#N) failed at “What ran before is back”: Somebody changed models/shipped/staging.yaml since the drill merged, so it was left as it is. Look whether what runs there is wanted.",
      ]
    `);
    expect(drillBranches()).toEqual([]);
  });
});

describe('an incident goes before a drill', () => {
  /** A drill whose pull request stands, because GitHub takes no check for a while. */
  async function standing(model: Model): Promise<number> {
    const path = /\/check-runs$/;
    stories.hub.faults.add({ method: 'POST', path, times: 999, answer: TROUBLE.unavailable });
    await drill(model);
    stories.hub.faults.clear();
    const [pull] = drillsOf(model);
    expect(pull?.state).toBe('open');
    return pull?.number ?? 0;
  }

  test('a rollback merges at once, and the drill is given up', async () => {
    const model = await stories.plant('burning', { badAge: 2 * HOUR });
    await standing(model);
    await stories.alert(model);
    expect(await model.runs()).toEqual(GOOD);
    await stories.pass(5 * MINUTE);
    expect(drillsOf(model).map(({ state }) => state)).toEqual(['closed']);
    expect(drilled(model).map(({ sentence }) => plain(sentence))).toMatchInlineSnapshot(`
      [
        "The drill of production/burning was given up: a rollback of the target began meanwhile, and goes before.",
      ]
    `);
    expect(model.pulls().map(({ mergedAt }) => mergedAt !== undefined)).toEqual([true]);
    const [refused] = await drill(model);
    expect(refused?.split('`: ')[1]).toMatchInlineSnapshot(
      `"No drill begins: a rollback of \`production/burning\` merged, and it is not known yet whether it helped. Ask again once that is over."`,
    );
  });

  test('a hold gives it up, and keeps the next from beginning', async () => {
    const model = await stories.plant('stopped');
    const number = await standing(model);
    await talk.say('carol', number, `/hold ${model.target} Let me look`);
    await stories.pass(5 * MINUTE);
    expect(drilled(model).map(({ drill: { outcome } }) => outcome)).toEqual(['given-up']);
    const [refused] = await drill(model);
    expect(refused?.split('`: ')[1]).toMatchInlineSnapshot(
      `"No drill begins: \`production/stopped\` is held. Lift that with \`/unhold\` first."`,
    );
    expect(drillBranches()).toEqual([]);
  });

  test('a person who closes it is not argued with', async () => {
    const model = await stories.plant('closed-by-hand');
    const number = await standing(model);
    await stories.after(() => stories.as('alice').closePull(stories.repository, number));
    await stories.pass(5 * MINUTE);
    expect(drilled(model).map(({ sentence }) => plain(sentence))).toMatchInlineSnapshot(`
      [
        "The drill of production/closed-by-hand (#N) was given up: somebody closed its pull request.",
      ]
    `);
    expect(drillBranches()).toEqual([]);
  });

  test('a person who merges it all the same is told of, and people are called', async () => {
    const model = await stories.plant('merged-by-hand');
    const number = await standing(model);
    await stories.after(() => stories.as('alice').mergePull(stories.repository, number));
    await stories.pass(5 * MINUTE);
    expect(await model.runs()).toEqual(GOOD);
    expect(posted(model)).toMatchInlineSnapshot(`
      [
        "trigger: The drill of production/merged-by-hand (#N) was given up: somebody merged its pull request, so the release that it went back to runs now. Revert that merge, unless it is wanted.",
      ]
    `);
    // It is no rollback, whoever merged it: nothing is quarantined, and the budget is whole.
    expect(await status(model)).not.toContain('Quarantined');
    expect(drillBranches()).toEqual([]);
  });

  test('one that nobody remembers is taken away', async () => {
    const model = await stories.plant('forgotten');
    await standing(model);
    await stories.stage.restart({ loseDatabase: true });
    await stories.after(() => stories.stage.serving.sweep());
    await stories.pass(MINUTE);
    expect(drillsOf(model).map(({ state }) => state)).toEqual(['closed']);
    expect(drilled(model).map(({ sentence }) => plain(sentence))).toMatchInlineSnapshot(`
      [
        "The drill of production/forgotten (#N) was given up: the process that ran it lost what it knew. What it had opened is closed.",
      ]
    `);
    expect(drillBranches()).toEqual([]);
  });

  test('a merge that nobody remembers is put back', async () => {
    const model = await plantStaged('lost');
    await drillHalf(model);
    await stories.stage.restart({ loseDatabase: true });
    await stories.after(() => stories.stage.serving.sweep());
    await stories.pass(MINUTE);
    expect((await model.runs()).model).toBe('1.11');
    expect(drillBranches()).toEqual([]);
  });
});

describe('what others do in the manner of a drill', () => {
  test('a command without permission, and a pull request with the mark, achieve nothing', async () => {
    const model = await stories.plant('imitated');
    const [refused = ''] = await drill(model, 'mallory');
    expect(refused.split('`: ')[1]).toMatchInlineSnapshot(
      `"Nothing was done. \`/drill\` takes an owner or an approver of the target: \`@acme/fraud-ml\` or \`@acme/sre\`."`,
    );
    const head = stories.repository.head();
    const startedAt = stories.time.clock();
    const branch = `lastgood/drill/${model.target}/${startedAt}`;
    const mark = `Lastgood-Drill: ${model.target}\nLastgood-Drill-Started: ${new Date(startedAt).toISOString()}\nLastgood-Drill-Part: there\nLastgood-Drill-Bad: ${model.bad}`;
    await stories.after(async () => {
      await stories.as('erin').push(stories.repository, branch, {
        message: `Drill\n\n${mark}`,
        files: { [model.file]: 'spec:\n  storageUri: s3://models/imitated/6.6.6/model\n' },
      });
      const title = 'Drill, do not merge';
      await stories.as('erin').openPull(stories.repository, { head: branch, title });
    });
    await stories.after(() => stories.stage.serving.sweep());
    await stories.pass(5 * MINUTE);
    expect(stories.repository.head()).toBe(head);
    expect(drilled(model)).toEqual([]);
    // It is somebody's pull request like any other: nobody closes it or deletes its branch, and the check judges it.
    expect(drillsOf(model).map(({ state }) => state)).toEqual(['open']);
    expect(drillBranches()).toEqual([branch]);
  });

  test('a commit on the default branch that calls itself a drill is found by the auditor', async () => {
    const model = await stories.plant('pretended');
    const started = new Date(stories.time.clock()).toISOString();
    const mark = `Lastgood-Drill: ${model.target}\nLastgood-Drill-Started: ${started}\nLastgood-Drill-Part: there\nLastgood-Drill-Bad: ${model.bad}`;
    await stories.after(() =>
      model.ship({ model: '6.6.6' }, { message: `Drill\n\nNothing is wrong.\n\n${mark}` }),
    );
    await stories.pass(2 * HOUR);
    const found = (await audit('--verify')).split('\n').map((line) => line.split(':')[0]);
    expect(found).toEqual(
      expect.arrayContaining(['not-the-app', 'drill-not-allowed', 'drill-not-restored']),
    );
  });
});
