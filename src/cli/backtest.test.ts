import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { git } from '../../fixtures/git/run.ts';
import { writeHistory } from '../../fixtures/git/write-history.ts';
import { openServer, type OpenServer } from '../../fixtures/http/open-server.ts';
import {
  collapseRows,
  COLLAPSE,
  COLLAPSE_POLICY,
  openCollapse,
  writeCollapse,
} from './collapse.fixture.ts';
import { runCli } from './run-cli.ts';
import { november, NOW, type Repository, type Stage } from './stage.fixture.ts';

let stage: Stage;
let repository: Repository;
let data = '';

beforeAll(async () => {
  ({ stage, repository, data } = await openCollapse());
});
afterAll(() => stage.close());

const run = (...args: readonly string[]) =>
  stage.run(['backtest', 'ranker', '--repo', repository.folder, ...args]);
const metrics = () => ['--metrics', join(data, 'recorded')];
const incidents = () => ['--incidents', join(data, 'incidents.csv')];

describe('lastgood backtest', () => {
  test('finds the collapse, and says what it would have done', async () => {
    const { exit, out, error } = await run(...metrics(), ...incidents());
    expect(error).toBe('');
    expect(out).toMatchInlineSnapshot(`
      "production/ranker from 2026-11-05 09:00:00 UTC to 2026-11-13 23:59:00 UTC (8d 14h): 24,838 samples, 24,838 looks and 0 recorded alerts replayed. No hold or freeze is known: this clone has no branch lastgood/state.

      Figures
                           .lastgood/ranker.yaml
      incidents found      1 of 2 (50 %, interval 9.45 % to 90.5 %)
      time to detect       median 3m 54s, p90 3m 54s
      rollbacks            2, of which 2 merged alone
      false rollbacks      1 in 8.42 days
      false per 30 days    3.56 (interval 0.0902 to 19.9)
      people told instead  0 times

      Rollbacks
      At                       Target             From               To                 How     Because of  Incident      After   Evidence
      2026-11-09 10:03:54 UTC  production/ranker  v3 (234e9cff0f75)  v2 (971ecdd8fa02)  merges  diversity   the collapse  3m 54s  diversity is at 0.2675, beyond the bound of 0.5 (6 samples of 5m). 3 bad looks…
      2026-11-12 03:06:54 UTC  production/ranker  v4 (f3a9ed3833d5)  v2 (971ecdd8fa02)  merges  diversity   none: false   -       diversity is at 0.41, beyond the bound of 0.5 (6 samples of 5m). 3 bad looks in…

      Incidents
      Began                    Until                    Target             Incident             Answered after
      2026-11-09 10:00:00 UTC  2026-11-09 14:00:00 UTC  production/ranker  the collapse         3m 54s
      2026-11-07 10:00:00 UTC  2026-11-07 11:00:00 UTC  production/ranker  nobody could see it  never

      Held back
      Target             By                                   Instead  Times  Alerts  Releases  First
      production/ranker  an earlier rollback of this release  record   3      1       1         2026-11-09 11:03:54 UTC

      Not replayed
      Everything was."
    `);
    expect(exit).toBe(0);
  });

  test('says the same whatever the order of the samples and how often they come', async () => {
    const mixed = join(data, 'mixed');
    const rows = [...collapseRows()];
    const turned = rows.flatMap((_, i) => rows.slice((i * 7_919) % rows.length).slice(0, 1));
    await writeCollapse(mixed, [...turned, ...rows.slice(4_000, 6_000)]);
    const straight = await run(...metrics(), '--json');
    const crooked = await run('--metrics', join(mixed, 'recorded'), '--json');
    const { policy: one, ...rest } = JSON.parse(straight.out) as { policy: { samples: number } };
    const { policy: other, ...others } = JSON.parse(crooked.out) as typeof rest & {
      policy: typeof one;
    };
    expect(others).toEqual(rest);
    // What came twice was read twice, and counts once.
    expect({ ...other, samples: one.samples }).toEqual(one);
  });

  test('reads nothing of what came later', async () => {
    const until = '2026-11-09T11:30:00Z';
    const early = JSON.parse((await run(...metrics(), '--to', until, '--json')).out) as Said;
    const all = JSON.parse((await run(...metrics(), '--json')).out) as Said;
    const before = all.policy.rollbacks.filter(({ at }) => at < until);
    expect(before).toHaveLength(1);
    expect(early.policy.rollbacks.map(({ at, evidence }) => [at, evidence])).toEqual(
      before.map(({ at, evidence }) => [at, evidence]),
    );
  });

  test('compares two policies', async () => {
    const other = join(stage.root, 'other.yaml');
    await writeFile(other, COLLAPSE_POLICY.replace('below: 0.5', 'below: 0.3'));
    const { out } = await run(...metrics(), ...incidents(), '--against', other);
    const figures = out.split('\n\n')[1]?.replaceAll(stage.root, '');
    expect(figures).toMatchInlineSnapshot(`
      "Figures
                           .lastgood/ranker.yaml                     against /other.yaml
      incidents found      1 of 2 (50 %, interval 9.45 % to 90.5 %)  1 of 2 (50 %, interval 9.45 % to 90.5 %)
      time to detect       median 3m 54s, p90 3m 54s                 median 5m 54s, p90 5m 54s
      rollbacks            2, of which 2 merged alone                1, of which 1 merged alone
      false rollbacks      1 in 8.42 days                            0 in 8.42 days
      false per 30 days    3.56 (interval 0.0902 to 19.9)            0 (interval 0 to 13.1)
      people told instead  0 times                                   0 times"
    `);
    expect(out).toContain('With the other policy:');
  });

  test('counts failures as Argo Rollouts does, where the policy says so', async () => {
    const counting = await saved(
      'counting.yaml',
      COLLAPSE_POLICY.replace('below: 0.5 }', 'below: 0.5 }\n        failureLimit: 4'),
    );
    const { out } = await run(...metrics(), '--policy', counting, '--json');
    const [first] = (JSON.parse(out) as Said).policy.rollbacks;
    // Two minutes later than with three in a row.
    expect(first?.at).toBe('2026-11-09T10:05:54.000Z');
    expect(JSON.stringify(first?.evidence)).toContain('5 bad looks at this release.');
  });

  test('replays recorded alerts alone', async () => {
    const alert = {
      name: 'ClicksDown',
      model: 'ranker',
      environment: 'production',
      severity: 'medium',
      status: 'firing',
      startsAt: '2026-11-09T10:30:00Z',
    };
    const alerts = join(stage.root, 'alerts.jsonl');
    const received = ['2026-11-09T10:31:00Z', '2026-11-09T15:00:00Z'];
    await writeFile(
      alerts,
      received.map((at) => `${JSON.stringify({ receivedAt: at, body: alert })}\n`).join(''),
    );
    const { out, exit } = await run('--alerts', alerts);
    expect(out).toMatchInlineSnapshot(`
      "production/ranker from 2026-11-09 10:31:00 UTC to 2026-11-09 15:00:00 UTC (4h 29m): 0 samples, 0 looks and 2 recorded alerts replayed. No hold or freeze is known: this clone has no branch lastgood/state.

      Figures
                           .lastgood/ranker.yaml
      incidents found      no incident to find
      time to detect       -
      rollbacks            1, of which 0 merged alone
      false rollbacks      1 in 0.187 days
      false per 30 days    161 (interval 4.07 to 895)
      people told instead  0 times

      Rollbacks
      At                       Target             From               To                 How                  Because of  Incident     After  Evidence
      2026-11-09 10:31:00 UTC  production/ranker  v3 (234e9cff0f75)  v2 (971ecdd8fa02)  review (the policy)  ClicksDown  none: false  -      -

      Incidents
      None is known: --incidents names them, and rollbacks that really happened tell of some.

      Held back
      Target             By                               Instead  Times  Alerts  Releases  First
      production/ranker  an alert older than the release  record   1      1       1         2026-11-09 15:00:00 UTC

      Not replayed
      Target             Monitor    Series  Why
      production/ranker  diversity  value   nothing was recorded of it
      production/ranker  errors     value   nothing was recorded of it"
    `);
    expect(exit).toBe(0);
  });

  test('holds back what people held and froze then, and no longer', async () => {
    const { folder, bare, oids } = stage.repository(COLLAPSE);
    const [, first = ''] = oids;
    const by = '{ login: ann, id: 7 }';
    const stop = (what: string, hour: number) =>
      `${what}:\n  by: ${by}\n  at: 2026-11-09T0${hour}:00:00Z\n  reason: a test\n`;
    const path = '.lastgood/state/targets/production/ranker.yaml';
    const frozen = '.lastgood/state/repository.yaml';
    writeHistory(
      bare,
      'lastgood/state',
      [
        { message: 'Hold', at: november(9, 8), files: { [path]: stop('hold', 8) } },
        { message: 'Lift', at: november(9, 12), files: { [path]: null } },
        { message: 'Freeze', at: november(11, 0), files: { [frozen]: stop('freeze', 8) } },
        { message: 'Lift', at: november(13, 0), files: { [frozen]: null } },
      ],
      first,
    );
    const here = ['backtest', 'ranker', '--repo', folder, ...metrics(), ...incidents()];
    const before = await stage.run(here);
    expect(before.out).toContain(
      'No hold or freeze is known: this clone has no branch lastgood/state.',
    );
    git(folder, ['fetch', '--quiet', 'origin']);
    const { out } = await stage.run(here);
    const [summary, ...rest] = out.split('\n\n');
    expect(summary).toMatch(
      /What was held and frozen is as lastgood\/state has it at [0-9a-f]{12}\.$/,
    );
    const parts = rest.filter((part) => /^(Figures|Rollbacks|Held back)/.test(part));
    expect(parts.join('\n\n')).toMatchInlineSnapshot(`
      "Figures
                           .lastgood/ranker.yaml
      incidents found      1 of 2 (50 %, interval 9.45 % to 90.5 %)
      time to detect       median 3m 54s, p90 3m 54s
      rollbacks            1, of which 1 merged alone
      false rollbacks      0 in 8.42 days
      false per 30 days    0 (interval 0 to 13.1)
      people told instead  1 time

      Rollbacks
      At                       Target             From               To                 How                                              Because of  Incident      After   Evidence
      2026-11-09 10:03:54 UTC  production/ranker  v3 (234e9cff0f75)  v2 (971ecdd8fa02)  review (a hold), merges 2026-11-09 12:00:00 UTC  diversity   the collapse  3m 54s  diversity is at 0.2675, beyond the bound of 0.5 (6 samples of 5m). 3 bad looks…

      Held back
      Target             By                                   Instead  Times  Alerts  Releases  First
      production/ranker  an earlier rollback of this release  record   2      1       1         2026-11-09 12:03:54 UTC
      production/ranker  a hold                               review   1      1       1         2026-11-09 10:03:54 UTC
      production/ranker  a rollback that is open              record   1      1       1         2026-11-09 11:03:54 UTC
      production/ranker  a freeze                             notify   1      1       1         2026-11-12 03:06:54 UTC"
    `);
    // It is among what was replayed; what came later is not.
    const digestOf = async (...more: readonly string[]) =>
      (JSON.parse((await stage.run([...here, '--json', ...more])).out) as { digest: string })
        .digest;
    const soon = ['--to', '2026-11-09T07:00:00Z'];
    const known = [await digestOf(), await digestOf(...soon)];
    git(folder, ['update-ref', '-d', 'refs/remotes/origin/lastgood/state']);
    expect(await digestOf()).not.toBe(known[0]);
    expect(await digestOf(...soon)).toBe(known[1]);
  });

  test('replays several targets together, each with its own recording', async () => {
    const second = COLLAPSE_POLICY.replace('model: ranker', 'model: scorer').replace(
      'production/ranker.yaml',
      'production/scorer.yaml',
    );
    const both = stage.repository(
      COLLAPSE.map((commit, i) => ({
        ...commit,
        files: {
          ...commit.files,
          'production/scorer.yaml': `spec: { version: s${i} }\n`,
          ...(i === 0 && { '.lastgood/scorer.yaml': second }),
        },
      })),
    );
    const folder = join(stage.root, 'both');
    const own = join(folder, 'production/scorer');
    await mkdir(own, { recursive: true });
    await writeFile(
      join(own, 'a.csv'),
      'time,diversity\n2026-11-09T12:00:00Z,0.7\n2026-11-10T12:00:00Z,0.7\n',
    );
    await writeCollapse(join(folder, 'rest'));
    const args = ['backtest', 'ranker', 'scorer', '--repo', both.folder, '--json', '--metrics'];
    // What lies in the folder itself is of whoever has no folder of its own.
    await copyFile(join(folder, 'rest/recorded/ranker.csv'), join(folder, 'ranker.csv'));
    const { exit, out } = await stage.run([...args, folder]);
    expect(exit).toBe(0);
    const { targets, policy } = JSON.parse(out) as {
      targets: readonly string[];
      policy: {
        rollbacks: readonly { target: string }[];
        unrecorded: readonly { target: string; monitor: string }[];
      };
    };
    expect(targets).toEqual(['production/ranker', 'production/scorer']);
    expect(policy.rollbacks.map(({ target }) => target)).toEqual([
      'production/ranker',
      'production/ranker',
    ]);
    // Two samples a day apart are no verdict of the other monitor.
    expect(policy.unrecorded).toMatchObject([
      { target: 'production/scorer', monitor: 'errors', series: 'value' },
      {
        target: 'production/scorer',
        monitor: 'diversity',
        unsure: { found: { reason: 'no-data' } },
      },
    ]);
  });

  test('says of what most looks came to no verdict: it is no proof of anything', async () => {
    const often = COLLAPSE_POLICY.replace('every: 1m', 'every: 15s\n        window: 1m');
    const policy = await saved('often.yaml', often);
    const { out } = await run(...metrics(), '--policy', policy, '--to', '2026-11-06');
    const part = out.split('\n\n').find((one) => one.startsWith('Not replayed'));
    expect(part).toMatchInlineSnapshot(`
      "Not replayed
      Target             Monitor    Series  Why
      production/ranker  diversity  -       diversity has only 1 sample in the last 1m, too few to judge by. 3,600 of 3,600…"
    `);
  });

  test('asks a server by its name in the operator’s file', async () => {
    const server = await serveRange(collapseRows(), []);
    const file = await saved(
      'servers.yaml',
      `- { name: main, url: '${server.url}', repositories: [acme/ml-manifests], insecure: true }\n`,
    );
    vi.stubEnv('LASTGOOD_METRIC_SERVERS_FILE', file);
    try {
      const { exit, out, error } = await run(
        '--prometheus',
        'main',
        '--from',
        '2026-11-09',
        '--to',
        '2026-11-10',
      );
      expect({ exit, error }).toEqual({ exit: 0, error: '' });
      expect(out).toContain('merges  diversity');
      const other = await run('--prometheus', 'mian', '--from', '2026-11-09');
      expect(other.error).toContain('The settings have no metric server mian. Known: main.');
    } finally {
      vi.unstubAllEnvs();
      await server.close();
    }
  });

  test('writes a page that needs nothing else', async () => {
    const file = join(stage.root, 'pages/backtest.html');
    const { exit, out } = await run(...metrics(), ...incidents(), '--html', file);
    expect(exit).toBe(0);
    expect(out).toContain(`The page is ${file}.`);
    const page = await readFile(file, 'utf8');
    expect(page).not.toMatch(/<script|<link|<img|https?:(?!\/\/www\.w3\.org)/);
    expect(page).toContain("default-src 'none'");
    expect(page.match(/<svg/g)).toHaveLength(2);
    for (const text of ['rolled back', 'the collapse', 'bound', 'v3']) expect(page).toContain(text);
  });

  test('leaves the record that a policy demands, and the policy merges by it', async () => {
    const gated = COLLAPSE_POLICY.replace(
      'environments:',
      'backtest: { span: 7d, falseRollbacks: 4 per 30d, found: 50% }\nenvironments:',
    );
    const { folder } = stage.repository(
      COLLAPSE.map((commit, i) =>
        i === 0
          ? { ...commit, files: { ...commit.files, '.lastgood/ranker.yaml': gated } }
          : commit,
      ),
    );
    const here = ['backtest', 'ranker', '--repo', folder, ...metrics(), ...incidents()];
    const { exit, out } = await stage.run([...here, '--record']);
    expect(out.split('\n\n').slice(-2)).toMatchInlineSnapshot(`
      [
        "The policy demands a backtest before anything merges by itself, and this one passes.",
        "Its record is written to .lastgood/backtests/production/ranker.json: commit it with the policy.",
      ]
    `);
    expect(exit).toBe(0);
    const path = join(folder, '.lastgood/backtests/production/ranker.json');
    const written = await readFile(path, 'utf8');
    await stage.run([...here, '--record']);
    expect(await readFile(path, 'utf8')).toBe(written);
    const plan = async (): Promise<string> =>
      (await stage.run(['plan', 'ranker', '--repo', folder])).out;
    expect(await plan()).toContain(
      'Lastgood merges none by itself: the policy demands a passed backtest, and there is no record of one.',
    );
    git(folder, ['add', '.lastgood']);
    git(folder, ['-c', 'user.name=a', '-c', 'user.email=a@b.example', 'commit', '-qm', 'Record']);
    expect(await plan()).not.toContain('backtest');

    const strict = await stage.run([
      ...here,
      '--policy',
      await saved('strict.yaml', gated.replace('found: 50%', 'found: 90%')),
    ]);
    expect(strict.exit).toBe(1);
    expect(strict.out).toContain(
      'this one does not pass: it found 50 % of the incidents, where 90 % is the least.',
    );
  });

  test('asks a Prometheus as the running service would', async () => {
    const asked: string[] = [];
    const server = await serveRange(collapseRows(), asked);
    try {
      const args = ['--prometheus', server.url, '--from', '2026-11-05T09:00:00Z', '--to'];
      const { out, error, exit } = await run(...args, '2026-11-13T23:59:00Z', ...incidents());
      expect({ error, exit }).toEqual({ error: '', exit: 0 });
      expect(out.split('\n\n')[1]).toMatchInlineSnapshot(`
        "Figures
                             .lastgood/ranker.yaml
        incidents found      1 of 2 (50 %, interval 9.45 % to 90.5 %)
        time to detect       median 3m 54s, p90 3m 54s
        rollbacks            2, of which 2 merged alone
        false rollbacks      1 in 8.42 days
        false per 30 days    3.56 (interval 0.0902 to 19.9)
        people told instead  0 times"
      `);
      expect(new Set(asked)).toEqual(new Set(['avg(diversity{model="ranker"})', 'errors:ratio']));
    } finally {
      await server.close();
    }
  });

  test('shows how far it is where somebody looks', async () => {
    const shown: string[] = [];
    const silent = { out: () => {}, error: () => {}, now: NOW };
    const args = ['backtest', 'ranker', '--repo', repository.folder, ...metrics()];
    await runCli(args, { ...silent, progress: (text) => shown.push(text) });
    expect(shown.at(-2)).toBe(`${'█'.repeat(30)} 100 %`);
    expect(shown.at(-1)).toBe('');
  });

  test.each<[string, () => readonly string[] | Promise<readonly string[]>]>([
    ['nothing to replay', () => []],
    ['two sources', () => [...metrics(), '--prometheus', 'main']],
    ['a server that is not in the settings', () => ['--prometheus', 'main', '--from', '3d']],
    ['a server without a time', () => ['--prometheus', 'http://127.0.0.1:9']],
    ['a server that is not there', () => ['--prometheus', 'http://127.0.0.1:9', '--from', '1d']],
    ['no moment', () => [...metrics(), '--from', 'yesterday']],
    ['an end before the beginning', () => [...metrics(), '--from', '2d', '--to', '3d']],
    ['a time without a record', () => [...metrics(), '--from', '2026-12-01']],
    ['a folder that is not there', () => ['--metrics', 'nowhere']],
    ['incidents that are not there', () => [...metrics(), '--incidents', 'nowhere.csv']],
    [
      'a broken recording',
      async () => {
        const folder = join(stage.root, 'broken');
        await mkdir(folder, { recursive: true });
        await writeFile(join(folder, 'a.csv'), 'time,diversity\n2026-11-09T10:00:00Z,low\n');
        return ['--metrics', folder];
      },
    ],
    [
      'several series for one monitor',
      async () => {
        const folder = join(stage.root, 'several');
        await mkdir(folder, { recursive: true });
        const heads = 'time,"diversity{pod=""a""}","diversity{pod=""b""}"\n';
        await writeFile(join(folder, 'a.csv'), `${heads}2026-11-09T10:00:00Z,1,2\n`);
        return ['--metrics', folder];
      },
    ],
    [
      'a record of another policy than the one that stands',
      () => [...metrics(), '--record', '--at', 'HEAD'],
    ],
  ])('says what is wrong with %s', async (_, args) => {
    const { exit, out, error } = await run(...(await args()));
    expect(out).toBe('');
    expect(`${exit}: ${error.replaceAll(stage.root, '')}`).toMatchSnapshot();
  });
});

interface Said {
  readonly policy: {
    readonly rollbacks: readonly { readonly at: string; readonly evidence: unknown }[];
  };
}

async function saved(name: string, text: string): Promise<string> {
  const path = join(stage.root, name);
  await writeFile(path, text);
  return path;
}

/** Answers range queries as a Prometheus does that has scraped the rows. */
function serveRange(
  rows: Iterable<readonly [number, number, number]>,
  asked: string[],
): Promise<OpenServer> {
  const byMinute = new Map([...rows].map((row) => [row[0], row]));
  return openServer(async (request, response) => {
    const form = new URLSearchParams(await text(request));
    const query = form.get('query') ?? '';
    asked.push(query);
    const [start, end, step] = ['start', 'end', 'step'].map((name) => Number(form.get(name)));
    const values: [number, string][] = [];
    for (let at = start ?? 0; at <= (end ?? 0); at += step ?? 1) {
      const row = byMinute.get(Math.floor(at / 60) * 60_000);
      if (row) values.push([at, String(query.startsWith('avg') ? row[1] : row[2])]);
    }
    const result = [{ metric: {}, values }];
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } }));
  });
}
