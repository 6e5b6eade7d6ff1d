import { describe, expect, test } from 'vitest';
import { DAY, HOUR, MINUTE, SECOND } from '../time.ts';
import { DEFAULTS, DEFAULT_OWNERS, REPOSITORY_DEFAULTS } from './defaults.ts';
import { formatProblem } from './format-problem.ts';
import { load, onlyTarget, policyFor } from './load-policies.fixture.ts';

test('a complete policy resolves to what it says', () => {
  const set = load({
    'fraud-detector.yaml': `
model: fraud-detector
owners: ["@acme/fraud-ml", "@octocat", role:admin]
environments:
  production/eu-west:
    pins:
      model:
        file: clusters/production/fraud/inferenceservice.yaml
        document: { kind: InferenceService, name: fraud }
        path: spec.predictor.model.storageUri
        version: "s3://models/fraud/{version}/model"
      image:
        - { file: a.yaml, path: "spec.containers[name=server].image" }
        - { file: a.yaml, path: "spec.containers[name=proxy].image" }
      features: [{ file: features.json, path: data.snapshot }]
    respond: { critical: merge, high: merge, medium: review, low: ignore }
    evidence: { consecutive: 3, minAge: 60s }
    target: { minSoak: 24h, maxDepth: 4 }
    limits: { merge: 2 per 24h, open: 6 per 12h, cooldown: 30m, maxReleaseAge: 7d }
    approvals: { by: github, required: 2, from: ["@acme/sre"], timeout: 5m, remind: 1m, onTimeout: close }
    breakGlass: ["@acme/sre-leads"]
    onReturn: review
    check: { noGoal: fail, mutableVersion: tell }
    notify: { issue: false, slack: "#ml-alerts" }
    verify: { within: 15m, watch: 2h }
    fallback: { model: "s3://models/fraud/1.10/model", features: none, image: none }
`,
  });
  expect(onlyTarget(set)).toEqual({
    target: { model: 'fraud-detector', environment: 'production/eu-west' },
    file: '.lastgood/fraud-detector.yaml',
    owners: [
      { kind: 'team', org: 'acme', slug: 'fraud-ml' },
      { kind: 'user', login: 'octocat' },
      { kind: 'role', role: 'admin' },
    ],
    pins: [
      {
        id: 'model',
        component: 'model',
        file: 'clusters/production/fraud/inferenceservice.yaml',
        document: { kind: 'InferenceService', name: 'fraud' },
        path: 'spec.predictor.model.storageUri',
        version: 's3://models/fraud/{version}/model',
      },
      { id: 'features', component: 'features', file: 'features.json', path: 'data.snapshot' },
      {
        id: 'image[0]',
        component: 'image',
        file: 'a.yaml',
        path: 'spec.containers[name=server].image',
      },
      {
        id: 'image[1]',
        component: 'image',
        file: 'a.yaml',
        path: 'spec.containers[name=proxy].image',
      },
    ],
    pinPlaces: {
      model: {
        line: 7,
        column: 7,
        file: { line: 8, column: 15 },
        document: { line: 9, column: 19 },
        path: { line: 10, column: 15 },
        version: { line: 11, column: 18 },
      },
      'image[0]': {
        line: 13,
        column: 11,
        file: { line: 13, column: 19 },
        path: { line: 13, column: 33 },
      },
      'image[1]': {
        line: 14,
        column: 11,
        file: { line: 14, column: 19 },
        path: { line: 14, column: 33 },
      },
      features: {
        line: 15,
        column: 18,
        file: { line: 15, column: 26 },
        path: { line: 15, column: 47 },
      },
    },
    respond: { critical: 'merge', high: 'merge', medium: 'review', low: 'ignore' },
    evidence: { consecutive: 3, minAge: 60 * SECOND },
    goal: { minSoak: DAY, maxDepth: 4 },
    limits: {
      merge: { count: 2, per: DAY },
      open: { count: 6, per: 12 * HOUR },
      cooldown: 30 * MINUTE,
      maxReleaseAge: 7 * DAY,
    },
    approvals: {
      by: 'github',
      required: 2,
      from: [{ kind: 'team', org: 'acme', slug: 'sre' }],
      timeout: 5 * MINUTE,
      remind: MINUTE,
      onTimeout: 'close',
    },
    breakGlass: [{ kind: 'team', org: 'acme', slug: 'sre-leads' }],
    onReturn: 'review',
    suspendAutomation: false,
    check: {
      noGoal: 'fail',
      mutableVersion: 'tell',
      undeclaredPair: 'warn',
      severalActive: 'warn',
      widerPowers: 'warn',
    },
    notify: { issue: false, slack: '#ml-alerts' },
    verify: { ...DEFAULTS.verify, within: 15 * MINUTE, watch: 2 * HOUR },
    drills: { every: 'never' },
    monitors: [],
    waiting: [],
    ladder: ['release'],
    fallback: { model: 's3://models/fraud/1.10/model', features: 'none', image: 'none' },
  });
});

test('a policy that says only what is pinned gets the defaults, in which nothing merges', () => {
  const policy = onlyTarget(load({ 'm.yaml': policyFor('m') }));
  expect(policy).toMatchObject({
    ...DEFAULTS,
    owners: DEFAULT_OWNERS,
    approvals: { ...DEFAULTS.approvals, from: DEFAULT_OWNERS },
  });
  expect(Object.values(policy.respond)).not.toContain('merge');
  expect(policy.approvals.onTimeout).not.toBe('merge');
});

test.each(['1.10', '1e3', '0x10', 'yes', 'null', '2026-11-20', '"1.10"', "'1.10'", '~'])(
  'the version %s is text as it is written',
  (written) => {
    const text = policyFor('m', `fallback: { model: ${written} }`);
    const { fallback } = onlyTarget(load({ 'm.yaml': text }));
    expect(fallback.model).toBe(written.replaceAll(/["']/g, ''));
  },
);

test('approvals come from the owners unless the policy names others', () => {
  const owned = policyFor('m', 'owners: ["@a"]');
  expect(onlyTarget(load({ 'm.yaml': owned })).approvals.from).toEqual([
    { kind: 'user', login: 'a' },
  ]);
});

test('groups take the place of the short form, whoever gave it', () => {
  const { approvals } = onlyTarget(
    load({
      'm.yaml': policyFor(
        'm',
        `owners: ["@acme/ml"]
approvals:
  required: 5
  groups:
    - { name: ml, from: ["@acme/ml", "@cy"] }
    - { name: sre, from: ["@acme/sre", "@cy"], required: 2 }
`,
      ),
    }),
  );
  const [ml, sre] = [
    { kind: 'team', org: 'acme', slug: 'ml' },
    { kind: 'team', org: 'acme', slug: 'sre' },
  ];
  const cy = { kind: 'user', login: 'cy' };
  expect(approvals).toMatchObject({
    required: 3,
    from: [ml, cy, sre],
    groups: [
      { name: 'ml', from: [ml, cy], required: 1 },
      { name: 'sre', from: [sre, cy], required: 2 },
    ],
  });
});

test('an anchor stands for what it names', () => {
  const { targets, problems } = load({
    'm.yaml': `model: m
environments:
  a:
    pins: { model: { file: a.yaml, path: v } }
    respond: &everything { critical: merge, high: merge, medium: merge, low: merge }
  b:
    pins: { model: { file: b.yaml, path: v } }
    respond: *everything
`,
  });
  expect(problems).toEqual([]);
  expect(targets.map(({ respond }) => respond.low)).toEqual(['merge', 'merge']);
});

test('line ends of Windows, a byte order mark and a document start change nothing', () => {
  const text = `\uFEFF---\r\n${policyFor('m').replaceAll('\n', '\r\n')}`;
  expect(onlyTarget(load({ 'm.yml': text })).target.model).toBe('m');
});

test('files that are not YAML are passed over', () => {
  expect(load({ 'README.md': '# {', 'policy.schema.json': '{' })).toEqual({
    repository: REPOSITORY_DEFAULTS,
    targets: [],
    problems: [],
    disabled: [],
  });
});

describe('a broken file', () => {
  const broken = `model: fraud
environments:
  production: { pins: 3 }
  "not a name": { pins: 3 }
  staging/eu: {}
`;

  test('takes out its own targets as far as it can be read, and no others', () => {
    const set = load({ 'fraud.yaml': broken, 'm.yaml': policyFor('m') });
    expect(set.targets.map(({ target }) => target.model)).toEqual(['m']);
    const [problem] = set.problems;
    const file = '.lastgood/fraud.yaml';
    expect(problem).toMatchObject({ file, line: 3, column: 23 });
    expect(set.disabled).toEqual([
      { target: { model: 'fraud', environment: 'production' }, file, problem },
      { target: { model: 'fraud', environment: 'staging/eu' }, file, problem },
    ]);
  });

  test('that is not YAML at all takes out what can be read of it', () => {
    const set = load({ 'fraud.yaml': `${policyFor('fraud')}\nowners: [@acme/fraud]\n` });
    expect(set.targets).toEqual([]);
    const [problem] = set.problems;
    expect(set.disabled).toEqual([
      {
        target: { model: 'fraud', environment: 'production' },
        file: '.lastgood/fraud.yaml',
        problem,
      },
    ]);
  });

  test('in a folder that is not read is told so', () => {
    const set = load({ 'fraud/policy.yaml': policyFor('m') });
    expect(set.problems.map(formatProblem)).toEqual([
      '.lastgood/fraud/policy.yaml:1:1: policies are not read from this folder; expected policies in .lastgood/ itself and presets in .lastgood/presets/; move it to .lastgood/policy.yaml',
    ]);
    expect(set.disabled).toHaveLength(1);
  });

  test('with all environments good but one takes out all: half a policy is nobody’s wish', () => {
    const text = `${policyFor('m')}  staging: { pins: {} }\n`;
    const set = load({ 'm.yaml': text });
    expect(set.targets).toEqual([]);
    expect(set.disabled.map(({ target }) => target.environment)).toEqual(['production', 'staging']);
  });
});

describe('.lastgood/repository.yaml', () => {
  test('says what holds for the whole repository', () => {
    const set = load({
      'repository.yaml':
        'limits: { merge: 3 per 12h }\nstorm: { models: 8 in 1h }\nmergeMethod: rebase\n',
    });
    expect(set).toEqual({
      repository: {
        limits: { merge: { count: 3, per: 12 * HOUR }, open: REPOSITORY_DEFAULTS.limits.open },
        storm: { models: { count: 8, within: HOUR } },
        mergeMethod: 'rebase',
      },
      targets: [],
      problems: [],
      disabled: [],
    });
  });

  test.each(['limits: { merge: many }', 'limit: {}', '{', '[]', ''])(
    'when it is broken (%j), nothing merges by itself, and pull requests are still opened',
    (text) => {
      const set = load({ 'repository.yaml': text, 'm.yaml': policyFor('m') });
      expect(set.repository.limits.merge.count).toBe(0);
      expect(set.repository.storm).toEqual(REPOSITORY_DEFAULTS.storm);
      expect(set.repository.problem).toBe(set.problems[0]);
      expect(set.repository.limits.open).toEqual(REPOSITORY_DEFAULTS.limits.open);
      expect(set.problems.length).toBeGreaterThan(0);
      expect(set.targets).toHaveLength(1);
    },
  );
});
