import { pino } from 'pino';
import { expect, test } from 'vitest';
import { stopServing } from './stop-serving.ts';

test('what only looks around takes no time from what was taken', async () => {
  const closed: string[] = [];
  const late: string[] = [];
  const close = (part: string) => () => {
    closed.push(part);
    return Promise.resolve();
  };
  const finished = Promise.withResolvers<void>();
  // Each would go on for ever, if what was taken were finished only after it.
  const hangs = (part: string) => async () => {
    await finished.promise;
    closed.push(part);
  };
  await stopServing({
    server: { close: close('requests') },
    gaps: { stop: hangs('sweep') },
    measuring: { close: hangs('metrics') },
    repositories: { close: hangs('list') },
    inbox: {
      async idle() {
        closed.push('taken');
        finished.resolve();
      },
      close: close('inbox'),
    },
    lastgood: { close: close('repositories') },
    timers: { close: () => void closed.push('timers') },
    log: pino({ level: 'warn' }, { write: (line: string) => void late.push(line) }),
    grace: 0,
    drain: 1_000,
  });
  expect(closed.join(', ')).toBe(
    'requests, taken, sweep, metrics, list, inbox, repositories, timers',
  );
  expect(late).toEqual([]);
});
