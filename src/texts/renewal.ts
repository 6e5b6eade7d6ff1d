import type { Plan } from '../rollback/plan.ts';
import { inCode, inProse } from './escape.ts';
import { count, shortCommit } from './names.ts';

/** That a rollback was planned again on the newest commit, for people who reviewed it. Reads on from "Pull request #12 ". Markdown. */
export function renewedSentence({ base, files, leftAlone }: Plan): string {
  const others =
    leftAlone.length === 0
      ? ''
      : ` ${count(leftAlone.length, 'other change')} to its files since the last good release ${leftAlone.length === 1 ? 'stays' : 'stay'} as ${leftAlone.length === 1 ? 'it is' : 'they are'}.`;
  const which = files.map(({ path }) => inCode(path, 200)).slice(0, 3);
  const rest = files.length > which.length ? ` and ${files.length - which.length} more` : '';
  return `was planned again on ${shortCommit(base)}, because the default branch has moved on: the same versions, the same pins, in ${which.join(', ')}${rest} as they are now.${others} Approvals given before do not count for the new commit; review again.`;
}

/** That it could not be planned again. `why` is what stood in the way before, and reads on likewise. Markdown. */
export function cannotRenewSentence(why: string, problem: string): string {
  return `${why} It could not be planned again on the newest commit: ${inProse(problem, 300)}`;
}

/** What an unsigned commit means, to be put behind what a pull request waits for. Markdown. */
export function unsignedSentence(rule: 'yes' | 'perhaps'): string {
  const asks =
    rule === 'yes'
      ? 'a rule of the default branch asks for signed commits, so GitHub will refuse the merge'
      : 'if a rule of the default branch asks for signed commits, GitHub will refuse the merge';
  return `GitHub does not vouch for the signature of its commit: ${asks}. Let Lastgood bypass the rule, have signing of commits made on GitHub turned on, or merge it as somebody who may.`;
}
