import type { Alert } from '../alerts/alert.ts';
import type { Decision } from '../decision/decision.ts';
import { formatProblem } from '../policy/format-problem.ts';
import type { PolicyProblem } from '../policy/policy.ts';
import type { routeAlert } from '../policy/route-alert.ts';

type Unrouted = Exclude<ReturnType<typeof routeAlert>, { readonly kind: 'target' }>;

/** What becomes of an alert that is nobody's: nothing, with the reason. A target whose policy is broken tells people. */
export function decideUnrouted(routed: Unrouted, alert: Alert): Decision {
  switch (routed.kind) {
    case 'unknown-model':
      return {
        act: 'ignore',
        reason: 'unknown-model',
        facts: { model: alert.model, ...suggested(routed.suggestion) },
      };
    case 'unknown-environment':
      return {
        act: 'ignore',
        reason: 'unknown-environment',
        facts: {
          model: alert.model,
          environment: alert.environment ?? '',
          known: routed.known.join(', '),
          ...suggested(routed.suggestion),
        },
      };
    case 'environment-ambiguous':
      return {
        act: 'notify',
        reason: 'environment-ambiguous',
        facts: { model: alert.model, known: routed.known.join(', ') },
      };
    case 'disabled':
      return {
        act: 'notify',
        reason: 'policy-broken',
        facts: { model: alert.model, file: routed.file, ...placeOf(routed.problem) },
      };
  }
}

/** Where the mistake stands, which may be a preset, and what it is. */
function placeOf(problem: PolicyProblem | undefined): Record<string, string | number> {
  if (!problem) return {};
  const { file, line, column } = problem;
  return { at: file, line, column, problem: formatProblem(problem) };
}

function suggested(suggestion: string | undefined): Record<string, string> {
  return suggestion === undefined ? {} : { suggestion };
}
