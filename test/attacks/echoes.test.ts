/** Commands that nobody gave: quoted, shown, echoed, or said by a machine. */
import { expect, test } from 'vitest';
import type { Model } from '../stories/support.ts';
import { useAttacks } from './attack.ts';

const { stories, waiting, attack, stillWorks, say } = useAttacks();

/** Another App on the repository; answers how it comments. */
function machine(slug: string): (number: number, body: string) => Promise<unknown> {
  const app = stories.hub.app({
    slug,
    permissions: { issues: 'write', pull_requests: 'write', metadata: 'read' },
    events: [],
  });
  app.install([stories.repository]);
  return (number, body) =>
    fetch(`${stories.hub.url}/repos/${stories.repository.fullName}/issues/${number}/comments`, {
      method: 'POST',
      headers: {
        authorization: `token ${app.token().token}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ body }),
    });
}

/** How many comments of the App stand below the pull request of a model. */
const ownComments = (model: Model): number =>
  stories.repository
    .comments(model.pull().number)
    .filter(({ user }) => user.login === 'lastgood[bot]').length;

test('another bot says commands', async () => {
  const model = await waiting('bot');
  const comment = machine('helper');
  expect(await attack(() => comment(model.pull().number, '/approve\n/reject No\n/status')))
    .toMatchInlineSnapshot(`
      [
        "log: a bot said what would be a command of a person: not heard",
      ]
    `);
  expect(ownComments(model)).toBe(0);
  await stillWorks(model);
});

test('another bot repeats whatever the App says, in a loop', async () => {
  const model = await waiting('loop');
  const { number } = model.pull();
  const comment = machine('parrot');
  await stories.after(() => say('alice', number, '/help approve\n/approve now'));
  const before = ownComments(model);
  for (let round = 0; round < 5; round++) {
    const last = stories.repository.comments(number).at(-1)?.body ?? '';
    await stories.after(() => comment(number, `${last}\n\n/status\n/approve`));
  }
  expect(ownComments(model)).toBe(before);
  await stillWorks(model);
});

test('a person’s account repeats whatever the App says: it ends by itself', async () => {
  const model = await waiting('person-loop');
  const { number } = model.pull();
  await stories.after(() => say('mallory', number, '/approve\n/unhold'));
  const before = ownComments(model);
  for (let round = 0; round < 3; round++) {
    const last = stories.repository.comments(number).at(-1)?.body ?? '';
    await stories.after(() => say('mallory', number, last));
  }
  expect(ownComments(model)).toBe(before);
  await stillWorks(model);
});

test.each<[title: string, body: string]>([
  ['a quote', '> /approve'],
  ['a quote of a quote', '> > /approve\n> \n> /approve'],
  ['a fence', '```\n/approve\n```'],
  ['a fence within a fence', '````\n```\n/approve\n```\n````'],
  ['indented code', '    /approve'],
  ['a code span', 'Write `\n/approve\n` to approve'],
  ['an unseen comment', '<!--\n/approve\n-->'],
  ['details that are HTML', '<details>\n/approve\n</details>'],
  ['a table', '| a |\n| - |\n| /approve |'],
  ['the address of a link', '[x](\n/approve\n)'],
  ['the middle of a line', 'Please /approve'],
  ['a list', '- /approve'],
  ['bold', '**/approve**'],
])('an approver shows the command in %s, and has said nothing', async (_, body) => {
  const model = await shown();
  const { number } = model.pull();
  const told = await stories.after(() => say('alice', number, body));
  expect(told).toEqual([]);
  expect(model.pull().state).toBe('open');
  expect(ownComments(model)).toBe(0);
});

test.each<[title: string, body: string]>([
  ['right below a quote', '> What do you think?\n/approve'],
  ['with a full-width slash', '\uff0fapprove'],
  ['with Cyrillic letters', '/\u0430\u0440\u0440rove'],
  ['with an unseen character in it', '/app\u200drove'],
  ['with an unseen character before it', '\u200b/approve'],
  ['turned round by an unseen mark', '/approve \u202e'],
  ['with words behind it', '/approve this one'],
])('an approver says it %s: it is asked what was meant', async (_, body) => {
  const model = await shown();
  const recorded = await attack(() => say('alice', model.pull().number, body));
  expect(recorded).toEqual([
    expect.stringMatching(/^journal: alice below #N: .* → not understood: /),
    expect.stringMatching(/^answer: /),
  ]);
});

test('after all that was shown, the approver’s word still counts', async () => {
  const model = await shown();
  await stillWorks(model);
  expect(model.pull().state).toBe('closed');
});

let one: Model | undefined;
/** One model for all that nobody says. */
async function shown(): Promise<Model> {
  return (one ??= await waiting('shown'));
}

test('a comment as long as GitHub takes, with a command at its end', async () => {
  const model = await waiting('long');
  const body = '/approve this\n'.repeat(4_680).slice(0, 65_500);
  const recorded = await attack(() => say('mallory', model.pull().number, body));
  expect(recorded).toHaveLength(21);
  expect(recorded.at(-1)?.slice(-200)).toMatchInlineSnapshot(`
    " \`/approve\`
    - \`/approve this\`: \`this\` is not expected here. Expected is \`/approve\`. For example: \`/approve\`
    - The comment has 4659 more. Lastgood reads the first 20; write the others in a new comment."
  `);
  await stillWorks(model);
});

test('an alert whose words are commands', async () => {
  const model = await stories.plant('words');
  await stories.alert(model, {
    severity: 'medium',
    name: '/approve',
    summary: 'x\n/approve\n\n/approve\r\n> /approve',
    value: '/approve',
  });
  const { body } = model.pull();
  expect(body).not.toMatch(/^\s*\/approve/m);
  expect(await stories.after(() => say('alice', model.pull().number, body))).toEqual([]);
  await stillWorks(model);
});
