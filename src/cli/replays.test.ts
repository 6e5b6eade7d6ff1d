import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { backtest } from './backtest.ts';
import { collapseRows, COLLAPSE, COLLAPSE_POLICY, writeCollapse } from './collapse.fixture.ts';
import { CommandFailed } from './exit-codes.ts';
import { NOW, openStage, type Stage } from './stage.fixture.ts';

const MODELS = ['ranker', 'scorer', 'mapper'] as const;

let stage: Stage;
let repo = '';
let data = '';

/** Three models that collapse together, one of them a little later: a storm. */
beforeAll(async () => {
  stage = await openStage();
  const policies = MODELS.map((model) => [
    `.lastgood/${model}.yaml`,
    COLLAPSE_POLICY.replaceAll('ranker', model).replace(
      'environments:',
      model === 'scorer' ? 'backtest: { span: 1h, found: 0% }\nenvironments:' : 'environments:',
    ),
  ]);
  const first = {
    ...Object.fromEntries(policies),
    '.lastgood/repository.yaml': 'storm: { models: 3 in 10m }\n',
  } as Record<string, string>;
  const { folder } = stage.repository(
    COLLAPSE.map((commit, i) => {
      const pins = MODELS.map((model) => [
        `production/${model}.yaml`,
        `spec: { version: v${i} }\n`,
      ]);
      return { ...commit, files: { ...Object.fromEntries(pins), ...(i === 0 && first) } };
    }),
  );
  repo = folder;
  data = join(stage.root, 'several');
  const [from, to] = [Date.UTC(2026, 10, 9, 8), Date.UTC(2026, 10, 9, 12)];
  const rows = [...collapseRows()].filter(([at]) => at >= from && at < to);
  for (const [i, model] of MODELS.entries()) {
    const moved = rows.map(([at, ...values]) => [at + i * 60_000, ...values] as const);
    await writeCollapse(join(stage.root, model), moved);
    const own = join(data, 'production', model);
    await mkdir(own, { recursive: true });
    const text = await readFile(join(stage.root, model, 'recorded/ranker.csv'), 'utf8');
    await writeFile(join(own, 'all.csv'), text);
  }
});
afterAll(() => stage.close());

async function replay(threads: number, metrics = data) {
  const out: string[] = [];
  const shown: string[] = [];
  const html = join(stage.root, `page-${threads}.html`);
  const options = { metrics, html, json: true, threads };
  const exit = await backtest(
    MODELS,
    { repo, ...options },
    {
      out: (text) => out.push(text),
      error: () => {},
      now: NOW,
      progress: (text) => shown.push(text),
    },
  );
  return {
    exit,
    out: out.join('\n').replace(html, 'page'),
    page: await readFile(html, 'utf8'),
    shown,
  };
}

test('what threads replay is what one after another replays, to the last byte, storms included', async () => {
  const alone = await replay(1);
  const together = await replay(2);
  expect(together.out).toBe(alone.out);
  expect(together.page).toBe(alone.page);
  // One of them demands a backtest, and this one rolled it back for no incident.
  expect(together.exit).toBe(1);
  const said = JSON.parse(together.out) as {
    policy: { rollbacks: readonly { target: string; act: string }[] };
    gates: unknown;
  };
  // The third one to fail makes it a storm, which nobody who looks at one target alone can know.
  expect(said.policy.rollbacks.map(({ target, act }) => `${target} ${act}`)).toEqual([
    'production/ranker merge',
    'production/scorer merge',
    'production/mapper review',
  ]);
  expect(said.gates).toMatchObject({
    'production/scorer': { passed: false, why: 'too-many-false' },
  });
  expect(together.shown.at(-2)).toBe(`${'█'.repeat(30)} 100 %`);
  expect(together.shown.at(-1)).toBe('');
});

test('what is wrong with one of them is told as one after another would, whichever is quicker', async () => {
  const broken = join(stage.root, 'broken');
  for (const [model, text] of [
    ['ranker', `time,diversity\n${'2026-11-09T10:00:00Z,0.7\n'.repeat(5_000)}`],
    ['scorer', 'time,diversity\n2026-11-09T10:00:00Z,low\n'],
    ['mapper', 'time,diversity\nsoon,1\n'],
  ] as const) {
    await mkdir(join(broken, 'production', model), { recursive: true });
    await writeFile(join(broken, 'production', model, 'a.csv'), text);
  }
  const failure = async (threads: number): Promise<unknown> =>
    replay(threads, broken).catch((error: unknown) => error);
  const [alone, together] = [await failure(1), await failure(2)];
  expect(together).toBeInstanceOf(CommandFailed);
  expect(together).toEqual(alone);
  expect((together as Error).message).toContain('scorer');
});
