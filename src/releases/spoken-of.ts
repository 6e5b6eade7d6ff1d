import { decodeValue } from '../journal/trailer-value.ts';
import { incidentOf } from '../rollback/branch.ts';
import { targetKey } from '../target.ts';

/**
 * The branch that GitHub names in the subject of a merge commit. A person who presses the merge button leaves no
 * trailers there, but a rollback's branch names its incident.
 */
export function mergedBranch(subject: string): string | undefined {
  return /^Merge pull request #\d+ from [^/\s]+\/(\S+)$/.exec(subject)?.[1];
}

/**
 * The targets that a commit message speaks of as a rollback's, by key: its last `Lastgood-Target`, and the branch that
 * it merges. Cheap, so that every commit of a history can be asked; whether there was a rollback is another question.
 */
export function targetsSpokenOf(message: string): readonly string[] {
  const trailers = message.match(/^Lastgood-Target:.*$/gm);
  const named = decodeValue(trailers?.at(-1)?.slice('Lastgood-Target:'.length).trim() ?? '');
  const branch = mergedBranch(message.split('\n', 1)[0]?.trimEnd() ?? '');
  const incident = branch === undefined ? undefined : incidentOf(branch);
  const merged = incident && targetKey(incident.target);
  return [...new Set([named, merged])].filter((key) => key !== undefined && key !== '') as string[];
}
