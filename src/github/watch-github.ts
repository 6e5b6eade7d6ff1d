import { MINUTE, type Clock, type Instant } from '../time.ts';
import type { GitHubCall } from './observe-calls.ts';

/** Whether GitHub's API answers. */
export interface GitHubWatch {
  readonly called: (call: GitHubCall) => void;
  /** Since when every call failed or got no answer; undefined while one worked, or too little is known. */
  goneSince(): Instant | undefined;
}

/** One call that failed says little: this long, and only failures. */
const NOTICEABLE = MINUTE;

export function watchGitHub(clock: Clock): GitHubWatch {
  let since: Instant | undefined;
  return {
    called({ outcome }) {
      if (outcome === 'failed' || outcome === 'unanswered') since ??= clock();
      else since = undefined;
    },
    goneSince: () => (since !== undefined && clock() - since >= NOTICEABLE ? since : undefined),
  };
}
