import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { createMetrics } from '../../src/web/metrics.ts';

const RULES = fileURLToPath(new URL('../../docs/prometheus-rules.yaml', import.meta.url));
const PAGE = new URL('../../docs/operators.md', import.meta.url);
const PROMTOOL = '/usr/bin/promtool';

/** Every metric of Lastgood's own: its name, its kind, its labels as far as they are known without a sample. */
async function metrics(): Promise<ReadonlyMap<string, string>> {
  const nothing = () => Promise.reject(new Error('Nothing.'));
  const { text } = await createMetrics({
    clock: () => 0,
    queue: { snapshot: nothing, isUsable: async () => true },
    rollbacks: async () => [],
    drills: async () => [],
    mirrors: () => ({ open: 0, failing: 0 }),
    unposted: nothing,
  }).exposition();
  return new Map(
    [...text.matchAll(/^# TYPE (lastgood_\S+) (\S+)$/gm)].map(([, name = '', kind = '']) => [
      name,
      kind,
    ]),
  );
}

test('docs/operators.md explains every metric once, with its kind', async () => {
  const page = readFileSync(PAGE, 'utf8');
  const rows = [...page.matchAll(/^\| `(lastgood_\w+)` +\| (\w+) +\|/gm)];
  const explained = rows.map(([, name, kind]) => `${name} ${kind}`).sort();
  const there = [...(await metrics())].map(([name, kind]) => `${name} ${kind}`).sort();
  expect(explained).toEqual(there);
});

test('the rules ask for metrics that there are, and say what to do', async () => {
  const { groups } = parse(readFileSync(RULES, 'utf8')) as {
    groups: { rules: { expr: string; annotations: Record<string, string> }[] }[];
  };
  const rules = groups.flatMap((group) => group.rules);
  const known = [...(await metrics()).keys()];
  for (const { expr, annotations } of rules) {
    const asked = [...expr.matchAll(/\blastgood_\w+/g)].map(([name]) =>
      name.replace(/_count$/, ''),
    );
    expect(known).toEqual(expect.arrayContaining(asked));
    expect(Object.keys(annotations).sort()).toEqual(['action', 'summary']);
  }
  expect(rules.length).toBeGreaterThan(5);
});

test.skipIf(!existsSync(PROMTOOL))('Prometheus takes the rules', () => {
  const said = execFileSync(PROMTOOL, ['check', 'rules', RULES]).toString();
  expect(said).toMatch(/SUCCESS: \d+ rules found/);
});
