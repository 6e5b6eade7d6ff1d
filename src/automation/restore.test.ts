import { describe, expect, test } from 'vitest';
import type { Pin } from '../manifests/pin.ts';
import { applicationsIn } from './argo-application.ts';
import type { OtherAutomation } from './automation.ts';
import { restoreAutomation } from './restore.ts';
import { suspendMarkers } from './flux-marker.ts';
import { suspendOthers } from './suspend.ts';

const TARGET = 'production/fraud';
const FLUX = '{"$imagepolicy": "flux-system:fraud"}';
const APP = `image: acme/fraud:1.11 # ${FLUX}\nside: acme/side:3 # ${FLUX}\n`;
const LIST = 'argocd-image-updater.argoproj.io/image-list';
const APPLICATION = `apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata:\n  name: fraud\n  annotations:\n    ${LIST}: a=b\nspec:\n  source:\n    path: apps\n`;
const RENOVATE = '{ "packageRules": [{ "enabled": true }] }';

const image: Pin = {
  id: 'image',
  component: 'image',
  file: 'apps/fraud.yaml',
  path: 'image',
  version: 'acme/fraud:{version}',
};
const argo: OtherAutomation = {
  kind: 'argocd-image-updater',
  application: 'fraud',
  annotation: { file: 'argocd.yaml', line: 6 },
  suspended: false,
};
const renovate: OtherAutomation = {
  kind: 'renovate',
  file: 'renovate.json',
  pinned: [image.file],
  suspended: false,
};
const files = new Map([
  ['apps/fraud.yaml', APP],
  ['argocd.yaml', APPLICATION],
  ['renovate.json', RENOVATE],
]);

/** The files as a rollback leaves them. */
function suspend(): Map<string, string> {
  const { texts } = suspendOthers([argo, renovate], TARGET, (path) => files.get(path));
  const after = new Map([...files, ...texts]);
  return after.set('apps/fraud.yaml', suspendMarkers(APP, new Set([1, 2])));
}

function restore(texts: ReadonlyMap<string, string>, target = TARGET, pins = [image]) {
  const file = 'argocd.yaml';
  const found = applicationsIn(texts.get(file) ?? '');
  return restoreAutomation({
    target,
    pins,
    applications: found.map((application) => ({ file, application })),
    renovate: 'renovate.json',
    textOf: (path) => texts.get(path),
  });
}

describe('what a rollback took out of force', () => {
  test('is told of, file by file', () => {
    const { automations, texts } = suspendOthers([argo, renovate], TARGET, (path) =>
      files.get(path),
    );
    expect(automations).toEqual([
      { ...argo, suspended: true },
      { ...renovate, suspended: true },
    ]);
    expect([...texts.keys()]).toEqual(['argocd.yaml', 'renovate.json']);
  });

  test('is not told of again while it is', () => {
    const texts = suspend();
    expect(suspendOthers([renovate], TARGET, (path) => texts.get(path))).toEqual({
      automations: [],
      texts: new Map(),
    });
  });

  test('comes back byte for byte, but for what belongs to others', () => {
    const { texts, restored, left } = restore(suspend());
    expect(left).toEqual([]);
    expect(restored).toEqual([
      { kind: 'flux', file: 'apps/fraud.yaml', line: 1 },
      { kind: 'argocd-image-updater', file: 'argocd.yaml', line: 6 },
      { kind: 'renovate', file: 'renovate.json', line: 1 },
    ]);
    expect(texts.get('argocd.yaml')).toBe(APPLICATION);
    expect(texts.get('renovate.json')).toBe(RENOVATE);
    // The second line is no pin of this target.
    expect(texts.get('apps/fraud.yaml')).toBe(suspendMarkers(APP, new Set([2])));
  });

  test('is nothing where nothing is out of force', () => {
    expect(restore(files)).toEqual({ texts: new Map(), restored: [], left: [] });
    expect(restore(new Map())).toEqual({ texts: new Map(), restored: [], left: [] });
  });

  test('of another target stays', () => {
    const pins = [{ ...image, file: 'other/app.yaml' }];
    expect(restore(suspend(), 'production/other', pins).restored).toEqual([]);
  });

  test('and cannot be put back by itself is told', () => {
    const texts = suspend();
    texts.set('renovate.json', `// ours\n${texts.get('renovate.json') ?? ''}`);
    const { restored, left } = restore(texts);
    expect(restored.map(({ kind }) => kind)).toEqual(['flux', 'argocd-image-updater']);
    expect(left).toEqual([
      { kind: 'renovate', file: 'renovate.json', line: 2, why: 'the file is no plain JSON' },
    ]);
  });

  test.each<[title: string, automation: OtherAutomation, after: OtherAutomation]>([
    [
      'an Application that the repository does not hold',
      { kind: 'argocd-image-updater', application: 'x', file: 'a', suspended: false },
      { kind: 'argocd-image-updater', application: 'x', file: 'a', suspended: false },
    ],
    [
      'an Application of another name',
      { ...argo, application: 'x' },
      { ...argo, application: 'x' },
    ],
    [
      'a file that cannot be edited',
      { ...argo, annotation: { file: 'gone.yaml', line: 1 } },
      { ...argo, annotation: { file: 'gone.yaml', line: 1 } },
    ],
    [
      'settings that cannot be edited',
      { ...renovate, file: 'gone.json' },
      { ...renovate, file: 'gone.json', why: 'the file cannot be read as text' },
    ],
  ])('%s is not taken out of force', (_, automation, after) => {
    const { automations, texts } = suspendOthers([automation], TARGET, (path) => files.get(path));
    expect(automations).toEqual([after]);
    expect(texts.size).toBe(0);
  });
});
