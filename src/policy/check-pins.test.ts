import { expect, test } from 'vitest';
import { checkPins } from './check-pins.ts';
import { formatProblem } from './format-problem.ts';
import { load } from './load-policies.fixture.ts';

const repository: Readonly<Record<string, string>> = {
  'model.yaml': 'kind: A\nspec: { uri: "s3://fraud/1.10/model" }\n',
  'two.yaml': 'kind: A\nv: 1\n---\nkind: B\nv: 2\n',
  'features.json': '{"data": {"snapshot": "2026-11-20"}}',
  'broken.yaml': 'a: [\n',
  'shared.yaml': 'a: &v 1.10\nb: *v\nc: 3\n',
};

async function check(pins: string): Promise<string> {
  const text = `model: m\nenvironments:\n  production:\n    pins:\n${pins}`;
  const set = load({ 'm.yaml': text });
  expect(set.problems).toEqual([]);
  const found = await checkPins(set, async (path) => {
    const content = repository[path];
    return content === undefined ? undefined : new TextEncoder().encode(content);
  });
  return found.map(formatProblem).join('\n');
}

test('pins that match are no problem', async () => {
  expect(
    await check(`
      model: { file: model.yaml, path: spec.uri, version: "s3://fraud/{version}/model" }
      features: { file: features.json, path: data.snapshot }
      image: { file: two.yaml, path: v, document: { kind: B } }
`),
  ).toBe('');
});

test('pins that match nothing are explained at the part that does not match', async () => {
  expect(
    await check(`
      model:
        file: model.yaml
        path: spec.uri
        version: "gs://fraud/{version}/model"
      features:
        file: feature.json
        path: data.snapshot
      image:
        - file: model.yaml
          path: spec.url
        - file: two.yaml
          document: { kind: C }
          path: v
      data: { file: broken.yaml, path: a }
      config: { file: two.yaml, path: v }
`),
  ).toMatchInlineSnapshot(`
    ".lastgood/m.yaml:9:18: \`model\` of production/m cannot be used: The value \`s3://fraud/1.10/model\` at \`spec.uri\` does not match the pattern \`gs://fraud/{version}/model\`; Mend the pattern of the pin, or the value
    .lastgood/m.yaml:11:15: \`features\` of production/m cannot be used: There is no file feature.json in the repository; correct the path, or add the file before the pin
    .lastgood/m.yaml:15:17: \`image[0]\` of production/m cannot be used: There is no key \`url\` at \`spec\`; Did you mean \`uri\`?
    .lastgood/m.yaml:17:21: \`image[1]\` of production/m cannot be used: No document of \`two.yaml\` has kind \`C\`; The file has \`A\`, \`B\`
    .lastgood/m.yaml:20:7: \`config\` of production/m cannot be used: \`v\` meets something in 2 documents of \`two.yaml\`; exactly one was expected; Name the document by kind or name: \`A\`, \`B\`
    .lastgood/m.yaml:19:21: \`data\` of production/m cannot be used: \`broken.yaml\` is not valid YAML at line 2, column 1: Flow sequence in block collection must be sufficiently indented and end with a ]; Mend the line \`\`"
  `);
});

test('a pin that can be read but not set is found before an incident finds it', async () => {
  expect(
    await check(`
      model: { file: shared.yaml, path: a }
      image: { file: shared.yaml, path: b }
      data: { file: shared.yaml, path: c }
`),
  ).toMatchInlineSnapshot(`
    ".lastgood/m.yaml:6:41: \`model\` of production/m cannot be used: \`a\` cannot be set: it belongs to the anchor \`&v\`, which an alias uses elsewhere; Pin a place that has a value of its own, written on one line
    .lastgood/m.yaml:7:41: \`image\` of production/m cannot be used: \`b\` cannot be set: it stands behind the alias \`*v\`, and other places share it; Pin a place that has a value of its own, written on one line"
  `);
});

test('a file is read once, however many pins it has', async () => {
  const reads: string[] = [];
  const set = load({
    'm.yaml': `model: m
environments:
  a: { pins: { model: { file: x.yaml, path: a } } }
  b: { pins: { model: { file: x.yaml, path: b } } }
`,
  });
  const problems = await checkPins(set, async (path) => {
    reads.push(path);
    return new TextEncoder().encode('a: 1\nb: 2\n');
  });
  expect(problems).toEqual([]);
  expect(reads).toEqual(['x.yaml']);
});

test('a file that is not text is explained at its path', async () => {
  const set = load({
    'm.yaml': 'model: m\nenvironments: { a: { pins: { model: { file: x, path: a } } } }\n',
  });
  const [problem] = await checkPins(set, async () => Uint8Array.of(0, 1, 2));
  expect(problem).toMatchObject({ file: '.lastgood/m.yaml', line: 2, column: 45 });
});

test('without known places a problem stands at the top of the file', async () => {
  const set = load({
    'm.yaml': 'model: m\nenvironments: { a: { pins: { model: { file: x, path: a } } } }\n',
  });
  const targets = set.targets.map(({ pinPlaces, ...policy }) => {
    expect(pinPlaces).toBeDefined();
    return policy;
  });
  const [problem] = await checkPins({ ...set, targets }, async () => undefined);
  expect(problem).toMatchObject({ line: 1, column: 1 });
});
