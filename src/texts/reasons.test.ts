import { describe, expect, it } from 'vitest';
import type { Decision, Reason } from '../decision/decision.ts';
import type { Response } from '../policy/policy.ts';
import { DAY, HOUR, MINUTE } from '../time.ts';
import { inCode } from './escape.ts';
import { decisionSentence, type DecisionContext } from './reasons.ts';

const NIGHT = Date.UTC(2026, 10, 20, 2, 17, 4);
const context: DecisionContext = {
  alert: {
    name: 'ModelDrift',
    severity: 'critical',
    model: 'fraud-detector',
    environment: 'production',
  },
  target: 'production/fraud-detector',
};

/** Every reason, with the facts that come with it. */
const FACTS: Readonly<Record<Reason, readonly [Response, Decision['facts']]>> = {
  policy: ['merge', { severity: 'critical', response: 'merge' }],
  returned: ['merge', { version: '1.11', commit: '0123456789ab' }],
  'unknown-repository': ['ignore', { repository: 'acme/shop' }],
  'unknown-model': ['ignore', { model: 'fraud-detecter', suggestion: 'fraud-detector' }],
  'unknown-environment': [
    'ignore',
    { model: 'fraud-detector', environment: 'prod', known: 'production, staging' },
  ],
  'environment-ambiguous': ['notify', { model: 'fraud-detector', known: 'production, staging' }],
  'policy-broken': [
    'notify',
    {
      model: 'fraud-detector',
      file: '.lastgood/fraud.yaml',
      at: '.lastgood/fraud.yaml',
      line: 3,
      column: 17,
      problem: '.lastgood/fraud.yaml:3:17: `pins` is 3; expected a mapping',
    },
  ],
  resolved: ['record', { endsAt: NIGHT }],
  'stale-version': ['ignore', { version: '1.9', runs: '1.10' }],
  'started-before-release': [
    'ignore',
    { startsAt: NIGHT - HOUR, releasedAt: NIGHT, commit: 'a'.repeat(40) },
  ],
  'rollback-in-progress': ['ignore', { pull: 12, badCommit: 'a'.repeat(40) }],
  'already-rolled-back': ['notify', { pull: 12, badCommit: 'a'.repeat(40) }],
  'rung-followed': ['record', { pull: 12 }],
  'closed-by-person': ['ignore', { pull: 12, badCommit: 'a'.repeat(40) }],
  'closed-unanswered': ['record', { pull: 12, badCommit: 'a'.repeat(40) }],
  'too-few-firings': ['record', { have: 2, need: 3 }],
  'too-young': ['record', { have: 5 * MINUTE, need: 10 * MINUTE, until: NIGHT }],
  'pins-unreadable': [
    'notify',
    { pin: 'model', problem: 'There is no spec.model in a.yaml.', more: 1 },
  ],
  hold: ['review', { by: 'ann', until: NIGHT, why: 'Looking at the features first.' }],
  freeze: ['notify', { by: 'ann', why: 'migration' }],
  'state-untrusted': ['review', { by: 'mallory' }],
  'state-unreadable': [
    'notify',
    { file: '.lastgood/state/repository.yaml', problem: 'It does not parse.' },
  ],
  storm: ['review', { have: 12, limit: 5, within: 10 * MINUTE, since: NIGHT }],
  'repository-policy-broken': [
    'review',
    {
      file: '.lastgood/repository.yaml',
      line: 1,
      column: 18,
      problem: '.lastgood/repository.yaml:1:18: `limits.merge` is "many"; write 2 per 24h',
    },
  ],
  'no-backtest': ['review', { why: 'too-many-false', have: 2.5, need: 1 }],
  'rollback-of-rollback': ['review', { commit: 'a'.repeat(40) }],
  cooldown: ['review', { pull: 12, mergedAt: NIGHT - HOUR, until: NIGHT }],
  'merge-budget': ['review', { have: 2, limit: 2, per: DAY, until: NIGHT }],
  'repository-merge-budget': ['review', { have: 5, limit: 5, per: DAY, until: NIGHT }],
  'release-too-old': ['review', { have: 8 * DAY, limit: 7 * DAY, releasedAt: NIGHT - 8 * DAY }],
  'open-budget': ['notify', { have: 6, limit: 6, per: DAY, until: NIGHT }],
  'repository-open-budget': ['notify', { have: 0, limit: 0, per: DAY }],
  'no-goal': [
    'notify',
    { target: 'production/fraud-detector', why: 'No earlier release is good.' },
  ],
  'plan-failed': [
    'notify',
    { target: 'production/fraud-detector', why: 'a.yaml does not exist at bbbbbbbbbbbb.' },
  ],
  requested: ['review', { by: 'ann', why: 'Scores drift' }],
  'break-glass': ['merge', { by: 'ann', why: 'Scores drift' }],
  'mixed-pair': ['merge', { pull: 12 }],
};

describe('the sentence of a decision', () => {
  it('says for every reason what, why and what next', () => {
    const sentences = Object.entries(FACTS).map(([reason, [act, facts]]) =>
      decisionSentence({ act, reason: reason as Reason, facts }, context),
    );
    expect(sentences).toMatchInlineSnapshot(`
      [
        "Rolling back production/fraud-detector now: ModelDrift is critical, and the policy says merge for that.",
        "Rolling back production/fraud-detector now: 1.11, which is quarantined, came back past the check with 0123456789ab, and the policy says merge for that.",
        "Nothing to do for production/fraud-detector: ModelDrift names the repository acme/shop, where Lastgood is not installed. Install it there, or mend the alert.",
        "Nothing to do for production/fraud-detector: ModelDrift names the model fraud-detector, and no policy is about it. Did you mean fraud-detector? Add a policy file, or mend the alert's label.",
        "Nothing to do for production/fraud-detector: ModelDrift names the environment prod, and the policy of fraud-detector has production, staging.",
        "People are needed for production/fraud-detector: ModelDrift names no environment, and the policy of fraud-detector has production, staging. Add the label to the alert.",
        "People are needed for production/fraud-detector: its policy file .lastgood/fraud.yaml has a mistake, so no rollback happens. .lastgood/fraud.yaml:3:17: \`pins\` is 3; expected a mapping. Run lastgood validate, and mend the file.",
        "Recorded for production/fraud-detector, nothing changed: ModelDrift resolved at 2026-11-20 02:17:04 UTC.",
        "Nothing to do for production/fraud-detector: ModelDrift is about version 1.9, and 1.10 runs. An alert about what runs now would count.",
        "Nothing to do for production/fraud-detector: ModelDrift began at 2026-11-20 01:17:04 UTC, before the release that runs now came at 2026-11-20 02:17:04 UTC. It speaks against an earlier release.",
        "Nothing to do for production/fraud-detector: pull request #12 for this release is open already and goes on.",
        "People are needed for production/fraud-detector: pull request #12 rolled this release back already. It runs again, or ModelDrift is late; people have to look.",
        "Recorded for production/fraud-detector, nothing changed: pull request #12 rolled it back, and whether that helps is being watched. If it does not, the next rung of the policy's ladder is taken.",
        "Nothing to do for production/fraud-detector: somebody closed pull request #12 for this release. That is a no, and it is not opened again.",
        "Recorded for production/fraud-detector, nothing changed: nobody decided about pull request #12 for this release in time, so it was closed. It is not opened again by itself; /retry reopens it.",
        "Recorded for production/fraud-detector, nothing changed: ModelDrift fired 2 times in a row, and the policy waits for 3.",
        "Recorded for production/fraud-detector, nothing changed: ModelDrift has been firing for 5m, and the policy waits for 10m. It is looked at again at 2026-11-20 02:17:04 UTC.",
        "People are needed for production/fraud-detector: nobody can tell what runs, because the pin model cannot be read. There is no spec.model in a.yaml. Mend the file on the default branch.",
        "Opening a rollback of production/fraud-detector for review: ann holds it until 2026-11-20 02:17:04 UTC: Looking at the features first. Nothing merges until the hold is lifted (/unhold) or its time is up. The pull request stands ready for review.",
        "People are needed for production/fraud-detector: ann froze this repository: migration. Lastgood does nothing by itself until that is lifted (/unfreeze) or its time is up. Roll back by hand, or with /rollback.",
        "Opening a rollback of production/fraud-detector for review: mallory wrote to the branch of Lastgood's state, so what it allows may not be so, and nothing merges by itself. Approve it to roll back, or close it.",
        "People are needed for production/fraud-detector: nobody can tell what is held or frozen, because .lastgood/state/repository.yaml cannot be read (It does not parse). Mend the file on the branch of Lastgood's state; until then people roll back.",
        "Opening a rollback of production/fraud-detector for review: 12 models of this repository began to fail within 10m, and the policy calls 5 a storm: so much at once is rarely the fault of a release. Nothing merges by itself until it is over. Approve it to roll back, or close it.",
        "Opening a rollback of production/fraud-detector for review: .lastgood/repository.yaml cannot be read, so nobody knows how much may merge by itself, and nothing does. .lastgood/repository.yaml:1:18: \`limits.merge\` is "many"; write 2 per 24h. Run lastgood validate, and mend the file. Approve it to roll back, or close it.",
        "Opening a rollback of production/fraud-detector for review: the policy lets nothing merge by itself without a passed backtest, and it found 2.5 false rollbacks in 30 days, where 1 is the most. Run lastgood backtest with --record, and bring the record to the default branch. Approve it to roll back, or close it.",
        "Opening a rollback of production/fraud-detector for review: the release that runs came by a rollback itself, and Lastgood never undoes one by itself. Approve it to roll back, or close it.",
        "Opening a rollback of production/fraud-detector for review: pull request #12 rolled it back at 2026-11-20 01:17:04 UTC, and nothing merges by itself until 2026-11-20 02:17:04 UTC. Approve it to roll back, or close it.",
        "Opening a rollback of production/fraud-detector for review: 2 rollbacks of this target were merged automatically within 1d, and the policy allows 2. There is room again at 2026-11-20 02:17:04 UTC. Approve it to roll back, or close it.",
        "Opening a rollback of production/fraud-detector for review: 5 rollbacks of the whole repository were merged automatically within 1d, and the policy allows 5. There is room again at 2026-11-20 02:17:04 UTC. Approve it to roll back, or close it.",
        "Opening a rollback of production/fraud-detector for review: the release that runs came 8d ago, and the policy merges by itself only within 7d. Approve it to roll back, or close it.",
        "People are needed for production/fraud-detector: 6 rollbacks of this target were opened within 1d, and the policy allows 6. There is room again at 2026-11-20 02:17:04 UTC.",
        "People are needed for production/fraud-detector: 0 rollbacks of the whole repository were opened within 1d, and the policy allows 0.",
        "People are needed for production/fraud-detector: there is no good release to go back to. No earlier release is good. Ship a good one, or name a fallback in the policy.",
        "People are needed for production/fraud-detector: the rollback cannot be made. a.yaml does not exist at bbbbbbbbbbbb. Roll back by hand.",
        "Opening a rollback of production/fraud-detector for review: ann asked for it: Scores drift. Approve it to roll back, or close it.",
        "Rolling back production/fraud-detector now: ann broke the glass, so it merges without approvals: Scores drift. Somebody has to review it afterwards.",
        "Rolling back production/fraud-detector now: while pull request #12 merged, somebody changed another pin, and what stands now never ran together. The last good release is brought back whole.",
      ]
    `);
  });

  it('says what the policy wants for a severity', () => {
    const acts: readonly Response[] = ['merge', 'review', 'notify', 'record', 'ignore'];
    expect(acts.map((act) => decisionSentence({ act, reason: 'policy', facts: {} }, context)))
      .toMatchInlineSnapshot(`
      [
        "Rolling back production/fraud-detector now: ModelDrift is critical, and the policy says merge for that.",
        "Opening a rollback of production/fraud-detector for review: ModelDrift is critical, and the policy says review for that. Approve it to roll back, or close it.",
        "People are needed for production/fraud-detector: ModelDrift is critical, and the policy says notify for that.",
        "Recorded for production/fraud-detector, nothing changed: ModelDrift is critical, and the policy says record for that.",
        "Nothing to do for production/fraud-detector: ModelDrift is critical, and the policy says ignore for that.",
      ]
    `);
  });

  it('names what else is in the way', () => {
    const decision: Decision = {
      act: 'review',
      reason: 'cooldown',
      also: ['merge-budget', 'release-too-old'],
      facts: { pull: 12, mergedAt: NIGHT - HOUR, until: NIGHT },
    };
    expect(decisionSentence(decision, context)).toContain(
      "Also in the way: the target's merge budget and the age of the release.",
    );
  });

  it('names an alert that is nobody’s by its model', () => {
    const { target: _, ...nobody } = context;
    const decision: Decision = { act: 'ignore', reason: 'unknown-model', facts: {} };
    expect(decisionSentence(decision, nobody)).toMatch(
      /^Nothing to do for fraud-detector in production: /,
    );
  });

  it('never fails for a fact that is missing or out of range', () => {
    const odd = [{}, { until: 1e300, have: Number.NaN, endsAt: -1e300, mergedAt: 'x' }];
    for (const facts of odd) {
      for (const reason of Object.keys(FACTS) as Reason[]) {
        const said = decisionSentence({ act: 'notify', reason, facts }, context);
        expect(said).toMatch(/^People are needed for production\/fraud-detector: .*\.$/);
        expect(said).not.toMatch(/undefined|Invalid/);
      }
    }
  });

  it('writes what comes from outside on one line, or as code', () => {
    const decision: Decision = {
      act: 'ignore',
      reason: 'stale-version',
      facts: { version: '1\n/merge @acme/all', runs: '2' },
    };
    const evil = { ...context, alert: { ...context.alert, name: 'x\n\u202ey' } };
    expect(decisionSentence(decision, evil)).toContain(
      'x y is about version 1 /merge @acme/all, and 2',
    );
    expect(decisionSentence(decision, evil, inCode)).toContain(
      '`x y` is about version `1 /merge @acme/all`, and `2` runs.',
    );
  });
});
