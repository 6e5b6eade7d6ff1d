import type { Instant } from '../time.ts';
import type { Monitor } from './monitor.ts';
import type { MonitorState } from './monitor-state.ts';

/** How a monitor stands now, in what an engineer has to know of it. */
export interface MonitorStanding {
  readonly name: string;
  /**
   * `fires`: the release is bad. `blind`: nothing has been known for longer than the policy lets pass. `warns`: its bound
   * will be crossed soon. `quiet`: none of these.
   */
  readonly stand: 'fires' | 'blind' | 'warns' | 'quiet';
  /** Since when, where it is not quiet. */
  readonly since?: Instant;
}

/** How a monitor stands about the release that runs, which came with this commit. Pure. */
export function standingOf(
  { name, judge }: Pick<Monitor, 'name' | 'judge'>,
  state: Pick<MonitorState, 'release' | 'follow'> | undefined,
  running: string,
): MonitorStanding {
  const { stand, badSince, knownAt } = state?.follow ?? {};
  if (state?.release.commit !== running) return { name, stand: 'quiet' };
  if (stand === 'blind' && knownAt !== undefined) return { name, stand, since: knownAt };
  if (stand !== 'firing' || badSince === undefined) return { name, stand: 'quiet' };
  return { name, stand: judge.kind === 'early-warning' ? 'warns' : 'fires', since: badSince };
}
