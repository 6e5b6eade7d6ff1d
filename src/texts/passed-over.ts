import { soakOf } from '../releases/choose-last-good.ts';
import type { PassedOver } from '../releases/selection.ts';
import { versionsOf } from '../releases/versions.ts';
import { formatDuration } from '../time.ts';
import { flatten } from './escape.ts';
import { shortCommit, versionName } from './names.ts';

/** So many releases are named when none is good. */
const NAMED = 3;

/** Why no earlier release can be gone back to. */
export function noGoalSentence(passedOver: readonly PassedOver[]): string {
  if (passedOver.length === 0) return 'The release that runs is the first one.';
  const named = passedOver.slice(0, NAMED).map((one) => {
    const { commit } = one.release;
    const name = versionName(versionsOf(one.release), (version) => flatten(version, 80));
    const which = name === '' ? shortCommit(commit) : `${name} (${shortCommit(commit)})`;
    return `${which}: ${passedOverSentence(one)}`;
  });
  const rest = passedOver.length - named.length;
  return [...named, ...(rest > 0 ? [`And ${rest} more.`] : [])].join(' ');
}

/** Why an earlier release is not the one to go back to. */
export function passedOverSentence({ release, reason }: PassedOver): string {
  switch (reason) {
    case 'unreadable': {
      const why = release.problems[0]?.problem.message ?? '';
      return `What ran is unknown, because its pins cannot be read. ${flatten(why)}`.trimEnd();
    }
    case 'same-as-running':
      return 'It has the same versions as the release that runs now.';
    case 'rolled-back-from':
      return 'It was rolled back from before.';
    case 'quarantined':
      return 'It has a version that was rolled back from before.';
    case 'quarantined-by-hand':
      return 'It has a version that somebody quarantined.';
    case 'beyond-max-depth':
      return 'It lies further back than the policy allows (target.maxDepth).';
    case 'too-short-soak': {
      const soak = formatDuration(soakOf(release, release.at));
      return `It ran for ${soak} only, less than the policy asks of a good release (target.minSoak).`;
    }
    case 'not-the-requested-version':
      return 'It has another version than the one asked for.';
  }
}
