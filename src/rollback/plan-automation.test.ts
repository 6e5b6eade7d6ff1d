import { describe, expect, it, test } from 'vitest';
import type { OtherAutomation } from '../automation/automation.ts';
import type { Pin } from '../manifests/pin.ts';
import { readPins } from '../manifests/read-pin.ts';
import type { Release } from '../releases/release.ts';
import { blobOid } from '../releases/blob-oid.ts';
import { checkDiff } from './check-diff.ts';
import { planRollback } from './plan-rollback.ts';

const LIST = 'argocd-image-updater.argoproj.io/image-list';
const APPLICATION = 'argocd.yaml';
const application = (prefix = '', tag = '9', list = 'a=b') =>
  `apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata:\n  name: fraud\n  annotations: { ${prefix}${LIST}: ${list} } # all\nspec:\n  source: { path: apps, helm: { parameters: [{ name: tag, value: '${tag}' }] } }\n`;
const image: Pin = { id: 'image', component: 'image', file: 'app.yaml', path: 'image' };
const parameter: Pin = {
  id: 'image',
  component: 'image',
  file: APPLICATION,
  path: 'spec.source.helm.parameters[name=tag].value',
};
const argo: OtherAutomation = {
  kind: 'argocd-image-updater',
  application: 'fraud',
  annotation: { file: APPLICATION, line: 5 },
  suspended: false,
};
const renovate: OtherAutomation = {
  kind: 'renovate',
  file: 'renovate.json',
  pinned: ['app.yaml'],
  suspended: false,
};

type Files = Readonly<Record<string, string>>;

function releaseOf(commit: string, pins: readonly Pin[], files: Files): Release {
  const values = pins.flatMap((pin) => {
    const [reading] = readPins(files[pin.file] ?? '', [pin]);
    return reading?.ok ? [[pin.id, reading.value] as const] : [];
  });
  return {
    commit,
    at: 1_000,
    author: { name: 'Ann', email: 'ann@acme.example' },
    subject: 'Ship',
    body: '',
    values: Object.fromEntries(values),
    problems: [],
  };
}

function plan(
  pins: readonly Pin[],
  now: Files,
  before: Files,
  more: { readonly suspendAutomation?: boolean; readonly mode?: string } = {},
) {
  const { suspendAutomation = true, mode = '100644' } = more;
  const result = planRollback({
    policy: { target: { environment: 'production', model: 'fraud' }, pins, suspendAutomation },
    base: 'b'.repeat(40),
    running: releaseOf('a'.repeat(40), pins, now),
    selection: {
      kind: 'release',
      release: releaseOf('c'.repeat(40), pins, before),
      how: 'newest-good',
      passedOver: [],
    },
    files: Object.fromEntries(
      Object.entries(now).map(([path, text]) => [
        path,
        { mode: pins.some(({ file }) => file === path) ? '100644' : mode, text },
      ]),
    ),
    automations: [argo, renovate],
    changesSince: [],
  });
  if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join(' '));
  return result.plan;
}

const now = {
  'app.yaml': 'image: a:9\n',
  [APPLICATION]: application(),
  'renovate.json': '{}\n',
};
const before = { 'app.yaml': 'image: a:8\n' };

describe('a plan that takes automation out of force', () => {
  it('has the files in it, each with every other byte', () => {
    const made = plan([image], now, before);
    expect(made.files.map(({ path, after }) => [path, after])).toEqual([
      ['app.yaml', 'image: a:8\n'],
      [APPLICATION, application('suspended-by-lastgood.')],
      [
        'renovate.json',
        '{"packageRules": [ { "description": "suspended by Lastgood: production/fraud", "matchFileNames": ["app.yaml"], "enabled": false }]}\n',
      ],
    ]);
    expect(made.edits).toHaveLength(1);
    expect(made.automations?.map(({ suspended }) => suspended)).toEqual([true, true]);
    const changed = made.files.map(({ path, after }) => ({
      path,
      blob: blobOid(after),
      status: 'modified',
    }));
    expect(checkDiff(made, changed)).toEqual([]);
    // One file more or less than that is no rollback.
    expect(checkDiff(made, changed.slice(0, 2))).toHaveLength(1);
    expect(
      checkDiff(plan([image], now, before, { suspendAutomation: false }), changed),
    ).toHaveLength(2);
  });

  it('sets the pin and renames the annotation where both stand in one file', () => {
    const made = plan(
      [parameter],
      { [APPLICATION]: application(), 'renovate.json': '[]' },
      { [APPLICATION]: application('', '8') },
    );
    expect(made.files).toEqual([
      {
        path: APPLICATION,
        mode: '100644',
        before: application(),
        after: application('suspended-by-lastgood.', '8'),
      },
    ]);
    expect(made.automations).toEqual([
      { ...argo, suspended: true },
      { ...renovate, why: 'the file is no plain JSON' },
    ]);
  });

  test.each<[title: string, made: ReturnType<typeof plan>]>([
    [
      'where the policy does not ask for it',
      plan([image], now, before, { suspendAutomation: false }),
    ],
    ['in a file that is no plain one', plan([image], now, before, { mode: '120000' })],
    ['in a file that is gone', plan([image], { 'app.yaml': 'image: a:9\n' }, before)],
  ])('takes nothing out of force %s', (_, made) => {
    expect(made.files.map(({ path }) => path)).toEqual(['app.yaml']);
    expect(made.automations?.map(({ suspended }) => suspended)).toEqual([false, false]);
  });

  it('leaves an annotation alone in which the pin itself stands', () => {
    const pin: Pin = {
      ...parameter,
      path: `metadata.annotations["${LIST}"]`,
      version: 'a=b:{version}',
    };
    const made = plan(
      [pin],
      { [APPLICATION]: application('', '1', '"a=b:9"') },
      { [APPLICATION]: application('', '1', '"a=b:8"') },
    );
    expect(made.files.map(({ after }) => after)).toEqual([application('', '1', '"a=b:8"')]);
    expect(made.automations?.map(({ suspended }) => suspended)).toEqual([false, false]);
  });
});
