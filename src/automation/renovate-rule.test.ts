import { describe, expect, test } from 'vitest';
import { addRule, removeRule, ruleLine } from './renovate-rule.ts';

const TARGET = 'production/fraud';
const FILES = ['apps/fraud/app.yaml'];
const RULE =
  '{ "description": "suspended by Lastgood: production/fraud", "matchFileNames": ["apps/fraud/app.yaml"], "enabled": false }';

describe('a rule that keeps Renovate quiet', () => {
  test.each<[title: string, before: string, after: string]>([
    ['no settings', '{}', `{"packageRules": [ ${RULE}]}`],
    ['no settings, with blanks', '{ }\n', `{"packageRules": [ ${RULE}] }\n`],
    [
      'no rules',
      '{\n  "extends": ["config:recommended"]\n}\n',
      `{\n  "extends": ["config:recommended"],\n  "packageRules": [ ${RULE}]\n}\n`,
    ],
    [
      'no rules, CRLF and tabs',
      '{\r\n\t"automerge": true\r\n}\r\n',
      `{\r\n\t"automerge": true,\r\n\t"packageRules": [ ${RULE}]\r\n}\r\n`,
    ],
    ['an empty list', '{"packageRules": []}', `{"packageRules": [${RULE}]}`],
    ['an empty list, with a blank', '{"packageRules": [ ]}', `{"packageRules": [${RULE} ]}`],
    [
      'a rule',
      '{\n  "packageRules": [\n    { "matchPackageNames": ["a]b"], "enabled": true }\n  ],\n  "z": 1\n}',
      `{\n  "packageRules": [\n    { "matchPackageNames": ["a]b"], "enabled": true },\n    ${RULE}\n  ],\n  "z": 1\n}`,
    ],
    [
      'rules on one line',
      '{"packageRules":[{"a":1},{"b":{"c":[]}}],"z":"\\u00e9"}',
      `{"packageRules":[{"a":1},{"b":{"c":[]}}, ${RULE}],"z":"\\u00e9"}`,
    ],
  ])('%s: is added, and taken out byte for byte', (_, before, after) => {
    expect(addRule(before, TARGET, FILES)).toEqual({ ok: true, text: after });
    expect(addRule(after, TARGET, FILES)).toEqual({ ok: true, text: after });
    expect(JSON.parse(after)).toMatchObject({ packageRules: expect.any(Array) });
    expect(removeRule(after, TARGET)).toEqual({ ok: true, text: before });
    expect(removeRule(before, TARGET)).toBeUndefined();
    expect(removeRule(after, 'production/other')).toBeUndefined();
  });

  test('of several targets one goes', () => {
    const first = addRule('{\n  "packageRules": [\n    {"a": 1}\n  ]\n}', 'production/a', [
      'a.yaml',
    ]);
    const second = addRule(first.ok ? first.text : '', 'production/b', ['b.yaml']);
    const text = second.ok ? second.text : '';
    expect(ruleLine(text, 'production/a')).toBe(4);
    expect(ruleLine(text, 'production/b')).toBe(5);
    expect(ruleLine(text, 'production/c')).toBeUndefined();
    expect(removeRule(text, 'production/b')).toEqual(first);
    const left = removeRule(text, 'production/a');
    expect(left?.ok === true && JSON.parse(left.text)).toEqual({
      packageRules: [
        { a: 1 },
        {
          description: 'suspended by Lastgood: production/b',
          matchFileNames: ['b.yaml'],
          enabled: false,
        },
      ],
    });
  });

  test('is found again when somebody wrote the file anew', () => {
    const pretty = JSON.stringify({ packageRules: [JSON.parse(RULE)], z: 1 }, null, 2);
    const left = removeRule(pretty, TARGET);
    expect(left?.ok === true && JSON.parse(left.text)).toEqual({ packageRules: [], z: 1 });
  });

  test.each<[title: string, text: string, files: readonly string[], why: string]>([
    ['comments', '{ // ours\n}', FILES, 'the file is no plain JSON'],
    ['JSON5', "{ extends: ['a'] }", FILES, 'the file is no plain JSON'],
    ['a trailing comma', '{ "a": 1, }', FILES, 'the file is no plain JSON'],
    ['a byte order mark', '\uFEFF{}', FILES, 'the file is no plain JSON'],
    ['a list', '[]', FILES, 'the file is no plain JSON'],
    ['nothing', '', FILES, 'the file is no plain JSON'],
    [
      'rules that are no list',
      '{"packageRules": {}}',
      FILES,
      'its packageRules are no list, or there are several',
    ],
    [
      'rules given twice',
      '{"packageRules": [], "packageRules": []}',
      FILES,
      'its packageRules are no list, or there are several',
    ],
    [
      'a path that is a pattern',
      '{}',
      ['apps/[fraud]/app.yaml'],
      'the path apps/[fraud]/app.yaml would be read as a pattern',
    ],
  ])('%s: is left alone, with the reason', (_, text, files, why) => {
    expect(addRule(text, TARGET, files)).toEqual({ ok: false, why });
  });

  test('a file that cannot be edited any more says so', () => {
    expect(removeRule(`{ // ours\n"packageRules": [${RULE}] }`, TARGET)).toEqual({
      ok: false,
      why: 'the file is no plain JSON',
    });
  });
});
