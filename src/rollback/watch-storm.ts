import type { Evidence, PastRollback, Storm } from '../decision/decision.ts';
import { failingByAlert, failingByRollback, findStorm, type Failing } from '../decision/storm.ts';
import type { PolicySet } from '../policy/policy.ts';
import { routeAlert } from '../policy/route-alert.ts';
import { groupBy } from '../policy/group-by.ts';
import { stormOverSentence, stormSentence } from '../texts/storm.ts';
import { targetKey } from '../target.ts';
import type { Instant } from '../time.ts';
import { fullName, type Ports, type Workspace } from './workspace.ts';

/**
 * The storm that the repository is in now, if any. Tells people when one begins and when it is over, once each, and
 * then looks at the open rollbacks that it holds back.
 */
export function watchStorm(workspace: Workspace, ports: Ports): Storm | undefined {
  const { storm: watch, repository, policies } = workspace;
  const now = ports.clock();
  const storm = lookForStorm(workspace, now);
  const { models: rule } = policies.set.repository.storm;
  const turned = (storm !== undefined) !== watch.told;
  if (turned) {
    watch.told = storm !== undefined;
    const entry = { at: now, repository: fullName(repository) };
    ports.journal.write(
      storm
        ? { ...entry, kind: 'storm', storm, sentence: stormSentence(storm, rule) }
        : { ...entry, kind: 'storm-over', sentence: stormOverSentence(rule) },
    );
    ports.later({ kind: 'storm-turned', attempts: 1 }, now);
  }
  if (storm && storm.until !== watch.looksAgain) {
    watch.looksAgain = storm.until;
    ports.later({ kind: 'storm', attempts: 1 }, storm.until);
  }
  return storm;
}

/** Calls people about the storm that lasts, if one does; about each storm once, however often it is asked. */
export async function pageStorm(workspace: Workspace, ports: Ports): Promise<void> {
  const storm = watchStorm(workspace, ports);
  if (!storm) return;
  const { repository, policies } = workspace;
  await ports.page({
    key: `storm ${repository.id} ${storm.since}`,
    repository: fullName(repository),
    severity: 'critical',
    sentence: stormSentence(storm, policies.set.repository.storm.models),
  });
}

/** A storm that lasts when a repository is read anew was told by the process that had it before. */
export function recallStorm(workspace: Workspace, ports: Ports): void {
  workspace.storm.told = lookForStorm(workspace, ports.clock()) !== undefined;
  watchStorm(workspace, ports);
}

/**
 * What was looked for a moment ago is not looked for again: thousands of alerts come at once. Without news a storm
 * only ends, and none begins.
 */
function lookForStorm(workspace: Workspace, now: Instant): Storm | undefined {
  const { storm: watch, policies, evidenceSeen } = workspace;
  const past = [...workspace.past.values()];
  const { set } = policies;
  const { seen } = watch;
  const rule = set.repository.storm.models;
  if (seen && seen.evidence === evidenceSeen && seen.set === set && areSame(seen.past, past)) {
    if (!seen.storm || now < seen.storm.until) return seen.storm;
    const storm = findStorm(seen.failing, rule, now);
    watch.seen = { ...seen, storm };
    return storm;
  }
  const failing = findFailing(workspace.evidence.values(), set, past);
  const storm = findStorm(failing, rule, now);
  watch.seen = { evidence: evidenceSeen, past, set, failing, storm };
  return storm;
}

/** Both are replaced, never changed in place. */
function areSame(before: readonly PastRollback[], past: readonly PastRollback[]): boolean {
  return before.length === past.length && past.every((one, i) => one === before[i]);
}

/** What of the repository fails, by what was seen of alerts and by its rollbacks. */
export function findFailing(
  evidence: Iterable<Evidence>,
  set: PolicySet,
  past: readonly PastRollback[],
): readonly Failing[] {
  const rule = set.repository.storm.models;
  const ofTarget = groupBy(past, ({ target }) => target);
  const failing: (Failing | undefined)[] = past.map((one) => failingByRollback(one, rule));
  for (const one of evidence) {
    const routed = routeAlert(one.alert, set);
    if (routed.kind !== 'target') continue;
    const { policy } = routed;
    failing.push(failingByAlert(one, policy, ofTarget.get(targetKey(policy.target)) ?? [], rule));
  }
  return failing.filter((one) => one !== undefined);
}
