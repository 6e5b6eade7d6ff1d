import type { Storm } from '../decision/decision.ts';
import type { Cluster } from '../policy/policy.ts';
import { formatDuration } from '../time.ts';
import { flatten } from './escape.ts';
import { count, listOf } from './names.ts';

/** So many models are named; the rest is counted. */
const NAMED = 5;

/** That a storm began: what was seen, what changes, and what to do. */
export function stormSentence({ models }: Storm, rule: Cluster): string {
  const rest = models.length - NAMED;
  const named = models.slice(0, NAMED).map((model) => flatten(model));
  const names = listOf(rest > 0 ? [...named, `${rest} more`] : named, 'and');
  return `A storm: ${count(models.length, 'model')} began to fail within ${formatDuration(rule.within)} (${names}), and the policy calls ${rule.count} a storm. So much at once is rarely the fault of a release: look for what the models share, a data source or the metrics themselves. Until it is over nothing merges by itself in this repository, and rollbacks are opened for review as far as the budget allows.`;
}

/** That a storm is over, and what goes on. */
export function stormOverSentence(rule: Cluster): string {
  return `The storm is over: fewer than ${rule.count} models fail together. What fails from now on is rolled back as its policy says. A rollback that waits for an approval since the storm goes on by itself only if its alert still fires; approve the others, or close them.`;
}
