import { expect, test } from 'vitest';
import { parsePath } from './parse-path.ts';

const key = (name: string): object => ({ kind: 'key', key: name });
const index = (at: number): object => ({ kind: 'index', index: at });
const select = (value: string, ...field: string[]): object => ({ kind: 'select', field, value });

test.each<[string, object[]]>([
  ['storageUri', [key('storageUri')]],
  ['spec.predictor.model', [key('spec'), key('predictor'), key('model')]],
  ['data["snapshot.id"]', [key('data'), key('snapshot.id')]],
  ["data['a]\"b']", [key('data'), key('a]"b')]],
  [String.raw`data["a\"b\\c"]`, [key('data'), key('a"b\\c')]],
  [String.raw`annotations.example\.com/rev`, [key('annotations'), key('example.com/rev')]],
  ['["a b"].c', [key('a b'), key('c')]],
  ['["a"]["b"][0]', [key('a'), key('b'), index(0)]],
  ['[""]', [key('')]],
  ['images[0].newTag', [key('images'), index(0), key('newTag')]],
  ['[12]', [index(12)]],
  ['images[name=acme/fraud].newTag', [key('images'), select('acme/fraud', 'name'), key('newTag')]],
  ['c[name=a=b.c].image', [key('c'), select('a=b.c', 'name'), key('image')]],
  ['c[metadata.name=x]', [key('c'), select('x', 'metadata', 'name')]],
  [String.raw`c[a\.b.c="x ]y"].d`, [key('c'), select('x ]y', 'a.b', 'c'), key('d')]],
  ["c[name='']", [key('c'), select('', 'name')]],
  ['a-b_c/d:e@f.😀', [key('a-b_c/d:e@f'), key('😀')]],
])('%s', (path, steps) => {
  expect(parsePath(path)).toMatchObject({ ok: true, steps });
});

test('each step knows where it ends', () => {
  const path = 'spec.containers[name=server]["image"]';
  const parsed = parsePath(path);
  const ends = parsed.ok ? parsed.steps.map((step) => path.slice(0, step.end)) : [];
  expect(ends).toEqual([
    'spec',
    'spec.containers',
    'spec.containers[name=server]',
    'spec.containers[name=server]["image"]',
  ]);
});

test.each([
  ['', 'character 1: expected a key, found its end'],
  ['.a', 'character 1: expected a key, found `.`'],
  ['a.', 'character 3: expected a key, found its end'],
  ['a..b', 'character 3: expected a key, found `.`'],
  ['a.[0]', 'character 3: expected a key, found `[`'],
  ['a b', 'character 2: expected a dot or an opening bracket, found ` `'],
  ['a[0]b', 'character 5: expected a dot or an opening bracket, found `b`'],
  ['a]', 'character 2: expected a dot or an opening bracket, found `]`'],
  ['a[', 'character 3: expected an index'],
  ['a[]', 'character 3: expected an index'],
  ['a[*]', 'character 4: expected an equals sign'],
  ['a[-1]', 'character 5: expected an equals sign'],
  ['a[12345678901]', 'expected an equals sign'],
  ['a[name]', 'character 7: expected an equals sign'],
  ['a[name=]', 'character 8: expected a value to select by'],
  ['a[name= x]', 'character 8: expected a value to select by'],
  ['a[name=x', 'character 8: expected a value to select by'],
  ['a[name="x]', 'character 11: expected the closing quote "'],
  ['a["b"', 'character 6: expected the closing bracket'],
  ['a["b', 'character 5: expected the closing quote "'],
  ['a\\', 'character 3: expected a character after the backslash'],
  ['a[.b=c]', 'character 3: expected an index'],
  ['x'.repeat(1_001), 'has 1001 characters'],
])('%j: %s', (path, message) => {
  expect(parsePath(path)).toMatchObject({
    ok: false,
    problem: { code: 'path-invalid', message: expect.stringContaining(message) },
  });
});
