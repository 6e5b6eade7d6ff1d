import type { Part, PartChange, PartsComparison } from '../releases/compare-parts.ts';
import { formatDuration, type Instant } from '../time.ts';
import { inCode } from './escape.ts';
import { listOf, shortCommit } from './names.ts';

/**
 * Which of the four parts of a model's state changed since the last good release, when, and how narrow a rollback could
 * be. Markdown.
 */
export function partsText({ parts, suspects }: PartsComparison, firstSymptom: Instant): string {
  const changed = parts.filter(({ changes }) => changes.length > 0);
  const lines = changed.map((part) => `- ${partLine(part, firstSymptom)}`);
  const unseen = parts.filter(({ pinned }) => !pinned).map(({ part }) => part);
  const notSeen =
    unseen.length > 0
      ? `\n\nThe policy pins no ${listOf(unseen, 'or')}, so a change there would not be seen here.`
      : '';
  return `${verdict(changed, suspects, firstSymptom)}\n\n${lines.join('\n')}${notSeen}`;
}

function verdict(
  changed: readonly PartChange[],
  suspects: PartsComparison['suspects'],
  firstSymptom: Instant,
): string {
  const [first, ...others] = suspects;
  if (changed.length === 0) return 'No part changed since the last good release.';
  if (first === undefined) {
    return 'Everything that changed did so after the first symptom, so none of it is the cause.';
  }
  if (changed.length === 1) return `**Only the ${first} changed.** Taking it back is enough.`;
  if (others.length === 0) {
    return `**Only the ${first} changed before the first symptom.** Taking it back would be enough.`;
  }
  const commitOf = (name: Part): string | undefined =>
    lastCommit(changed.find(({ part }) => part === name)?.changes ?? [], firstSymptom);
  const last = suspects.filter((one) => commitOf(one) === commitOf(first));
  return last.length === suspects.length
    ? `The ${listOf(suspects)} changed together, before the first symptom. They go back together.`
    : `The ${listOf(suspects)} changed before the first symptom, the ${listOf(last)} last. What ran together goes back together.`;
}

/** The commit of the last change before the first symptom. */
function lastCommit(changes: PartChange['changes'], firstSymptom: Instant): string | undefined {
  const before = changes.filter(({ at }) => at <= firstSymptom);
  return before.toSorted((a, b) => b.at - a.at)[0]?.commit;
}

function partLine({ part, changes, tooLate }: PartChange, firstSymptom: Instant): string {
  const each = changes.map(({ pin, from, to, at, commit }) => {
    const apart = formatDuration(Math.abs(firstSymptom - at));
    const when = at <= firstSymptom ? `${apart} before` : `${apart} after`;
    return `${inCode(pin)} ${inCode(from, 80)} → ${inCode(to, 80)} in ${shortCommit(commit)}, ${when} the first symptom`;
  });
  return `${part}: ${listOf(each)}${tooLate === true ? ', so it is not the cause' : ''}.`;
}
