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
  const own = world.repository
    .comments(number)
    .filter(({ user }) => user.login === 'lastgood[bot]')
    .map(({ body }) => body.split('\n', 1)[0] ?? '');
  const answers = own.filter((first) => first.endsWith(` ${kind} ${id} -->`)).length;
  if (answers > 1) return [`${what} is answered ${answers} times`];
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
