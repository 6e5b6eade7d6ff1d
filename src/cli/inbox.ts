import type { Refusal } from '../inbox/desk.ts';
import type { HeldItem, LaneState } from '../store/items.ts';
import { noSuchItem, notDead } from '../texts/inbox.ts';
import { formatDuration, formatInstant, type Instant } from '../time.ts';
import { CommandFailed, EXIT, type ExitCode } from './exit-codes.ts';
import { openDesk } from './inbox-desk.ts';
import { settingsFrom } from './settings-from.ts';
import { formatTable } from './table.ts';
import { showHidden, toJson, type Terminal } from './terminal.ts';

/** What is to be done with the inbox. */
export type InboxTask =
  | { readonly do: 'list' }
  | { readonly do: 'show'; readonly id: number }
  | { readonly do: 'replay'; readonly id: number }
  | { readonly do: 'replay-all' }
  | { readonly do: 'drop'; readonly id: number; readonly reason: string };

export interface InboxOptions {
  readonly json?: boolean;
}

/**
 * Looks into the inbox of the service, and sees to what was given up: with the settings that `npm start` reads, in the
 * database itself or through the process that has it.
 */
export async function inbox(
  task: InboxTask,
  { json }: InboxOptions,
  terminal: Terminal,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<ExitCode> {
  const opened = await openDesk(settingsFrom(env));
  const { desk } = opened;
  const say = (value: object, text: string): ExitCode => {
    terminal.out(json === true ? toJson(value) : showHidden(text));
    return EXIT.ok;
  };
  const insist = (id: number, outcome: 'done' | Refusal): void => {
    if (outcome === 'done') return;
    throw new CommandFailed(EXIT.no, outcome === 'unknown' ? noSuchItem(id) : notDead(id));
  };
  try {
    switch (task.do) {
      case 'list': {
        const view = await desk.look();
        return say(view, describeInbox(view, terminal.now));
      }
      case 'show': {
        const item = await desk.show(task.id);
        if (!item) throw new CommandFailed(EXIT.no, noSuchItem(task.id));
        return say(item, `${describeItem(item)}\n\n${toJson(item.payload)}`);
      }
      case 'replay':
        insist(task.id, await desk.replay(task.id));
        return say({ replayed: 1 }, `Item ${task.id} waits in its lane again.`);
      case 'replay-all': {
        const replayed = await desk.replayAll();
        return say({ replayed }, `${countOf(replayed)} in their lanes again.`);
      }
      case 'drop':
        insist(task.id, await desk.drop(task.id, task.reason));
        return say({ dropped: task.id }, `Item ${task.id} was dropped.`);
    }
  } finally {
    await opened.close();
  }
}

function describeInbox(
  view: {
    readonly lanes: readonly LaneState[];
    readonly items: readonly HeldItem[];
    readonly total: number;
  },
  now: Instant,
): string {
  if (view.items.length === 0) return 'Nothing waits, and nothing was given up.';
  const ago = (at: Instant | undefined): string =>
    at === undefined ? '' : formatDuration(now - at);
  const lanes = formatTable(
    [
      { heading: 'LANE', longest: 60 },
      { heading: 'WAITING', longest: 8 },
      { heading: 'LATER', longest: 8 },
      { heading: 'DEAD', longest: 8 },
      { heading: 'OLDEST', longest: 12 },
      { heading: 'RESTS', longest: 200 },
    ],
    view.lanes.map(({ lane, waiting, later, dead, oldest, pausedUntil = 0, pauseWhy = '' }) => [
      lane,
      String(waiting),
      String(later),
      String(dead),
      ago(oldest),
      pausedUntil > now ? `until ${formatInstant(pausedUntil)}: ${pauseWhy}` : '',
    ]),
  );
  const items = formatTable(
    [
      { heading: 'ITEM', longest: 16 },
      { heading: 'LANE', longest: 60 },
      { heading: 'STATE', longest: 8 },
      { heading: 'KIND', longest: 20 },
      { heading: 'AGE', longest: 12 },
      { heading: 'TRIES', longest: 6 },
      { heading: 'WHY', longest: 200 },
    ],
    view.items.map(({ id, lane, state, kind, many, arrivedAt, tries, why = '' }) => [
      String(id),
      lane,
      state,
      many === undefined ? kind : `${kind} (${many})`,
      ago(arrivedAt),
      String(tries),
      why,
    ]),
  );
  const left = view.items.reduce((rest, { many = 1 }) => rest - many, view.total);
  return [lanes, '', items, ...(left > 0 ? ['', `${left} more are not listed.`] : [])].join('\n');
}

function describeItem(item: HeldItem): string {
  const { id, lane, kind, state, arrivedAt, tries, dueAt, diedAt, why } = item;
  return [
    `Item ${id} of the lane ${lane}: ${kind}, ${state}, ${tries === 1 ? 'one try' : `${tries} tries`}.`,
    `It arrived at ${formatInstant(arrivedAt)}.`,
    ...(dueAt === undefined ? [] : [`It comes again at ${formatInstant(dueAt)}.`]),
    ...(diedAt === undefined ? [] : [`It was given up at ${formatInstant(diedAt)}.`]),
    ...(why === undefined ? [] : [`The last try failed: ${why}`]),
  ].join('\n');
}

function countOf(count: number): string {
  return count === 1 ? 'One item is' : `${count} items are`;
}
