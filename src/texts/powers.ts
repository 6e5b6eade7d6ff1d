import type { Wider } from '../check/find-wider-powers.ts';
import type { Finding } from '../check/finding.ts';
import { inCode } from './escape.ts';
import { count, listOf, principalName } from './names.ts';

/** Whom a change of policies lets decide, whether its author is among them, and from when on. Markdown. */
export function powersSentence(finding: Extract<Finding, { kind: 'wider-powers' }>): string {
  const { target, isNew, wider, author } = finding;
  const parts = wider.map((one) => powerPart(one));
  const what = isNew
    ? `${inCode(target)} gets its first policy: ${listOf(parts)}.`
    : `This widens who decides about ${inCode(target)}: ${listOf(parts)}.`;
  return `${what}${authorSentence(author)} It counts once it is on the default branch, and from then on for rollbacks that are open, too.${isNew ? '' : ' Have somebody look who decides now.'}`;
}

function authorSentence(author: { login: string; gains: 'yes' | 'unknown' } | undefined): string {
  if (!author) return '';
  const login = inCode(author.login);
  return author.gains === 'yes'
    ? ` Its author ${login} gains by it.`
    : ` GitHub did not say whether its author ${login} gains by it.`;
}

function powerPart(one: Wider): string {
  switch (one.kind) {
    case 'own':
      return `${names(one.who)} would own it`;
    case 'approve':
      return `${names(one.who)} could approve its rollbacks`;
    case 'break-glass':
      return `${names(one.who)} could break the glass`;
    case 'anybody-approves':
      return 'whoever may write to the repository could approve its rollbacks';
    case 'fewer-approvals': {
      const of = one.group === undefined ? '' : ` of ${inCode(one.group)}`;
      return `${count(one.after, 'approval')}${of} would be enough instead of ${one.before}`;
    }
    case 'group-gone':
      return `nobody of ${inCode(one.name)} would have to agree any more`;
    case 'github-decides':
      return 'the rules of the branch would decide instead of approvals that Lastgood counts';
    case 'silence-merges':
      return 'a rollback would merge when nobody decides in time';
    case 'merges-itself':
      return `alerts of severity ${listOf(one.severities)} would merge by themselves`;
    case 'drills-merge':
      return 'drills of it would merge without an approval, and put back what ran';
    case 'no-backtest-asked':
      return 'it would merge by itself without a backtest that has shown anything';
    case 'backtest-passes':
      return 'it would merge by itself, because the record of its backtest would pass; run the backtest again to see that it says the same';
    case 'unclaimed':
      return 'no policy would claim it, so the maintainers of the repository would decide';
  }
}

const MOST = 10;

function names(who: readonly Parameters<typeof principalName>[0][]): string {
  const shown = who.slice(0, MOST).map((one) => inCode(principalName(one)));
  return listOf(who.length > MOST ? [...shown, `${who.length - MOST} more`] : shown);
}
