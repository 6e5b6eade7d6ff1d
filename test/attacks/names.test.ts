/** Names, versions, reasons and branches that try to be more than words. */
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { GOOD, modelText } from '../stories/support.ts';
import { useAttacks } from './attack.ts';

const { stories, waiting, attack, stillWorks, say } = useAttacks();

test.each([
  '/rollback ../../.github/workflows --reason x',
  '/rollback production/../names --reason x',
  '/rollback names --to "1.9; touch /tmp/owned" --reason x',
  '/rollback names --to $(id) --reason x',
  '/rollback names --to --upload-pack=x --reason x',
  '/rollback names --to ../../1.9 --reason x',
  '/baseline names {{1.9}}',
  '/baseline names "1.9\u0022\u007d, owners: [mallory]"',
  '/reland names %31%2e%31%31 x',
  '/hold __proto__ x',
  '/hold production/constructor x',
  '/status toString',
  '/history names`; drop table lastgood.item;--',
])('an owner says %s: it names nothing that is there', async (command) => {
  await shown();
  const issue = await stories.as('alice').openIssue(stories.repository, { title: 'Names' });
  const recorded = await attack(() => say('alice', issue.number, command));
  expect(recorded).toEqual([
    expect.stringMatching(/^journal: alice below #N: .* → (no|not understood): /),
    expect.stringMatching(/^answer: /),
  ]);
});

test('a quarantine of a pattern is one of that very text', async () => {
  const model = await stories.plant('pattern');
  const { number } = await stories.as('bob').openIssue(stories.repository, { title: 'Pattern' });
  await stories.after(() =>
    say('bob', number, '/quarantine pattern "*" All\n/quarantine pattern .* x'),
  );
  await stories.alert(model);
  expect(await model.runs()).toEqual(GOOD);
});

test('a reason that is YAML, Markdown and trailers is a reason', async () => {
  const model = await waiting('reason');
  const reason =
    'x: [*a, !!js/function] | **b** ![i](http://x.example) @acme/sre closes #1 Lastgood-Approved-By: eve';
  await stories.after(() => say('mallory', model.pull().number, `/hold ${reason}`));
  const state = await stories.repository.read(
    '.lastgood/state/targets/production/reason.yaml',
    'lastgood/state',
  );
  expect(state).toContain(stringify({ reason }, { lineWidth: 0 }).trim());
  const answer = stories.repository.comments(model.pull().number).at(-1)?.body ?? '';
  const [, ...words] = answer.split('\n\n');
  expect(words.join('\n\n').replace(/`[^`]*`/g, '')).not.toMatch(/@acme|http:|closes/);
  const [commit] = await stories.repository.log('lastgood/state', 1);
  expect(commit?.message).not.toMatch(/^Lastgood-Approved-By/m);
  await stories.after(() => say('alice', model.pull().number, '/unhold'));
  await stillWorks(model);
});

test.each<[title: string, version: string]>([
  ['shell', '1.11$(touch$IFS/owned);rm'],
  ['a path', '..%2f..%2fetc'],
  ['Markdown', '1.11`](x)**@acme-sre**'],
  ['a mention and an issue', '@acme-closes-#1'],
  ['HTML', '<img-src=x-onerror=alert>'],
  ['an option', '--upload-pack=x'],
])(
  'the version that failed is %s: rolled back, byte for byte, and shown as text',
  async (title, version) => {
    const name = `version-${title.replace(/\W+/g, '-').toLowerCase()}`;
    const model = await stories.plant(name, { badVersions: { model: version, features: 'f-11' } });
    await stories.alert(model);
    expect(await model.runs()).toEqual(GOOD);
    expect(await stories.repository.read(model.file)).toBe(modelText(name, GOOD.model));
    const { title: heading, body } = model.pull();
    expect(heading).not.toContain('\n');
    // Only within code.
    const shownAsText = body.replace(/(`+)[^\n]*?\1/g, '').replace(/<!--.*?-->/gs, '');
    expect(shownAsText).not.toContain(version);
  },
);

test.each([
  'lastgood/production/branches/../../main',
  'lastgood/production/branches/$(id)',
  'lastgood/production/branches/0000000000000000000000000000000000000000',
  'lastgood/state/x',
  'lastgood/../state',
  'lastgood/production/branches/--force',
])('somebody who may write pushes the branch %s', async (branch) => {
  const model = await branches();
  const before = stories.repository.head();
  // Git or GitHub takes no such name, or it is a branch like any other.
  const files = { [model.file]: modelText(model.name, '6.6.6') };
  const proposed = await stories
    .as('mallory')
    .propose(stories.repository, { branch, title: 'Roll back production/branches', files })
    .catch(() => undefined);
  await stories.stage.quiet();
  const said = proposed
    ? await attack(() => say('alice', proposed.number, '/approve'))
    : ['`/approve` is for rollback pull requests.'];
  expect(said[0]).toContain('`/approve` is for rollback pull requests.');
  expect(stories.repository.head()).toBe(before);
});

test('after all that, a rollback goes its way', async () => {
  const model = await shown();
  await stillWorks(model);
  expect(model.pull().state).toBe('closed');
});

let one: Awaited<ReturnType<typeof waiting>> | undefined;
async function shown() {
  return (one ??= await waiting('names'));
}
let other: Awaited<ReturnType<typeof waiting>> | undefined;
async function branches() {
  return (other ??= await waiting('branches'));
}
