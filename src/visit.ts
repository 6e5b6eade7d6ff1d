import type { Alert } from './alerts/alert.ts';
import type { SaidRef } from './commands/said.ts';
import type { SlackAsk } from './commands/slack-ask.ts';
import type { Due } from './rollback/due.ts';
import type { Change, Turn } from './store/settlement.ts';
import type { Instant } from './time.ts';

/** The turn of a repository's lane in which something is done. */
export interface LaneTurn extends Pick<Turn, 'signal' | 'stretch'> {
  /** Which try it is to open the repository, if it is closed; 1 unless given. */
  readonly attempts?: number;
}

/**
 * What Lastgood does for one repository within one turn of its lane: every use case by the event that leads to it,
 * one after another. A failure is written down; thrown is only that the turn is over, and then somebody else does the
 * same again.
 */
export interface Visit {
  alerted(alerts: readonly Alert[]): Promise<void>;
  /** A branch has a new head. */
  pushed(branch: string): Promise<void>;
  /** Something about a pull request changed: its state, its head, its base, a review. */
  pullChanged(branch: string): Promise<void>;
  /** Somebody reopened a pull request. */
  pullReopened(pull: {
    readonly number: number;
    readonly branch: string;
    readonly at: Instant;
  }): Promise<void>;
  /** A check or a status of some commit changed. */
  checksChanged(head: string): Promise<void>;
  /** Somebody said something that may be a command. */
  said(at: SaidRef): Promise<void>;
  /** Somebody asked for something in Slack. */
  asked(ask: SlackAsk): Promise<void>;
  /** A pull request wants the check. */
  judge(number: number): Promise<void>;
  /** What a merge queue is about to merge wants the check. */
  judgeGroup(group: { readonly head: string; readonly base: string }): Promise<void>;
  /** Compares everything with what should be, and goes on where a delivery or a timer was lost. */
  sweep(): Promise<void>;
  /** Does what was set for later. */
  due(due: Due): Promise<void>;
  /**
   * Looks after what happened while nobody looked, if nobody has since the repository was opened here. Asked for last:
   * what came by itself says more than what is found.
   */
  lookAround(): Promise<void>;
  /** What has to be stored together with the acknowledgement. */
  changes(): readonly Change[];
  /** The changes stand on the disk. */
  settled(): void;
  /** Nothing more is asked of this visit. */
  end(): void;
}
