import { standingOf } from '../backtest/record.ts';
import { findLastGood, type LastGood } from '../releases/last-good.ts';
import type { PassedOver } from '../releases/selection.ts';
import { makePlan, type MadePlan } from '../rollback/make-plan.ts';
import { targetKey } from '../target.ts';
import { passedOverSentence } from '../texts/passed-over.ts';
import { describePlan, describePassedOver } from './describe-plan.ts';
import { diffOf } from './diff.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { findTarget } from './find-target.ts';
import { policiesAt } from './policies.ts';
import { showHidden, toJson, type Terminal } from './terminal.ts';
import { whyNoGoal } from './why-no-goal.ts';
import { withClone, type RepositoryOptions } from './with-clone.ts';

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
  return withClone(options, terminal.now, async ({ clone, commit, now }) => {
    const policy = findTarget(await policiesAt(clone, commit, options.policy), name);
    const target = targetKey(policy.target);
    const found = await findLastGood(clone, {
      policy,
      from: commit,
      now,
      ...(options.to === undefined ? {} : { requested: { version: options.to } }),
    });
    const { running, selection, runningIsRollback } = found;
    const made: MadePlan =
      selection.kind === 'none'
        ? { ok: false, why: whyNoGoal(found, options.to) }
        : await makePlan(clone, { policy, base: commit, running, selection });
    const backtest = standingOf(policy, now) ?? null;
    const diff = made.ok ? diffOf(made.plan) : null;

    if (options.json === true) {
      terminal.out(
        toJson({
          target,
          commit,
          asOf: new Date(now).toISOString(),
          plan: made.ok ? made.plan : null,
          how: made.ok ? howOf(found) : null,
          why: made.ok ? null : made.why,
          runningIsRollback,
          backtest,
          passedOver: selection.passedOver.map(asData),
          diff,
        }),
      );
    } else if (made.ok) {
      terminal.out(describePlan(made.plan, found, backtest));
      const text = `\n${diff ?? ''}`;
      terminal.out(terminal.isInteractive === true ? showHidden(text) : text);
    } else {
      terminal.out(showHidden(`${target} cannot be rolled back: ${made.why}`));
      for (const line of describePassedOver(selection, options.to)) terminal.out(line);
    }
    return made.ok ? EXIT.ok : EXIT.no;
  });
}

function howOf({ selection }: LastGood) {
  return selection.kind === 'release' ? selection.how : selection.kind;
}

function asData(one: PassedOver) {
  return {
    commit: one.release.commit,
    reason: one.reason,
    sentence: passedOverSentence(one),
  };
}
