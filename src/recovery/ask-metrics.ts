import type { TargetPolicy } from '../policy/policy.ts';
import type { Release } from '../releases/release.ts';
import type { Ports, Workspace } from '../rollback/workspace.ts';
import { findGood } from './find-good.ts';
import { askAt, isMeasured } from './measured.ts';
import { questionsOf } from './questions.ts';
import type { Recovery } from './recovery.ts';

/**
 * Has metric servers asked, when it is time, about a rollback that runs; the answers come back as something that is due,
 * because nothing waits for them. Answers what is known of it from then on.
 */
export async function askMetrics(
  { manifests, repository }: Workspace,
  ports: Ports,
  known: Recovery,
  { verify, pins }: TargetPolicy,
  running: Release,
): Promise<Recovery> {
  const now = ports.clock();
  if (!isMeasured(verify) || now < askAt(known, verify) || running.commit !== known.commit) {
    return known;
  }
  const compares = verify.metrics.some(({ baseline }) => baseline === 'last-good');
  const good = known.good ?? (compares ? await findGood(manifests, pins, running) : null);
  const asked = { ...known, good, askedAt: now };
  ports.measure(repository, questionsOf(asked, verify, good ?? undefined, now));
  return asked;
}
