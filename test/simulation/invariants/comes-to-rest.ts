import type { Invariant } from './invariant.ts';

/**
 * In three hours without any news. A rollback that waits reminds those who are missing a few times and calls people once,
 * and a hold may end: some ten requests each time, for up to three models.
 */
const MOST_CALLS_AT_REST = 150;
const MOST_DUE_AT_REST = 30;
const MOST_CALLS = 1_500;

/** Nothing goes on for ever: when nothing happens outside, next to nothing is asked of GitHub. */
export const comesToRest: Invariant = {
  name: 'comes to rest',
  after({ hub, callsWhenCalm, dueWhenCalm }) {
    const calls = hub.calls.length - callsWhenCalm;
    return [
      ...(calls > MOST_CALLS_AT_REST ? [`${calls} requests in three quiet hours`] : []),
      ...(dueWhenCalm > MOST_DUE_AT_REST
        ? [`${dueWhenCalm} times something fell due at rest`]
        : []),
      ...(hub.calls.length > MOST_CALLS ? [`${hub.calls.length} requests in all`] : []),
    ];
  },
};
