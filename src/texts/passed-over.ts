import { soakOf } from '../releases/choose-last-good.ts';
import type { PassedOver } from '../releases/selection.ts';
import { formatDuration } from '../time.ts';
import { flatten } from './escape.ts';

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
