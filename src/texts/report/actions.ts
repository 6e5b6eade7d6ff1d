import type { IncidentStory } from '../../journal/incident-story.ts';
import type { Part } from '../../releases/compare-parts.ts';
import { formatDuration, MINUTE } from '../../time.ts';
import { inCode } from '../escape.ts';
import { versionName } from '../names.ts';
import { phasesOf } from './phases.ts';

/** A phase below this needs no improvement. */
const LONG = 5 * MINUTE;

/** What is to be done so that it does not happen again, as far as the entries suggest it: a checkbox each. Markdown. */
export function actionsSection(story: IncidentStory): string {
  const { from, end, relapsed, rebuilt, parts, merge, samples, alert } = story;
  const bad = from ? versionName(from, (one) => inCode(one, 80)) : 'the bad release';
  const longest = phasesOf(story).toSorted((a, b) => b.took - a.took)[0];
  const suspect = parts?.comparison.suspects[0];
  const items = [
    ...(end?.how === 'closed-by-person'
      ? [
          `Say why the rollback was not wanted, and correct the alert ${inCode(alert?.name ?? '')} or the policy if it was wrong.`,
        ]
      : ['Find the root cause, and write it above.']),
    ...(merge
      ? [`Mend ${bad} or leave it behind: it is quarantined until somebody says \`/reland\`.`]
      : []),
    ...(suspect
      ? [TESTS[suspect]]
      : ['Add a check that would have stopped the release before production.']),
    ...(longest && longest.took >= LONG
      ? [
          `${longest.name} took longest, ${formatDuration(longest.took)}: decide whether that is short enough.`,
        ]
      : []),
    ...(relapsed ? ['Find out why it came back after it had recovered.'] : []),
    ...(end?.how === 'given-up' || end?.how === 'ladder-ended'
      ? ['The rollback did not help: find what else changed, and pin it in the policy.']
      : []),
    ...(merge && story.times.rolledOut === undefined
      ? ['Nothing reported the roll-out: name what does in `verify.rollOut.by` of the policy.']
      : []),
    ...(samples.length === 0
      ? ['Have the alert tell its value, or name metrics in `verify.metrics`.']
      : []),
    ...(rebuilt ? ['Entries were lost with the database: keep it on a disk that stays.'] : []),
  ];
  return items.map((item) => `- [ ] ${item} (who, until when)`).join('\n');
}

const TESTS: Readonly<Record<Part, string>> = {
  'model artifact': 'Add an evaluation of the model that would have failed before its release.',
  'serving infrastructure': 'Add a test of the serving image and its configuration under load.',
  'feature pipeline': 'Add a check of the feature snapshot against the one before it.',
  'training data':
    'Add a check of the training data against what the last good model was trained on.',
};
