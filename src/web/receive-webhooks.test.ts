import { pino } from 'pino';
import { expect, test } from 'vitest';
import { createReceiving } from './receive-webhooks.ts';

const log = pino({ level: 'silent' });
const webhook = (name: string, payload: Readonly<Record<string, unknown>> = {}) => ({
  id: 'a-delivery',
  name,
  payload,
});

test('hands an event to those who listen to it, and to those who listen to its action', async () => {
  const seen: string[] = [];
  const receiving = createReceiving(log);
  receiving.on('push', ({ id }) => seen.push(`push ${id}`));
  receiving.on(['issues', 'pull_request'], () => seen.push('any'));
  receiving.on('pull_request.closed', ({ payload }) => seen.push(payload.action));
  receiving.on('pull_request.opened', () => seen.push('opened'));
  await receiving.receive(webhook('push'));
  await receiving.receive(webhook('pull_request', { action: 'closed' }));
  await receiving.receive(webhook('pull_request', { action: 3 }));
  await receiving.receive(webhook('__proto__', { action: 'constructor' }));
  expect(seen).toEqual(['push a-delivery', 'any', 'closed', 'any']);
});

test('waits for every handler, and rejects with what all of them threw', async () => {
  const receiving = createReceiving(log);
  let done = false;
  receiving.on('push', () => {
    throw new Error('at once');
  });
  receiving.on('push', async () => {
    await Promise.resolve();
    done = true;
    throw new Error('later');
  });
  const failure = await receiving.receive(webhook('push')).catch((error: unknown) => error);
  expect(done).toBe(true);
  expect((failure as AggregateError).errors.map(String)).toEqual([
    'Error: at once',
    'Error: later',
  ]);
});
