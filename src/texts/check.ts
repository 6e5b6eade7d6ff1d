import { SUSPENDED } from '../automation/flux-marker.ts';
import { conclude, type Finding, type Where } from '../check/finding.ts';
import type { Mutable } from '../check/mutable-version.ts';
import type { Selection } from '../releases/selection.ts';
import type { Versions } from '../releases/versions.ts';
import { modelVersions, versionsOf } from '../releases/versions.ts';
import { flatten, inCode, inSentence } from './escape.ts';
import { count, listOf, shortCommit, versionName } from './names.ts';
import { noGoalSentence } from './passed-over.ts';
import { powersSentence } from './powers.ts';

/** What the check says, as GitHub shows it. */
export interface CheckText {
  readonly title: string;
  /** Markdown. */
  readonly summary: string;
}

/** Title and summary of the check for a pull request with these findings. */
export function checkText(findings: readonly Finding[]): CheckText {
  const failed = findings.filter(({ weight }) => weight === 'fail');
  const warned = findings.filter(({ weight }) => weight === 'warn');
  const told = findings.filter(({ weight }) => weight === 'tell');
  const parts = [
    section('Must be mended', failed),
    section('Worth a look', warned),
    section('Good to know', told),
  ].filter((part) => part !== '');
  const none = 'This pull request changes no release and no policy that Lastgood looks after.';
  return { title: titleOf(findings), summary: parts.join('\n\n') || none };
}

function titleOf(findings: readonly Finding[]): string {
  const first = findings.find(({ weight }) => weight === 'fail');
  switch (conclude(findings)) {
    case 'failed': {
      const more = findings.filter(({ weight }) => weight === 'fail').length - 1;
      return `${first ? shortly(first) : ''}${more > 0 ? `, and ${more} more` : ''}`;
    }
    case 'warned':
      return count(findings.filter(({ weight }) => weight === 'warn').length, 'warning');
    case 'passed': {
      const goals = findings.filter(({ kind }) => kind === 'goal');
      const [goal] = goals;
      if (goals.length === 1 && goal) return shortly(goal);
      return goals.length > 1
        ? `${count(goals.length, 'release')} with a way back`
        : 'Nothing to say';
    }
  }
}

function section(title: string, findings: readonly Finding[]): string {
  if (findings.length === 0) return '';
  return [`### ${title}`, '', ...findings.map((one) => `- ${findingSentence(one)}`)].join('\n');
}

/** A finding in a few words, for a title. */
function shortly(finding: Finding): string {
  switch (finding.kind) {
    case 'policy-problem':
      return `A mistake in ${flatten(finding.problem.file, 80)}`;
    case 'not-all-seen':
      return 'Too many files to see them all';
    case 'too-much':
      return 'Too much to read';
    case 'unreadable-pin':
      return `A pin of ${finding.target} cannot be read`;
    case 'quarantined':
      return `${versionName(finding.versions)} of ${finding.target} is quarantined`;
    case 'relanded':
      return `Relands ${versionName(finding.versions)} of ${finding.target}`;
    case 'goal':
      return `A rollback of ${finding.target} would go to ${goalName(finding.goal, flatten)}`;
    case 'no-goal':
      return `${finding.target} would have no way back`;
    case 'mutable-version':
      return `${finding.target} would run a version that can change`;
    case 'undeclared-pair':
      return `Model and features of ${finding.target} never ran together`;
    case 'several-active':
      return `Several versions of ${finding.target} would be active`;
    case 'wider-powers':
      return `Changes who decides about ${finding.target}`;
  }
}

/** What a finding says, and what to do about it, as Markdown. */
export function findingSentence(finding: Finding): string {
  switch (finding.kind) {
    case 'policy-problem': {
      const { file, line, column, message, expected, suggestion } = finding.problem;
      const parts = [message, expected && `expected ${expected}`, suggestion].filter(
        (part) => part !== undefined && part !== '',
      );
      return `${inCode(`${file}:${line}:${column}`)}: ${parts.map((part) => inSentence(String(part).replace(/\.$/, ''), 300)).join('; ')}.`;
    }
    case 'not-all-seen':
      return 'This changes more files than GitHub shows. Every pin was looked at, but a mistake in a policy file may have gone unseen. Split it into smaller pull requests.';
    case 'too-much':
      return `The policies and the files with pins that this changes are larger than ${finding.most / 1024 ** 2} MiB together, and no more is read of one pull request. Nothing was checked. Make them smaller, or split this into smaller pull requests.`;
    case 'unreadable-pin':
      return `The pin ${inCode(finding.pin)} of ${inCode(finding.target)} could not be read after this: ${inSentence(finding.problem.message, 300)} Lastgood could no longer tell what runs, nor take it back. Mend the file, or the pin in the policy.`;
    case 'quarantined':
      return `${inCode(finding.target)} would run ${versionsText(finding.versions)} again, which is quarantined: ${withReferences(inSentence(finding.because, 300))} Ship another version, or let this one back for one release with ${inCode(`/reland ${finding.target} ${nameable(finding.versions)} REASON`)}.`;
    case 'relanded':
      return `${versionsText(finding.versions)} of ${inCode(finding.target)} was quarantined and may come back this once, because somebody relanded it.${stillSuspended(finding.suspended)}`;
    case 'goal':
      return `If this release of ${inCode(finding.target)} turns out bad, a rollback goes to ${goalName(finding.goal, inCode)}.`;
    case 'no-goal':
      return `If this release of ${inCode(finding.target)} turns out bad, there is no release to go back to. ${inSentence(noGoalSentence(finding.goal.passedOver), 1_000)} Name a good one with ${inCode(`/baseline ${finding.target} VERSION`)}, or give the policy a \`fallback\`.`;
    case 'mutable-version':
      return `The pin ${inCode(finding.pin)} of ${inCode(finding.target)} would say ${inCode(finding.value)}. ${mutableSentence(finding.mutable)} Pin a version that never changes.`;
    case 'undeclared-pair':
      return `${inCode(finding.target)} would run ${versionsText(finding.versions)}, which never ran together and were not changed together. Change both in one pull request, or write ${inCode(`Lastgood-Pair: ${finding.target}`)} on a line of its own in this pull request's text when they belong together.`;
    case 'several-active':
      return `More than one version of the model would be active at ${inCode(finding.target)}: ${versionsText(finding.versions)}. A rollback takes all of them back together, and nobody can tell by an alert which one is bad. Give every pin of the model one version.`;
    case 'wider-powers':
      return powersSentence(finding);
  }
}

/** A number of a pull request as a link to it: the text of a check can close nothing, and people want to follow it. */
function withReferences(markdown: string): string {
  return markdown.replace(/\\#&#8203;(?=\d)/g, '#');
}

/** The version by which a command names what is quarantined. */
function nameable(versions: Versions): string {
  return flatten(Object.values(modelVersions(versions))[0] ?? 'VERSION', 200);
}

function stillSuspended(places: readonly Where[] = []): string {
  if (places.length === 0) return '';
  const shown = places.slice(0, 5).map(({ file, line }) => `${inCode(file, 200)} line ${line}`);
  return ` Its rollback took automation out of force: merge the pull request that ${inCode('/reland')} opened to let it run again, or take ${inCode(SUSPENDED.trim())} out of ${listOf(shown)} here.`;
}

function mutableSentence(mutable: Mutable): string {
  switch (mutable.why) {
    case 'moving-name':
      return `What ${inCode(mutable.name)} means changes, so going back to it would bring back whatever it means then.`;
    case 'no-tag':
      return 'An image without tag and digest is whatever was pushed last.';
    case 'overwritten-path':
      return 'There is no version in this location, so the next release writes over it, and there is nothing to go back to.';
  }
}

function goalName(goal: Selection, say: (text: string) => string): string {
  if (goal.kind === 'fallback') {
    const values = Object.entries(goal.values).map(([part, value]) => `${part} ${say(value)}`);
    return `the fallback (${listOf(values, 'and')})`;
  }
  if (goal.kind === 'none') return 'nothing';
  const { release, how } = goal;
  const name = versionName(versionsOf(release), say);
  const which = how === 'baseline' ? 'the designated baseline' : 'the last good release';
  return `${name} (${which}, ${shortCommit(release.commit)})`;
}

function versionsText(versions: Versions): string {
  const parts = Object.entries(versions).map(([pin, version]) => `${pin} ${inCode(version)}`);
  return listOf(parts, 'and');
}
