import type { Span } from '../monitors/series.ts';
import type { TargetPolicy } from '../policy/policy.ts';
import type { HistorySource, Oid } from '../releases/release.ts';
import { periodsOf } from './periods.ts';
import type { Recording } from './recording.ts';
import { replayTarget, type Progress, type Replayed } from './replay-target.ts';
import { readTimeline, type Timeline } from './timeline.ts';

/** What is known of a target's metrics. */
export interface TargetRecording {
  readonly recording: Recording;
  /** The time that is replayed. */
  readonly span: Span;
}

/** The recording of one target, replayed. Plain data: it may come from another thread. */
export interface TargetReplayed {
  readonly span: Span;
  /** By each policy that is tried, in their order. */
  readonly parts: readonly { readonly timeline: Timeline; readonly replayed: Replayed }[];
}

export interface RecordedTarget {
  readonly source: HistorySource;
  /** The commit whose history counts. */
  readonly from: Oid;
  /** Those of one target that are tried. */
  readonly policies: readonly TargetPolicy[];
  readonly recorded: TargetRecording;
}

/** Replays what was recorded of one target by each of its policies, one after another. */
export async function replayRecorded(
  { source, from, policies, recorded: { recording, span } }: RecordedTarget,
  progress: Progress = () => {},
): Promise<TargetReplayed> {
  const parts: { timeline: Timeline; replayed: Replayed }[] = [];
  for (const policy of policies) {
    const timeline = await readTimeline(source, policy, from, span);
    const periods = await periodsOf(source, policy, timeline, span);
    const done = parts.length;
    const replayed = await replayTarget(periods, recording, {
      progress: (share) => progress((done + share) / policies.length),
    });
    parts.push({ timeline, replayed });
    progress(parts.length / policies.length);
  }
  return { span, parts };
}
