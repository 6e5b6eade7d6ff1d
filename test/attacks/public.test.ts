/** In a public repository anybody can write below a pull request. */
import { expect, test } from 'vitest';
import { useAttacks } from './attack.ts';

const { stories, waiting, attack, stillWorks, say } = useAttacks(
  ({ hub }) => void hub.user('stranger'),
  () =>
    Promise.resolve({
      prepare: (_, { repository }) => {
        repository.state.private = false;
      },
    }),
);

test.each(['/approve', '/hold Stop', '/status', '/help', '/hodl Stop', '/aprove'])(
  'a stranger says %s, and gets no answer to play with',
  async (command) => {
    const model = await waiting(`public-${command.replace(/\W+/g, '-').slice(1)}`.toLowerCase());
    const recorded = await attack(() => say('stranger', model.pull().number, command));
    expect(recorded).toEqual([
      expect.stringMatching(/^journal: stranger below #N: \/\w+.* → .*not heard/),
    ]);
    await stillWorks(model);
  },
);

test('a stranger reviews', async () => {
  const model = await waiting('public-review');
  expect(
    await attack(() =>
      stories.as('stranger').review(stories.repository, model.pull().number, 'approve', {
        body: '/approve',
      }),
    ),
  ).toMatchInlineSnapshot(`
    [
      "journal: Pull request #N waits for review. 0 of 1 approval. 1 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`. The review of \`stranger\` does not count: the policy does not name them as approvers.",
      "journal: stranger below #N: /approve → not heard: Nothing was done. Anybody reads this repository, so commands are for those with the role triage or more, and for those whom the policy names.",
    ]
  `);
  await stillWorks(model);
});

test('six hundred commands of a stranger cost no answer', async () => {
  const model = await waiting('public-flood');
  const { number } = model.pull();
  const before = stories.repository.comments(number).length;
  await attack(() => {
    for (let i = 0; i < 30; i++) say('stranger', number, '/status\n'.repeat(20));
  });
  expect(stories.repository.comments(number)).toHaveLength(before + 30);
  await stillWorks(model);
});
