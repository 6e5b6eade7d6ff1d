import { describe, expect, it } from 'vitest';
import type { Alert } from '../alerts/alert.ts';
import type { Release } from '../releases/release.ts';
import { DAY, HOUR, MINUTE } from '../time.ts';
import type { Plan } from '../rollback/plan.ts';
import { headline } from './headline.ts';
import { planSentence } from './plan.ts';
import {
  pullRequestBody,
  pullRequestLabels,
  pullRequestTitle,
  type PullRequestFacts,
} from './pull-request.ts';

const NIGHT = Date.UTC(2026, 10, 20, 2, 17, 4);
const BAD = 'a'.repeat(40);
const GOOD = 'c'.repeat(40);
const SHORT = 'd'.repeat(40);

function release(commit: string, model: string, more: Partial<Release> = {}): Release {
  const value = (version: string): Release['values'][string] => ({
    version,
    value: version,
    token: version,
    line: 1,
  });
  return {
    commit,
    at: NIGHT - 8 * HOUR,
    author: { name: 'Ann Lee', email: 'ann@acme.example' },
    subject: `Ship fraud-detector ${model}`,
    body: '',
    values: { model: value(model), features: value('2026-11-19') },
    problems: [],
    ...more,
  };
}

const running = release(BAD, '1.10');
const good = release(GOOD, '1.9', {
  at: NIGHT - 17 * DAY,
  until: { commit: SHORT, at: NIGHT - 9 * HOUR },
});
const short = release(SHORT, '1.9.5', {
  at: NIGHT - 9 * HOUR,
  until: { commit: BAD, at: NIGHT - 8 * HOUR },
});

const plan: Plan = {
  target: { environment: 'production', model: 'fraud-detector' },
  base: 'b'.repeat(40),
  bad: {
    commit: BAD,
    at: running.at,
    author: 'Ann Lee',
    subject: running.subject,
    versions: { model: '1.10', features: '2026-11-19' },
  },
  goal: {
    kind: 'release',
    commit: GOOD,
    at: good.at,
    author: 'Bo Ek',
    subject: good.subject,
    versions: { model: '1.9', features: '2026-11-02' },
  },
  edits: [
    {
      pin: 'model',
      component: 'model',
      file: 'clusters/production/fraud/isvc.yaml',
      line: 12,
      from: '1.10',
      to: '1.9',
      before: 's3://models/fraud/1.10/model',
      after: 's3://models/fraud/1.9/model',
    },
    {
      pin: 'features',
      component: 'features',
      file: 'clusters/production/fraud/features.yaml',
      line: 5,
      from: '2026-11-19',
      to: '2026-11-02',
      before: '"2026-11-19"',
      after: '"2026-11-02"',
    },
  ],
  files: [],
  leftAlone: [
    {
      commit: 'e'.repeat(40),
      at: NIGHT - HOUR,
      subject: 'Give the predictor more memory',
      author: 'Cy',
      files: ['clusters/production/fraud/isvc.yaml'],
    },
  ],
};

const alert: Alert = {
  source: 'prometheus',
  format: 'alertmanager',
  fingerprint: 'f1',
  status: 'firing',
  name: 'ModelDiversityCollapsed',
  model: 'fraud-detector',
  environment: 'production',
  severity: 'critical',
  startsAt: NIGHT - 2 * MINUTE,
  receivedAt: NIGHT,
  summary: 'Only 3 distinct items are recommended.',
  value: '0.12',
  threshold: '0.30',
  link: 'https://grafana.acme.example/d/fraud?from=now-1h',
  labels: {},
};

const facts: PullRequestFacts = {
  policy: {
    approvals: {
      by: 'lastgood',
      required: 2,
      from: [
        { kind: 'team', org: 'acme', slug: 'fraud-ml' },
        { kind: 'user', login: 'ann' },
      ],
      timeout: 5 * MINUTE,
      onTimeout: 'page',
    },
  },
  evidence: { alert, firings: [NIGHT - 2 * MINUTE, NIGHT - MINUTE, NIGHT] },
  decision: { act: 'merge', reason: 'policy', facts: { severity: 'critical', response: 'merge' } },
  running,
  selection: {
    kind: 'release',
    release: good,
    how: 'newest-good',
    passedOver: [{ release: short, reason: 'too-short-soak' }],
  },
  plan,
};

describe('the text of a rollback pull request', () => {
  it('that merges by itself', () => {
    expect(pullRequestBody(facts)).toMatchInlineSnapshot(`
      "\`production/fraud-detector\` misbehaves at \`1.10\`. This takes it back to \`1.9\`, the last good release.

      ### What is failing

      \`ModelDiversityCollapsed\`, critical, from \`prometheus\`. Value \`0.12\`, threshold \`0.30\`.

      > Only 3 distinct items are recommended.

      Firing since 2026-11-20 02:15:04 UTC, 7h 58m after this release came; seen 3 times.

      [Open the alert](https://grafana.acme.example/d/fraud?from=now-1h) (\`grafana.acme.example\`)

      ### What happens next

      Lastgood merges this at once, as the policy says for this severity. To stop it, close this pull request: that is a no, and it is not opened again for this release. After the merge, \`/reland\` lets it come back; Lastgood never undoes a rollback by itself.

      ### What changes

      | Pin | From | To | Where |
      | --- | --- | --- | --- |
      | \`model\` | \`1.10\` | \`1.9\` | \`clusters/production/fraud/isvc.yaml\` line 12 |
      | \`features\` | \`2026-11-19\` | \`2026-11-02\` | \`clusters/production/fraud/features.yaml\` line 5 |

      No other byte changes.

      ### Which part

      **Only the model artifact changed.** Taking it back is enough.

      - model artifact: \`model\` \`1.9\` → \`1.10\` in aaaaaaaaaaaa, 7h 58m before the first symptom.

      The policy pins no serving infrastructure or training data, so a change there would not be seen here.

      ### Bad release

      \`model\` \`1.10\`, \`features\` \`2026-11-19\`, shipped by Ann Lee in aaaaaaaaaaaa \`Ship fraud-detector 1.10\`. It has run since 2026-11-19 18:17:04 UTC.

      ### Last good release

      \`model\` \`1.9\`, \`features\` \`2026-11-02\`, shipped by Bo Ek in cccccccccccc \`Ship fraud-detector 1.9\`. It ran from 2026-11-03 02:17:04 UTC for 16d 15h. It is the newest earlier release that ran long enough and was never rolled back from.

      ### Passed over

      - \`1.9.5\`, dddddddddddd \`Ship fraud-detector 1.9.5\`: It ran for 1h only, less than the policy asks of a good release (target.minSoak).

      ### Changed since, and left alone

      - eeeeeeeeeeee \`Give the predictor more memory\` by Cy, in \`clusters/production/fraud/isvc.yaml\`

      <!-- lastgood {"version":1,"target":"production/fraud-detector","bad":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","goal":"cccccccccccccccccccccccccccccccccccccccc","base":"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"} -->"
    `);
  });

  it('that waits for review because something holds it back', () => {
    const held: PullRequestFacts = {
      ...facts,
      decision: {
        act: 'review',
        reason: 'merge-budget',
        also: ['release-too-old'],
        facts: { have: 2, limit: 2, per: DAY, until: NIGHT + HOUR },
      },
      plan: { ...plan, leftAlone: [] },
      selection: { kind: 'release', release: good, how: 'baseline', passedOver: [] },
    };
    const body = pullRequestBody(held);
    expect(body.slice(0, body.indexOf('### What changes'))).toMatchInlineSnapshot(`
      "\`production/fraud-detector\` misbehaves at \`1.10\`. This takes it back to \`1.9\`, the last good release.

      ### What is failing

      \`ModelDiversityCollapsed\`, critical, from \`prometheus\`. Value \`0.12\`, threshold \`0.30\`.

      > Only 3 distinct items are recommended.

      Firing since 2026-11-20 02:15:04 UTC, 7h 58m after this release came; seen 3 times.

      [Open the alert](https://grafana.acme.example/d/fraud?from=now-1h) (\`grafana.acme.example\`)

      ### What happens next

      Opening a rollback of \`production/fraud-detector\` for review: 2 rollbacks of this target were merged automatically within 1d, and the policy allows 2. There is room again at 2026-11-20 03:17:04 UTC. Approve it to roll back, or close it. Also in the way: the age of the release.

      Lastgood merges this after 2 approvals from \`@acme/fraud-ml\` or \`@ann\`: by a review, or by \`/approve\` in a comment here. To stop it, close this pull request: that is a no, and it is not opened again for this release.

      "
    `);
    expect(body).toContain('It is the release that was designated as the baseline.');
    expect(body).not.toMatch(/### (?:Passed over|Changed since)/);
  });

  it('that shows what was measured, not the hours since the release', () => {
    const points = Array.from({ length: 41 }, (_, i) => ({
      at: NIGHT - (40 - i) * 15_000,
      value: i < 30 ? 0.73 : 0.04,
    }));
    const measured = [{ name: 'diversity', points }];
    const body = pullRequestBody({
      ...facts,
      evidence: { alert: { ...alert, measured }, firings: [NIGHT] },
    });
    expect(/```text\n(.*?)\n```/s.exec(body)?.[1]).toMatchInlineSnapshot(`
      "diversity ███████████████████████▁▁▁▁▁▁▁▁ 0.04 … 0.73
                                        A       A bad since"
    `);
  });

  it('that goes to the fallback, by the rules of GitHub, for an alert that says little', () => {
    const { summary: _, value: __, threshold: ___, link: ____, ...bare } = alert;
    const body = pullRequestBody({
      ...facts,
      policy: { approvals: { ...facts.policy.approvals, by: 'github' } },
      evidence: { alert: { ...bare, startsAt: NIGHT - 9 * HOUR }, firings: [NIGHT] },
      decision: { act: 'review', reason: 'policy', facts: {} },
      selection: { kind: 'fallback', values: { model: 'rules-v1' }, passedOver: [] },
      plan: { ...plan, goal: { kind: 'fallback', versions: { model: 'rules-v1' } }, leftAlone: [] },
    });
    expect(body).toMatchInlineSnapshot(`
      "\`production/fraud-detector\` misbehaves at \`1.10\`. This takes it back to the fallback \`rules-v1\`.

      ### What is failing

      \`ModelDiversityCollapsed\`, critical, from \`prometheus\`.

      Firing since 2026-11-19 17:17:04 UTC; seen 1 time.

      ### What happens next

      Lastgood merges this when the rules of the default branch call it approved. To stop it, close this pull request: that is a no, and it is not opened again for this release.

      ### What changes

      | Pin | From | To | Where |
      | --- | --- | --- | --- |
      | \`model\` | \`1.10\` | \`1.9\` | \`clusters/production/fraud/isvc.yaml\` line 12 |
      | \`features\` | \`2026-11-19\` | \`2026-11-02\` | \`clusters/production/fraud/features.yaml\` line 5 |

      No other byte changes.

      ### Bad release

      \`model\` \`1.10\`, \`features\` \`2026-11-19\`, shipped by Ann Lee in aaaaaaaaaaaa \`Ship fraud-detector 1.10\`. It has run since 2026-11-19 18:17:04 UTC.

      ### Last good release

      No earlier release is good, so this takes the fallback that the policy names.

      <!-- lastgood {"version":1,"target":"production/fraud-detector","bad":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","goal":null,"base":"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"} -->"
    `);
  });

  it('that repairs what another merge left', () => {
    const decision = { act: 'merge', reason: 'mixed-pair', facts: { pull: 12 } } as const;
    expect(pullRequestBody({ ...facts, decision })).toContain(
      'while pull request #12 merged, somebody changed another pin',
    );
  });

  it('ends with a line for machines', () => {
    const target = { environment: 'production', model: 'a--b' };
    const line =
      pullRequestBody({ ...facts, plan: { ...plan, target } })
        .split('\n')
        .at(-1) ?? '';
    const [, json = ''] = /^<!-- lastgood (.*) -->$/.exec(line) ?? [];
    expect(json).not.toContain('--');
    expect(JSON.parse(json)).toEqual({
      version: 1,
      target: 'production/a--b',
      bad: BAD,
      goal: GOOD,
      base: plan.base,
    });
  });
});

describe('whatever comes from outside', () => {
  const nasty = '@acme/all Fixes #1 <!-- ` | ![x](https://e.example) \n\n# /merge\n```';
  const evil: Release = {
    ...short,
    subject: nasty,
    author: { name: nasty, email: '' },
    values: {},
    problems: [{ pin: 'model', problem: { code: 'not-parsable', message: nasty } }],
  };
  const hostile: PullRequestFacts = {
    ...facts,
    evidence: {
      alert: {
        ...alert,
        name: nasty,
        source: nasty,
        summary: nasty,
        value: nasty,
        threshold: nasty,
        link: `https://a.example/)${nasty}`,
      },
      firings: [NIGHT],
    },
    selection: {
      kind: 'release',
      release: { ...good, subject: nasty },
      how: 'newest-good',
      passedOver: [{ release: evil, reason: 'unreadable' }],
    },
    plan: {
      ...plan,
      bad: { ...plan.bad, author: nasty, subject: nasty, versions: { model: nasty } },
      goal: { ...plan.goal, versions: { model: nasty } },
      edits: plan.edits.map((edit) => ({ ...edit, from: nasty, to: nasty, file: nasty })),
      leftAlone: plan.leftAlone.map((one) => ({
        ...one,
        subject: nasty,
        author: nasty,
        files: [nasty],
      })),
    },
  };

  /** The text without code spans and addresses, and without the footer. */
  const outsideCode = (body: string): string =>
    body
      .split('\n')
      .map((line) =>
        line.replace(/(`+)(?!`).*?(?<!`)\1(?!`)/g, 'CODE').replace(/\]\(\S+\)/g, 'LINK'),
      )
      .slice(0, -1)
      .join('\n');

  it('starts no line, no heading, no table cell and calls nobody', () => {
    const words = outsideCode(pullRequestBody(hostile));
    expect(words.match(/^#+ .*/gm)).toEqual(outsideCode(pullRequestBody(facts)).match(/^#+ .*/gm));
    expect(words).not.toMatch(/@(?!&#8203;)|(?<!&)#\d|<!--|<[a-z]|^\s*\/|```|!\[/im);
    const rows = words.split('\n').filter((line) => line.startsWith('|'));
    expect(rows.map((row) => row.split('|').length)).toEqual(rows.map(() => 6));
  });

  it('fits into what GitHub takes, however much it is (GitHub reality 25)', () => {
    const long = nasty.repeat(2_000);
    const edit = { ...plan.edits[0], from: long, to: long, file: long };
    const many = <T>(item: T): T[] => Array.from({ length: 500 }, () => item);
    const versions = Object.fromEntries(many(0).map((_, i) => [`image[${i}]`, long]));
    const body = pullRequestBody({
      ...hostile,
      evidence: { ...hostile.evidence, alert: { ...alert, summary: long, name: long, link: long } },
      selection: {
        ...facts.selection,
        passedOver: many({ release: { ...evil, subject: long }, reason: 'unreadable' as const }),
      },
      plan: {
        ...hostile.plan,
        bad: { ...plan.bad, subject: long, author: long, versions },
        goal: { ...plan.goal, versions },
        edits: many(edit as Plan['edits'][number]),
        leftAlone: many({
          ...plan.leftAlone[0],
          subject: long,
          author: long,
          files: many(long),
        }) as Plan['leftAlone'],
      },
    });
    expect(body.length).toBeLessThan(65_536);
    expect(body).toMatch(/- and 490 more/);
  });
});

describe('the title', () => {
  const titled = (from: string, to: string, more: Partial<Plan['edits'][number]> = {}, of = plan) =>
    pullRequestTitle({
      ...of,
      edits: plan.edits.slice(0, 1).map((edit) => ({ ...edit, from, to, ...more })),
    });
  const long = { ...plan, target: { environment: 'production/eu-west', model: 'm'.repeat(90) } };

  it.each<[string, string]>([
    [pullRequestTitle(plan), 'Roll back production/fraud-detector: 1.10 → 1.9'],
    [
      titled('a', 'b', { pin: 'features', component: 'features' }),
      'Roll back production/fraud-detector: features a → b',
    ],
    [
      titled('v'.repeat(30), 'w'.repeat(30)),
      'Roll back production/fraud-detector: vvvvvvvvvvv… → wwwwwwwwwww…',
    ],
    [titled('1', '2', {}, long), `Roll back production/eu-west/${'m'.repeat(42)}…`],
    [
      titled('1', 'rules', {}, { ...plan, goal: { kind: 'fallback', versions: {} } }),
      'Roll back production/fraud-detector: 1 → fallback rules',
    ],
    [titled('@sre', '\n#1'), 'Roll back production/fraud-detector: @\u200bsre → #\u200b1'],
  ])('%s', (title, expected) => {
    expect(title).toBe(expected);
    expect(Array.from(title).length).toBeLessThanOrEqual(72);
  });

  it('is the headline of the commit too', () => {
    expect(headline(plan)).toBe(pullRequestTitle(plan));
  });
});

it('the labels name the severity', () => {
  expect(pullRequestLabels(alert)).toEqual(['lastgood', 'rollback', 'critical']);
});

it('a plan is one sentence', () => {
  expect(planSentence(plan)).toBe(
    'Planned to take production/fraud-detector back to the release of cccccccccccc: model 1.10 → 1.9 and features 2026-11-19 → 2026-11-02.',
  );
});
