import { replayRecorded, type TargetReplayed } from '../backtest/replay-recorded.ts';
import type { Progress } from '../backtest/replay-target.ts';
import { createSketch, type SketchedSeries } from '../backtest/sketch.ts';
import type { TargetPolicy } from '../policy/policy.ts';
import type { HistorySource, Oid } from '../releases/release.ts';
import type { Instant } from '../time.ts';
import type { ReadRecording, RecordingOptions } from './recordings.ts';

/** What the replays of all targets have in common. Plain data: threads are told of it. */
export interface ReplayGround {
  /** The folder of the clone. */
  readonly repo: string;
  readonly commit: Oid;
  readonly now: Instant;
  readonly options: RecordingOptions;
  /** Whether what is read is sketched, for a page. */
  readonly sketched: boolean;
}

/** What came of the replay of one target. Plain data. */
export interface ReplayDone extends TargetReplayed {
  readonly sketched: readonly SketchedSeries[];
  /** Of what was read; absent where it was counted in the whole digest right away. */
  readonly digest?: string;
}

/** Reads what was recorded of a target, and replays it by each of its policies. */
export async function replayJob(
  source: HistorySource,
  { commit, sketched }: Pick<ReplayGround, 'commit' | 'sketched'>,
  read: ReadRecording,
  policies: readonly TargetPolicy[],
  progress: Progress,
): Promise<ReplayDone> {
  const [policy] = policies;
  if (!policy) throw new Error('No policy is tried.');
  const { recording, span } = await read(policy);
  const sketch = sketched ? createSketch(recording, span) : undefined;
  const recorded = { recording: sketch?.recording ?? recording, span };
  const done = await replayRecorded({ source, from: commit, policies, recorded }, progress);
  return { ...done, sketched: sketch?.series() ?? [] };
}
