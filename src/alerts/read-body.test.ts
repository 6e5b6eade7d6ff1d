import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { MINUTE } from '../time.ts';
import { BodyRoom } from './body-room.ts';
import { readBody } from './read-body.ts';

/** A body that arrives as somebody writes it. */
function arriving(room: BodyRoom) {
  const stream = new PassThrough();
  const request = Object.assign(stream, { headers: {} }) as unknown as IncomingMessage;
  const reading = readBody(request, 1_000, MINUTE, room);
  return {
    reading,
    /** Resolves once it was looked at. */
    send: async (bytes: number) => {
      stream.write(Buffer.alloc(bytes, 97));
      while (stream.readableLength > 0) await new Promise(setImmediate);
    },
    end: () => stream.end(),
  };
}

test('where not all that arrives fits, the largest is given up, and what is small is read', async () => {
  const room = new BodyRoom(100);
  const [small, large, middle] = [arriving(room), arriving(room), arriving(room)];
  await small.send(10);
  await large.send(60);
  await middle.send(40);
  expect(await large.reading).toEqual({ kind: 'crowded-out' });
  small.end();
  middle.end();
  expect(await small.reading).toMatchObject({ kind: 'read', body: { length: 10 } });
  expect(await middle.reading).toMatchObject({ kind: 'read', body: { length: 40 } });
});

test('one that alone does not fit is given up', async () => {
  const one = arriving(new BodyRoom(100));
  await one.send(101);
  expect(await one.reading).toEqual({ kind: 'crowded-out' });
});

test('what has arrived, was too large or went away makes room again', async () => {
  const room = new BodyRoom(1_000);
  for (let i = 0; i < 5; i++) {
    const read = arriving(room);
    await read.send(900);
    read.end();
    expect(await read.reading).toMatchObject({ kind: 'read' });
    const large = arriving(room);
    await large.send(1_001);
    expect(await large.reading).toEqual({ kind: 'too-large' });
  }
});
