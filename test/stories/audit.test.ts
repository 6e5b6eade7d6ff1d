import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
    Target                     Releases  Rollbacks  Automatic  Reviewed  Rejected  False  Per release  Median to merge
    production/fraud-detector  3         0          0          0         0         0      0 %          -
    production/product-ranker  4         0          0          0         0         0      0 %          -
    production/quick           3         1          1          0         0         0      33.3 %       0.0s
    production/rejected        3         0          0          0         1         0      0 %          -
    production/slow            3         1          0          1         0         0      33.3 %       4m
    staging/product-ranker     3         0          0          0         0         0      0 %          -

    Phases
    Phase                  Times  Median  90 %  99 %  Longest
    Detection              2      7m      7m    7m    7m
    Triage                 2      0.0s    0.0s  0.0s  0.0s
    Opening                2      0.0s    0.0s  0.0s  0.0s
    Execution              2      0.0s    4m    4m    4m
    First signal to merge  2      0.0s    4m    4m    4m

    Rollbacks
    When                     Target            From  To    How        Approved by  To merge  Record
    <time>  production/quick  1.11  1.10  automatic  -            0.0s      complete
    <time>  production/slow   1.11  1.10  reviewed   alice        4m        complete

    Rejected
    When                     Target               Pull request
    <time>  production/rejected  #N

    Approvals
    Who    Approved
    alice  1

    Open quarantines
    Target            Pins        Since                    By          Reason
    production/quick  model 1.11  <time>  a rollback  Pull request #N rolled it back for ScoresDrift (critical)
    production/slow   model 1.11  <time>  a rollback  Pull request #N rolled it back for ScoresDrift (medium)

    Read at <commit>; the journal <commit>."
  `);
  expect(report.exit).toBe(0);
  const verified = await run(folder, '--verify');
  expect(plain(verified.text)).toMatchInlineSnapshot(`
    "Verified: 2 rollbacks at <commit> and 14 entries of the journal at <commit>. Nothing is wrong.
    The App is 1091+lastgood[bot]@users.noreply.github.com. None of its commits is signed."
  `);
  expect(verified.exit).toBe(0);
  for (const format of ['json', 'csv', 'markdown', 'html']) {
    expect((await run(folder, '--format', format)).text).toContain('production/quick');
  }
});
