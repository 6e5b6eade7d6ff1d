import type { AlertFor } from '../alerts/alert.ts';
import type { SaidRef } from '../commands/said.ts';
import type { SlackAsk } from '../commands/slack-ask.ts';
import type { Lastgood } from '../lastgood.ts';
import type { Answers } from '../recovery/measured.ts';
import { writePushed, type PushedSeries } from '../samples/pushed.ts';
import { nameOfDue, type Due } from '../rollback/due.ts';
import type { Store } from '../store/store.ts';
import { targetKey } from '../target.ts';
import type { Arming, Passing } from '../watch/watch-parts.ts';
import { SAMPLES, watchLaneOf } from '../watch/watched.ts';
import { laneOf } from './lane.ts';
import { itemOf, timerOf, type Work } from './work.ts';

/**
 * What arrives, by the event that tells of it. Each resolves once it is on the disk, and rejects when it is not:
 * whoever sent it is told to send it again. `delivery` is GitHub's name of the delivery, which a redelivery keeps
 * (GitHub reality 17). What only says that something changed has none: who looks twice sees the same, and a name that
 * is remembered for each of them would cost more than all the rest of it.
 */
export interface Arrivals {
  alerted(alerts: readonly AlertFor[], delivery?: string): Promise<void>;
  pushed(repository: number, branch: string): Promise<void>;
  pullChanged(repository: number, branch: string): Promise<void>;
  pullReopened(
    repository: number,
    pull: { readonly number: number; readonly branch: string; readonly at: number },
    delivery: string,
  ): Promise<void>;
  checksChanged(repository: number, head: string): Promise<void>;
  /** Somebody said something that may be a command. */
  said(repository: number, at: SaidRef, delivery: string): Promise<void>;
  /** Somebody asked for something in Slack. */
  asked(repository: number, ask: SlackAsk): Promise<void>;
  judge(repository: number, pull: number): Promise<void>;
  judgeGroup(
    repository: number,
    group: { readonly head: string; readonly base: string },
  ): Promise<void>;
  /** Something to be done for a repository without a delivery: the sweep. */
  due(work: Work & { readonly kind: 'sweep' }): Promise<void>;
  /** Metric servers answered about a merged rollback; what comes later takes the place of what waits. */
  measured(repository: number, answers: Answers): Promise<void>;
  /** Samples were pushed, by repository: all of them are stored or none. Known as the same however often they come. */
  sampled(samples: ReadonlyMap<number, readonly PushedSeries[]>): Promise<void>;
  /** A bound will be crossed soon, or no longer will be. */
  arm(repository: number, arming: Arming): Promise<void>;
  /** A monitor did nothing, and why. */
  passed(repository: number, passing: Passing): Promise<void>;
  /** A repository is to be looked after soon, by whichever process: told by many, it is done once. */
  open(repository: number): Promise<void>;
}

/** Puts everything that arrives into the store. */
export function createArrivals(
  store: Pick<Store, 'accept' | 'timers'>,
  lastgood: Pick<Lastgood, 'idOf'>,
): Arrivals {
  const put = (
    work: Exclude<Work, { kind: 'alert' | 'timer' }>,
    delivery?: string,
  ): Promise<void> => store.accept([itemOf(work, laneOf(work.repository), delivery)]);
  const now = (repository: number, due: Due): Promise<void> =>
    store.timers.set(laneOf(repository), nameOfDue(due), 0, timerOf(repository, due));
  return {
    alerted: (alerts, delivery) =>
      store.accept(
        alerts.map(({ alert, repository }, i) =>
          itemOf(
            { kind: 'alert', alert, repository },
            laneOf(lastgood.idOf(repository) ?? repository),
            delivery === undefined ? undefined : `${delivery} ${i}`,
          ),
        ),
      ),
    pushed: (repository, branch) => put({ kind: 'push', repository, branch }),
    pullChanged: (repository, branch) => put({ kind: 'pull', repository, branch }),
    pullReopened: (repository, pull, delivery) =>
      put({ kind: 'pull-reopened', repository, pull }, delivery),
    checksChanged: (repository, head) => put({ kind: 'checks', repository, head }),
    said: (repository, at, delivery) => put({ kind: 'said', repository, ...at }, delivery),
    asked: (repository, ask) => put({ kind: 'slack', repository, ask }, `slack ${ask.id}`),
    judge: (repository, pull) => put({ kind: 'judge', repository, pull }),
    judgeGroup: (repository, { head, base }) =>
      put({ kind: 'judge-group', repository, head, base }),
    due: (work) => put(work),
    measured: (repository, answers) =>
      now(repository, { kind: 'measured', branch: answers.branch, answers, attempts: 1 }),
    sampled: (samples) =>
      store.accept(
        [...samples].map(([repository, all]) => ({
          lane: watchLaneOf(repository),
          kind: SAMPLES,
          payload: writePushed(all),
        })),
      ),
    arm: (repository, { target, monitor, sentence }) =>
      now(repository, {
        kind: 'arm',
        target: targetKey(target),
        monitor,
        ...(sentence !== undefined && { sentence }),
        attempts: 1,
      }),
    passed: (repository, { target, ...passing }) =>
      now(repository, { kind: 'passed', target: targetKey(target), ...passing, attempts: 1 }),
    open: (repository) => now(repository, { kind: 'open', attempts: 1 }),
  };
}
