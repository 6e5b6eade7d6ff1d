import type { Alert } from '../alerts/alert.ts';
import type { Target } from '../target.ts';
import type { DisabledTarget, PolicySet, TargetPolicy } from './policy.ts';
import { nearestName } from '../nearest-name.ts';

/** Whose target an alert is about, or why nobody's. */
export type Route =
  | { readonly kind: 'target'; readonly policy: TargetPolicy }
  /** Its policy has a mistake: nothing is done until the file is mended. */
  | ({ readonly kind: 'disabled' } & DisabledTarget)
  | { readonly kind: 'unknown-model'; readonly suggestion?: string }
  | {
      readonly kind: 'unknown-environment';
      readonly known: readonly string[];
      readonly suggestion?: string;
    }
  /** The alert names no environment, and the model has several. */
  | { readonly kind: 'environment-ambiguous'; readonly known: readonly string[] };

type Destination = Extract<Route, { readonly kind: 'target' | 'disabled' }>;
type Environments = ReadonlyMap<string, Destination>;

/** A set never changes, so its index is made once. */
const indexes = new WeakMap<PolicySet, ReadonlyMap<string, Environments>>();

/** Finds the target of an alert by model and environment, spelled exactly as in the policy. */
export function routeAlert(alert: Pick<Alert, 'model' | 'environment'>, set: PolicySet): Route {
  const models = indexOf(set);
  const environments = models.get(alert.model);
  if (!environments) return { kind: 'unknown-model', ...suggest(alert.model, models.keys()) };
  const known = [...environments.keys()].sort();
  if (alert.environment === undefined) {
    const [only, ...others] = environments.values();
    return only && others.length === 0 ? only : { kind: 'environment-ambiguous', known };
  }
  return (
    environments.get(alert.environment) ?? {
      kind: 'unknown-environment',
      known,
      ...suggest(alert.environment, known),
    }
  );
}

function suggest(text: string, known: Iterable<string>): { readonly suggestion?: string } {
  const suggestion = nearestName(text, known);
  return suggestion === undefined ? {} : { suggestion };
}

function indexOf(set: PolicySet): ReadonlyMap<string, Environments> {
  const made = indexes.get(set);
  if (made) return made;
  const index = new Map<string, Map<string, Destination>>();
  const put = ({ model, environment }: Target, destination: Destination): void => {
    const environments = index.get(model) ?? new Map<string, Destination>();
    index.set(model, environments.set(environment, destination));
  };
  // The first file that claims a disabled target is named; a working policy comes before any broken one.
  for (const disabled of set.disabled.toReversed()) {
    put(disabled.target, { kind: 'disabled', ...disabled });
  }
  for (const policy of set.targets) put(policy.target, { kind: 'target', policy });
  indexes.set(set, index);
  return index;
}
