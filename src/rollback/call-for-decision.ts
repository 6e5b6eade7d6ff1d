import { callsPeople } from '../decision/calls-people.ts';
import type { Decision, Evidence } from '../decision/decision.ts';
import { alertKey } from './alert-key.ts';
import { returnedWith } from './returned-alert.ts';
import { watchStorm } from './watch-storm.ts';
import { fullName, type Ports, type Workspace } from './workspace.ts';

/**
 * Calls people about an alert that is left to them, once for an incident and a reason: whoever is asked again with every
 * notification stops to listen. What is nobody's incident is called about when it begins to fire.
 */
export async function callForDecision(
  workspace: Workspace,
  ports: Ports,
  { alert, firings }: Evidence,
  decision: Decision,
  told: { readonly incident: string | undefined; readonly sentence: string },
): Promise<void> {
  const { incident, sentence } = told;
  // A return calls people by itself.
  if (returnedWith(alert) !== undefined) return;
  if (!callsPeople(decision, alert.severity, watchStorm(workspace, ports))) return;
  const { reason } = decision;
  const card = incident === undefined ? undefined : ports.cards.card(incident);
  const calledBefore = card ? card.called?.includes(reason) === true : firings.length > 1;
  if (calledBefore) return;
  const { repository } = workspace;
  const about = `${incident ?? alertKey(alert)} ${firings[0] ?? alert.startsAt}`;
  await ports.page({
    key: `left-to-people ${repository.id} ${reason} ${about}`.slice(0, 400),
    repository: fullName(repository),
    ...(incident !== undefined && { incident }),
    severity: alert.severity,
    sentence,
  });
  if (incident !== undefined) ports.cards.keepCall(incident, reason);
}
