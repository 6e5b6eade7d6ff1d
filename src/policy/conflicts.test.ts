import { describe, expect, test } from 'vitest';
import { load, policyFor, problemsOf } from './load-policies.fixture.ts';

describe('two policies for one target', () => {
  const files = { 'a.yaml': policyFor('m'), 'b.yaml': policyFor('m'), 'c.yaml': policyFor('n') };

  test('each name the other', () => {
    expect(problemsOf(files)).toMatchInlineSnapshot(`
      ".lastgood/a.yaml:3:3: production/m has a second policy at .lastgood/b.yaml:3:3; expected one policy for a target; remove the environment from one of the two files
      .lastgood/b.yaml:3:3: production/m has a second policy at .lastgood/a.yaml:3:3; expected one policy for a target; remove the environment from one of the two files"
    `);
  });

  test('are both out, and no other', () => {
    const { targets, disabled } = load(files);
    expect(targets.map(({ target }) => target.model)).toEqual(['n']);
    expect(disabled.map(({ file }) => file)).toEqual(['.lastgood/a.yaml', '.lastgood/b.yaml']);
  });

  test('are both out when one of them has a mistake as well', () => {
    const { targets } = load({ 'a.yaml': policyFor('m'), 'b.yaml': policyFor('m', 'x: 1') });
    expect(targets).toEqual([]);
  });

  test('are one when the other is not YAML: what it says is a guess', () => {
    const { targets, disabled } = load({ 'a.yaml': policyFor('m'), 'b.yaml': policyFor('m', '{') });
    expect(targets.map(({ file }) => file)).toEqual(['.lastgood/a.yaml']);
    expect(disabled.map(({ file }) => file)).toEqual(['.lastgood/b.yaml']);
  });

  test('may share the model in different environments', () => {
    const staging = policyFor('m').replace('production', 'staging').replace('m/model', 's/model');
    expect(problemsOf({ 'a.yaml': policyFor('m'), 'b.yaml': staging })).toBe('');
  });
});

describe('two pins of one place', () => {
  test('in a target and in two targets', () => {
    expect(
      problemsOf({
        'a.yaml': `model: a
environments:
  production:
    pins:
      model: { file: x.yaml, path: 'a["b"][0].c' }
      image:
        - { file: x.yaml, path: "a.b[0].c", version: "i:{version}" }
        - { file: x.yaml, path: "a.b[1].c" }
`,
        'b.yaml': `model: b
environments:
  production:
    pins: { data: { file: x.yaml, path: "a.b[1].c" } }
`,
      }),
    ).toMatchInlineSnapshot(`
      ".lastgood/a.yaml:5:7: \`model\` of production/a names the same place as \`image[0]\` of production/a at .lastgood/a.yaml:7:11; expected every place to be pinned once; remove one of the two pins
      .lastgood/a.yaml:7:11: \`image[0]\` of production/a names the same place as \`model\` of production/a at .lastgood/a.yaml:5:7; expected every place to be pinned once; remove one of the two pins
      .lastgood/a.yaml:8:11: \`image[1]\` of production/a names the same place as \`data\` of production/b at .lastgood/b.yaml:4:13; expected every place to be pinned once; remove one of the two pins
      .lastgood/b.yaml:4:13: \`data\` of production/b names the same place as \`image[1]\` of production/a at .lastgood/a.yaml:8:11; expected every place to be pinned once; remove one of the two pins"
    `);
  });

  test('are two places when file, document or path differ', () => {
    expect(
      problemsOf({
        'a.yaml': `model: a
environments:
  production:
    pins:
      model: { file: x.yaml, path: a.b, document: { kind: A } }
      image:
        - { file: x.yaml, path: a.b, document: { kind: B } }
        - { file: y.yaml, path: a.b, document: { kind: A } }
        - { file: x.yaml, path: a.c, document: { kind: A } }
`,
      }),
    ).toBe('');
  });
});
