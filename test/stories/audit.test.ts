import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli } from '../../src/cli/run-cli.ts';
import { HOUR, MINUTE } from '../../src/time.ts';
import { plain, useStories } from './support.ts';

const stories = useStories();
let root = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'lastgood-audit-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** A plain clone of what the hub has, that a test may tamper with. */
function clone(name: string): string {
  const folder = join(root, name);
  execFileSync('git', ['clone', '--quiet', '--bare', stories.repository.dir, folder]);
  return folder;
}

async function run(folder: string, ...args: string[]) {
  const out: string[] = [];
  const exit = await runCli(['audit', '--repo', folder, ...args], {
    out: (text) => out.push(text),
    error: (text) => out.push(text),
    now: stories.time.clock(),
  });
  return { exit, text: out.join('\n') };
}

test('an automatic, a reviewed and a rejected rollback: reported and verified', async () => {
  const quick = await stories.plant('quick');
  const slow = await stories.plant('slow');
  const no = await stories.plant('rejected');
  await stories.alert(quick);
  await stories.alert(slow, { severity: 'medium' });
  await stories.alert(no, { severity: 'medium' });
  await stories.pass(4 * MINUTE);
  const review = (number: number) =>
    stories.as('alice').review(stories.repository, number, 'approve');
  await stories.after(() => review(slow.pull().number));
  await stories.after(() => stories.as('alice').closePull(stories.repository, no.pull().number));
  await stories.pass(HOUR);
  const folder = clone('report');
  const report = await run(folder, '--since', '30d');
  expect(plain(report.text)).toMatchInlineSnapshot(`
    "From <time> to <time>: 2 rolled back, 1 rejected, 0 false. 2 of 2 records are complete (100 %).

    Targets
    Target                     Releases  Rollbacks  Automatic  Reviewed  Rejected  False  Per release  Complete  Mean to merge  Mean to recovery
    production/fraud-detector  3         0          0          0         0         0      0 %          -         -              -
    production/product-ranker  4         0          0          0         0         0      0 %          -         -              -
    production/quick           3         1          1          0         0         0      33.3 %       100 %     0.0s           -
    production/rejected        3         0          0          0         1         0      0 %          -         -              -
    production/slow            3         1          0          1         0         0      33.3 %       100 %     4m             -
    staging/product-ranker     3         0          0          0         0         0      0 %          -         -              -

    Months
    Month    Releases  Rollbacks  Automatic  Reviewed  Rejected  False  Per release  Complete  Mean to merge  Mean to recovery
    2026-10  5         0          0          0         0         0      0 %          -         -              -
    2026-11  14        2          1          1         1         0      14.2 %       100 %     2m             -

    Targets by month
    Month    Target               Releases  Rollbacks  Automatic  Reviewed  Rejected  False  Per release  Complete  Mean to merge  Mean to recovery
    2026-11  production/quick     2         1          1          0         0         0      50 %         100 %     0.0s           -
    2026-11  production/rejected  2         0          0          0         1         0      0 %          -         -              -
    2026-11  production/slow      2         1          0          1         0         0      50 %         100 %     4m             -

    Phases
    Phase                  Times  Mean  Median  90 %  99 %  Longest
    Detection              2      7m    7m      7m    7m    7m
    Triage                 2      0.0s  0.0s    0.0s  0.0s  0.0s
    Opening                2      0.0s  0.0s    0.0s  0.0s  0.0s
    Execution              2      2m    0.0s    4m    4m    4m
    First signal to merge  2      2m    0.0s    4m    4m    4m

    Phases by target
    Target            Phase                  Times  Mean  Median  90 %  99 %  Longest
    production/quick  Detection              1      7m    7m      7m    7m    7m
    production/quick  Triage                 1      0.0s  0.0s    0.0s  0.0s  0.0s
    production/quick  Opening                1      0.0s  0.0s    0.0s  0.0s  0.0s
    production/quick  Execution              1      0.0s  0.0s    0.0s  0.0s  0.0s
    production/quick  First signal to merge  1      0.0s  0.0s    0.0s  0.0s  0.0s
    production/slow   Detection              1      7m    7m      7m    7m    7m
    production/slow   Triage                 1      0.0s  0.0s    0.0s  0.0s  0.0s
    production/slow   Opening                1      0.0s  0.0s    0.0s  0.0s  0.0s
    production/slow   Execution              1      4m    4m      4m    4m    4m
    production/slow   First signal to merge  1      4m    4m      4m    4m    4m

    Rollbacks
    When                     Target            From  To    How        Approved by  To merge  Record
    <time>  production/quick  1.11  1.10  automatic  -            0.0s      complete
    <time>  production/slow   1.11  1.10  reviewed   alice        4m        complete

    Rejected
    When                     Target               Pull request
    <time>  production/rejected  #N

    Approvals
    Who    Approved  What
    alice  1         production/slow #N

    Open quarantines
    Target            Pins        Since                    By          Reason
    production/quick  model 1.11  <time>  a rollback  Pull request #N rolled it back for ScoresDrift (critical)
    production/slow   model 1.11  <time>  a rollback  Pull request #N rolled it back for ScoresDrift (medium)

    Read at <commit>; the journal <commit>."
  `);
  expect(report.exit).toBe(0);
  const verified = await run(folder, '--verify');
  expect(plain(verified.text)).toMatchInlineSnapshot(`
    "Verified: 2 rollbacks at <commit> and 18 entries of the journal at <commit>. Nothing is wrong.
    The App is 1091+lastgood[bot]@users.noreply.github.com. None of its commits is signed."
  `);
  expect(verified.exit).toBe(0);
  for (const format of ['json', 'csv', 'markdown', 'html']) {
    expect((await run(folder, '--format', format)).text).toContain('production/quick');
  }
});

/** A clone with a work tree, in which git does what somebody who tampers would do. */
function tamperable(name: string) {
  const folder = join(root, name);
  execFileSync('git', ['clone', '--quiet', clone(`${name}.git`), folder]);
  const by = (who: string, mail: string, via: string, viaMail: string) => ({
    PATH: process.env['PATH'] ?? '',
    GIT_AUTHOR_NAME: who,
    GIT_AUTHOR_EMAIL: mail,
    GIT_COMMITTER_NAME: via,
    GIT_COMMITTER_EMAIL: viaMail,
    GIT_COMMITTER_DATE: new Date(stories.time.clock() - 50 * MINUTE).toISOString(),
  });
  const person = by('Mallory', 'mallory@example.com', 'Mallory', 'mallory@example.com');
  const git = (args: readonly string[], env: NodeJS.ProcessEnv = person): string =>
    execFileSync('git', args, { cwd: folder, env, encoding: 'utf8' }).trim();
  const app = by(
    'lastgood[bot]',
    git(['log', '-1', '--format=%ae']),
    'GitHub',
    'noreply@github.com',
  );
  return {
    folder,
    git,
    app,
    message: git(['log', '-1', '--format=%B']),
    edit: async (path: string, change: (text: string) => string) => {
      const file = join(folder, path);
      await writeFile(file, change(await readFile(file, 'utf8')));
      git(['add', path]);
    },
    /** Does something on the journal's branch, and puts it there. */
    onJournal: async (what: () => Promise<void>) => {
      git(['checkout', '--quiet', '--detach', 'origin/lastgood/journal']);
      await what();
      git(['update-ref', 'refs/remotes/origin/lastgood/journal', 'HEAD']);
      git(['checkout', '--quiet', 'main']);
    },
    kinds: async () => {
      const { exit, text } = await run(folder, '--verify', '--json');
      const { violations } = JSON.parse(text) as { violations: { kind: string }[] };
      return { exit, kinds: [...new Set(violations.map(({ kind }) => kind))].toSorted() };
    },
  };
}

const incidentFile = (git: (args: readonly string[]) => string, model: string): string =>
  git(['ls-tree', '-r', '--name-only', 'origin/lastgood/journal', '.lastgood/journal/incidents'])
    .split('\n')
    .find((path) => path.includes(`/${model}/`) && path.endsWith('.jsonl')) ?? '';

test('tampered: a merge by hand that imitates the App', async () => {
  const { edit, git, app, message, kinds } = tamperable('imitated');
  await edit('models/rejected/model.yaml', (text) => text.replace('1.11', '1.10'));
  await edit('models/rejected/features.yaml', (text) => text.replace('f-11', 'f-10'));
  git(
    ['commit', '--quiet', '-m', message.replaceAll('production/slow', 'production/rejected')],
    app,
  );
  const found = await kinds();
  expect(found.exit).toBe(1);
  expect(found.kinds).toContain('journal-missing');
});

test('tampered: a record that is taken out of its commit', async () => {
  const { git, app, kinds } = tamperable('stripped');
  git(['commit', '--quiet', '--amend', '-m', 'Roll back production/slow'], app);
  expect(await kinds()).toEqual({ exit: 1, kinds: ['journal-unfounded'] });
});

test('tampered: a part of a record is taken out', async () => {
  const { git, app, message, kinds } = tamperable('cut');
  git(['commit', '--quiet', '--amend', '-m', message.replace(/^Lastgood-Bad: .*\n/m, '')], app);
  expect((await kinds()).kinds).toContain('record-broken');
});

test.each([
  ['another line of a file with pins', 'models/slow/model.yaml', 'replicas: 2', 'replicas: 9'],
  ['a file without pins', '.lastgood/slow.yaml', 'slow', 'slow # trust me'],
])('tampered: a wider diff, %s', async (name, path, before, after) => {
  const { edit, git, app, kinds } = tamperable(`wide-${name.length}`);
  await edit(path, (text) => text.replace(before, after));
  git(['commit', '--quiet', '--amend', '--no-edit'], app);
  expect((await kinds()).kinds).toContain('diff-wider');
});

test('tampered: approvals that were never given, or are gone', async () => {
  const forged = tamperable('forged');
  const other = forged.message.replace(
    /^Lastgood-Approved-By: .*$/m,
    'Lastgood-Approved-By: bob 77',
  );
  forged.git(['commit', '--quiet', '--amend', '-m', other], forged.app);
  expect(await forged.kinds()).toEqual({
    exit: 1,
    kinds: ['journal-missing', 'journal-unfounded'],
  });
  const gone = tamperable('gone');
  const none = gone.message.replace(/^Lastgood-Approved-By: .*\n/m, '');
  gone.git(['commit', '--quiet', '--amend', '-m', none], gone.app);
  expect((await gone.kinds()).kinds).toContain('approvals-missing');
  const journal = tamperable('journal-forged');
  await journal.onJournal(async () => {
    const file = incidentFile(journal.git, 'slow');
    await journal.edit(file, (text) =>
      text.replace(/"approvedBy":\[[^\]]*\]/, '"approvedBy":[{"login":"bob","id":77}]'),
    );
    journal.git(['commit', '--quiet', '--amend', '--no-edit'], journal.app);
  });
  expect((await journal.kinds()).kinds).toEqual(
    expect.arrayContaining(['journal-broken', 'journal-differs']),
  );
});

test('tampered: a journal that is written anew', async () => {
  const dropped = tamperable('dropped');
  await dropped.onJournal(async () => {
    const file = incidentFile(dropped.git, 'quick');
    await dropped.edit(file, (text) => text.split('\n').slice(1).join('\n'));
    dropped.git(['commit', '--quiet', '-m', 'Tidy up']);
  });
  expect((await dropped.kinds()).kinds).toEqual(
    expect.arrayContaining(['journal-broken', 'journal-foreign']),
  );
  const cut = tamperable('shortened');
  await cut.onJournal(async () => {
    const first = cut.git(['log', '-1', '--format=%H', '--grep=Lastgood-Journal: 1-']);
    cut.git(['reset', '--quiet', '--hard', first]);
  });
  expect((await cut.kinds()).exit).toBe(1);
  const orphan = tamperable('orphan');
  orphan.git(['update-ref', '-d', 'refs/remotes/origin/lastgood/journal']);
  expect(await orphan.kinds()).toEqual({ exit: 1, kinds: ['journal-missing'] });
});

/** The message of the automatic rollback, as another one would carry it. */
const forgedFrom = (message: string, changes: Readonly<Record<string, string>>): string =>
  Object.entries(changes).reduce(
    (text, [key, value]) =>
      text.replace(new RegExp(`^Lastgood-${key}: .*$`, 'm'), `Lastgood-${key}: ${value}`),
    message,
  );

test('tampered: merged under a hold, and while the repository was frozen', async () => {
  for (const [name, path, text] of [
    ['held', 'targets/production/slow.yaml', 'hold: {reason: Wait}\n'],
    ['frozen', 'repository.yaml', 'freeze: {reason: Wait}\n'],
    [
      'over',
      'targets/production/slow.yaml',
      'hold: {reason: Wait, until: "2026-11-20T02:00:00Z"}\n',
    ],
  ] as const) {
    const { git, folder, kinds } = tamperable(name);
    const root = git(['rev-list', '--max-parents=0', 'main']);
    git(['checkout', '--quiet', '--detach', root]);
    await mkdir(dirname(join(folder, '.lastgood/state', path)), { recursive: true });
    await writeFile(join(folder, '.lastgood/state', path), text);
    git(['add', '.lastgood']);
    const early = new Date(stories.time.clock() - 3 * HOUR).toISOString();
    git(
      ['-c', 'user.name=x', '-c', 'user.email=x@x', 'commit', '--quiet', '-m', 'Lastgood-State: x'],
      {
        PATH: process.env['PATH'],
        GIT_COMMITTER_DATE: early,
      },
    );
    git(['update-ref', 'refs/remotes/origin/lastgood/state', 'HEAD']);
    git(['checkout', '--quiet', 'main']);
    expect((await kinds()).kinds).toEqual(name === 'over' ? [] : ['held']);
  }
});

test('tampered: by itself again before the cool-down was over, back from a rollback', async () => {
  const { edit, git, app, kinds } = tamperable('hasty');
  const quick = git(['log', '--format=%H', '--grep=Lastgood-Target: production/quick', '-1']);
  const message = git(['log', '-1', '--format=%B', quick]);
  await edit('models/quick/model.yaml', (text) => text.replace('1.10', '1.9'));
  await edit('models/quick/features.yaml', (text) => text.replace('f-10', 'f-9'));
  const base = git(['rev-parse', 'HEAD']);
  const forged = forgedFrom(message, { Bad: quick, Base: base })
    .replaceAll('=1.10', '=1.9')
    .replaceAll('=f-10', '=f-9')
    .replaceAll('=1.11', '=1.10')
    .replaceAll('=f-11', '=f-10');
  git(['commit', '--quiet', '-m', forged], app);
  const found = await kinds();
  expect(found.kinds).toEqual(expect.arrayContaining(['too-soon', 'not-allowed']));
});

test('tampered: a rung that nothing led to', async () => {
  const { git, app, message, kinds } = tamperable('climbed');
  const first = /^Lastgood-Bad: (.*)$/m.exec(message)?.[1] ?? '';
  const forged = message.replace(
    /^(Lastgood-Base:)/m,
    `Lastgood-Rung: 2 model\nLastgood-First-Bad: ${first}\n$1`,
  );
  git(['commit', '--quiet', '--amend', '-m', forged], app);
  expect((await kinds()).kinds).toContain('rung-differs');
});
