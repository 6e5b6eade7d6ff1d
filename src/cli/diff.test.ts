import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { git } from '../../fixtures/git/run.ts';
import { applyPatch } from './apply-patch.fixture.ts';
import { featuresFile, modelFile, SAMPLE } from './sample.fixture.ts';
import { openStage, type Stage } from './stage.fixture.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

const TARGET = 'production/fraud-detector';
const MODEL = 'production/model.yaml';
const FEATURES = 'production/features.yaml';

describe('the diff', () => {
  test('is taken by git apply, and sets the pins alone', async () => {
    const { folder } = stage.repository(SAMPLE);
    const { out } = await stage.run(['plan', TARGET, '--repo', folder]);
    expect(await applyPatch(folder, out, [MODEL, FEATURES])).toEqual([
      modelFile('v2', '4Gi'),
      featuresFile('tx-2026-11-04'),
    ]);
  });

  test.each([
    ['a last line without an end', (text: string) => text.trimEnd()],
    ['blank lines at the end', (text: string) => `${text}\n\n\n`],
    ['blanks at the end of lines', (text: string) => text.replaceAll('\n', '  \t\n')],
    ['line ends of Windows', (text: string) => text.replaceAll('\n', '\r\n')],
    ['a byte order mark', (text: string) => `\ufeff${text}`],
    ['control characters in a comment', (text: string) => `# \u001b[31m\u202e\n${text}`],
  ])('reproduces the earlier file byte for byte: %s', async (_, form) => {
    const file = 'deep/a “quoted” file with "all" in it.yaml';
    const policy = `model: m\nenvironments:\n  p:\n    pins:\n      model: { file: ${JSON.stringify(file)}, path: spec.predictor.model.storageUri }\n    target: { minSoak: 0s }\n`;
    const before = form(modelFile('v1'));
    const { folder } = stage.repository([
      { message: 'one', files: { [file]: before, '.lastgood/m.yaml': policy } },
      { message: 'two', files: { [file]: form(modelFile('v2')) } },
    ]);
    const { exit, out } = await stage.run(['plan', 'm', '--repo', folder]);
    expect(exit).toBe(0);
    expect(await applyPatch(folder, out, [file])).toEqual([before]);
    expect(git(folder, ['diff', '--stat', 'HEAD~1', '--', file])).toBe('');
  });

  test('is the same in JSON', async () => {
    const { folder } = stage.repository(SAMPLE);
    const { data } = await stage.runJson(['plan', TARGET, '--repo', folder]);
    const { diff } = data as { readonly diff: string };
    const { out } = await stage.run(['plan', TARGET, '--repo', folder]);
    expect(out.endsWith(`\n\n${diff}`)).toBe(true);
    expect(await applyPatch(folder, diff, [FEATURES])).toEqual([featuresFile('tx-2026-11-04')]);
  });
});
