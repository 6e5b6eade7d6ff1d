import { MINUTE, type Instant, type Milliseconds } from '../time.ts';
import type { Judgement } from './judgement.ts';
import type { Monitor } from './monitor.ts';
import type { MonitorState } from './monitor-state.ts';

/** How a monitor stands now, in what an engineer has to know of it. */
export interface MonitorStanding {
  readonly name: string;
  /**
   * `fires`: the release is bad. `blind`: nothing has been known for longer than the policy lets pass. `warns`: its bound
   * will be crossed soon. `unsure`: it has looked for a while without a verdict. `unheard`: its question has had no answer for a
   * while. `quiet`: none of these.
   */
  readonly stand: 'fires' | 'blind' | 'warns' | 'unsure' | 'unheard' | 'quiet';
  /** Since when, where it is not quiet. */
  readonly since?: Instant;
  /** What it found last, where it is unsure. */
  readonly found?: Judgement;
}

/** So long, and so many looks, may come to nothing before it is told. */
const UNSURE_AFTER: Milliseconds = 5 * MINUTE;
const UNSURE_LOOKS = 3;

/** How a monitor stands about the release that runs, which came with this commit. Pure. */
export function standingOf(
  { name, judge, every, follow: { settle } }: Pick<Monitor, 'name' | 'judge' | 'every' | 'follow'>,
  state:
    Pick<MonitorState, 'release' | 'follow' | 'lookedAt' | 'unheardSince' | 'last'> | undefined,
  running: string,
): MonitorStanding {
  if (state?.release.commit !== running) return { name, stand: 'quiet' };
  const { stand, badSince, knownAt } = state.follow;
  if (stand === 'blind') return { name, stand, since: knownAt };
  if (stand === 'firing' && badSince !== undefined) {
    return { name, stand: judge.kind === 'early-warning' ? 'warns' : 'fires', since: badSince };
  }
  const { lookedAt = knownAt, unheardSince, last, release } = state;
  const isLong = (since: Instant): boolean =>
    lookedAt - since >= Math.max(UNSURE_AFTER, UNSURE_LOOKS * every);
  if (unheardSince !== undefined) {
    return isLong(unheardSince)
      ? { name, stand: 'unheard', since: unheardSince }
      : { name, stand: 'quiet' };
  }
  const since = Math.max(knownAt, release.releasedAt + settle);
  if (!isLong(since)) return { name, stand: 'quiet' };
  return { name, stand: 'unsure', since, ...(last && { found: last }) };
}
