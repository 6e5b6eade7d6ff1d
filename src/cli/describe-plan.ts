import type { RecordStanding } from '../backtest/record.ts';
import type { LastGood } from '../releases/last-good.ts';
import type { Selection } from '../releases/selection.ts';
import type { Plan, PlannedRelease } from '../rollback/plan.ts';
import { targetKey } from '../target.ts';
import { recordWords } from '../texts/backtest-record.ts';
import { flatten } from '../texts/escape.ts';
import { shortCommit } from '../texts/names.ts';
import { passedOverSentence } from '../texts/passed-over.ts';
import { formatInstant } from '../time.ts';

/** A plan in lines for a person: what runs, where it goes back to and why, what is set, what is left alone. */
export function describePlan(
  plan: Plan,
  { selection, runningIsRollback }: LastGood,
  backtest?: RecordStanding | null,
): string {
  const { bad, goal } = plan;
  return [
    line('Target', targetKey(plan.target)),
    line('Runs', describeRelease(bad)),
    ...(runningIsRollback
      ? [
          line(
            'Note',
            'What runs was brought by a rollback; Lastgood never rolls one back by itself.',
          ),
        ]
      : []),
    ...(backtest?.passed === false
      ? [
          line(
            'Note',
            `Lastgood merges none by itself: the policy demands a passed backtest, and ${recordWords({ ...backtest })}.`,
          ),
        ]
      : []),
    line('Goes to', goal.kind === 'release' ? describeRelease(goal) : 'the fallback of the policy'),
    line('Because', because(selection)),
    ...plan.edits.map(({ pin, from, to, file, line: at }) =>
      line('Sets', `${pin}: ${flatten(from, 80)} → ${flatten(to, 80)} (${flatten(file)}:${at})`),
    ),
    ...describePassedOver(selection),
    ...plan.leftAlone.map(({ commit, subject, files }) =>
      line(
        'Left alone',
        `${shortCommit(commit)} ${flatten(subject, 80)} (${flatten(files.join(', '))})`,
      ),
    ),
  ].join('\n');
}

/**
 * Why each newer release was not taken. Where a version was asked for, the releases with other versions are many
 * and need no reason.
 */
export function describePassedOver(selection: Selection, requested?: string): readonly string[] {
  const isAsked = requested !== undefined || isRequested(selection);
  return selection.passedOver
    .filter(({ reason }) => !isAsked || reason !== 'not-the-requested-version')
    .map((one) =>
      line('Passed over', `${shortCommit(one.release.commit)} ${passedOverSentence(one)}`),
    );
}

function describeRelease({ commit, at, author, subject }: PlannedRelease): string {
  return `${shortCommit(commit)} of ${formatInstant(at)} by ${flatten(author, 40)}: ${flatten(subject, 80)}`;
}

function because(selection: Selection): string {
  if (selection.kind !== 'release') return 'no earlier release is good';
  switch (selection.how) {
    case 'requested':
      return 'it is the newest earlier release with the version asked for';
    case 'baseline':
      return 'it is the designated baseline';
    case 'newest-good':
      return 'it is the newest earlier release that is good by the policy';
  }
}

function isRequested(selection: Selection): boolean {
  return selection.kind === 'release' && selection.how === 'requested';
}

function line(label: string, text: string): string {
  return `${label.padEnd(12)} ${text}`;
}
