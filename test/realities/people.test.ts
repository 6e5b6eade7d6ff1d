import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  account,
  alice,
  app,
  eligible,
  HEAD,
  input,
  OLD,
  review,
} from '../../fixtures/approval/input.ts';
import {
  BRANCH,
  FILE,
  startForgeStage,
  type ForgeStage,
} from '../../fixtures/github/forge-stage.ts';
import { evaluateApproval } from '../../src/approval/evaluate-approval.ts';
import { CouldNotVerify } from '../../src/github/errors.ts';

describe('who approves', () => {
  test('reality 12: the author never counts, App or person', () => {
    for (const author of [app, alice]) {
      const standing = new Map([[author.id, eligible]]);
      const state = evaluateApproval(input({ author, standing, reviews: [review(author)] }));
      expect(state).toMatchObject({ approved: false, approvedBy: [] });
    }
  });

  test('reality 13: an App never counts, whatever GitHub makes of its approval', () => {
    const bot = account(98, 'helpful[bot]', true);
    const standing = new Map([[bot.id, eligible]]);
    expect(evaluateApproval(input({ standing, reviews: [review(bot)] }))).toMatchObject({
      approved: false,
      notCounted: [{ user: bot, why: 'bot' }],
    });
  });

  test('reality 16: an approval is for the head it was given for', () => {
    const reviews = [review(alice, 'approved', 0, OLD)];
    expect(evaluateApproval(input({ reviews }))).toMatchObject({
      approved: false,
      notCounted: [{ user: alice, why: 'other-head' }],
    });
    expect(evaluateApproval(input({ reviews, head: OLD })).approved).toBe(true);
    expect(evaluateApproval(input({ reviews, head: HEAD })).approved).toBe(false);
  });
});

describe('what GitHub says of people', () => {
  let stage: ForgeStage;

  beforeEach(async () => {
    stage = await startForgeStage();
    for (const login of ['alice', 'bob']) {
      stage.hub.user(login);
      stage.manifests.grant(login, 'write');
    }
  });
  afterEach(() => stage.stop());

  test('reality 16: a review given in a page that was open before a push names the older head', async () => {
    const { hub, manifests, forge, repository, proposal } = stage;
    const { pull } = await forge.propose(repository, proposal);
    await hub.as('bob').push(manifests, BRANCH, {
      message: 'And this',
      files: { [FILE]: 'version: "6.66"\n' },
    });
    const commit = pull.head;
    await hub.as('alice').review(manifests, pull.number, 'approve', { commit });
    const now = await forge.pull(repository, pull.number);
    const [given] = await forge.reviews(repository, pull.number);
    expect(given?.commit).toBe(pull.head);
    expect(now.head).not.toBe(pull.head);
  });

  test('reality 26: a renamed login is the same person, and the old one is nobody’s role', async () => {
    const { hub, manifests, forge, repository, proposal } = stage;
    const { pull } = await forge.propose(repository, proposal);
    const { id } = hub.as('alice');
    hub.as('alice').rename('alice-smith');
    await hub.as('alice-smith').review(manifests, pull.number, 'approve');
    const [given] = await forge.reviews(repository, pull.number);
    expect(given?.user).toEqual({ id, login: 'alice-smith', bot: false });
    expect(await forge.role(repository, given?.user ?? app)).toBe('write');
    expect(await forge.role(repository, { id, login: 'alice', bot: false })).toBe('none');

    hub.user('alice');
    manifests.grant('alice', 'admin');
    const before = { id, login: 'alice', bot: false };
    await expect(forge.role(repository, before)).rejects.toBeInstanceOf(CouldNotVerify);
  });

  test('reality 26: case does not tell logins apart, and a bot’s login is one everywhere', async () => {
    const { hub, forge, repository, proposal } = stage;
    const { pull } = await forge.propose(repository, proposal);
    const { id } = hub.as('alice');
    expect(await forge.role(repository, { id, login: 'ALICE', bot: false })).toBe('write');
    const authors = await forge.commitAuthors(repository, pull.number);
    expect(authors).toContainEqual(pull.author);
  });
});
