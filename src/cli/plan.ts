import { createTwoFilesPatch } from 'diff';
import { findLastGood } from '../releases/last-good.ts';
import type { Selection } from '../releases/selection.ts';
import { makePlan } from '../rollback/make-plan.ts';
import type { Plan } from '../rollback/plan.ts';
import { targetKey } from '../target.ts';
import { passedOverSentence } from '../texts/passed-over.ts';
import { formatInstant } from '../time.ts';
import {
  findTarget,
  policiesAt,
  withClone,
  type RepositoryOptions,
  type Terminal,
} from './context.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';

export interface PlanOptions extends RepositoryOptions {
  /** The model version to go back to, instead of the last good one. */
  readonly to?: string;
}

/** Prints what a rollback of the target would do now: from what to what, why, and the diff. Changes nothing. */
export async function plan(
  name: string,
  options: PlanOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  return withClone(options, async ({ clone, commit }) => {
    const policy = findTarget(await policiesAt(clone, commit, options.policy), name);
    const { running, selection } = await findLastGood(clone, {
      ...{ policy, from: commit, now: terminal.now },
      ...(options.to === undefined ? {} : { requested: { version: options.to } }),
    });
    const made = await makePlan(clone, { policy, base: commit, running, selection });
    const key = targetKey(policy.target);
    const passedOver = selection.passedOver.map((one) => ({
      commit: one.release.commit,
      reason: one.reason,
      sentence: passedOverSentence(one),
    }));
    if (!made.ok) {
      const problems = running.problems.map(({ pin, problem }) => `${pin}: ${problem.message}`);
      const why = [made.why, ...problems].join(' ');
      if (options.json === true) {
        terminal.out(
          JSON.stringify({ target: key, commit, plan: null, why, passedOver }, undefined, 2),
        );
      } else {
        terminal.out(`${key} cannot be rolled back. ${why}`);
        tellPassedOver(selection, terminal);
      }
      return EXIT.no;
    }
    if (options.json === true) {
      terminal.out(
        JSON.stringify({ target: key, commit, plan: made.plan, passedOver }, undefined, 2),
      );
      return EXIT.ok;
    }
    terminal.out(describe(key, made.plan, selection));
    tellPassedOver(selection, terminal);
    for (const { commit: left, subject, files } of made.plan.leftAlone) {
      terminal.out(`Left alone: ${left.slice(0, 12)} ${subject} (${files.join(', ')})`);
    }
    terminal.out(`\n${diffOf(made.plan)}`);
    return EXIT.ok;
  });
}

function describe(key: string, made: Plan, selection: Selection): string {
  const { bad, goal } = made;
  const to =
    goal.kind === 'release'
      ? `${goal.commit.slice(0, 12)}, released ${formatInstant(goal.at)} by ${goal.author}`
      : 'the fallback of the policy';
  const how = selection.kind === 'release' ? ` (${selection.how})` : '';
  return [
    `Target      ${key}`,
    `Runs        ${bad.commit.slice(0, 12)}, released ${formatInstant(bad.at)} by ${bad.author}: ${bad.subject}`,
    `Goes back   to ${to}${how}`,
    ...made.edits.map(
      (edit) => `Sets        ${edit.pin}: ${edit.from} -> ${edit.to} (${edit.file}:${edit.line})`,
    ),
  ].join('\n');
}

function tellPassedOver(selection: Selection, terminal: Terminal): void {
  for (const one of selection.passedOver) {
    terminal.out(`Passed over ${one.release.commit.slice(0, 12)}: ${passedOverSentence(one)}`);
  }
}

/** The change as a unified diff that `git apply` takes. */
export function diffOf(made: Plan): string {
  return made.files
    .map(({ path, before, after }) =>
      createTwoFilesPatch(`a/${path}`, `b/${path}`, before, after, undefined, undefined, {
        context: 3,
        headerOptions: { includeIndex: false, includeUnderline: false, includeFileHeaders: true },
      }),
    )
    .join('')
    .trimEnd();
}
