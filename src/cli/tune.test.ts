import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { COLLAPSE_POLICY, openCollapse } from './collapse.fixture.ts';
import type { Repository, Stage } from './stage.fixture.ts';

let stage: Stage;
let repository: Repository;
let data = '';

beforeAll(async () => {
  ({ stage, repository, data } = await openCollapse());
});
afterAll(() => stage.close());

const run = (...args: readonly string[]) =>
  stage.run(['tune', 'ranker', '--repo', repository.folder, ...args]);
const recorded = () => ['--metrics', join(data, 'recorded')];
const incidents = () => ['--incidents', join(data, 'incidents.csv')];
const diversity = () => ['--monitor', 'diversity', ...recorded()];

interface Said {
  readonly now: number;
  readonly proposed: { readonly bound: number } | null;
  readonly curve: readonly {
    readonly bound: number;
    readonly score: { readonly found: number; readonly falsePer30Days: { readonly rate: number } };
  }[];
}

describe('lastgood tune', () => {
  test('proposes a bound that still finds the collapse, and not the dip', async () => {
    const { exit, out, error } = await run(
      ...diversity(),
      ...incidents(),
      '--false-per-30-days',
      '0',
    );
    expect(error).toBe('');
    expect(out).toMatchInlineSnapshot(`
      "production/ranker, monitor diversity: threshold.below is 0.5, which comes to 3.56 false rollbacks in 30 days. Wanted: at most 0.

      What fires most first
      threshold.below  False per 30 days               Incidents found  Time to detect
      0.729            10.7 (interval 2.21 to 31.3)    0 of 2           -
      0.722            10.7 (interval 2.21 to 31.3)    0 of 2           -
      0.72             3.56 (interval 0.0902 to 19.9)  1 of 2           median 2m 54s, p90 2m 54s
      0.5              3.56 (interval 0.0902 to 19.9)  1 of 2           median 3m 54s, p90 3m 54s  now
      0.455            3.56 (interval 0.0902 to 19.9)  1 of 2           median 4m 54s, p90 4m 54s
      0.432            3.56 (interval 0.0902 to 19.9)  1 of 2           median 4m 54s, p90 4m 54s
      0.421            3.56 (interval 0.0902 to 19.9)  1 of 2           median 4m 54s, p90 4m 54s
      0.415            3.56 (interval 0.0902 to 19.9)  1 of 2           median 4m 54s, p90 4m 54s
      0.41             0 (interval 0 to 13.1)          1 of 2           median 4m 54s, p90 4m 54s  proposed
      0.04             0 (interval 0 to 13.1)          0 of 2           -
      0.005            0 (interval 0 to 13.1)          0 of 2           -

      Proposed: 0 false rollbacks in 30 days, 1 of 2 incidents found, half of them within 4m 54s. What was recorded, 8.42 days without an incident, cannot show that it is that seldom: up to 13.1 would look the same (95 %).

      monitors: { diversity: { threshold: { below: 0.41 } } }"
    `);
    expect(exit).toBe(0);
  });

  test('the proposed bound keeps to what is wanted when it is replayed in the policy', async () => {
    const { out } = await run(...diversity(), ...incidents(), '--false-per-30-days', '0', '--json');
    const { proposed, curve, now } = JSON.parse(out) as Said;
    expect(now).toBe(0.5);
    const bounds = curve.map(({ bound }) => bound);
    // What fires most stands first: of `below`, the highest.
    expect(bounds).toEqual(bounds.toSorted((a, b) => b - a));
    expect(bounds).toContain(0.5);
    const policy = join(stage.root, 'proposed.yaml');
    await writeFile(policy, COLLAPSE_POLICY.replace('below: 0.5', `below: ${proposed?.bound}`));
    const replayed = await stage.run([
      'backtest',
      'ranker',
      '--repo',
      repository.folder,
      '--policy',
      policy,
      ...recorded(),
      ...incidents(),
      '--json',
    ]);
    const { policy: one } = JSON.parse(replayed.out) as {
      policy: { score: { falseRollbacks: number; found: number } };
    };
    expect(one.score).toMatchObject({ falseRollbacks: 0, found: 1 });
  });

  test('says so where nothing was to be found', async () => {
    const none = join(stage.root, 'none.csv');
    await writeFile(none, 'from,to\n');
    // Without incidents the collapse itself is false: only a bound that sees nothing is left.
    const { exit, out } = await run(
      ...diversity(),
      '--incidents',
      none,
      '--false-per-30-days',
      '0',
      '--json',
    );
    const { proposed } = JSON.parse(out) as Said;
    expect(proposed?.bound).toBeLessThanOrEqual(0.04);
    expect(exit).toBe(0);
  });

  test('writes a page that needs nothing else', async () => {
    const file = join(stage.root, 'tune.html');
    const { exit, out } = await run(...diversity(), ...incidents(), '--html', file);
    expect(exit).toBe(0);
    expect(out).toContain(`The page is ${file}.`);
    const page = await readFile(file, 'utf8');
    expect(page).not.toMatch(/<script|<link|<img|https?:(?!\/\/www\.w3\.org)/);
    for (const text of ['<svg', 'wanted', 'now 0.5']) expect(page).toContain(text);
  });

  test.each<[string, readonly string[]]>([
    ['no monitor', []],
    ['another monitor', ['--monitor', 'diversty']],
    ['no rate', ['--monitor', 'diversity', '--false-per-30-days', 'few']],
    ['nothing to replay', ['--monitor', 'diversity']],
  ])('says what is wrong with %s', async (_, args) => {
    const { exit, out, error } = await run(...args);
    expect(out).toBe('');
    expect(`${exit}: ${error}`).toMatchSnapshot();
  });
});
