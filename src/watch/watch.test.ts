import { expect, test } from 'vitest';
import { monitorOf } from '../monitors/monitor-kinds.fixture.ts';
import { writePushed } from '../samples/pushed.ts';
import type { Json } from '../store/item.ts';
import { PauseLane, type Turn } from '../store/settlement.ts';
import { HOUR, MINUTE } from '../time.ts';
import { watchServers } from './server-watch.ts';
import { createWatch } from './watch.ts';
import type { WatchParts } from './watch-parts.ts';
import { CHANGED, MONITOR, SAMPLES, WATCHED, watchLaneOf, type WatchedTarget } from './watched.ts';

const NOW = Date.UTC(2026, 10, 20, 2, 17);
const LANE = watchLaneOf(7);

function watchedTarget(model: string): WatchedTarget {
  const monitor = { ...monitorOf('threshold'), name: 'level', series: { value: 'level' } };
  return {
    target: { model, environment: 'production' },
    monitors: [monitor],
    running: { commit: 'c', version: '1' },
    release: { commit: 'c', releasedAt: NOW - HOUR },
    oneVersion: true,
  };
}

/** The lane on documents in memory; nothing is asked of anybody. */
function open(nameOf: WatchParts['nameOf'] = () => Promise.resolve('acme/models')) {
  const watched: WatchedTarget[] = [watchedTarget('first')];
  const list = (_: string, kind: string) =>
    Promise.resolve(
      kind === WATCHED ? watched.map((value) => ({ key: value.target.model, value })) : [],
    );
  const nobody = (): never => {
    throw new Error('Nobody is asked.');
  };
  const watch = createWatch({
    store: { documents: { list } } as unknown as WatchParts['store'],
    metrics: { queryRange: nobody },
    servers: watchServers(() => NOW),
    clock: () => NOW,
    nameOf,
    alerted: nobody,
    armed: nobody,
    passed: nobody,
    sentenceOf: () => '',
    serverGone: nobody,
    serverBack: nobody,
    problem: nobody,
    looked: () => undefined,
  });
  const turn = async (...items: readonly { kind: string; payload: Json }[]) => {
    const { signal } = new AbortController();
    const one = { lane: LANE, stretch: 1, items, signal } as unknown as Turn;
    const { changes = [], settled } = await watch.turn(7, one);
    settled?.();
    return changes.flatMap((change) =>
      change.kind === 'put' && change.of === MONITOR ? [change.key] : [],
    );
  };
  return { watched, turn };
}

const changed = { kind: CHANGED, payload: {} };
const pushed = (model: string) => ({
  kind: SAMPLES,
  payload: writePushed([
    {
      target: { model, environment: 'production' },
      series: 'level',
      samples: [{ at: NOW - MINUTE, value: 100 }],
    },
  ]),
});

test('keeps samples of a monitor that came to the disk before the word of it', async () => {
  const { watched, turn } = open();
  expect(await turn(changed)).toEqual([]);
  expect(await turn(pushed('first'))).toEqual(['production/first level']);
  watched.push(watchedTarget('second'));
  expect(await turn(pushed('second'))).toEqual(['production/second level']);
  // What nobody reads is passed over, and costs a look at the disk.
  expect(await turn(pushed('third'))).toEqual([]);
});

test('takes nothing from the lane while nobody can tell which repository it is', async () => {
  const { turn } = open(() => Promise.reject(new PauseLane('GitHub did not list it.')));
  await expect(turn(changed, pushed('first'))).rejects.toThrow(PauseLane);
});

test('does nothing for a repository without the App', async () => {
  const { turn } = open(() => Promise.resolve(undefined));
  expect(await turn(changed, pushed('first'))).toEqual([]);
});
