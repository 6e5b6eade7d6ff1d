import type { Judgement } from '../recovery/judge-signs.ts';
import type { Happened } from '../recovery/next-phase.ts';
import type { Recovery, RolledOut } from '../recovery/recovery.ts';
import type { VerifyPolicy } from '../policy/policy.ts';
import { targetKey, type Target } from '../target.ts';
import { formatDuration, formatInstant, type Instant } from '../time.ts';
import { inCode, inProse } from './escape.ts';
import { listOf } from './names.ts';

/** What is asked of people while nobody knows whether a rollback reached what serves the model. */
const LOOK_AT_ENGINE =
  'Look at the Argo CD application or the Flux Kustomization, and sync it by hand if need be.';

/** What happened after a merge, why that matters, and what to do next, for the journal and for pages. Markdown. */
export function happenedSentence(
  recovery: Recovery,
  policy: VerifyPolicy,
  happened: Happened,
  /** Who reported something about the merge commit that does not count. */
  others: readonly string[],
): string {
  const target = targetKey(recovery.target);
  const pull = `#${recovery.number}`;
  switch (happened.kind) {
    case 'rolled-out':
      return `The rollback ${pull} of ${target} is rolled out${proof(happened.rolledOut)}, ${formatDuration(Math.max(0, happened.rolledOut.at - recovery.mergedAt))} after its merge.`;
    case 'roll-out-failed':
      return `The roll-out of the rollback ${pull} of ${target} failed, says ${inCode(happened.name)}: the bad release is probably still being served. ${LOOK_AT_ENGINE}`;
    case 'roll-out-late':
      return `Nothing shows that the rollback ${pull} of ${target} was rolled out, ${formatDuration(policy.rollOut.within)} after its merge, and ${happened.judgement.health === 'ill' ? 'the model has not recovered' : 'nothing tells whether the model recovered'}: ${seen(happened.judgement)}.${servedWords(happened.serving)} ${LOOK_AT_ENGINE}${heardFrom(others)}`;
    case 'recovered':
      return `${target} recovered at ${formatInstant(happened.at)}, ${formatDuration(Math.max(0, happened.at - recovery.mergedAt))} after the merge of ${pull}, and has been well for ${formatDuration(policy.sustain)}. ${happened.rolledOut ? '' : 'Nobody reported the roll-out, but the recovery shows it. '}It is watched for a relapse until ${formatInstant(happened.at + policy.watch)}.`;
    case 'not-recovered':
      return `The rollback ${pull} of ${target} is rolled out, and ${formatDuration(policy.within)} later the model has not recovered: ${seen(happened.judgement)}. The model release was probably not the cause. Look for what else changed; \`/plan ${target}\` shows where else it could go back to.`;
    case 'unverified':
      return `The rollback ${pull} of ${target} is rolled out, but nothing tells whether it helped: ${seen(happened.judgement)}. Look at the model yourself.`;
    case 'relapsed':
      return `${target} is ill again after the rollback ${pull}: ${seen(happened.judgement)}. The incident is open again.`;
    case 'unanswered':
      return `Nothing can be read about ${target} ${inProse(happened.why, 400)}. So its metrics do not tell whether the rollback ${pull} helps, neither way; its alerts still do. Look at the server: it goes on being asked.`;
    case 'unwatched':
      return `${target} recovered after the rollback ${pull}, and the ${formatDuration(policy.watch)} in which it is watched are over, but nothing tells whether it is still well: ${seen(happened.judgement)}. Look at the model yourself.`;
    case 'verified':
      return `${target} has stayed well for ${formatDuration(policy.watch)} after its recovery: the incident of ${pull} is over.`;
    case 'superseded':
      return `Another release than the one that ${pull} brought back runs for ${target} by now, so its recovery is not watched any longer.`;
    case 'given-up':
      return `Whether ${pull} helped ${target} is not watched any longer: people were called, and nothing has changed for ${formatDuration(policy.watch)}.`;
  }
}

function proof({ by, name }: RolledOut): string {
  switch (by) {
    case 'deployment':
      return `, says the deployment ${inCode(name)}`;
    case 'status':
      return `, says the commit status ${inCode(name)}`;
    case 'served':
      return `: ${inCode(name)} is being served`;
    case 'assumed':
      return ', as far as the policy wants to know';
  }
}

function servedWords(serving: string | undefined): string {
  return serving === undefined ? '' : ` By \`verify.served\`, ${inProse(serving, 300)}.`;
}

/** Names in the policy are the likeliest mistake where something else was reported. */
function heardFrom(others: readonly string[]): string {
  if (others.length === 0) return '';
  const names = others.slice(0, 5).map((name) => inCode(name, 80));
  return ` Others reported about the commit: ${listOf(names)}; if one of them is the roll-out, name it in \`verify.rollOut.by\`.`;
}

function seen({ because }: Judgement): string {
  if (because.length === 0) return 'no alert is known that could tell';
  const all = because.slice(0, 3).map((one) => inProse(one.seen, 400));
  return listOf(because.length > 3 ? [...all, `${because.length - 3} more`] : all);
}

/** Where a merged rollback stands, for the top of its pull request: reads on from "Now: ". Markdown. */
export function recoveryStatus(
  { phase, rolledOut, recoveredAt, relapsedAt, mergedAt, told }: Recovery,
  policy: VerifyPolicy,
): string {
  const merged = `merged at ${formatInstant(mergedAt)}`;
  const out = rolledOut
    ? `, rolled out at ${formatInstant(rolledOut.at)}${proof(rolledOut)}`
    : ', its roll-out is not reported';
  const relapsed = relapsedAt === undefined ? '' : `, ill again at ${formatInstant(relapsedAt)}`;
  const recovered = recoveredAt === undefined ? '' : `, recovered at ${formatInstant(recoveredAt)}`;
  return `${merged}${out}${relapsed}${recovered}. ${nextOf(phase, policy, told, recoveredAt)}`;
}

function nextOf(
  phase: Recovery['phase'],
  policy: VerifyPolicy,
  told: Recovery['told'],
  recoveredAt: Instant | undefined,
): string {
  switch (phase) {
    case 'rolling-out':
      return told.length > 0
        ? 'People are called, because it should have been rolled out by now.'
        : 'It waits for the roll-out.';
    case 'verifying':
      return told.length > 0
        ? 'People are called, because it has not recovered.'
        : `It has to be well for ${formatDuration(policy.sustain)}.`;
    case 'watching':
      return `It is watched for a relapse until ${formatInstant((recoveredAt ?? 0) + policy.watch)}.`;
    case 'over':
      return recoveredAt === undefined
        ? 'Its recovery is not watched any longer.'
        : 'The incident is over.';
  }
}

/** How a rollback ended that was followed by a process whose memory was lost. Markdown. */
export function lostOutcomeSentence(
  target: Target,
  number: number,
  happened: 'superseded' | 'unwatched',
): string {
  const why =
    happened === 'superseded'
      ? 'another release runs by now'
      : 'what it brought back still runs, and nobody saw whether it stayed well';
  return `The rollback #${number} of ${targetKey(target)} is not followed any longer: ${why}. That was worked out from git, because the journal did not have it.`;
}
