import { SECOND, type Instant } from '../../../src/time.ts';
import { isHeard } from '../roles.ts';
import type { SaidWords } from '../record.ts';
import type { World } from '../world.ts';
import type { Invariant } from './invariant.ts';

/**
 * What somebody says to Lastgood is answered once, if GitHub told it; never twice, and never to somebody from whom
 * Lastgood takes no word.
 */
export const commandsAnswered: Invariant = {
  name: 'every command is answered once',
  after: (world) => world.record.said.flatMap((said) => judge(world, said)),
};

function judge(world: World, said: SaidWords): readonly string[] {
  const { kind, id, number, login, commands, seq } = said;
  const what = `${login}'s /${commands[0]?.name} below #${number}`;
  const comments = world.repository
    .comments(number)
    .filter(({ user }) => user.login === 'lastgood[bot]');
  const own = comments.map(({ body }) => body.split('\n', 1)[0] ?? '');
  const times = comments
    .filter((_, index) => own[index]?.endsWith(` ${kind} ${id} -->`))
    .map(({ createdAt }) => createdAt);
  const answers = times.length;
  if (answers > 1 && !isCrossed(world, said, times))
    return [`${what} is answered ${answers} times`];
  if (!isHeard(world, login)) {
    // What GitHub does not say of somebody is said back, because it may be somebody.
    return answers > 0 && world.faults === 0 ? [`${what} is answered`] : [];
  }
  if (commands.length === 0) return answers > 0 ? [`what ${login} showed is answered`] : [];
  if (answers > 0 || said.editedAt !== undefined || !isTold(world, said)) return [];
  if (world.record.losses.some((loss) => loss > seq)) return [];
  // Of questions, the newest one is answered, in one place.
  const asks = commands.every(({ name }) => name === 'status');
  if (asks && own.some((first) => (toldAt(first) ?? 0) >= said.at)) return [];
  return [`${what} is not answered`];
}

/** How long a lane is one replica's without a sign of life. */
const LEASE = 10 * SECOND;

/**
 * Whether two replicas may have been about to answer when the clock jumped past the lease of the first: what is on its
 * way then cannot be called back, and GitHub writes a comment as often as it is asked to.
 */
function isCrossed({ beginning }: World, { at }: SaidWords, times: readonly Instant[]): boolean {
  const [first = at, ...others] = times;
  const atOnce = others.every((one) => one - first <= SECOND);
  return atOnce && times.length <= beginning.replicas && first - at >= LEASE;
}

function toldAt(first: string): number | undefined {
  const at = /^<!-- lastgood:told (\S+) /.exec(first)?.[1];
  return at === undefined ? undefined : Date.parse(at);
}

/** Whether Lastgood took the webhook that tells of it. */
function isTold({ hub }: World, { kind, id }: SaidWords): boolean {
  return hub.deliveries.some(({ action, payload, statusCode, lost }) => {
    const told = payload[kind];
    const first = action === 'created' || action === 'submitted';
    if (lost || !first || statusCode < 200 || statusCode >= 300) return false;
    return typeof told === 'object' && told !== null && 'id' in told && told.id === id;
  });
}
