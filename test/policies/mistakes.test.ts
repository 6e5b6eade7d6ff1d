import { expect, test } from 'vitest';
import { SECOND } from '../../src/time.ts';
import { BAD, GOOD, useStories } from '../stories/support.ts';
import { commitFiles, editedPolicy } from './support.ts';

const stories = useStories();

test('a mistake takes out its own target only, is told once with place and advice, and can be mended', async () => {
  const [broken, sound] = [await stories.plant('broken'), await stories.plant('sound')];
  const good = (await stories.repository.read(broken.policyFile)) ?? '';
  const bad = await editedPolicy(stories, broken, (text) => `${text}respond: { critcal: merge }\n`);
  expect(await commitFiles(stories, bad)).toMatchInlineSnapshot(`
    [
      ".lastgood/broken.yaml:26:12: unknown key "critcal" in \`respond\`; expected one of critical, high, medium, low; did you mean \`critical\`",
    ]
  `);
  // The same mistake is no news with the next push.
  expect(await commitFiles(stories, { 'notes.txt': 'x\n' })).toEqual([]);

  expect(await stories.alert(broken)).toMatchInlineSnapshot(`
    [
      "People are needed for broken in production: its policy file .lastgood/broken.yaml has a mistake, so no rollback happens. .lastgood/broken.yaml:26:12: unknown key "critcal" in \`respond\`; expected one of critical, high, medium, low; did you mean \`critical\`. Run lastgood validate, and mend the file.",
    ]
  `);
  expect(await broken.runs()).toEqual(BAD);
  expect((await stories.alert(sound)).at(-1)).toBe(
    'Pull request #N merged by itself, as the policy allows.',
  );
  expect(await sound.runs()).toEqual(GOOD);

  expect(await commitFiles(stories, { [broken.policyFile]: good })).toEqual([]);
  await stories.pass(6 * SECOND);
  expect((await stories.alert(broken)).at(-1)).toBe(
    'Pull request #N merged by itself, as the policy allows.',
  );
  expect(await broken.runs()).toEqual(GOOD);
});

test.each<[string, (text: string) => string | Buffer, RegExp]>([
  ['no YAML', (text) => `${text}\n  - : [\n`, /not valid YAML/],
  [
    'an unknown preset',
    (text) => text.replace('online-critical', 'online-critcal'),
    /online-critcal.*did you mean|online-critcal.*online-critical/i,
  ],
  ['a duration that is none', (text) => `${text}evidence: { minAge: soon }\n`, /soon/],
  [
    'an owner who is nobody',
    (text) => text.replace('owners:', 'owner:'),
    /unknown key "owner".*owners/,
  ],
  [
    'a path that is none',
    (text) => text.replace('data.snapshot', 'data[snapshot'),
    /data\[snapshot/,
  ],
  [
    'a file above the repository',
    (text) => text.replace(/file: models\S+/, 'file: ../../etc/passwd'),
    /\.\.\/\.\.\/etc\/passwd/,
  ],
  ['a version without its place', (text) => text.replace('{version}', 'v'), /\{version\}/],
  [
    'an alias bomb',
    (text) =>
      `${text}\nx: &a [1,1,1,1,1,1,1,1,1,1]\ny: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nz: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nu: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\nv: [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\n`,
    /too many values|unknown key/,
  ],
])(
  '%s: told with file, line and column, and no rollback without a policy',
  async (what, spoil, words) => {
    const model = await stories.plant(`mistake-${what.replaceAll(/[^a-z]+/g, '-')}`);
    const text = (await stories.repository.read(model.policyFile)) ?? '';
    const told = await commitFiles(stories, { [model.policyFile]: spoil(text) });
    expect(told.length).toBeGreaterThan(0);
    expect(told.length).toBeLessThanOrEqual(51);
    expect(told.join('\n')).toMatch(words);
    for (const sentence of told) {
      expect(sentence.startsWith(`${model.policyFile}:`)).toBe(true);
      expect(sentence).toMatch(/^[^:]+:\d+:\d+: /);
      expect(sentence.length).toBeLessThan(1_000);
    }
    const answer = await stories.alert(model);
    expect(answer).toHaveLength(1);
    expect(model.pulls()).toEqual([]);
    await commitFiles(stories, { [model.policyFile]: null });
  },
);

test('two files that claim one target: both are out until people decide', async () => {
  const model = await stories.plant('claimed');
  const text = (await stories.repository.read(model.policyFile)) ?? '';
  const second = '.lastgood/claimed-too.yaml';
  expect(await commitFiles(stories, { [second]: text })).toMatchInlineSnapshot(`
    [
      ".lastgood/claimed-too.yaml:9:3: production/claimed has a second policy at .lastgood/claimed.yaml:9:3; expected one policy for a target; remove the environment from one of the two files",
      ".lastgood/claimed.yaml:9:3: production/claimed has a second policy at .lastgood/claimed-too.yaml:9:3; expected one policy for a target; remove the environment from one of the two files",
    ]
  `);
  expect(await stories.alert(model)).toMatchInlineSnapshot(`
    [
      "People are needed for claimed in production: its policy file .lastgood/claimed-too.yaml has a mistake, so no rollback happens. .lastgood/claimed-too.yaml:9:3: production/claimed has a second policy at .lastgood/claimed.yaml:9:3; expected one policy for a target; remove the environment from one of the two files. Run lastgood validate, and mend the file.",
    ]
  `);
  expect(model.pulls()).toEqual([]);

  expect(await commitFiles(stories, { [second]: null })).toEqual([]);
  await stories.pass(6 * SECOND);
  await stories.alert(model);
  expect(await model.runs()).toEqual(GOOD);
});

test('a policy that is no text, and one that is huge, are told and harm no other', async () => {
  const model = await stories.plant('beside-the-huge');
  const binary = Buffer.from(Array.from({ length: 4_096 }, (_, i) => (i * 7) % 256));
  const huge = `model: huge\nenvironments:\n${'  e: { pins: {} }\n'.repeat(300_000)}`;
  const told = await commitFiles(stories, {
    '.lastgood/binary.yaml': binary,
    '.lastgood/huge.yaml': huge,
    '.lastgood/picture.png': binary,
  });
  const files = new Set(told.map((sentence) => sentence.split(':', 1).join()));
  expect([...files].toSorted()).toEqual(['.lastgood/binary.yaml', '.lastgood/huge.yaml']);
  expect(told.length).toBeLessThanOrEqual(102);
  await stories.alert(model);
  expect(await model.runs()).toEqual(GOOD);
  await commitFiles(stories, { '.lastgood/binary.yaml': null, '.lastgood/huge.yaml': null });
});

test('pins that match nothing: nobody can tell what runs, so people are called', async () => {
  const nowhere = {
    file: 'models/pinless/model.yaml',
    path: 'spec.storageURI',
    version: 's3://models/pinless/{version}/model',
  };
  const features = { file: 'models/pinless/features.yaml', path: 'data.snapshot' };
  const model = await stories.plant('pinless', {
    production: { pins: { model: nowhere, features } },
  });
  const gone = await stories.plant('fileless', {
    production: { pins: { model: { ...nowhere, file: 'models/fileless/nothing.yaml' } } },
  });
  const other = await stories.plant('otherwise', {
    production: {
      pins: {
        model: {
          file: 'models/otherwise/model.yaml',
          path: 'spec.storageUri',
          version: 'gs://{version}',
        },
      },
    },
  });
  expect(await stories.alert(model)).toMatchInlineSnapshot(`
    [
      "People are needed for production/pinless: nobody can tell what runs, because the pin model cannot be read. There is no key \`storageURI\` at \`spec\`. Mend the file on the default branch.",
    ]
  `);
  expect(await stories.alert(gone)).toMatchInlineSnapshot(`
    [
      "People are needed for production/fileless: nobody can tell what runs, because the pin model cannot be read. models/fileless/nothing.yaml does not exist at this commit; the pin model is expected in it. Mend the file on the default branch.",
    ]
  `);
  expect(await stories.alert(other)).toMatchInlineSnapshot(`
    [
      "People are needed for production/otherwise: nobody can tell what runs, because the pin model cannot be read. The value \`s3://models/otherwise/1.11/model\` at \`spec.storageUri\` does not match the pattern \`gs://{version}\`. Mend the file on the default branch.",
    ]
  `);
  for (const one of [model, gone, other]) expect(one.pulls()).toEqual([]);
});
