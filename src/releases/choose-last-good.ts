import type { TargetPolicy } from '../policy/policy.ts';
import type { Instant, Milliseconds } from '../time.ts';
import type { Release } from './release.ts';
import type { RolledBack } from './rolled-back.ts';
import { bringsBack } from './suspects.ts';
import type {
  Baseline,
  Marks,
  PassedOver,
  PassedOverReason,
  Requested,
  Selection,
} from './selection.ts';
import { componentOf, holdsVersions, modelVersions, sameVersions, versionsOf } from './versions.ts';

export interface Choice {
  /** Newest first; the first one runs. At least `maxDepth + 1`, if there are so many. */
  readonly releases: readonly Release[];
  readonly policy: Pick<TargetPolicy, 'goal' | 'fallback'>;
  readonly requested?: Requested;
  readonly baseline?: Baseline;
  readonly rolledBack: RolledBack;
  readonly marks?: Marks;
  readonly now: Instant;
}

/** Says why a release cannot be the goal; undefined when it can. `depth` is 1 for the release before the running one. */
type Judge = (release: Release, depth: number) => PassedOverReason | undefined;

/**
 * The release to go back to: the version a person named; the designated baseline; else the newest earlier release
 * that is not quarantined, was not rolled back from, soaked long enough and lies within the depth; else the
 * fallback; else none (design, "Choosing the last good release").
 *
 * A named version that cannot be had ends the choice: a person asked for exactly that, so nothing else is taken
 * instead. A baseline that cannot be had does not. Neither has to have soaked or to lie within the depth, because
 * somebody vouches for it; both must be readable, unquarantined, and something else than what runs.
 *
 * `passedOver` says why each newer release was not taken, or each release when none was.
 */
export function chooseLastGood(choice: Choice): Selection {
  const { releases, requested, baseline, policy, now } = choice;
  const running = releases[0];
  if (!running) return { kind: 'none', passedOver: [] };
  if (running.problems.length > 0) {
    return { kind: 'none', passedOver: [{ release: running, reason: 'unreadable' }] };
  }

  const unfit = unfitness(running, choice.rolledBack, choice.marks);
  if (requested) {
    const { found, passedOver } = search(
      releases,
      (release) => mismatch(release, requested) ?? unfit(release),
    );
    if (!found) return { kind: 'none', passedOver };
    return { kind: 'release', release: found, how: 'requested', passedOver };
  }

  const designated = releases.find(({ commit }, i) => i > 0 && commit === baseline?.commit);
  if (designated && unfit(designated) === undefined) {
    return { kind: 'release', release: designated, how: 'baseline', passedOver: [] };
  }

  const { minSoak, maxDepth } = policy.goal;
  // One more than the depth, so that people read where the search ended.
  const { found, passedOver } = search(releases.slice(0, maxDepth + 2), (release, depth) => {
    const reason = unfit(release);
    if (reason) return reason;
    if (depth > maxDepth) return 'beyond-max-depth';
    return soakOf(release, now) < minSoak ? 'too-short-soak' : undefined;
  });
  if (found) return { kind: 'release', release: found, how: 'newest-good', passedOver };
  if (!changesSomething(policy.fallback, running)) return { kind: 'none', passedOver };
  return { kind: 'fallback', values: policy.fallback, passedOver };
}

/** How long a release ran; never negative, though committer dates may go backwards. */
export function soakOf(release: Pick<Release, 'at' | 'until'>, now: Instant): Milliseconds {
  return Math.max(0, (release.until?.at ?? now) - release.at);
}

function search(
  releases: readonly Release[],
  judge: Judge,
): { readonly found?: Release; readonly passedOver: readonly PassedOver[] } {
  const passedOver: PassedOver[] = [];
  for (const [depth, release] of releases.entries()) {
    if (depth === 0) continue;
    const reason = judge(release, depth);
    if (reason === undefined) return { found: release, passedOver };
    passedOver.push({ release, reason });
  }
  return { passedOver };
}

/** What keeps a release from being any goal, however it was chosen. */
function unfitness(
  running: Release,
  rolledBack: RolledBack,
  marks: Marks = { quarantine: [], relanded: new Set() },
): (release: Release) => PassedOverReason | undefined {
  const runningVersions = versionsOf(running);
  return (release) => {
    if (release.problems.length > 0) return 'unreadable';
    const versions = versionsOf(release);
    if (sameVersions(versions, runningVersions)) return 'same-as-running';
    if (rolledBack.commits.has(release.commit)) return 'rolled-back-from';
    // Let back on purpose, and not rolled back from since: what was wrong with its versions is answered.
    if (marks.relanded.has(release.commit)) return undefined;
    if (rolledBack.tuples.some((tuple) => holdsVersions(release, tuple))) return 'rolled-back-from';
    if (rolledBack.suspects.some((suspect) => bringsBack(versions, suspect))) return 'quarantined';
    const marked = marks.quarantine.some((suspect) => bringsBack(versions, suspect));
    return marked ? 'quarantined-by-hand' : undefined;
  };
}

/** Whether a release runs a version of the model. */
export function runsModel(release: Pick<Release, 'values'>, version: string): boolean {
  return Object.values(modelVersions(versionsOf(release))).includes(version);
}

function mismatch(release: Release, requested: Requested): PassedOverReason | undefined {
  if (release.problems.length > 0) return 'unreadable';
  return runsModel(release, requested.version) ? undefined : 'not-the-requested-version';
}

/** Whether a fallback names a value that does not run already. */
function changesSomething(fallback: TargetPolicy['fallback'], running: Release): boolean {
  return Object.entries(running.values).some(([pin, { value, version }]) => {
    const component = componentOf(pin);
    const wanted = component && fallback[component];
    return wanted !== undefined && wanted !== 'none' && wanted !== value && wanted !== version;
  });
}
