import { describe, expect, test } from 'vitest';
import { applicationsIn, restoreApplication, suspendApplication } from './argo-application.ts';

const application = (annotations: string, rest = '') =>
  `# Fraud\napiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata:\n  name: fraud\n  annotations:\n${annotations}spec:\n  source:\n    path: apps/fraud # here\n${rest}`;
const KEY = 'argocd-image-updater.argoproj.io/image-list';
const LIST = `    ${KEY}: fraud=acme/fraud\n`;

describe('an Application with images that are set by itself', () => {
  test.each<[title: string, text: string]>([
    ['plain', application(LIST)],
    ['quoted', application(`    "${KEY}":   'fraud=acme/fraud' # mind\n    other: x\n`)],
    ['single quotes', application(`    '${KEY}': fraud=acme/fraud\n`)],
    ['a block', application(`    ${KEY}: >-\n      fraud=acme/fraud,\n      side=acme/side\n`)],
    ['CRLF', application(LIST).replaceAll('\n', '\r\n')],
    ['one of several documents', `a: 1\n---\n${application(LIST)}---\nb: 2\n`],
    [
      'with options of its own',
      application(`${LIST}    ${KEY.replace('image-list', 'fraud.allow-tags')}: any\n`),
    ],
    [
      'flow',
      `{apiVersion: argoproj.io/v1alpha1, kind: Application, metadata: {name: fraud, annotations: {${KEY}: a=b}}}`,
    ],
  ])('%s: is taken out of force and put back byte for byte', (_, text) => {
    expect(applicationsIn(text)).toMatchObject([{ name: 'fraud', suspended: false }]);
    const suspended = suspendApplication(text, 'fraud') ?? '';
    expect(suspended).toBe(text.replace(KEY, `suspended-by-lastgood.${KEY}`));
    expect(applicationsIn(suspended)).toMatchObject([{ name: 'fraud', suspended: true }]);
    expect(suspendApplication(suspended, 'fraud')).toBeUndefined();
    expect(restoreApplication(suspended, 'fraud')).toBe(text);
    expect(restoreApplication(text, 'fraud')).toBeUndefined();
  });

  test.each<[title: string, text: string, expected: readonly string[]]>([
    ['its folder', application(LIST), ['apps/fraud']],
    [
      'a folder with dots',
      application(LIST).replace('apps/fraud', './apps/x/../fraud/'),
      ['apps/fraud'],
    ],
    ['the top of the repository says nothing', application(LIST).replace('apps/fraud', '.'), []],
    ['a way out of the repository', application(LIST).replace('apps/fraud', '../../etc'), []],
    [
      'several sources',
      application(LIST, '  sources:\n    - path: base\n    - chart: x\n'),
      ['apps/fraud', 'base'],
    ],
    [
      'a kustomization that it writes to',
      application(
        `${LIST}    ${KEY.replace('image-list', 'write-back-target')}: kustomization:../base\n`,
      ),
      ['apps/fraud', 'apps/base'],
    ],
    [
      'values that it writes to',
      application(
        `${LIST}    ${KEY.replace('image-list', 'write-back-target')}: helmvalues:/charts/fraud/values.yaml\n`,
      ),
      ['apps/fraud', 'charts/fraud/values.yaml'],
    ],
  ])('%s', (_, text, expected) => {
    expect(applicationsIn(text).map(({ paths }) => paths)).toEqual([expected]);
  });

  test.each<[title: string, text: string]>([
    ['no annotation', application('    other: x\n')],
    ['an ApplicationSet', application(LIST).replace('kind: Application', 'kind: ApplicationSet')],
    [
      'another kind of Application',
      application(LIST).replace('argoproj.io/v1alpha1', 'app.k8s.io/v1'),
    ],
    ['no name', application(LIST).replace('  name: fraud\n', '')],
    ['a template', application(LIST).replace('name: fraud', 'name: {{ .Values.name }}: x')],
    ['the annotation twice', application(`${LIST}${LIST}`)],
    ['in force and out of it', application(`${LIST}    suspended-by-lastgood.${KEY}: x\n`)],
    ['through an alias', application(`    ${KEY}: *images\n`).replace('# Fraud', 'x: &images a=b')],
    ['through a merge', `x: &common\n  ${KEY}: a=b\n${application('    <<: *common\n')}`],
    ['only in a comment', `# ${KEY}\nkind: Application\n`],
    ['no YAML', `${KEY}: [`],
  ])('none: %s', (_, text) => {
    expect(applicationsIn(text)).toEqual([]);
    expect(suspendApplication(text, 'fraud')).toBeUndefined();
  });

  test('an anchor before the value keeps its key from being renamed', () => {
    expect(suspendApplication(application(`    ${KEY}: &list a=b\n`), 'fraud')).toBeUndefined();
  });

  test('two of one name: neither is touched', () => {
    const text = `${application(LIST)}---\n${application(LIST)}`;
    expect(suspendApplication(text, 'fraud')).toBeUndefined();
  });
});
