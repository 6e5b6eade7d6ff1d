import { expect, test } from 'vitest';
import type { Pin } from './pin.ts';
import { readPin, readPins } from './read-pin.ts';

function pin(path: string, rest: Partial<Pin> = {}): Pin {
  return { id: 'model', component: 'model', file: 'f.yaml', path, ...rest };
}

function version(text: string, path: string, rest: Partial<Pin> = {}): string {
  const reading = readPin(text, pin(path, rest));
  return reading.ok ? reading.value.version : `${reading.problem.code}: ${reading.problem.message}`;
}

const DEPLOYMENT = `# the recommendation model
apiVersion: apps/v1
kind: Deployment
metadata: {name: server}
spec:
  containers:
    - name: sidecar
      image: registry/proxy:2
    - name: server
      image: "registry/server:1.10" # pinned
`;

test('a reading holds version, value, token and line', () => {
  const server = pin('spec.containers[name=server].image', {
    version: 'registry/server:{version}',
  });
  expect(readPin(DEPLOYMENT, server)).toEqual({
    ok: true,
    value: {
      version: '1.10',
      value: 'registry/server:1.10',
      token: '"registry/server:1.10"',
      line: 10,
    },
  });
});

test.each([
  '1.10',
  '0x1F',
  '0o17',
  '017',
  '1e3',
  '12e03',
  '1_000',
  '9007199254740993123',
  '2026-11-20',
  '2026-11-20T10:00:00Z',
  'yes',
  'off',
  'true',
  'null',
  '~',
  '.inf',
  '190:20:30',
  'v1',
  'a:b',
  's3://models/fraud/v3/model',
  'reg.io:5000/a@sha256:abc',
  'a#b',
  'two words',
  '=',
  '<<',
])('a plain %s is read as written', (text) => {
  for (const head of ['', '%YAML 1.1\n---\n', '%YAML 1.2\n---\n']) {
    expect(version(`${head}v: ${text} # note\n`, 'v')).toBe(text);
    expect(version(`${head}v: [${text}]`, 'v[0]')).toBe(text);
  }
});

test.each([
  ["'it''s'", "it's"],
  ['"a\\"b\\\\\\u00e9\\x41\\/"', 'a"b\\éA/'],
  ["''", ''],
  ['""', ''],
  ["'1.10'", '1.10'],
  ['"a\n  b"', 'a b'],
  ['a\n  b', 'a b'],
  ['"a\\\n  b"', 'ab'],
  ['!!str 1.10', '1.10'],
  ['! 1.10', '1.10'],
  ['!vault v1', 'v1'],
  ['&x v1', 'v1'],
  ['&x !!str v1', 'v1'],
  ['|-\n  v1', 'v1'],
  ['>-\n  v1\n  v2\n', 'v1 v2'],
])('%j reads as %j', (source, text) => {
  expect(version(`v: ${source}\n`, 'v')).toBe(text);
  expect(version(`v: ${source}\n`.replaceAll('\n', '\r\n'), 'v')).toBe(text);
});

test.each([
  ['a byte order mark', '\uFEFFa: v1\n', 'a'],
  ['CRLF', '# c\r\na: v1\r\nb: v2\r\n', 'a'],
  ['no final newline', 'a: v1', 'a'],
  ['tabs around', 'a:\tv1\t# c\n', 'a'],
  ['tabs in flow', '{\t"a":\tv1\t}', 'a'],
  ['a value on its own line', 'a:\n  # c\n\n  v1\n', 'a'],
  ['an explicit key', '? a\n: v1\n', 'a'],
  ['quoted keys', '"a": {\'b.c\': v1}', 'a["b.c"]'],
  ['a key with a dot', 'data:\n  snapshot.id: v1\n', String.raw`data.snapshot\.id`],
  ['a number as key', '1.10: v1\n', '["1.10"]'],
  ['a list at the top', '- name: x\n  tag: v1\n', '[name=x].tag'],
  ['a list at its key’s column', 'a:\n- v0\n- v1\n', 'a[1]'],
  ['flow in block', 'a: [{name: "x y", b: v1}, {}]', 'a[name="x y"].b'],
  ['a nested selector', 'a: [{m: {name: x}, b: v1}, {m: 1}]', 'a[m.name=x].b'],
  ['a selector on a number as text', 'a: [{p: 80, b: v1}, {p: 80.0}]', 'a[p=80].b'],
  ['a duplicate key elsewhere', 'a: v1\nb: 1\nb: 2\nc: {d: 1, d: 2}\n', 'a'],
  ['a complex key elsewhere', '? [x, y]\n: 1\na: v1\n', 'a'],
  ['an alias', 'x: &x v1\na: *x\n', 'a'],
  ['the latest anchor of its name', 'x: &x v0\ny: &x v1\na: *x\nz: &x v2\n', 'a'],
  ['through an alias', 'x: &x {b: v1}\na: *x\n', 'a.b'],
  ['a merge key', 'x: &x {b: v1}\na:\n  <<: *x\n  c: 1\n', 'a.b'],
  ['the map’s own key over a merged one', 'x: &x {b: v0}\na:\n  b: v1\n  <<: *x\n', 'a.b'],
  ['the first of several merged maps', 'x: &x {b: v1}\ny: &y {b: v0}\na: {<<: [*x, *y]}\n', 'a.b'],
  ['a merge through a merge', 'x: &x {b: v1}\ny: &y {<<: *x}\na: {<<: *y}\n', 'a.b'],
  ['merge keys of YAML 1.1', '%YAML 1.1\n---\nx: &x {b: v1}\na: {<<: *x}\n', 'a.b'],
])('reads with %s', (_what, text, path) => {
  expect(version(text, path)).toBe('v1');
});

test('an alias is read where it stands', () => {
  expect(readPin('x: &x v1\na: *x\n', pin('a'))).toMatchObject({ value: { token: '*x', line: 2 } });
});

test.each([
  [
    'Kustomize',
    'kind: Kustomization\nimages:\n- name: acme/fraud\n  newTag: v1\n- {name: acme/rec, newTag: v2}\n',
    'images[name=acme/fraud].newTag',
    {},
  ],
  [
    'Helm values',
    'fraud:\n  image:\n    repository: acme/fraud\n    tag: v1\n',
    'fraud.image.tag',
    {},
  ],
  [
    'KServe',
    'spec:\n  predictor:\n    model:\n      storageUri: s3://models/fraud/v1/model\n',
    'spec.predictor.model.storageUri',
    { version: 's3://models/fraud/{version}/model' },
  ],
  [
    'DVC',
    'outs:\n- md5: v1\n  size: 14445097\n  path: model.pkl\n',
    'outs[path=model.pkl].md5',
    {},
  ],
  [
    'JSON',
    '{ "models" :[ {"name":"fraud" ,\r\n\t"version":"v1"}, 1.10 ] }',
    'models[name=fraud].version',
    { file: 'm.json' },
  ],
])('reads %s', (_what, text, path, rest) => {
  expect(version(text, path, rest)).toBe('v1');
});

test.each([
  ['{"a": 1.10}', '1.10'],
  ['{"a": 1e400}', '1e400'],
  ['{"a": 12345678901234567890}', '12345678901234567890'],
  ['{"a": null}', 'null'],
  ['{"a": "x\\u0041\\/\\ud83d\\ude00"}', 'xA/😀'],
  ['\uFEFF{"a":"v1"}', 'v1'],
  ['{"b":1,"b":2,"a":"v1"}', 'v1'],
])('JSON %s', (text, value) => {
  expect(version(text, 'a', { file: 'x.json' })).toBe(value);
});

const TWO = `kind: Service
metadata: {name: server}
spec: {port: 80}
---
# the server
kind: Deployment
metadata: {name: server}
spec: {image: v1}
...
# a comment between
---
kind: Deployment
metadata: {name: worker}
spec: {image: v2}
---
`;

test.each([
  [{ kind: 'Deployment', name: 'server' }, 'spec.image', 'v1'],
  [{ name: 'worker' }, 'spec.image', 'v2'],
  [{ kind: 'Service' }, 'spec.port', '80'],
  [undefined, 'spec.port', '80'],
  [{}, 'spec.port', '80'],
])('document %j', (document, path, found) => {
  expect(version(TWO, path, document && { document })).toBe(found);
});

test('documents that cannot be told apart or found', () => {
  const problems = [
    pin('spec.image'),
    pin('spec.image', { document: { kind: 'Deployment' } }),
    pin('spec.image', { document: { kind: 'Deployment', name: 'sevrer' } }),
    pin('spec.image', { document: { kind: 'CronJob' } }),
    pin('spec.tag'),
  ].map((each) => readPin(TWO, each));
  expect(problems.map((each) => !each.ok && each.problem)).toMatchInlineSnapshot(`
    [
      {
        "code": "document-ambiguous",
        "message": "\`spec.image\` meets something in 2 documents of \`f.yaml\`; exactly one was expected.",
        "suggestion": "Name the document by kind or name: \`Deployment/server\`, \`Deployment/worker\`.",
      },
      {
        "code": "document-ambiguous",
        "message": "2 documents of \`f.yaml\` have kind \`Deployment\`; exactly one was expected.",
        "suggestion": "They are \`Deployment/server\`, \`Deployment/worker\`: give both kind and name.",
      },
      {
        "code": "document-not-found",
        "message": "No document of \`f.yaml\` has kind \`Deployment\` and name \`sevrer\`.",
        "suggestion": "Did you mean \`Deployment/server\`?",
      },
      {
        "code": "document-not-found",
        "message": "No document of \`f.yaml\` has kind \`CronJob\`.",
        "suggestion": "The file has \`Service/server\`, \`Deployment/server\`, \`Deployment/worker\`.",
      },
      {
        "code": "path-not-found",
        "message": "There is no key \`tag\` at \`spec\`.",
        "suggestion": "The keys there are \`port\`.",
      },
    ]
  `);
  expect(version('', 'a')).toContain('document-not-found: `f.yaml` holds no document.');
  expect(version('# only a comment\n---\n', 'a')).toContain('document-not-found');
  expect(version('{"kind":"A"}', 'a', { file: 'x.json', document: { kind: 'B' } })).toContain(
    'document-not-found: No document of `x.json` has kind `B`',
  );
});

test('a path that meets a map in one document and a value in another is ambiguous', () => {
  expect(version('a: v1\n---\na: {b: 1}\n', 'a')).toContain('document-ambiguous');
});

test('problems say where, what and what instead', () => {
  const text = `spec:
  predictor:
    model: {storageUri: v1, empty: }
  containers:
    - {name: server, image: v1}
    - {name: proxy, image: v2}
    - {name: proxy, image: v3}
  twice: 1
  twice: 2
`;
  const paths = [
    'spec.predictor.model.storageURI',
    'spec.model.storageUri',
    'spec.predictor.model',
    'spec.predictor.model.empty',
    'spec.containers.server.image',
    'spec.containers[3].image',
    'spec.containers[name=sever].image',
    'spec.containers[name=gpu].image',
    'spec.containers[name=proxy].image',
    'spec.containers[label=x].image',
    'spec.predictor[name=x]',
    'spec.predictor.model.storageUri.x',
    'spec.twice',
    'spec..x',
  ];
  const readings = readPins(
    text,
    paths.map((path) => pin(path)),
  );
  const told = readings.map((each) =>
    each.ok ? 'ok' : `${each.problem.code}: ${each.problem.message} ${each.problem.suggestion}`,
  );
  expect(told).toMatchInlineSnapshot(`
    [
      "path-not-found: There is no key \`storageURI\` at \`spec.predictor.model\`. Did you mean \`storageUri\`?",
      "path-not-found: There is no key \`model\` at \`spec\`. The keys there are \`predictor\`, \`containers\`, \`twice\`.",
      "not-a-scalar: \`spec.predictor.model\` holds a map; a single value was expected. The keys there are \`storageUri\`, \`empty\`.",
      "not-a-scalar: \`spec.predictor.model.empty\` holds no value; a single value was expected. Give the place a value, or pin another one.",
      "path-not-found: The path wants the key \`server\` at \`spec.containers\`, where a list of 3 stands. Select an item like \`[name=…]\`; the names there are \`server\`, \`proxy\`.",
      "path-not-found: The list at \`spec.containers\` has 3 items, and the path wants number 3, counted from 0. Select an item like \`[name=…]\`; the names there are \`server\`, \`proxy\`.",
      "path-not-found: No item of the list at \`spec.containers\` has \`name\` \`sever\`. Did you mean \`server\`?",
      "path-not-found: No item of the list at \`spec.containers\` has \`name\` \`gpu\`. The items have \`server\`, \`proxy\`.",
      "path-ambiguous: 2 items of the list at \`spec.containers\` have \`name\` \`proxy\`; exactly one was expected. Select by a field that differs, or by index like \`[0]\`.",
      "path-not-found: No item of the list at \`spec.containers\` has \`label\` \`x\`. No item has a single value at \`label\`.",
      "path-not-found: The path wants an item of a list at \`spec.predictor\`, where a map stands. The keys there are \`model\`.",
      "path-not-found: The path wants the key \`x\` at \`spec.predictor.model.storageUri\`, where a single value stands. End the path where the value stands.",
      "path-ambiguous: The key \`twice\` is given 2 times at \`spec\`; exactly one was expected. Remove all but one of them.",
      "path-invalid: The path \`spec..x\` is wrong at character 6: expected a key, found \`.\`. A path looks like \`spec.containers[name=server].image\` or \`data["snapshot.id"]\`.",
    ]
  `);
});

test.each([
  ['{{- if .Values.on }}\na: 1\n{{- end }}\n', 1, 3],
  ['a: 1\nb: [1, 2\nc: 3\n', 3, 1],
  ['a: "x\n', 2, 1],
  ['ok: 1\n---\na: b: c\n', 3, 4],
  ['a:\n\t- b\n', 2, 1],
  ['['.repeat(50_000), 1, undefined],
] as const)('a text that does not parse says where, case %#', (text, line, column) => {
  expect(readPin(text, pin('a'))).toMatchObject({
    ok: false,
    problem: { code: 'not-parsable', line, ...(column && { column }) },
  });
});

test('a template says so, and where to pin instead', () => {
  expect(readPin('{{- if .Values.on }}\na: 1\n{{- end }}\n', pin('a'))).toMatchObject({
    problem: { suggestion: expect.stringContaining('`values.yaml`') },
  });
});

test.each([
  ['v: |\n  v1\n', 'U+000A'],
  ['v: "a\\nb"', 'U+000A'],
  ['v: "a\\u0000"', 'U+0000'],
  ['v: "a\\u202Eb"', 'U+202E'],
  ['v: "\\ud800"', 'U+D800'],
  ['v: "{{ .Values.tag }}"', 'template placeholder `{{`'],
  ['v: ${TAG}', 'template placeholder `${`'],
  [`v: ${'x'.repeat(1_001)}`, '1001 characters'],
])('a value that cannot be a version, case %#', (text, message) => {
  expect(readPin(text, pin('v'))).toMatchObject({
    ok: false,
    problem: { code: 'pattern-mismatch', message: expect.stringContaining(message), line: 1 },
  });
});

test('patterns that do not match or are none', () => {
  expect(version('v: s3://x/1', 'v', { version: 's3://y/{version}' })).toBe(
    'pattern-mismatch: The value `s3://x/1` at `v` does not match the pattern `s3://y/{version}`.',
  );
  expect(version('v: s3://x/1', 'v', { version: 's3://x/1' })).toContain('has no {version}');
});

test('no value, an alias without an anchor, merge keys without end', () => {
  expect(version('v:\n', 'v')).toContain('not-a-scalar: `v` holds no value');
  expect(version('v: !!str\n', 'v')).toContain('not-a-scalar');
  expect(version('v: *x\n', 'v')).toContain(
    'not-a-scalar: `v` holds the alias `*x` without an anchor',
  );
  expect(version('a: &a\n  <<: *a\n  b: *a\n', 'a.b.b.c')).toContain('path-not-found');
  const many = Array.from(
    { length: 40 },
    (_, i) => `a${i + 1}: &a${i + 1} {<<: [*a${i}, *a${i}]}\n`,
  );
  expect(version(`a0: &a0 {v: v1}\n${many.join('')}`, 'a40.v')).toBe('v1');
  const wide = `a0: &a0 {v: v1}\na: {<<: [${'*a0, '.repeat(200_000)}]}\n`;
  expect(version(wide, 'a.v')).toBe('v1');
});

test.each<[title: string, text: string, found: string]>([
  [
    'a list whose every item merges a chain of maps',
    `${chain(20_000)}v:\n${'  - <<: *m20000\n'.repeat(20_000)}`,
    'Select an item by index',
  ],
  [
    'a list of one large map, again and again',
    `x: &x {${Array.from({ length: 20_000 }, (_, i) => `k${i}: v`).join(', ')}}\nv:\n${'  - *x\n'.repeat(20_000)}`,
    'Select an item by index',
  ],
  ['more documents than anybody writes', 'a: b\n---\n'.repeat(20_000), 'more than 10000 documents'],
])(
  'a hostile file costs a multiple of its length: %s',
  (_, text, found) => {
    const before = process.cpuUsage();
    const reading = readPin(text, pin('v.name'));
    expect(process.cpuUsage(before).user / 1_000_000).toBeLessThan(15);
    expect(JSON.stringify(reading)).toContain(found);
  },
  60_000,
);

/** Each map has one of its own and all of those before it. */
function chain(length: number): string {
  const maps = Array.from({ length }, (_, i) => `  - &m${i + 1} {<<: *m${i}, k${i}: v}\n`);
  return `x:\n  - &m0 {a: b}\n${maps.join('')}`;
}

test('a map merges a hundred others at most: what stands behind them is not found', () => {
  const value = (depth: number): string => {
    const maps = Array.from({ length: depth }, (_, i) => `  - &m${i + 1} {<<: *m${i}}\n`);
    return version(`x:\n  - &m0 {v: v1}\n${maps.join('')}a: {<<: *m${depth}}\n`, 'a.v');
  };
  expect(value(99)).toBe('v1');
  expect(value(100)).toContain('path-not-found');
});
