import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadPolicySet } from './load.ts';
import type { PolicySet } from './policy.ts';
import { policyFor } from './load-policies.fixture.ts';

const GOOD = `extends: ours
model: fraud
owners: ["@acme/fraud-ml"]
environments:
  production:
    pins: &pins
      model:
        file: p/model.yaml
        path: spec.model["storage.uri"]
        version: "s3://{version}/model"
      image: [{ file: p/a.yaml, path: "c[name=a].image" }, { file: p/b.yaml, path: v }]
    respond: { critical: merge, high: merge, medium: review, low: record }
    evidence: { consecutive: 3, minAge: 60s }
  staging/eu:
    pins: { model: { file: s/model.yaml, path: v } }
limits: { merge: 2 per 24h, cooldown: 30m }
approvals: { required: 1, from: ["@acme/sre"], onTimeout: page }
`;
const OTHER = { path: '.lastgood/other.yaml', text: policyFor('other') };
const PRESET = { path: '.lastgood/presets/ours.yaml', text: 'verify: { watch: 1h }\n' };

/** Pieces that mean something to YAML or to the policy. */
const MARKS = [
  '\n',
  '  ',
  ': ',
  '- ',
  '[',
  ']',
  '{',
  '}',
  ', ',
  '"',
  "'",
  '#',
  '|\n',
  '---\n',
  '? ',
];
const NAMES = ['&a ', '*a', '*pins', '<<: ', '!!int ', 'null', '~', '1.10', '%', '@', '..'];
const KEYS = [
  'model',
  'pins',
  'environments',
  'respond',
  'extends: ours\n',
  '__proto__',
  'constructor',
];
const ODD = ['\t', '\r', '\0', '\uFEFF', '\uD800'];
const piece = fc.constantFrom(...MARKS, ...NAMES, ...KEYS, ...ODD);
const place = fc.double({ min: 0, max: 1, noNaN: true });
const change = fc.tuple(
  place,
  fc.nat(12),
  fc.oneof(piece, fc.string({ unit: 'binary', maxLength: 4 })),
);

const mutated = fc.array(change, { maxLength: 8 }).map((changes) =>
  changes.reduce((text, [where, cut, put]) => {
    const at = Math.floor(where * text.length);
    return text.slice(0, at) + put + text.slice(at + cut);
  }, GOOD),
);

/** What must hold however a file looks. */
function checkSet(set: PolicySet, files: readonly { path: string; text: string }[]): void {
  const broken = new Set(set.problems.map(({ file }) => file));
  for (const { file, line, column, message } of set.problems) {
    const lines = files.find(({ path }) => path === file)?.text.split('\n') ?? [];
    expect(line).toBeGreaterThanOrEqual(1);
    expect(line).toBeLessThanOrEqual(lines.length);
    expect(column).toBeGreaterThanOrEqual(1);
    expect(column).toBeLessThanOrEqual((lines[line - 1]?.length ?? 0) + 1);
    expect(message).not.toMatch(/undefined|\[object|Invalid input/);
  }
  for (const { file, pins } of set.targets) {
    expect(broken).not.toContain(file);
    expect(pins.length).toBeGreaterThan(0);
  }
  for (const { file } of set.disabled) expect(broken).toContain(file);
}

const load = (text: string, path: string) => {
  const files = [{ path, text }, OTHER, PRESET].filter(
    (file, index, all) => all.findIndex((one) => one.path === file.path) === index,
  );
  const set = loadPolicySet(files, []);
  checkSet(set, files);
  return set;
};

const anyPath = fc.constantFrom(
  '.lastgood/fraud.yaml',
  '.lastgood/presets/theirs.yaml',
  '.lastgood/repository.yaml',
);
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join('')),
  mutated,
);

test('the policy that is changed at random is a good one', () => {
  expect(load(GOOD, '.lastgood/fraud.yaml')).toMatchObject({ problems: [] });
});

test('whatever stands in a file, it loads or is explained, and others stay as they are', () => {
  fc.assert(
    fc.property(anyText, anyPath, (text, path) => {
      const set = load(text, path);
      const own = [...set.targets, ...set.disabled].filter(({ file }) => file === path);
      const explained = set.problems.some(({ file }) => file === path);
      expect(own.length > 0 || explained || path !== '.lastgood/fraud.yaml').toBe(true);
      const others = set.targets.filter(({ file }) => file === OTHER.path);
      const conflict = set.problems.some(({ file }) => file === OTHER.path);
      expect(others.length === 1 || conflict).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test('bytes that are no text at all load or are explained', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), anyPath, (bytes, path) => {
      const set = load(new TextDecoder().decode(bytes), path);
      expect(set.targets.map(({ file }) => file)).toEqual([OTHER.path]);
    }),
    { numRuns: 300 },
  );
});

test('a preset, broken or not, is what its files get', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const set = loadPolicySet(
        [
          { path: PRESET.path, text },
          { path: '.lastgood/fraud.yaml', text: GOOD },
        ],
        [],
      );
      const inPreset = set.problems.some(({ file }) => file === PRESET.path);
      const inFile = set.problems.some(({ file }) => file === '.lastgood/fraud.yaml');
      expect(inFile || !inPreset).toBe(true);
      expect(set.targets).toHaveLength(inFile ? 0 : 2);
    }),
    { numRuns: 300 },
  );
});
