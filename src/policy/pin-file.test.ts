import { expect, test } from 'vitest';
import { readPinFile } from './pin-file.ts';

test.each([
  'model.yaml',
  'clusters/production/fraud/inferenceservice.yaml',
  'a b/ü.json',
  '.github/dependabot.yml',
  '.gitignore',
  'charts/.lastgood/values.yaml',
  'a..b/c...d',
])('%s may be pinned', (path) => {
  expect(readPinFile(path)).toEqual({ ok: true, value: path });
});

test.each([
  ['', 'which is empty', undefined],
  ['/etc/passwd', 'which is absolute', 'write etc/passwd'],
  ['C:/x', 'which is absolute', undefined],
  ['../x', 'which leaves its folder by `..`', undefined],
  ['a/../../x', 'which leaves its folder by `..`', undefined],
  ['a\\b.yaml', 'with a backslash', 'write a/b.yaml'],
  ['-rf', 'which begins with `-`', undefined],
  ['./a//b.yaml', 'which is not how git writes it', 'write a/b.yaml'],
  ['a/', 'which is not how git writes it', 'write a'],
  ['.', 'which is not how git writes it', undefined],
  ['a\u0000b', 'which has control characters in it', undefined],
  ['a\nb', 'which has control characters in it', undefined],
  ['.git/config', "which is git's own", undefined],
  ['sub/.GIT/config', "which is git's own", undefined],
  ['.lastgood/fraud.yaml', "which is Lastgood's own", undefined],
  ['x'.repeat(1001), 'which is longer than 1000 characters', undefined],
])('%j is refused: %s', (path, why, suggestion) => {
  expect(readPinFile(path)).toEqual({ ok: false, why, ...(suggestion && { suggestion }) });
});

test.each(['.github/workflows/deploy.yaml', '.GitHub/Workflows/x.yml'])(
  'reality 23: %s is refused, since changing it needs a permission of its own',
  (path) => {
    expect(readPinFile(path)).toEqual({
      ok: false,
      why: 'which GitHub lets only the `workflows` permission change',
    });
  },
);
