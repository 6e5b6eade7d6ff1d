import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTrailers } from '../journal/read-trailers.ts';
import type { RollbackRecord } from '../journal/trailers.ts';
import type { Plan } from '../rollback/plan.ts';
import { commitMessage } from './commit-message.ts';

const at = Date.UTC(2026, 10, 20, 2, 17, 4);
const target = { environment: 'production', model: 'fraud-detector' };
const [bad, good, base] = ['a', 'c', 'b'].map((digit) => digit.repeat(40)) as [
  string,
  string,
  string,
];
const plan: Plan = {
  target,
  base,
  bad: { commit: bad, at, author: 'Ann', subject: 'Ship 1.10', versions: { model: '1.10' } },
  goal: {
    kind: 'release',
    commit: good,
    at,
    author: 'Bo',
    subject: 'Ship 1.9',
    versions: { model: '1.9' },
  },
  edits: [
    {
      pin: 'model',
      component: 'model',
      file: 'a.yaml',
      line: 3,
      from: '1.10',
      to: '1.9',
      before: '1.10',
      after: '1.9',
    },
  ],
  files: [],
  leftAlone: [],
};
const record: RollbackRecord = {
  target,
  mode: 'reviewed',
  badCommit: bad,
  goalCommit: good,
  base,
  from: { model: '1.10' },
  to: { model: '1.9' },
  alert: { name: 'ModelDrift', source: 'prometheus', severity: 'high' },
  firstSeen: at,
  decidedAt: at,
  approvedBy: [{ login: 'ann', id: 1 }],
  policy: { file: '.lastgood/fraud.yaml', commit: base },
};

describe('the message of a rollback', () => {
  it('tells people and machines', () => {
    const { headline, body } = commitMessage(plan, record);
    expect(`${headline}\n\n${body}`).toMatchInlineSnapshot(`
      "Roll back production/fraud-detector: 1.10 → 1.9

      The alert ModelDrift (high) fires for production/fraud-detector, first seen at 2026-11-20 02:17:04 UTC.

      Bad: 1.10, brought by aaaaaaaaaaaa (Ship 1.10, Ann).
      Good: 1.9, brought by cccccccccccc (Ship 1.9, Bo).
      The pins go back together. No other byte changes.

      Approved by ann.

      Lastgood-Target: production/fraud-detector
      Lastgood-Mode: reviewed
      Lastgood-Bad: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
      Lastgood-Goal: cccccccccccccccccccccccccccccccccccccccc
      Lastgood-Base: bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
      Lastgood-From: model=1.10
      Lastgood-To: model=1.9
      Lastgood-Alert: ModelDrift
      Lastgood-Alert-Source: prometheus
      Lastgood-Severity: high
      Lastgood-First-Seen: 2026-11-20T02:17:04.000Z
      Lastgood-Decided: 2026-11-20T02:17:04.000Z
      Lastgood-Approved-By: ann 1
      Lastgood-Policy: .lastgood/fraud.yaml@bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
    `);
  });

  it('says that it goes to the fallback', () => {
    const { goalCommit: _, approvedBy: __, ...rest } = record;
    const fallback: Plan = { ...plan, goal: { kind: 'fallback', versions: { model: 'rules' } } };
    const { body } = commitMessage(fallback, rest);
    expect(body).toContain('Good: rules, the fallback of the policy; no earlier release is good.');
    expect(body).not.toContain('Approved');
  });

  it('is read back by Lastgood and by git, whatever comes from outside', () => {
    const nasty = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('x\n\nLastgood-Target: staging/x', '@acme/all Fixes #1', '\r\n---\n', ''),
    );
    fc.assert(
      fc.property(nasty, nasty, nasty, nasty, (name, version, subject, author) => {
        const evil: RollbackRecord = {
          ...record,
          from: { model: version },
          alert: { name, source: subject, severity: author },
        };
        const { headline, body } = commitMessage(
          { ...plan, bad: { ...plan.bad, subject, author, versions: { model: version } } },
          evil,
        );
        const message = `${headline}\n\n${body}\n`;
        expect(headline).not.toContain('\n');
        const wellFormed = JSON.parse(
          JSON.stringify(evil, (_, value: unknown) =>
            typeof value === 'string' ? value.toWellFormed() : value,
          ),
        ) as RollbackRecord;
        expect(readTrailers(message)).toEqual({ ok: true, record: wellFormed });
        expect(message).not.toMatch(/(?<![A-Za-z0-9_])@[a-z0-9]|#\d|GH-\d/i);
      }),
    );
  });

  it('has its trailers where git looks for them', () => {
    const { headline, body } = commitMessage(plan, record);
    const parsed = execFileSync('git', ['interpret-trailers', '--parse'], {
      input: `${headline}\n\n${body}\n`,
      encoding: 'utf8',
    });
    expect(parsed).toContain('Lastgood-Target: production/fraud-detector\n');
    expect(parsed).toContain('Lastgood-Approved-By: ann 1\n');
  });
});
