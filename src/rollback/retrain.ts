/**
 * The emergency retrain: a workflow of the manifests repository is started with what is known to be good. It changes
 * nothing that runs; what it trains comes as a pull request like any other release.
 */
import { readTrailers } from '../journal/read-trailers.ts';
import type { TargetPolicy } from '../policy/policy.ts';
import { readRunning } from '../releases/read-releases.ts';
import type { HistorySource, Oid, Release } from '../releases/release.ts';
import { isRollback } from '../releases/rolled-back.ts';
import type { Selection } from '../releases/selection.ts';
import { componentOf, versionsOf, type Versions } from '../releases/versions.ts';
import { targetKey } from '../target.ts';
import type { Retraining } from '../texts/retrain.ts';
import type { Ports, Workspace } from './workspace.ts';

export interface RetrainRequest extends Retraining {
  /** The same for the same request: whoever dies right after it was sent sends it again, and the workflow can tell. */
  readonly id: string;
  /** What misbehaved. */
  readonly bad: { readonly commit: Oid; readonly versions: Versions };
  /** Text from outside, as it came. */
  readonly reason: string;
  /** The rollback pull request, or the issue, where it is spoken of. */
  readonly number: number;
}

/** The longest reason that is sent, in characters. */
const LONGEST_REASON = 500;

/** What the workflow reads in `github.event.client_payload`. GitHub takes ten properties. */
export function retrainPayload(request: RetrainRequest): Readonly<Record<string, unknown>> {
  const { id, target, good, bad, reason, number } = request;
  return {
    id,
    target: targetKey(target),
    environment: target.environment,
    model: target.model,
    data: dataOf(good.versions),
    good,
    bad,
    reason: reason.slice(0, LONGEST_REASON),
    number,
  };
}

/** The data that are known to be good: those that the release pins, else its feature snapshot, else null. */
function dataOf(versions: Versions): string | null {
  for (const component of ['data', 'features'] as const) {
    const found = Object.entries(versions).find(([pin]) => componentOf(pin) === component);
    if (found) return found[1];
  }
  return null;
}

/**
 * The release whose data a retrain uses: what the rollback that brought the running release went back to, else what a
 * rollback would go back to. Undefined when none is known to be good.
 */
export async function goodFor(
  source: HistorySource,
  { target, pins }: Pick<TargetPolicy, 'target' | 'pins'>,
  running: Release,
  selection: Selection,
): Promise<Retraining['good'] | undefined> {
  const reading = isRollback(running, target) ? readTrailers(running.body) : undefined;
  const goal = reading?.ok === true ? reading.record.goalCommit : undefined;
  if (goal !== undefined) return describeRelease(await readRunning(source, pins, goal));
  return selection.kind === 'release' ? describeRelease(selection.release) : undefined;
}

/** What the incident is about: the release that its first rollback went away from, else what runs. */
export async function badFor(
  source: HistorySource,
  { target, pins }: Pick<TargetPolicy, 'target' | 'pins'>,
  running: Release,
): Promise<RetrainRequest['bad']> {
  const reading = isRollback(running, target) ? readTrailers(running.body) : undefined;
  if (reading?.ok !== true) return describeRelease(running);
  const { rung, badCommit } = reading.record;
  return describeRelease(await readRunning(source, pins, rung?.first ?? badCommit));
}

/** A release, as the workflow is told of it. */
export function describeRelease(release: Release): Retraining['good'] {
  return { commit: release.commit, versions: versionsOf(release) };
}

/** Starts it. Sending it twice is for the workflow to notice, by its `id`. */
export async function sendRetrain(
  { repository }: Workspace,
  ports: Ports,
  request: RetrainRequest,
): Promise<void> {
  await ports.forge.dispatch(repository, {
    type: request.event,
    payload: retrainPayload(request),
  });
}
