import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import type { Refusal } from '../commands/may-command.ts';
import type { Mistake } from '../commands/mistake.ts';
import { COMMANDS } from '../commands/registry.ts';
import { answer, answerLine, helpText, mistakeSentence } from './commands.ts';
import { refusalSentence } from './refusal.ts';

test('a mistake says what was found, what is expected, and an example', () => {
  const name = 'hold' as const;
  const mistakes: readonly Mistake[] = [
    { code: 'unknown-command', found: '/aprove', meant: 'approve' },
    { code: 'look-alike', meant: 'approve' },
    { code: 'quoted', meant: 'approve' },
    { code: 'hidden-characters', name },
    { code: 'missing', name, what: 'target' },
    { code: 'missing', name: 'rollback', what: 'reason' },
    { code: 'too-long', name: 'baseline', what: 'version' },
    { code: 'unknown-target', name, found: 'fraud`@acme/all', meant: 'fraud-detector' },
    { code: 'unknown-target', name, found: 'x' },
    {
      code: 'ambiguous-target',
      name,
      found: 'm',
      known: ['a/m', 'b/m', 'c/m', 'd/m', 'e/m', 'f/m'],
    },
    { code: 'unexpected', name: 'rollback', found: '--force' },
    { code: 'twice', name: 'rollback', found: '--now' },
    { code: 'not-a-duration', name, found: '2 hours' },
    { code: 'unclosed-quote', name },
  ];
  expect(mistakes.map((one) => mistakeSentence(COMMANDS, one))).toMatchInlineSnapshot(`
    [
      "There is no \`/aprove\`. Did you mean \`/approve\`?",
      "This looks like \`/approve\` and is written with other characters. Nothing was done. Type \`/approve\` by hand.",
      "This line belongs to the quote above it, so nothing was done. Put an empty line before \`/approve\`, in a new comment.",
      "This line has characters that nobody sees, so nothing was done. For example: \`/hold production/fraud-detector for 2h Looking at the features first\`",
      "The target is missing. Expected is \`/hold [TARGET] [for 2h] REASON\`. For example: \`/hold production/fraud-detector for 2h Looking at the features first\`",
      "The reason is missing. Expected is \`/rollback TARGET [--to VERSION] --reason "REASON" [--now]\`. For example: \`/rollback production/fraud-detector --to 1.9 --reason "Scores drift since noon"\`",
      "The version is too long. For example: \`/baseline production/fraud-detector 1.9\`",
      "There is no target \`\`fraud\`@acme/all\`\`. Did you mean \`fraud-detector\`? \`/status\` lists them. For example: \`/hold production/fraud-detector for 2h Looking at the features first\`",
      "There is no target \`x\`. \`/status\` lists them. For example: \`/hold production/fraud-detector for 2h Looking at the features first\`",
      "\`m\` is several targets. Name one of them: \`a/m\`, \`b/m\`, \`c/m\`, \`d/m\`, \`e/m\` or 1 more.",
      "\`--force\` is not expected here. Expected is \`/rollback TARGET [--to VERSION] --reason "REASON" [--now]\`. For example: \`/rollback production/fraud-detector --to 1.9 --reason "Scores drift since noon"\`",
      "\`--now\` is given twice. Expected is \`/rollback TARGET [--to VERSION] --reason "REASON" [--now]\`.",
      "\`2 hours\` is no length of time from 1m to 30d. Expected is one such as 30m, 2h or 7d. For example: \`/hold production/fraud-detector for 2h Looking at the features first\`",
      "A quote begins and does not end. For example: \`/hold production/fraud-detector for 2h Looking at the features first\`",
    ]
  `);
});

test('a refusal says why, and who could', () => {
  const each: Readonly<Record<Refusal, true>> = {
    'own-comment': true,
    bot: true,
    'no-access': true,
    stranger: true,
    edited: true,
    'not-on-a-rollback': true,
    'rollback-over': true,
    'could-not-verify': true,
    'no-write-access': true,
    'needs-writer': true,
    'needs-member': true,
    'needs-approver': true,
    'needs-owner': true,
    'needs-maintainer': true,
    'needs-break-glass': true,
    'nobody-breaks-glass': true,
    'github-approves': true,
    author: true,
    requester: true,
    'commit-author': true,
  };
  const policy = {
    owners: [{ kind: 'team', org: 'acme', slug: 'ml' }],
    approvals: {
      by: 'lastgood',
      required: 1,
      from: [{ kind: 'user', login: 'sam' }],
      timeout: 0,
      onTimeout: 'page',
    },
    breakGlass: [{ kind: 'role', role: 'admin' }],
  } as const;
  const said = (Object.keys(each) as Refusal[]).map((one) =>
    refusalSentence(one, 'approve', policy),
  );
  expect(said).toMatchInlineSnapshot(`
    [
      "Nothing was done. Lastgood takes no commands from its own comments.",
      "Nothing was done. Bots give no commands.",
      "Nothing was done. Commands are for people with access to this repository.",
      "Nothing was done. Anybody reads this repository, so commands are for those with the role triage or more, and for those whom the policy names.",
      "Nothing was done. An edited comment commands nothing. Write \`/approve\` in a new comment.",
      "Nothing was done. \`/approve\` is for rollback pull requests. Write it in the conversation of one.",
      "Nothing was done. This rollback is closed or merged already, so there is nothing to approve.",
      "Nothing was done. GitHub did not say whether you may approve. Try again in a moment, in a new comment.",
      "Nothing was done. The policy names you, but \`/approve\` takes write access to this repository too. Ask for the role write.",
      "Nothing was done. \`/approve\` takes write access to this repository. To stop one target, \`/hold\` it.",
      "Nothing was done. \`/approve\` takes an owner or an approver of the target: \`@acme/ml\` or \`@sam\`.",
      "Nothing was done. \`/approve\` takes an approver of the target: \`@sam\`.",
      "Nothing was done. \`/approve\` takes an owner of the target: \`@acme/ml\`.",
      "Nothing was done. \`/approve\` takes the role maintain in this repository here.",
      "Nothing was done. \`--now\` takes somebody who may break the glass: \`anyone with the role admin or more\`. Leave it out to ask for approvals.",
      "Nothing was done. The policy of the target lets nobody break the glass (breakGlass). Leave \`--now\` out to ask for approvals.",
      "Nothing was done. The policy of the target leaves approvals to GitHub (approvals.by). Approve with a review.",
      "Nothing was done. Nobody approves a pull request of their own.",
      "Nothing was done. Somebody else than the person who asked for the rollback has to approve.",
      "Nothing was done. Nobody approves a commit of their own.",
    ]
  `);
});

test('an answer quotes each line, and nothing in it does anything', () => {
  const line = answerLine('/hold `@acme/all`\n/approve', 'Held.');
  expect(answer([line], 0)).toMatchInlineSnapshot(`"\`\`/hold \`@acme/all\` /approve\`\`: Held."`);
  expect(answer([line, line], 3)).toMatchInlineSnapshot(`
    "- \`\`/hold \`@acme/all\` /approve\`\`: Held.
    - \`\`/hold \`@acme/all\` /approve\`\`: Held.
    - The comment has 3 more. Lastgood reads the first 20; write the others in a new comment."
  `);
});

test('docs/commands.md says what /help says', async () => {
  const page = await readFile(new URL('../../docs/commands.md', import.meta.url), 'utf8');
  const cells = (text: string) =>
    text
      .split('\n')
      .filter((one) => one.startsWith('| `/'))
      .map((one) => one.split('|').map((cell) => cell.trim()));
  expect(cells(page)).toEqual(cells(helpText(COMMANDS)));
});

test('the help for one command', () => {
  expect(helpText(COMMANDS, 'hold')).toMatchInlineSnapshot(
    `"\`/hold [TARGET] [for 2h] REASON\`: Nothing merges for the target until the hold is lifted or its time is up. For anyone who can read the repository. For example: \`/hold production/fraud-detector for 2h Looking at the features first\`"`,
  );
});
