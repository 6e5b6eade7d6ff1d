import { listOf } from '../texts/names.ts';
import type { BranchCase } from './branch-case.ts';
import { ok, problem, warning, type Check, type CheckId } from './check.ts';
import { mergeBlockers } from './blockers.ts';
import { capital, gatesOf, sourcesOf, type Gate } from './gates.ts';

/** The rules that hold a merge up whoever approved it: checks, merge queue, signatures, push restrictions. */
export function checkGates(one: BranchCase): readonly Check[] {
  return [checkRequired(one), checkQueue(one), checkSignatures(one), checkPushers(one)];
}

function checkRequired({ about, name, gates }: BranchCase): Check {
  const all = gatesOf(gates, 'checks');
  const holding = all.filter(({ bypassed }) => bypassed !== 'yes');
  const others = gatesOf(gates, 'other').filter(({ bypassed }) => bypassed !== 'yes');
  if (others.length > 0) {
    const names = listOf(others.map(({ rule }) => rule.name));
    return warning(
      'required-checks',
      about,
      `${capital(sourcesOf(others))} asks for ${names}, of which Lastgood knows nothing: a merge may wait for it.`,
      `Put the App on the bypass list of ${sourcesOf(others)}, or make sure that rollbacks pass.`,
    );
  }
  const strict = holding.filter(({ rule }) => rule.strict);
  if (strict.length > 0) {
    return warning(
      'required-checks',
      about,
      `${capital(sourcesOf(strict))} wants branches up to date before merging: each push to ${name} sets a waiting rollback back.`,
      `Put the App on the bypass list of ${sourcesOf(strict)}, or take "up to date" out of it.`,
    );
  }
  const contexts = holding.flatMap(({ rule }) => rule.contexts.map((context) => `"${context}"`));
  if (contexts.length > 0) {
    return ok('required-checks', about, `A merge waits until ${listOf(contexts)} passed.`);
  }
  return ok(
    'required-checks',
    about,
    all.length > 0 ? 'Required, and bypassed by the App.' : 'No check is required.',
  );
}

function checkQueue({ about, name, gates }: BranchCase): Check {
  const queues = gatesOf(gates, 'queue');
  if (queues.length === 0) return ok('merge-queue', about, `${name} has no merge queue.`);
  const holding = queues.filter(({ bypassed }) => bypassed !== 'yes');
  if (holding.length === 0) {
    return ok('merge-queue', about, `${name} has a merge queue, which the App bypasses.`);
  }
  const unsure = holding.every(({ bypassed }) => bypassed !== 'no');
  return warning(
    'merge-queue',
    about,
    `${capital(sourcesOf(holding))} wants changes to go through a merge queue. Lastgood puts rollbacks there, where each waits for the checks of its group, and no bypass of another rule counts (GitHub reality 11).${unsure ? ' Whether the App bypasses it could not be read.' : ''}`,
    `Put the App on the bypass list of ${sourcesOf(holding)}, so that rollbacks merge at once.`,
  );
}

function checkSignatures({ about, gates, policies, slug }: BranchCase): Check {
  const asking = gatesOf(gates, 'signatures');
  const method = policies?.set.repository.mergeMethod;
  const blocking = mergeBlockers(asking, { slug, ...(method && { method }) });
  if (blocking.length === 0) {
    const found =
      asking.length > 0
        ? "Required, and GitHub signs Lastgood's commits and merges."
        : 'No signatures are required.';
    return ok('signatures', about, found);
  }
  return judge('signatures', about, asking, {
    none: 'No signatures are required.',
    bypassed: 'Required, and bypassed by the App.',
    found: `${capital(sourcesOf(asking))} requires signatures, and GitHub does not sign the commits of mergeMethod rebase.`,
    fix: 'Choose mergeMethod squash or merge in .lastgood/repository.yaml.',
  });
}

/** Classic protection has to list the App (GitHub reality 24); a ruleset's restriction of updates, to let it past. */
function checkPushers({ about, name, gates, slug, unsure }: BranchCase): Check {
  const asking = [...gatesOf(gates, 'pushers'), ...gatesOf(gates, 'update')];
  const blocking = mergeBlockers(asking, { slug }).map(({ gate }) => gate);
  if (blocking.length > 0) {
    return judge('push-restriction', about, blocking, {
      none: '',
      bypassed: '',
      found: `${capital(sourcesOf(blocking))} restricts who may push to ${name}, and does not let the App.`,
      fix: `Add the App to those who may push in ${sourcesOf(blocking)}.`,
    });
  }
  if (asking.length > 0) return ok('push-restriction', about, 'Restricted, and the App is let.');
  if (unsure) {
    return warning(
      'push-restriction',
      about,
      `Whether the App may push to ${name} cannot be told: the classic protection could not be read.`,
      'Check by hand that the App is listed where "Restrict who can push" is ticked.',
    );
  }
  return ok('push-restriction', about, `Pushing to ${name} is not restricted to some.`);
}

/** A rule that refuses every merge unless it is bypassed. */
function judge(
  id: CheckId,
  about: string,
  gates: readonly Gate[],
  says: Readonly<Record<'none' | 'bypassed' | 'found' | 'fix', string>>,
): Check {
  if (gates.length === 0) return ok(id, about, says.none);
  if (gates.some(({ bypassed }) => bypassed === 'no'))
    return problem(id, about, says.found, says.fix);
  if (gates.every(({ bypassed }) => bypassed === 'yes')) return ok(id, about, says.bypassed);
  const unsure = ' Whether the App bypasses it could not be read.';
  return warning(id, about, `${says.found}${unsure}`, says.fix);
}
