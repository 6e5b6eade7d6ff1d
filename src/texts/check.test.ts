import MarkdownIt from 'markdown-it';
import { expect, test } from 'vitest';
import type { Finding } from '../check/finding.ts';
import { reportOf } from '../check/report.ts';
import type { Release } from '../releases/release.ts';
import type { Selection } from '../releases/selection.ts';
import { checkText } from './check.ts';
import { historyText } from './history.ts';

const HOSTILE =
  '`x` ![seen](https://evil.example/p.png) [Approve](https://evil.example) @acme/sre <b>b</b> **b** `';
const target = 'production/fraud';
const problem = { code: 'not-parsable' as const, message: HOSTILE };
const where = { file: 'a.yaml', line: 1 };
const unreadable: Release = {
  commit: 'a'.repeat(40),
  at: 0,
  author: { name: HOSTILE, email: '' },
  subject: HOSTILE,
  body: '',
  values: { model: { version: HOSTILE, value: HOSTILE, token: HOSTILE, line: 1 } },
  problems: [{ pin: 'model', problem }],
};
const passedOver = [{ release: unreadable, reason: 'unreadable' as const }];
const goal: Selection = { kind: 'none', passedOver };

const FINDINGS: readonly Finding[] = [
  {
    kind: 'policy-problem',
    weight: 'fail',
    where,
    problem: { ...where, column: 1, message: HOSTILE, expected: HOSTILE, suggestion: HOSTILE },
  },
  { kind: 'unreadable-pin', weight: 'fail', target, pin: 'model', problem, where },
  {
    kind: 'quarantined',
    weight: 'fail',
    target,
    versions: { model: HOSTILE },
    because: HOSTILE,
    where,
  },
  { kind: 'no-goal', weight: 'fail', target, goal, where },
];

/** What GitHub would make of a Markdown text, mentions outside of code included. */
function acts(markdown: string): readonly string[] {
  const html = new MarkdownIt({ html: true, linkify: true }).render(markdown);
  const mentions = html.replace(/<code>.*?<\/code>/gs, '').match(/@\w+/g) ?? [];
  return [...(html.match(/<(?:a|img|b|strong|em)\b/g) ?? []), ...mentions];
}

test.each(FINDINGS)('words of somebody else act in no way: $kind', (finding) => {
  expect(acts(checkText([finding]).summary)).toEqual([]);
});

test('what an annotation says is plain text, as it was written', () => {
  const [, unreadable] = FINDINGS;
  const report = reportOf('a'.repeat(40), 'key', unreadable ? [unreadable] : []);
  expect(report.annotations[0]?.message).toContain(
    'x ![seen](https://evil.example/p.png) [Approve](https://evil.example) @acme/sre <b>b</b> **b**',
  );
});

test('nor in the list of releases', () => {
  const running: Release = { ...unreadable, commit: 'b'.repeat(40), problems: [] };
  const text = historyText({
    releases: [running, unreadable],
    more: false,
    selection: goal,
    now: 1,
  });
  expect(text).toContain('cannot be read');
  expect(acts(text)).toEqual([]);
});
