import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { initBare, writeHistory } from '../../fixtures/git/write-history.ts';
import { openClone, type Clone } from '../git/open-clone.ts';
import { readShippedPresets } from '../policy/presets.ts';
import { readPolicies } from '../rollback/up-to-date.ts';
import { DAY, SECOND } from '../time.ts';
import type { Finding } from './finding.ts';
import { judgePull, type CheckGround } from './judge-pull.ts';

const NOW = Date.parse('2026-11-20T02:17:00Z');
const FILE = 'models/fraud.yaml';
const POLICY = '.lastgood/fraud.yaml';
const policy = (path = 'spec.model') =>
  `extends: online-critical
model: fraud
environments:
  production:
    pins:
      model: { file: ${FILE}, path: ${path} }
      features: { file: ${FILE}, path: spec.features }
`;
const manifest = (model: string, features: string) =>
  `spec:\n  model: ${model}\n  features: ${features}\n`;

let folder: string;
let clone: Clone;
let ground: CheckGround;
let first: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'check-'));
  initBare(folder);
  const at = (days: number) => (NOW - days * DAY) / SECOND;
  [first = ''] = writeHistory(folder, 'main', [
    {
      message: 'Start',
      at: at(30),
      files: {
        [POLICY]: policy(),
        '.lastgood/broken.yaml': 'model: [\n',
        [FILE]: manifest('1.9', 'f-9'),
        'README.md': 'Manifests\n',
      },
    },
    { message: 'Release 1.10', at: at(9), files: { [FILE]: manifest('"1.10"', 'f-10') } },
  ]);
  clone = await openClone(folder);
  const presets = await readShippedPresets();
  const base = (await clone.head()).commit;
  ground = {
    source: clone,
    base,
    presets,
    policies: await readPolicies(clone, base, presets),
    quarantine: () => undefined,
    isAmong: ({ login }, from) =>
      Promise.resolve(from.some((one) => one.kind === 'user' && one.login === login)),
  };
});

afterAll(async () => {
  await clone.close();
  await rm(folder, { recursive: true, force: true });
});

async function judge(
  files: Readonly<Record<string, string | null>>,
  {
    body = '',
    on = ground,
    start,
  }: { readonly body?: string; readonly on?: CheckGround; readonly start?: string } = {},
): Promise<readonly Finding[]> {
  const head = {
    commit: 'f'.repeat(40),
    at: NOW,
    author: { name: 'Erin', email: 'erin@acme.example' },
    subject: 'Ship',
    body: '',
  };
  const bytes = Object.entries(files).map(
    ([path, text]) => [path, text === null ? null : new TextEncoder().encode(text)] as const,
  );
  return judgePull(on, { head, start: start ?? on.base, body, changed: new Map(bytes) });
}

const kinds = (findings: readonly Finding[]) =>
  findings.map(({ kind, weight }) => `${kind} ${weight}`);

describe('releases', () => {
  test('a new pair is told where a rollback of it would go: to what runs now', async () => {
    const [finding, ...more] = await judge({ [FILE]: manifest('1.11', 'f-11') });
    expect(more).toEqual([]);
    expect(finding).toMatchObject({
      kind: 'goal',
      goal: { kind: 'release', how: 'newest-good', release: { subject: 'Release 1.10' } },
    });
  });

  test('another file says nothing', async () => {
    expect(await judge({ 'README.md': 'Other\n' })).toEqual([]);
  });

  test('a comment beside the pins says nothing', async () => {
    expect(await judge({ [FILE]: `# New\n${manifest('"1.10"', 'f-10')}` })).toEqual([]);
  });

  test('half a pair is a warning, unless somebody says that it belongs together', async () => {
    const half = { [FILE]: manifest('1.11', 'f-10') };
    expect(kinds(await judge(half))).toEqual(['undeclared-pair warn', 'goal tell']);
    const body = 'Checked offline.\r\nLastgood-Pair: production/fraud\r\n';
    expect(kinds(await judge(half, { body }))).toEqual(['goal tell']);
    const other = 'Lastgood-Pair: production/other';
    expect(kinds(await judge(half, { body: other }))).toEqual([
      'undeclared-pair warn',
      'goal tell',
    ]);
  });

  test('a pair that ran before is known to belong together', async () => {
    expect(kinds(await judge({ [FILE]: manifest('1.9', 'f-9') }))).toEqual(['goal tell']);
  });

  test('a removed file fails, because nobody could take it back', async () => {
    expect(kinds(await judge({ [FILE]: null }))).toEqual([
      'unreadable-pin fail',
      'unreadable-pin fail',
    ]);
  });

  test('a pull request that left the branch before a release brings nothing back by other lines', async () => {
    const old = `# New\n${manifest('1.9', 'f-9')}`;
    expect(await judge({ [FILE]: old }, { start: first })).toEqual([]);
    const half = `# New\n${manifest('1.9', 'f-12')}`;
    expect(kinds(await judge({ [FILE]: half }, { start: first }))).toEqual([
      'undeclared-pair warn',
      'goal tell',
    ]);
  });

  test('a quarantined version fails', async () => {
    const quarantined = { versions: { model: '1.11' }, because: 'Bad.', relanded: false };
    const on = { ...ground, quarantine: () => quarantined };
    expect(kinds(await judge({ [FILE]: manifest('1.11', 'f-11') }, { on }))).toEqual([
      'quarantined fail',
      'goal tell',
    ]);
  });

  test('a relanded version names the automation that is out of force', async () => {
    const relanded = { versions: { model: '1.11' }, because: 'Bad.', relanded: true };
    const on = { ...ground, quarantine: () => relanded };
    const marker = '{"$imagepolicy": "flux-system:fraud"}';
    const text = `${manifest('1.11', 'f-11')}other: 1 # suspended by Lastgood: ${marker}\n`;
    const line = text.split('\n').length - 1;
    const [first] = await judge({ [FILE]: text }, { on });
    expect(first).toMatchObject({ kind: 'relanded', suspended: [{ file: FILE, line }] });
    const [other] = await judge({ [FILE]: manifest('1.11', 'f-11') }, { on });
    expect(other).not.toHaveProperty('suspended');
  });

  test('the rules are those of the branch, not those of the pull request', async () => {
    const findings = await judge({
      [FILE]: manifest('1.11', 'f-10'),
      [POLICY]: null,
    });
    expect(kinds(findings)).toEqual(['wider-powers warn', 'undeclared-pair warn', 'goal tell']);
  });
});

describe('policies', () => {
  test('a mistake fails at its line', async () => {
    const [finding, ...more] = await judge({ [POLICY]: policy('spec.modle') });
    expect(more).toEqual([]);
    expect(finding).toMatchObject({
      kind: 'policy-problem',
      weight: 'fail',
      where: { file: POLICY, line: 6 },
    });
  });

  test('a mistake that stood there before is not held against it', async () => {
    expect(await judge({ [POLICY]: `# Ours\n${policy()}` })).toEqual([]);
  });

  test('a new file with the same mistake is a new mistake', async () => {
    const findings = await judge({ '.lastgood/other.yaml': 'model: [\n' });
    expect(findings.map(({ where }) => where?.file)).toContain('.lastgood/other.yaml');
  });
});
