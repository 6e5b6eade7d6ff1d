import { expect, test, vi } from 'vitest';
import { createManualTime } from '../fixtures/manual-time.ts';
import { followRepositories } from './follow-repositories.ts';
import type { NotListed } from './github/repositories.ts';
import type { Repository } from './rollback/forge.ts';
import { MINUTE } from './time.ts';

const repository = (id: number, installation = 1, name = `r${id}`): Repository => ({
  id,
  nodeId: `R_${id}`,
  owner: 'acme',
  name,
  defaultBranch: 'main',
  installation,
});

/** What the list answers, call by call; the last answer stays. */
type Answer =
  | readonly Repository[]
  | Error
  | { readonly listed: readonly Repository[]; readonly refuses: number };

function world(...answers: (Answer | Promise<Answer>)[]) {
  const time = createManualTime(0);
  const told: string[] = [];
  let calls = 0;
  const followed = followRepositories({
    list: async (notListed: (one: NotListed) => void) => {
      const answer = await answers[Math.min(calls++, answers.length - 1)];
      if (answer instanceof Error) throw answer;
      if (!answer || !('listed' in answer)) return answer ?? [];
      notListed({ installation: answer.refuses, error: new Error('refused') });
      return answer.listed;
    },
    welcome: async ({ name }) => void told.push(`welcome ${name}`),
    dismiss: async (id) => void told.push(`dismiss ${id}`),
    failed: (error, installation) =>
      told.push(`failed ${installation ?? 'wholly'}: ${String(error)}`),
    timers: time.timers,
    clock: time.clock,
  });
  return { followed, time, told, calls: () => calls };
}

test('takes on what is there and lets go of what is gone', async () => {
  const { followed, told } = world(
    [repository(1), repository(2)],
    [repository(2, 1, 'renamed'), repository(3)],
  );
  expect(followed.known()).toBe(false);
  await followed.look();
  expect(followed.known()).toBe(true);
  await followed.look();
  expect(told).toEqual(['welcome r1', 'welcome r2', 'welcome renamed', 'welcome r3', 'dismiss 1']);
  expect(followed.get(2)?.name).toBe('renamed');
  expect(followed.get(1)).toBeUndefined();
});

test('an older list never undoes what a newer one said, and many calls share a look', async () => {
  const slow = Promise.withResolvers<Answer>();
  const { followed, told, calls } = world(slow.promise, [repository(2)]);
  const first = followed.look();
  await vi.waitFor(() => expect(calls()).toBe(1), 20_000);
  const others = [followed.look(), followed.look(), followed.look()];
  slow.resolve([repository(1)]);
  await Promise.all([first, ...others]);
  expect(calls()).toBe(2);
  expect(told).toEqual(['welcome r1', 'welcome r2', 'dismiss 1']);
});

test('throws while nothing is known, and looks again by itself until something is', async () => {
  const { followed, time, told } = world(new Error('down'), new Error('still'), [repository(1)]);
  await expect(followed.look()).rejects.toThrow('down');
  expect([...time.waiting()]).toEqual([['repositories', 5_000]]);
  time.advance(5_000);
  await followed.idle();
  expect([...time.waiting()]).toEqual([['repositories', 10_000]]);
  time.advance(10_000);
  await followed.idle();
  expect(told).toEqual(['failed wholly: Error: down', 'failed wholly: Error: still', 'welcome r1']);
  expect(time.waiting().size).toBe(0);
});

test('once it knew them, a list that fails changes nothing', async () => {
  const { followed, time, told } = world([repository(1)], new Error('down'), [repository(1)]);
  await followed.look();
  await followed.look();
  expect(followed.known()).toBe(true);
  expect(followed.get(1)).toBeDefined();
  time.advance(MINUTE);
  await followed.idle();
  expect(told).toEqual(['welcome r1', 'failed wholly: Error: down', 'welcome r1']);
});

test('an installation that refuses keeps its repositories, and no other from being listed', async () => {
  const { followed, time, told } = world(
    [repository(1, 1), repository(2, 2), repository(3, 1)],
    { listed: [repository(1, 1)], refuses: 2 },
    [repository(1, 1)],
  );
  await followed.look();
  told.splice(0);
  await followed.look();
  expect(told).toEqual(['failed 2: Error: refused', 'welcome r1', 'dismiss 3']);
  expect(followed.get(2)).toBeDefined();
  time.advance(MINUTE);
  await followed.idle();
  expect(told.slice(3)).toEqual(['welcome r1', 'dismiss 2']);
});

test('closed, it looks no more', async () => {
  const { followed, time, calls } = world(new Error('down'));
  await expect(followed.look()).rejects.toThrow('down');
  await followed.close();
  time.advance(MINUTE);
  await followed.look();
  expect(calls()).toBe(1);
});
