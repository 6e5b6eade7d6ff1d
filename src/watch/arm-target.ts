import type { Alert } from '../alerts/alert.ts';
import { decide } from '../decision/decide.ts';
import type { Due } from '../rollback/due.ts';
import { findGoal } from '../rollback/find-goal.ts';
import { makePlan } from '../rollback/make-plan.ts';
import { bringUpToDate, policyOf } from '../rollback/up-to-date.ts';
import { watchStorm } from '../rollback/watch-storm.ts';
import { fullName, type Ports, type Workspace } from '../rollback/workspace.ts';
import { restrictionsNow } from '../state/view.ts';
import { parseTargetKey } from '../target.ts';
import {
  armedSentence,
  disarmedSentence,
  preparedSentence,
  unpreparedSentence,
} from '../texts/monitors.ts';
import { versionName } from '../texts/names.ts';
import { whySentence } from '../texts/reasons.ts';
import { MONITOR_SOURCE } from './monitor-alert.ts';

/**
 * Has the rollback of a target ready, because a monitor sees a bound coming: the mirror is brought up to date, the goal
 * is chosen, the plan is made and checked, and the guards are asked what they would say. Opens nothing, and answers no
 * alert: it is written in the journal.
 */
export async function armTarget(
  workspace: Workspace,
  ports: Ports,
  { target: key, monitor, sentence }: Extract<Due, { kind: 'arm' }>,
): Promise<void> {
  const target = parseTargetKey(key);
  if (!target) return;
  const tell = (text: string): void =>
    ports.journal.write({
      kind: 'armed',
      at: ports.clock(),
      repository: fullName(workspace.repository),
      sentence: text,
      target,
      armed: sentence !== undefined,
    });
  if (sentence === undefined) {
    tell(disarmedSentence(key, monitor));
    return;
  }
  await bringUpToDate(workspace, ports);
  const policy = policyOf(workspace, target);
  if (!policy) return;
  const now = ports.clock();
  const { commit: base } = await workspace.manifests.head();
  const found = await findGoal(workspace, policy, base, now);
  const planned = await makePlan(workspace.manifests, { policy, base, ...found });
  if (!planned.ok) {
    tell(armedSentence(key, sentence, unpreparedSentence(planned.why)));
    return;
  }
  // The most pressing alert that could follow, with all the evidence that the policy asks for.
  const alert: Alert = {
    source: MONITOR_SOURCE,
    format: 'monitor',
    fingerprint: '',
    status: 'firing',
    name: monitor,
    model: target.model,
    environment: target.environment,
    severity: 'critical',
    startsAt: Math.max(found.running.at, now - policy.evidence.minAge),
    receivedAt: now,
    labels: {},
  };
  const decision = decide({
    now,
    evidence: { alert, firings: Array.from({ length: policy.evidence.consecutive }, () => now) },
    policy,
    repository: workspace.policies.set.repository,
    restrictions: restrictionsNow(workspace.state, target, now),
    running: found.running,
    runningIsRollback: found.runningIsRollback,
    past: [...workspace.past.values()],
    storm: watchStorm(workspace, ports),
  });
  const held = decision.act === 'merge' ? undefined : whySentence(decision, { alert, target: key });
  const to = versionName(planned.plan.goal.versions);
  tell(armedSentence(key, sentence, preparedSentence(to, held)));
}
