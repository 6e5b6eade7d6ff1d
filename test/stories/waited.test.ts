import { expect, test } from 'vitest';
import { runCli } from '../../src/cli/run-cli.ts';
import { readTrailers } from '../../src/journal/read-trailers.ts';
import { MINUTE } from '../../src/time.ts';
import { talkIn } from './commands-support.ts';
import { BAD, GOOD, plain, useStories, type Model, type Wanted } from './support.ts';

const stories = useStories();
const talk = talkIn(stories);

const approvals = (onTimeout: string, more: object = {}): Wanted => ({
  production: {
    approvals: {
      required: 1,
      from: ['@acme/fraud-ml', '@acme/sre'],
      remind: '2m',
      timeout: '5m',
      onTimeout,
      ...more,
    },
  },
});

/** What the pull request says at its top. */
function top(model: Model): string {
  const [, section = 'none'] =
    /<!-- lastgood:status -->\n([^]*?)\n<!-- \/lastgood:status -->/.exec(model.pull().body) ?? [];
  return plain(section);
}

/** The comments below the pull request. */
function below(model: Model): readonly string[] {
  return model
    .pull()
    .comments.map(({ body }) => plain(body).replace(/waited \d+/, 'waited <since>'));
}

const review = (model: Model, login: string, verdict: 'approve' | 'request-changes') =>
  stories.after(() => stories.as(login).review(stories.repository, model.pull().number, verdict));

/** The hub's address is another one each time. */
const withoutLinks = (sentences: readonly string[]): string[] =>
  sentences.map((one) => one.replace(/\(http\S+\)/, '(<link>)'));

/** Which calls reached the pager, by their keys: the moment at its end left out. */
function calls(model: Model): readonly string[] {
  return stories.stage.journal.flatMap((entry) =>
    entry.kind === 'paged' && entry.incident?.includes(`/${model.name}/`) ? [entry.key] : [],
  );
}

test('those who are missing are reminded at the pace of the policy, and not once somebody decided', async () => {
  const model = await stories.plant('reminded', approvals('page', { timeout: '1h' }));
  await stories.alert(model, { severity: 'medium' });
  expect(top(model)).toMatchInlineSnapshot(`
    "**Now:** waits for review. 0 of 1 approval. 1 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`.

    **Next:** Those who are missing are reminded every 2m. When nobody has decided by <time>, people are called."
  `);
  await stories.pass(2 * MINUTE);
  await stories.pass(2 * MINUTE);
  expect(below(model)).toMatchInlineSnapshot(`
    [
      "<!-- lastgood:waited <commit> reminder 1 -->
    @acme/fraud-ml or @acme/sre: this rollback has waited for 2m. It waits for review. 0 of 1 approval. 1 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`.",
      "<!-- lastgood:waited <commit> reminder 2 -->
    @acme/fraud-ml or @acme/sre: this rollback has waited for 4m. It waits for review. 0 of 1 approval. 1 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`.",
    ]
  `);
  await stories.pass(30 * MINUTE);
  expect(below(model)).toHaveLength(5);
  expect(calls(model)).toEqual([]);
  await review(model, 'alice', 'approve');
  expect(await model.runs()).toEqual(GOOD);
});

test('page: people are called once, with who is waited for, and it goes on waiting', async () => {
  const model = await stories.plant('paged', approvals('page', { remind: '1h' }));
  await stories.alert(model, { severity: 'medium' });
  expect(await stories.pass(5 * MINUTE - 1)).toEqual([]);
  expect(withoutLinks(await stories.pass(1))).toMatchInlineSnapshot(`
    [
      "Nobody has decided about pull request #N for production/paged for 5m (<link>). It waits for review. 0 of 1 approval. 1 more needed from @acme/fraud-ml or @acme/sre.",
    ]
  `);
  expect(top(model)).toMatchInlineSnapshot(`
    "**Now:** waits for review. 0 of 1 approval. 1 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`.

    **Next:** Those who are missing are reminded every 1h. The time for a decision was up at <time>. People were called."
  `);
  expect(below(model)).toMatchInlineSnapshot(`
    [
      "<!-- lastgood:waited <commit> called -->
    @acme/fraud-ml or @acme/sre: nobody has decided about this rollback for 5m, so people were called. It waits for review. 0 of 1 approval. 1 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`.",
    ]
  `);
  await stories.pass(30 * MINUTE);
  expect(calls(model)).toHaveLength(1);
  expect(model.pull().state).toBe('open');
  const check = stories.repository.checkRuns(model.pull().head).at(-1);
  expect(plain(check?.output.summary ?? '')).toContain(top(model).split('\n\n')[1]);
  await review(model, 'alice', 'approve');
  expect(await model.runs()).toEqual(GOOD);
});

test('nobody is called about what somebody answered, or whose alert resolved', async () => {
  const objected = await stories.plant('answered', approvals('page'));
  await stories.alert(objected, { severity: 'medium' });
  await review(objected, 'erin', 'request-changes');
  expect(top(objected)).toMatchInlineSnapshot(`
    "**Now:** waits for review. 0 of 1 approval. 1 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`. \`erin\` asked for changes, so nothing merges until they approve or their review is dismissed.

    **Next:** Somebody asked for changes, so nobody is reminded or called, and it is not merged without an approval."
  `);
  const resolved = await stories.plant('calm-again', approvals('page'));
  await stories.alert(resolved, { severity: 'medium' });
  await stories.alert(resolved, { severity: 'medium', status: 'resolved' });
  expect(top(resolved)).toMatchInlineSnapshot(`
    "**Now:** waits for review. 0 of 1 approval. 1 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`.

    **Next:** Its alert resolved, so nobody is reminded or called, and it is not merged without an approval."
  `);
  await stories.pass(20 * MINUTE);
  expect([...calls(objected), ...calls(resolved)]).toEqual([]);
  expect([...below(objected), ...below(resolved)]).toEqual([]);
  for (const model of [objected, resolved]) {
    await stories.after(() => stories.as('bob').closePull(stories.repository, model.pull().number));
  }
});

test('merge: nobody decided, its alert fires and the limits allow it, so it merges and asks for a review then', async () => {
  const model = await stories.plant('unanswered', approvals('merge', { remind: '1h' }));
  await stories.alert(model, { severity: 'medium' });
  expect(top(model)).toMatchInlineSnapshot(`
    "**Now:** waits for review. 0 of 1 approval. 1 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`.

    **Next:** Those who are missing are reminded every 1h. When nobody has decided by <time>, it is merged without an approval, if its alert still fires and the limits allow it (approvals.onTimeout of the policy)."
  `);
  expect(await stories.pass(5 * MINUTE)).toMatchInlineSnapshot(`
    [
      "Pull request #N merged without an approval, because nobody decided in time and the policy merges then.",
    ]
  `);
  expect(await model.runs()).toEqual(GOOD);
  expect(below(model)).toMatchInlineSnapshot(`
    [
      "<!-- lastgood:review-afterwards -->
    Nobody decided in time, so this was merged without an approval, as the policy says. @acme/fraud-ml or @acme/sre, please review it now.",
    ]
  `);
  const [merged] = await stories.repository.log('main', 1);
  expect(merged?.message).toContain(
    'Nobody decided within 5m, and .lastgood/unanswered.yaml merges then (approvals.onTimeout: merge).',
  );
  const reading = readTrailers(merged?.message ?? '');
  expect(reading.ok && reading.record).toMatchObject({
    mode: 'automatic',
    unansweredFor: 5 * MINUTE,
    policy: { file: '.lastgood/unanswered.yaml' },
  });
  // The auditor, who shares no code with what merged it, finds that the policy allowed it.
  const said: string[] = [];
  const exit = await runCli(['audit', '--repo', stories.repository.dir, '--verify'], {
    out: (text) => said.push(text),
    error: (text) => said.push(text),
    now: stories.time.clock(),
  });
  expect(said.join('\n')).not.toContain('unanswered:');
  expect(exit).toBe(0);
});

test('merge: not what resolved, was answered, held, frozen, or is over a limit; people are called instead', async () => {
  const spent = { limits: { merge: '0 per 24h' } };
  const model = await stories.plant('over-the-limit', {
    production: { ...approvals('merge', { remind: '1h' }).production, ...spent },
  });
  await stories.alert(model, { severity: 'medium' });
  expect(withoutLinks(await stories.pass(5 * MINUTE))).toMatchInlineSnapshot(`
    [
      "Nobody has decided about pull request #N for production/over-the-limit for 5m (<link>). It waits for review. 0 of 1 approval. 1 more needed from @acme/fraud-ml or @acme/sre.",
    ]
  `);
  expect(top(model)).toMatchInlineSnapshot(`
    "**Now:** waits for review. 0 of 1 approval. 1 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`.

    **Next:** Those who are missing are reminded every 1h. The time for a decision was up at <time>. People were called. It would be merged without an approval (approvals.onTimeout of the policy), but no alert that fires would merge it as things stand: by the limits, the evidence, or because it resolved."
  `);
  expect(calls(model)).toHaveLength(1);

  const resolved = await stories.plant('resolved-in-time', approvals('merge'));
  await stories.alert(resolved, { severity: 'medium' });
  await stories.alert(resolved, { severity: 'medium', status: 'resolved' });
  const objected = await stories.plant('answered-in-time', approvals('merge'));
  await stories.alert(objected, { severity: 'medium' });
  await review(objected, 'erin', 'request-changes');
  const held = await stories.plant('held-in-time', approvals('merge'));
  await stories.alert(held, { severity: 'medium' });
  const hold = (words: string) =>
    stories.after(() => stories.as('erin').comment(stories.repository, held.pull().number, words));
  await hold('/hold I look at it');
  await stories.pass(30 * MINUTE);
  for (const one of [model, resolved, objected, held]) {
    expect([one.name, one.pull().state, await one.runs()]).toEqual([one.name, 'open', BAD]);
  }
  // Once it is lifted, people have their time again.
  await stories.after(() =>
    stories.as('alice').comment(stories.repository, held.pull().number, '/unhold'),
  );
  expect(held.pull().state).toBe('open');
  await stories.pass(5 * MINUTE - 1);
  expect(held.pull().state).toBe('open');
  await stories.pass(1);
  expect(await held.runs()).toEqual(GOOD);
  for (const one of [model, resolved, objected]) {
    await stories.after(() => stories.as('bob').closePull(stories.repository, one.pull().number));
  }
});

test('close: it is closed, not opened again by its alert, and a person has it back', async () => {
  const model = await stories.plant('given-up', approvals('close', { remind: '1h' }));
  await stories.alert(model, { severity: 'medium' });
  expect(top(model)).toMatchInlineSnapshot(`
    "**Now:** waits for review. 0 of 1 approval. 1 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`.

    **Next:** Those who are missing are reminded every 1h. When nobody has decided by <time>, it is closed (approvals.onTimeout of the policy)."
  `);
  expect(await stories.pass(5 * MINUTE)).toMatchInlineSnapshot(`
    [
      "Pull request #N closed: Nobody decided within 5m, and the policy gives up then (approvals.onTimeout: close). It is not opened again for this release by itself. \`/retry production/given-up\` reopens it.",
    ]
  `);
  expect(below(model)).toMatchInlineSnapshot(`
    [
      "<!-- lastgood:waited <commit> closed -->
    Nobody decided within 5m, and the policy gives up then (approvals.onTimeout: close). It is not opened again for this release by itself. \`/retry production/given-up\` reopens it.",
    ]
  `);
  expect(model.pull().state).toBe('closed');

  await stories.pass(MINUTE);
  expect(await stories.alert(model)).toMatchInlineSnapshot(`
    [
      "Recorded for production/given-up, nothing changed: nobody decided about pull request #N for this release in time, so it was closed. It is not opened again by itself; /retry reopens it.",
    ]
  `);
  await stories.stage.restart({ loseDatabase: true });
  expect((await stories.alert(model)).at(-1)).toContain('nobody decided about pull request #N');
  const number = await talk.issue('Night shift');
  const say = (words: string) => talk.say('alice', number, words);
  expect(await say(`/rollback ${model.target} --reason "It is bad"`)).toMatchInlineSnapshot(`
    [
      "alice below #N: /rollback production/given-up --reason "It is bad" → no: Nothing was done. Pull request #N for this release was closed because nobody decided in time. \`/retry production/given-up\` reopens it.",
    ]
  `);
  expect(await say(`/retry ${model.target}`)).toMatchInlineSnapshot(`
    [
      "Pull request #N waits for an approval, because it was closed and reopened. Approve it to roll back, or close it. 0 of 1 approval. 1 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`.",
      "alice below #N: /retry production/given-up → Tried again. #N waits for an approval, because it was closed and reopened. Approve it to roll back, or close it. 0 of 1 approval. 1 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`.",
    ]
  `);
  expect(model.pull().state).toBe('open');
  await review(model, 'bob', 'approve');
  expect(await model.runs()).toEqual(GOOD);
});

test('a wait goes on over a restart with an empty database: nobody is called twice, and nobody is forgotten', async () => {
  const model = await stories.plant('remembered', approvals('page', { remind: '3m' }));
  await stories.alert(model, { severity: 'medium' });
  await stories.pass(4 * MINUTE);
  await stories.stage.restart({ loseDatabase: true });
  expect(below(model)).toHaveLength(1);
  await stories.pass(MINUTE);
  expect(calls(model)).toHaveLength(1);
  expect(below(model)).toHaveLength(2);
  await stories.stage.restart({ loseDatabase: true });
  await stories.pass(30 * MINUTE);
  expect(calls(model)).toHaveLength(1);
  expect(below(model).map((text) => text.split('\n')[0])).toMatchInlineSnapshot(`
    [
      "<!-- lastgood:waited <commit> reminder 1 -->",
      "<!-- lastgood:waited <commit> called -->",
      "<!-- lastgood:waited <commit> reminder 2 -->",
      "<!-- lastgood:waited <commit> reminder 3 -->",
      "<!-- lastgood:waited <commit> reminder 4 -->",
      "<!-- lastgood:waited <commit> reminder 5 -->",
    ]
  `);
  await review(model, 'alice', 'approve');
  expect(await model.runs()).toEqual(GOOD);
});
