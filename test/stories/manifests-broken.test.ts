import { expect, test } from 'vitest';
import { TROUBLE } from '../../fixtures/hub/faults.ts';
import { HOUR } from '../../src/time.ts';
import { GOOD, modelText, featuresText, useStories, type Model } from './support.ts';

const stories = useStories();

const write = (message: string, files: Readonly<Record<string, string | null>>) =>
  stories.after(() => stories.repository.commit({ by: 'erin', message, files }));

test('the pin is gone from its file: people are told which, and nothing is changed', async () => {
  const model = await stories.plant('pin-gone');
  await write('Restructure', { [model.file]: 'spec:\n  uri: s3://models/pin-gone/1.11/model\n' });
  expect(await stories.alert(model)).toMatchInlineSnapshot(`
    [
      "People are needed for production/pin-gone: nobody can tell what runs, because the pin model cannot be read. There is no key \`storageUri\` at \`spec\`. Mend the file on the default branch.",
    ]
  `);
});

test('the file does not parse: people are told where, and when it is mended it acts', async () => {
  const model = await stories.plant('not-yaml');
  await write('Oops', {
    [model.file]: `spec:\n  storageUri: 's3://models/not-yaml/1.11\n  a: [\n`,
  });
  expect(await stories.alert(model)).toMatchInlineSnapshot(`
    [
      "People are needed for production/not-yaml: nobody can tell what runs, because the pin model cannot be read. \`models/not-yaml/model.yaml\` is not valid YAML at line 4, column 1: Missing closing 'quote. Mend the file on the default branch.",
    ]
  `);
  await stories.pass(HOUR);
  await write('Mend', { [model.file]: modelText('not-yaml', '1.12') });
  await stories.pass(HOUR);
  await stories.alert(model, { version: '1.12' });
  expect(await model.runs()).toEqual({ model: '1.10', features: 'f-10' });
});

test('the file breaks while review waits: it waits for that too, then goes on', async () => {
  const model = await stories.plant('breaks-later');
  await stories.alert(model, { severity: 'medium' });
  const { number } = model.pull();
  expect(await write('Oops', { [model.file]: 'spec: [\n' })).toMatchInlineSnapshot(`
    [
      "Pull request #N waits, because its pins cannot be read on the default branch and nobody can tell what runs. Mend the file there; then it goes on by itself.",
    ]
  `);
  await stories.after(() => stories.as('alice').review(stories.repository, number, 'approve'));
  expect(model.pull().state).toBe('open');
  const told = await write('Mend', { [model.file]: modelText('breaks-later', '1.11') });
  expect(told).toEqual(['Pull request #N merged as approved.']);
});

test('the file is gone', async () => {
  const model = await stories.plant('file-gone');
  await write('Clean up', { [model.file]: null });
  expect(await stories.alert(model)).toMatchInlineSnapshot(`
    [
      "People are needed for production/file-gone: nobody can tell what runs, because the pin model cannot be read. models/file-gone/model.yaml does not exist at this commit; the pin model is expected in it. Mend the file on the default branch.",
    ]
  `);
});

/** Moves both files, and the policy with them, as a tidy-up would. */
async function move(model: Model, versions = { model: '1.11', features: 'f-11' }): Promise<void> {
  const policy = (await stories.repository.read(model.policyFile)) ?? '';
  await write('Tidy up', {
    [model.file]: null,
    [model.featuresFile]: null,
    [model.file.replace('models/', 'prod/')]: modelText(model.name, versions.model),
    [model.featuresFile.replace('models/', 'prod/')]: featuresText(model.name, versions.features),
    [model.policyFile]: policy.replaceAll('file: models/', 'file: prod/'),
  });
}

test('the files moved, and the policy with them: the history is followed', async () => {
  const model = await stories.plant('moved');
  await move(model);
  const told = await stories.alert(model);
  expect(told.at(1)).toContain('model 1.11 → 1.10 and features f-11 → f-10');
  const file = model.file.replace('models/', 'prod/');
  expect(await stories.repository.read(file)).toBe(modelText('moved', GOOD.model));
});

test('the files move while review waits', async () => {
  const model = await stories.plant('moves-later');
  await stories.alert(model, { severity: 'medium' });
  const { number } = model.pull();
  await move(model);
  const told = await stories.after(() =>
    stories.as('alice').review(stories.repository, number, 'approve'),
  );
  expect(told.at(-1)).toBe('Pull request #N merged as approved.');
  const file = model.file.replace('models/', 'prod/');
  expect(await stories.repository.read(file)).toBe(modelText('moves-later', GOOD.model));
});

test('a broken policy file disables its own model only, and says where the mistake is', async () => {
  const model = await stories.plant('policy-broken');
  const other = await stories.plant('policy-fine');
  const policy = (await stories.repository.read(model.policyFile)) ?? '';
  expect(
    await write('Typo', {
      [model.policyFile]: policy
        .replace('model: s3', 'modl: s3')
        .replace('extends: online-critical', 'extends: online-critcal'),
    }),
  ).toMatchInlineSnapshot(`
    [
      ".lastgood/policy-broken.yaml:1:10: there is no preset "online-critcal"; expected one of batch, experimental, llm-safety, online-critical, online-standard, review-only; did you mean \`online-critical\`",
    ]
  `);
  expect(await stories.alert(model)).toMatchInlineSnapshot(`
    [
      "People are needed for policy-broken in production: its policy file .lastgood/policy-broken.yaml has a mistake, so no rollback happens. .lastgood/policy-broken.yaml:1:10: there is no preset "online-critcal"; expected one of batch, experimental, llm-safety, online-critical, online-standard, review-only; did you mean \`online-critical\`. Run lastgood validate, and mend the file.",
    ]
  `);
  expect((await stories.alert(other)).at(-1)).toContain('merged by itself');
});

test('a pull request whose maker heard nothing of it, and whose policy broke meanwhile, says what it waits for', async () => {
  const model = await stories.plant('never-said');
  stories.hub.faults.once({
    field: 'createPullRequest',
    when: 'after',
    answer: TROUBLE.secondaryLimit(90),
  });
  await stories.alert(model);
  await stories.repository.commit({
    by: 'alice',
    message: 'Make a mistake',
    files: { [model.policyFile]: 'model: [\n' },
  });
  await stories.stage.quiet();
  await stories.pass(HOUR);
  await stories.after(() => stories.stage.serving.sweep());
  expect(model.pull().state).toBe('open');
  expect(model.pull().body).toContain(
    '**Now:** waits, because no valid policy file on the default branch claims its target any more.',
  );
});
