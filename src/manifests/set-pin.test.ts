import { expect, test } from 'vitest';
import type { Pin } from './pin.ts';
import { readPin } from './read-pin.ts';
import { setPin, setPins, type PinGoal } from './set-pin.ts';

function pin(path: string, rest: Partial<Pin> = {}): Pin {
  return { id: 'model', component: 'model', file: 'f.yaml', path, ...rest };
}

function set(text: string, goal: PinGoal, at: Pin = pin('v')): string {
  const done = setPin(text, at, goal);
  return done.ok ? done.text : `${done.problem.code}: ${done.problem.message}`;
}

test('answers what stood there and what stands there now', () => {
  const at = pin('a[name=x].image', { version: 'reg/x:{version}' });
  const text = 'a:\n  - {name: x, image: "reg/x:1.10"} # c\n';
  expect(setPin(text, at, { version: '1.9' })).toEqual({
    ok: true,
    text: 'a:\n  - {name: x, image: "reg/x:1.9"} # c\n',
    before: { version: '1.10', value: 'reg/x:1.10', token: '"reg/x:1.10"', line: 2 },
    after: { version: '1.9', value: 'reg/x:1.9', token: '"reg/x:1.9"', line: 2 },
  });
});

test.each([
  // Quotes stay what they are.
  ['"1.10"', '1.9', '"1.9"'],
  ["'1.10'", '1.9', "'1.9'"],
  ['"a"', 'say "x" \\ y', '"say \\"x\\" \\\\ y"'],
  ["'a'", "it's", "'it''s'"],
  ['"v1"', '', '""'],
  ['"é"', 'ü: 日本 # 😀', '"ü: 日本 # 😀"'],
  // A plain string stays plain while it is safe, and a string.
  ['v3', 'v4', 'v4'],
  ['v3', 's3://m/v4@x=y+z', 's3://m/v4@x=y+z'],
  ['v3', 'reg:5000/a:b@sha256:0f', 'reg:5000/a:b@sha256:0f'],
  ['v3', '1.10', '"1.10"'],
  ['v3', '12e03', '"12e03"'],
  ['v3', '0x1F', '"0x1F"'],
  ['v3', '0o17', '"0o17"'],
  ['v3', '1_000', '"1_000"'],
  ['v3', '190:20:30', '"190:20:30"'],
  ['v3', '2026-11-20', '"2026-11-20"'],
  ['v3', 'yes', '"yes"'],
  ['v3', 'Off', '"Off"'],
  ['v3', 'true', '"true"'],
  ['v3', 'null', '"null"'],
  ['v3', '~', '"~"'],
  ['v3', '', '""'],
  ['v3', '.inf', '".inf"'],
  ['v3', '-', '"-"'],
  ['v3', '---', '"---"'],
  ['v3', 'a b', '"a b"'],
  ['v3', ' a ', '" a "'],
  ['v3', 'a: b', '"a: b"'],
  ['v3', 'a:', '"a:"'],
  ['v3', 'a #b', '"a #b"'],
  ['v3', 'a#b', '"a#b"'],
  ['v3', '*x', '"*x"'],
  ['v3', '&x', '"&x"'],
  ['v3', '!x', '"!x"'],
  ['v3', '%x', '"%x"'],
  ['v3', '@x', '"@x"'],
  ['v3', '[a]', '"[a]"'],
  ['v3', 'a, b', '"a, b"'],
  ['v3', '|', '"|"'],
  ['v3', '<<', '"<<"'],
  ['v3', 'a"b', "'a\"b'"],
  ['v3', '"', "'\"'"],
  ['v3', "it's", '"it\'s"'],
  ['v3', "\\'", "'\\'''"],
  // What is no string may stay what it is, or become a string.
  ['1.10', '1.9', '1.9'],
  ['1.10', '2', '2'],
  ['7', '9007199254740993123', '9007199254740993123'],
  ['1.10', 'v3', 'v3'],
  ['1.10', 'true', '"true"'],
  ['1.10', '2026-11-20', '"2026-11-20"'],
  ['2026-11-20', '2026-11-19', '2026-11-19'],
  ['2026-11-20', '1.10', '"1.10"'],
  ['yes', 'no', 'no'],
  ['null', 'v1', 'v1'],
  ['null', '~', '~'],
  ['null', '1', '"1"'],
])('%s set to %j is written %s', (source, value, written) => {
  const surroundings: [string, string, Pin][] = [
    ['v: ', ' # c\n', pin('v')],
    ['x: {v: ', ', y: 1 }\n', pin('x.v')],
    ['- ', '', pin('[0]')],
    ['a:\r\n  v:\t', '\r\n  w: 1\r\n', pin('a.v')],
    ['%YAML 1.1\n---\nv: &a ', '\n...\n', pin('v')],
    ['\uFEFF? v\n: ', '\n---\nw: 1', pin('v')],
  ];
  for (const [before, after, at] of surroundings) {
    const text = before + source + after;
    expect(set(text, { value }, at)).toBe(before + written + after);
  }
});

test.each([
  ['"a\n     b"', '"v1"'],
  ["'a\n     \tb'", "'v1'"],
  ['"a\\\n     b"', '"v1"'],
  ['a\n     b', 'v1'],
])('%j over several lines is set to one line', (source, written) => {
  for (const end of ['\n', '\r\n']) {
    const file = (scalar: string): string =>
      `w: # c\n - v: ${scalar} # d\n   x: 1\n`.replaceAll('\n', end);
    expect(set(file(source), { value: 'v1' }, pin('w[0].v'))).toBe(file(written));
  }
});

test.each([
  ['"1.10"', '1.9', '"1.9"'],
  ['"a"', 'é"\\/', '"é\\"\\\\/"'],
  ['1.10', '1.9', '1.9'],
  ['1.10', 'v3', '"v3"'],
  ['1.10', '01', '"01"'],
  ['1.10', '.5', '".5"'],
  ['1.10', '0x1F', '"0x1F"'],
  ['1', 'null', '"null"'],
  ['null', 'null', 'null'],
  ['null', '1', '"1"'],
  ['true', 'false', 'false'],
  ['true', 'x', '"x"'],
])('JSON %s set to %j is written %s', (source, value, written) => {
  const before = '{ "w":[ ] ,\r\n\t"v" :';
  const after = ' ,"u": 1.50}';
  expect(set(before + source + after, { value }, pin('v', { file: 'F.JSON' }))).toBe(
    before + written + after,
  );
});

const restored: [string, string, string][] = [
  // file now, token of the earlier file, what is written
  ['v: v4 # c\n', "'v3'", "v: 'v3' # c\n"],
  ['v: "v4"\n', 'v3', 'v: v3\n'],
  ['v: "1.9"\n', '1.10', 'v: 1.10\n'],
  ['v: v4\n', '"\\x76\\u0033"', 'v: "\\x76\\u0033"\n'],
  ['v: v4\n', '"v\\\n  3"', 'v: "v\\\n  3"\n'],
  ['{v: v4, w: 1}', '"v3"', '{v: "v3", w: 1}'],
  // Equal already, but for the quotes.
  ['v: v3\n', '"v3"', 'v: "v3"\n'],
  // Tokens that would not read as the value where they would stand.
  ['v: v4\n', '"v3', 'v: v3\n'],
  ['v: v4\n', 'v3\nw: 1', 'v: v3\n'],
  ['v: v4\n', 'v3 # c', 'v: v3\n'],
  ['v: v4\n', '"v3" # c', 'v: v3\n'],
  ['v: v4\n', '&a v3', 'v: v3\n'],
  ['v: v4\n', '!!str v3', 'v: v3\n'],
  ['v: v4\n', '|-\n  v3', 'v: v3\n'],
  ['x: &x v3\nv: v4\n', '*x', 'x: &x v3\nv: v3\n'],
  ['v: "v4"\n', 'v5', 'v: "v3"\n'],
  ['v: "v3"\n', 'v5', 'v: "v3"\n'],
  ['v: v4\n', '', 'v: v3\n'],
];

test.each(restored)('%j with the earlier token %j becomes %j', (text, token, after) => {
  const value = token === '1.10' ? token : 'v3';
  expect(set(text, { token, value, version: value })).toBe(after);
});

test.each([
  // A flow token in its own surroundings only.
  ['v: w\n', 'a, b', 'a, b', 'v: a, b\n'],
  ['{v: w}\n', 'a, b', 'a, b', '{v: "a, b"}\n'],
])('%j with the earlier token %j reads as %j', (text, token, value, after) => {
  expect(set(text, { token, value, version: value })).toBe(after);
});

test.each([
  ["'v3'", 'v3', '"v3"'],
  ['v3', 'v3', '"v3"'],
  ['"\\x41"', 'A', '"A"'],
  ['1.10', '1.10', '1.10'],
  ['0x1F', '0x1F', '"0x1F"'],
  ['"\\u0041"', 'A', '"\\u0041"'],
])('JSON with the token %s of a YAML file', (token, value, written) => {
  const at = pin('v', { file: 'f.json' });
  expect(set('{"v": "v4"}', { token, value, version: value }, at)).toBe(`{"v": ${written}}`);
});

test('a value that stands there already changes nothing, escapes included', () => {
  for (const text of ['v: "\\x41"\n', 'v: A\n', "v: 'A'"])
    expect(set(text, { value: 'A' })).toBe(text);
});

test.each([
  ['x: &x v1\nv: *x\n', 'v', 'it stands behind the alias `*x`'],
  ['x: &x {v: v1}\ny: *x\n', 'y.v', 'it stands behind the alias `*x`'],
  ['x: &x v1\nv: *x\n', 'x', 'it belongs to the anchor `&x`'],
  ['x: &x {v: v1}\ny: *x\n', 'x.v', 'it belongs to the anchor `&x`'],
  ['x: &x [{n: a, v: v1}]\ny: *x\n', 'x[n=a].v', 'it belongs to the anchor `&x`'],
  ['x: &x {v: v1}\ny: {<<: *x}\n', 'x.v', 'it belongs to the anchor `&x`'],
  ['x: &x {v: v1}\ny: {<<: *x}\n', 'y.v', 'it comes through a merge key'],
  ['y: {<<: {v: v1}}\n', 'y.v', 'it comes through a merge key'],
  ['v: |-\n  v1\n', 'v', 'it is a block scalar'],
  ['v: >-\n  v1\n', 'v', 'it is a block scalar'],
  ['v: !!int 1\n', 'v', 'it has the tag'],
  ['v: !secret v1\n', 'v', 'it has the tag `!secret`'],
])('%j: %s is read but not set', (text, path, why) => {
  const reading = readPin(text, pin(path));
  expect(reading.ok).toBe(true);
  const same: PinGoal = reading.ok ? reading.value : { value: '' };
  for (const goal of [{ value: 'v2' }, same]) {
    expect(setPin(text, pin(path), goal)).toMatchObject({
      ok: false,
      problem: { code: 'not-editable', message: expect.stringContaining(why) },
    });
  }
});

test.each([
  ['an anchor that nothing uses', 'v: &x v1\n', 'v: &x v2\n'],
  [
    'an anchor used before it is defined again',
    'x: &x 1\ny: *x\nv: &x v1\n',
    'x: &x 1\ny: *x\nv: &x v2\n',
  ],
  [
    'a key of its own beside a merge',
    'x: &x {v: 1}\nv: v1\n<<: *x\n',
    'x: &x {v: 1}\nv: v2\n<<: *x\n',
  ],
  ['an anchor on its key', '&k v: v1\nw: *k\n', '&k v: v2\nw: *k\n'],
  ['a string tag', 'v: !!str v1\n', 'v: !!str v2\n'],
])('%s does not hold an edit back', (_what, text, after) => {
  expect(set(text, { value: 'v2' })).toBe(after);
});

test.each([
  ['a\nb', 'U+000A'],
  ['a\r', 'U+000D'],
  ['\u0000', 'U+0000'],
  ['a\u0085b', 'U+0085'],
  ['a\u2028b', 'U+2028'],
  ['\uFEFFa', 'U+FEFF'],
  ['a\u202Eb', 'U+202E'],
  ['\ud800', 'U+D800'],
  ['{{ .Values.x }}', 'placeholder'],
  ['${x}', 'placeholder'],
  ['x'.repeat(1_001), '1001 characters'],
])('%j is refused', (value, message) => {
  for (const goal of [
    { value },
    { version: value },
    { value, version: value, token: `"${value}"` },
  ]) {
    const told = set('v: v1\n', goal);
    expect(told).toMatch(/^pattern-mismatch: The value /);
    expect(told).toContain(message);
  }
});

test.each<[string, PinGoal, string]>([
  ['another version', { version: 'v2' }, 'v: "s3://m/v2/model"'],
  ['a whole value', { value: 's3://m/rules-v1/model' }, 'v: "s3://m/rules-v1/model"'],
  ['a version that breaks out', { version: 'x" #' }, 'v: "s3://m/x\\" #/model"'],
  ['a value of another form', { value: 's3://n/v2/model' }, 'pattern-mismatch: The value `s3://n'],
  ['an empty version', { version: '' }, 'pattern-mismatch: An empty version'],
  [
    'a version that the value does not hold',
    { token: 's3://m/v2/model', value: 's3://m/v2/model', version: 'v3' },
    'pattern-mismatch: The value `s3://m/v2/model` asked for at `v` holds the version `v2`',
  ],
])('with a pattern: %s', (_what, goal, told) => {
  expect(
    set('v: "s3://m/v1/model"', goal, pin('v', { version: 's3://m/{version}/model' })),
  ).toContain(told);
});

test('a pin that cannot be read is not set', () => {
  expect(set('w: 1\n', { value: 'x' })).toContain('path-not-found');
  expect(set('v: [\n', { value: 'x' })).toContain('not-parsable');
  expect(set('v:\n', { value: 'x' })).toContain('not-a-scalar');
  expect(set('v: a', { value: 'x' }, pin('v', { version: 'no hole' }))).toContain('no {version}');
});

test('a pin that decides where it stands itself is not set to something else', () => {
  expect(set('- {n: x}\n', { value: 'y' }, pin('[n=x].n'))).toContain('not-editable');
  const named = pin('kind', { document: { kind: 'A' } });
  expect(set('kind: A\n', { value: 'B' }, named)).toContain('not-editable');
});

test('several pins at once, or none', () => {
  const text = 'm: v2 # model\nf: "2026-11-02"\ni: {tag: 1.9}\n';
  const changes = [
    { pin: pin('i.tag', { id: 'image' }), goal: { token: "'1.8'", value: '1.8', version: '1.8' } },
    { pin: pin('m'), goal: { version: 'v1' } },
    { pin: pin('f', { id: 'features' }), goal: { value: '2026-11-01' } },
  ];
  expect(setPins(text, changes)).toMatchObject({
    ok: true,
    text: 'm: v1 # model\nf: "2026-11-01"\ni: {tag: \'1.8\'}\n',
    changes: [
      { before: { version: '1.9', line: 3 }, after: { version: '1.8' } },
      { before: { version: 'v2', line: 1 }, after: { version: 'v1' } },
      { before: { version: '2026-11-02' }, after: { version: '2026-11-01' } },
    ],
  });
  const missing = { pin: pin('x', { id: 'data' }), goal: { value: '1' } };
  expect(setPins(text, [...changes, missing])).toMatchObject({
    ok: false,
    pin: 'data',
    problem: { code: 'path-not-found' },
  });
  expect(setPins(text, [])).toEqual({ ok: true, text, changes: [] });
  const other = { pin: pin('m', { file: 'g.yaml' }), goal: { value: '1' } };
  expect(setPins(text, [...changes, other])).toMatchObject({
    ok: false,
    problem: { code: 'not-editable' },
  });
});

test('two pins of one scalar each set their part, and must agree', () => {
  const model = pin('v', { version: 'm-{version}-f-1' });
  const again = pin('v', { id: 'again', version: 'm-{version}-f-1' });
  const text = 'v: m-1-f-1\n';
  const agreed = setPins(text, [
    { pin: model, goal: { version: '2' } },
    { pin: again, goal: { version: '2' } },
  ]);
  expect(agreed).toMatchObject({ ok: true, text: 'v: m-2-f-1\n' });
  const torn = setPins(text, [
    { pin: model, goal: { version: '2' } },
    { pin: again, goal: { version: '3' } },
  ]);
  expect(torn).toMatchObject({ ok: false, pin: 'model', problem: { code: 'not-editable' } });
});

test('a multi-line token moves the lines below it, and the report says where things stood', () => {
  const done = setPins('a: v1\nb: w1\n', [
    { pin: pin('a'), goal: { token: '"x\n  y"', value: 'x y', version: 'x y' } },
    { pin: pin('b', { id: 'b' }), goal: { value: 'w2' } },
  ]);
  expect(done).toMatchObject({ ok: true, text: 'a: "x\n  y"\nb: w2\n' });
  expect(done.ok && done.changes.map((each) => [each.before.line, each.after.line])).toEqual([
    [1, 1],
    [2, 3],
  ]);
});
