import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Pin } from '../manifests/pin.ts';
import { readPins } from '../manifests/read-pin.ts';
import type { FileChange, Release } from '../releases/release.ts';
import type { Selection } from '../releases/selection.ts';
import type { PlanInput } from './plan-input.ts';
import { planRollback, type PlanResult } from './plan-rollback.ts';

const BASE = 'b'.repeat(40);
const BAD = 'a'.repeat(40);
const GOOD = 'c'.repeat(40);
const target = { environment: 'production', model: 'fraud' };
const ISVC = 'fraud/isvc.yaml';
const FEATURES = 'fraud/features.yaml';
const pins: readonly Pin[] = [
  {
    id: 'model',
    component: 'model',
    file: ISVC,
    path: 'spec.storageUri',
    version: 's3://models/fraud/{version}/model',
  },
  { id: 'features', component: 'features', file: FEATURES, path: 'data.snapshot' },
];
type Files = Readonly<Record<string, string>>;
const filesOf = (model: string, features: string, more = ''): Files => ({
  [ISVC]: `spec: # served\r\n  storageUri: 's3://models/fraud/${model}/model'   # keep\r\n${more}`,
  [FEATURES]: `data: {snapshot: "${features}"}\n`,
});

function releaseOf(commit: string, files: Files, of = pins): Release {
  const values: [string, Release['values'][string]][] = of.map((pin) => {
    const [reading] = readPins(files[pin.file] ?? '', [pin]);
    if (!reading?.ok) throw new Error(reading?.problem.message);
    return [pin.id, reading.value];
  });
  return {
    commit,
    at: 1_000,
    author: { name: 'Ann', email: 'ann@acme.example' },
    subject: `Ship ${commit.slice(0, 3)}`,
    body: '',
    values: Object.fromEntries(values),
    problems: [],
  };
}

const selected = (release: Release): PlanInput['selection'] => ({
  kind: 'release',
  release,
  how: 'newest-good',
  passedOver: [],
});

function plan(
  now: Files,
  selection: PlanInput['selection'],
  more: Partial<PlanInput> = {},
): PlanResult {
  return planRollback({
    policy: { target, pins },
    base: BASE,
    running: releaseOf(BAD, now),
    selection,
    files: Object.fromEntries(
      Object.entries(now).map(([path, text]) => [path, { mode: '100644', text }]),
    ),
    changesSince: [],
    ...more,
  });
}

function planned(result: PlanResult) {
  if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join(' '));
  return result.plan;
}

const before = filesOf('1.9', '2026-11-02');
const now = filesOf('1.10', '2026-11-19');
const goal = selected(releaseOf(GOOD, before));

describe('a plan', () => {
  it('takes every pin back, together', () => {
    expect(planned(plan(now, goal))).toMatchInlineSnapshot(`
      {
        "bad": {
          "at": 1000,
          "author": "Ann",
          "commit": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
          "subject": "Ship aaa",
          "versions": {
            "features": "2026-11-19",
            "model": "1.10",
          },
        },
        "base": "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
        "edits": [
          {
            "after": "'s3://models/fraud/1.9/model'",
            "before": "'s3://models/fraud/1.10/model'",
            "component": "model",
            "file": "fraud/isvc.yaml",
            "from": "1.10",
            "line": 2,
            "pin": "model",
            "to": "1.9",
          },
          {
            "after": ""2026-11-02"",
            "before": ""2026-11-19"",
            "component": "features",
            "file": "fraud/features.yaml",
            "from": "2026-11-19",
            "line": 1,
            "pin": "features",
            "to": "2026-11-02",
          },
        ],
        "files": [
          {
            "after": "spec: # served
        storageUri: 's3://models/fraud/1.9/model'   # keep
      ",
            "before": "spec: # served
        storageUri: 's3://models/fraud/1.10/model'   # keep
      ",
            "mode": "100644",
            "path": "fraud/isvc.yaml",
          },
          {
            "after": "data: {snapshot: "2026-11-02"}
      ",
            "before": "data: {snapshot: "2026-11-19"}
      ",
            "mode": "100644",
            "path": "fraud/features.yaml",
          },
        ],
        "goal": {
          "at": 1000,
          "author": "Ann",
          "commit": "cccccccccccccccccccccccccccccccccccccccc",
          "kind": "release",
          "subject": "Ship ccc",
          "versions": {
            "features": "2026-11-02",
            "model": "1.9",
          },
        },
        "leftAlone": [],
        "target": {
          "environment": "production",
          "model": "fraud",
        },
      }
    `);
  });

  it('changes no other byte, of what came later either', () => {
    const later = filesOf('1.10', '2026-11-19', 'replicas: 3 # tuned\r\n');
    const { files } = planned(plan(later, goal));
    const expected = filesOf('1.9', '2026-11-02', 'replicas: 3 # tuned\r\n');
    expect(files.map(({ path, after }) => [path, after])).toEqual(Object.entries(expected));
  });

  it('leaves a pin that says it already, and its file', () => {
    const { edits, files } = planned(plan(filesOf('1.10', '2026-11-02'), goal));
    expect(edits.map(({ pin }) => pin)).toEqual(['model']);
    expect(files.map(({ path }) => path)).toEqual([ISVC]);
  });

  it('keeps the mode of a file', () => {
    const files = {
      [ISVC]: { mode: '100755', text: now[ISVC] ?? '' },
      [FEATURES]: { mode: '100644', text: now[FEATURES] ?? '' },
    };
    const modes = planned(plan(now, goal, { files })).files.map(({ mode }) => mode);
    expect(modes).toEqual(['100755', '100644']);
  });

  it('names what else changed in the files it touches', () => {
    const change = (subject: string, ...paths: string[]): FileChange => ({
      commit: subject,
      at: 5,
      author: { name: 'Bo', email: 'bo@acme.example' },
      subject,
      body: '',
      files: Object.fromEntries(paths.map((path) => [path, { blob: BAD, path }])),
    });
    const changesSince = [change('Tune', ISVC, FEATURES), change('Note', FEATURES)];
    const { leftAlone } = planned(plan(filesOf('1.10', '2026-11-02'), goal, { changesSince }));
    expect(leftAlone).toEqual([
      { commit: 'Tune', at: 5, subject: 'Tune', author: 'Bo', files: [ISVC] },
    ]);
  });
});

describe('the fallback', () => {
  const fallback = (values: Extract<Selection, { kind: 'fallback' }>['values']) =>
    ({ kind: 'fallback', values, passedOver: [] }) as const;

  it.each<[string, Parameters<typeof fallback>[0], string, string]>([
    [
      'is a whole value where the pattern matches',
      { model: 's3://models/fraud/rules-v1/model', features: 'none' },
      's3://models/fraud/rules-v1/model',
      '2026-11-19',
    ],
    [
      'is a version where it does not',
      { model: 'rules-v1' },
      's3://models/fraud/rules-v1/model',
      '2026-11-19',
    ],
    [
      'is a whole value without a pattern',
      { features: 'frozen' },
      's3://models/fraud/1.10/model',
      'frozen',
    ],
  ])('%s', (_, values, model, features) => {
    const { files, goal } = planned(plan(now, fallback(values)));
    const text = { ...now, ...Object.fromEntries(files.map(({ path, after }) => [path, after])) };
    const read = releaseOf(BASE, text);
    expect(read.values['model']?.value).toBe(model);
    expect(read.values['features']?.value).toBe(features);
    expect(goal).toEqual({
      kind: 'fallback',
      versions: {
        model: read.values['model']?.version,
        features: read.values['features']?.version,
      },
    });
  });
});

describe('no plan', () => {
  const file = (path: string, mode: string, text: string) => ({
    files: {
      [ISVC]: { mode: '100644', text: now[ISVC] ?? '' },
      [FEATURES]: { mode: '100644', text: now[FEATURES] ?? '' },
      [path]: { mode, text },
    },
  });
  it.each<[string, () => PlanResult, string]>([
    [
      'when nothing would change',
      () => plan(before, goal),
      'already-there: Every pin of the target already says what the goal says at bbbbbbbbbbbb; there is nothing to roll back.',
    ],
    [
      'when a file is gone',
      () => plan(now, goal, { files: { [ISVC]: { mode: '100644', text: now[ISVC] ?? '' } } }),
      'file-missing: fraud/features.yaml does not exist at bbbbbbbbbbbb.',
    ],
    [
      'when one pin of the pair cannot be read',
      () => plan(now, goal, file(FEATURES, '100644', 'data: [')),
      'pin-unreadable: The pin features in fraud/features.yaml cannot be read: ',
    ],
    [
      'when something else runs by now',
      () => plan(now, goal, file(FEATURES, '100644', 'data: {snapshot: 2026-11-20}\n')),
      'not-what-runs: The pin features in fraud/features.yaml says 2026-11-20 at bbbbbbbbbbbb, and the release to roll back says 2026-11-19. Decide again for what runs now.',
    ],
    [
      'when the goal knows one pin only',
      () => plan(now, selected({ ...releaseOf(GOOD, before), values: {} })),
      'no-value: The goal says nothing for the pin model, so the pins would not go back together.',
    ],
    [
      'when a file is a symbolic link',
      () => plan(now, goal, file(FEATURES, '120000', now[FEATURES] ?? '')),
      'file-not-plain: fraud/features.yaml is not a plain file (git mode 120000); it is not edited.',
    ],
  ])('%s', (_, make, expected) => {
    const result = make();
    const said = result.ok
      ? 'a plan'
      : result.problems.map((p) => `${p.code}: ${p.message}`).join('\n');
    expect(said).toContain(expected);
  });

  it('when a pin stands in a workflow (GitHub reality 23)', () => {
    const path = '.github/workflows/serve.yaml';
    const of: Pin[] = [{ id: 'image', component: 'image', file: path, path: 'image' }];
    const result = planRollback({
      policy: { target, pins: of },
      base: BASE,
      running: releaseOf(BAD, { [path]: 'image: b\n' }, of),
      selection: selected(releaseOf(GOOD, { [path]: 'image: a\n' }, of)),
      files: { [path]: { mode: '100644', text: 'image: b\n' } },
      changesSince: [],
    });
    expect(result).toMatchObject({ ok: false, problems: [{ code: 'workflow-file' }] });
  });

  it('when a pin shares its place with one that is to stay', () => {
    const path = 'a.yaml';
    const of: Pin[] = [
      { id: 'image', component: 'image', file: path, path: 'image', version: 'shop:{version}' },
      { id: 'config', component: 'config', file: path, path: 'image' },
    ];
    const text = 'image: shop:2\n';
    const result = planRollback({
      policy: { target, pins: of },
      base: BASE,
      running: releaseOf(BAD, { [path]: text }, of),
      selection: { kind: 'fallback', values: { image: 'shop:1' }, passedOver: [] },
      files: { [path]: { mode: '100644', text } },
      changesSince: [],
    });
    expect(result).toMatchObject({ ok: false, problems: [{ code: 'pin-not-settable' }] });
  });
});

describe('for any versions', () => {
  const version = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,12}$/);

  it('the rollback of a commit that changed only the pins restores the files byte for byte', () => {
    const quoted = fc.constantFrom('', '"', "'");
    const filesWith = (model: string, features: string, quote: string): Files => ({
      [ISVC]: `# v\nspec:\n  storageUri: ${quote}s3://models/fraud/${model}/model${quote} # x\n`,
      [FEATURES]: `data:\r\n    snapshot:   ${quote}${features}${quote}\r\n`,
    });
    fc.assert(
      fc.property(
        fc.tuple(version, version, quoted),
        fc.tuple(version, version, quoted),
        (old, bad) => {
          fc.pre(old[0] !== bad[0] && old[1] !== bad[1]);
          const [was, is] = [filesWith(...old), filesWith(...bad)];
          const { files } = planned(plan(is, selected(releaseOf(GOOD, was))));
          expect(Object.fromEntries(files.map(({ path, after }) => [path, after]))).toEqual(was);
        },
      ),
    );
  });
});
