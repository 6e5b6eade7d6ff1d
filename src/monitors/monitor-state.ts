import type { Instant } from '../time.ts';
import type { Followed } from './follow.ts';
import type { Judgement } from './judgement.ts';
import type { KeptSamples } from './kept-samples.ts';
import type { Spell } from './spell.ts';

/** What a monitor has to know of what runs. */
export interface ReleaseFacts {
  /** The commit that brought the suspect release: the one that runs. */
  readonly commit: string;
  /** Since when it runs. */
  readonly releasedAt: Instant;
  /** When the last good release before it ran. Absent: there is none, so nothing can be compared with it. */
  readonly lastGood?: { readonly from: Instant; readonly until: Instant };
}

/** That a monitor was said to fire, and not yet to be over. */
export interface OpenFiring {
  /** Since when it is bad. */
  readonly since: Instant;
  readonly commit: string;
  /** How often it was said, and when last. */
  readonly tells: number;
  readonly toldAt: Instant;
}

/** Everything a monitor remembers from look to look. Plain data: written to the store as JSON, and read back as it was. */
export interface MonitorState {
  /** The release it is about; another one begins anew. */
  release: { readonly commit: string; readonly releasedAt: Instant };
  follow: Followed;
  /** Samples by series. */
  kept: Record<string, KeptSamples>;
  /** Samples of the last good release by series, as they stood when the suspect one came. Absent: not known yet. */
  baseline?: Record<string, KeptSamples>;
  /** When it looked last, whether it got an answer or not. Absent: never. */
  lookedAt?: Instant;
  /** Since when its question gets no answer, or is refused. Absent: the last one was answered. */
  unheardSince?: Instant;
  open?: OpenFiring;
  /** The last judgement of this release. */
  last?: Judgement;
  /** Looks that are not good and have led to nothing so far. */
  spell?: Spell;
}
