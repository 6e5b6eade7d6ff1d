import type { AlertFor } from '../alerts/alert.ts';
import type { Lastgood } from '../lastgood.ts';
import type { Item, NewItem } from '../store/item.ts';
import { PauseLane, type Outcome, type Settlement, type Turn } from '../store/settlement.ts';
import type { Store } from '../store/store.ts';
import { SECOND } from '../time.ts';
import type { Visit } from '../visit.ts';
import { laneOf, repositoryOf } from './lane.ts';
import { canWait, itemOf, readItem, type Work } from './work.ts';

/** Which repositories there are, as far as this process knows. */
export interface Directory {
  /** Learns what another process was told since. */
  refresh(): Promise<void>;
  /** Whether GitHub's last answer was a whole one: what is not known here is known to nobody. */
  complete(): boolean;
}

export interface TurnParts {
  readonly lastgood: Pick<Lastgood, 'visit' | 'refuse' | 'idOf'>;
  readonly store: Pick<Store, 'accept'>;
  readonly directory: Directory;
}

interface Readable {
  readonly item: Item;
  readonly work: Work;
}

/**
 * Does what waits in one lane, in its order; alerts that follow one another are handed over together, so that ten
 * thousand of one incident are one decision. What is to be kept, and what is to be done later, is stored with the
 * acknowledgement. Doing a turn twice is harmless, because every use case asks first what is done already.
 */
export async function handleTurn(parts: TurnParts, turn: Turn): Promise<Settlement> {
  await parts.directory.refresh();
  const outcomes = new Map<number, Outcome>();
  const groups = groupsOf(turn.items, outcomes);
  const repository = repositoryOf(turn.lane);
  if (repository === undefined) return handleStrangers(parts, turn, groups, outcomes);
  const visit = await parts.lastgood.visit(repository, {
    signal: turn.signal,
    stretch: turn.stretch,
    attempts: attemptsToOpen(groups),
  });
  if (!visit) return handleStrangers(parts, turn, groups, outcomes);
  try {
    let over = false;
    for (const group of groups) {
      if (!over && (await perform(visit, group, turn.signal))) {
        // What comes meanwhile goes before the next that can wait.
        over = group.some(({ work }) => canWait(work));
        continue;
      }
      for (const { item } of group) outcomes.set(item.id, { kind: 'untouched' });
    }
    if (!turn.signal.aborted) await visit.lookAround();
    return { outcomes, changes: visit.changes(), settled: () => visit.settled() };
  } finally {
    visit.end();
  }
}

/** Answers whether the turn lasted until the work was done. */
async function perform(
  visit: Visit,
  group: readonly Readable[],
  signal: AbortSignal,
): Promise<boolean> {
  if (signal.aborted) return false;
  try {
    const alerts = alertsOf(group);
    if (alerts.length > 0) await visit.alerted(alerts.map(({ alert }) => alert));
    else for (const { work } of group) await performOne(visit, work);
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
}

function performOne(visit: Visit, work: Work): Promise<void> {
  switch (work.kind) {
    case 'alert':
      return visit.alerted([work.alert]);
    case 'push':
      return visit.pushed(work.branch);
    case 'pull':
      return visit.pullChanged(work.branch);
    case 'pull-reopened':
      return visit.pullReopened(work.pull);
    case 'checks':
      return visit.checksChanged(work.head);
    case 'said':
      return visit.said(work);
    case 'slack':
      return visit.asked(work.ask);
    case 'judge':
      return visit.judge(work.pull);
    case 'judge-group':
      return visit.judgeGroup(work);
    case 'sweep':
      return visit.sweep();
    case 'timer':
      return visit.due(work.due);
  }
}

/** How long what is about an unknown repository rests before the list is looked at again. */
const LISTED_AGAIN = 10 * SECOND;

/**
 * What came for a repository that is not known here. It may have become known since it came: then it goes into that
 * repository's lane. If it only could not be listed, it waits until it can, however long GitHub takes: that is nothing
 * that an alert could die of, nor what was set for later, which may be the only thing that remembers one. Otherwise
 * only alerts are worth a word.
 */
async function handleStrangers(
  { lastgood, store, directory }: TurnParts,
  turn: Turn,
  groups: readonly (readonly Readable[])[],
  outcomes: Map<number, Outcome>,
): Promise<Settlement> {
  const moved = new Map<number, NewItem>();
  const refused: AlertFor[] = [];
  let waits: string | undefined;
  for (const { item, work } of groups.flat()) {
    if (work.kind !== 'alert') {
      if (!directory.complete()) waits ??= `repository ${work.repository}`;
      continue;
    }
    const id = lastgood.idOf(work.repository);
    if (id !== undefined && laneOf(id) !== turn.lane) {
      moved.set(item.id, itemOf(work, laneOf(id), `moved ${item.id}`));
    } else if (directory.complete()) refused.push(work);
    else waits = work.repository;
  }
  if (moved.size > 0) await store.accept([...moved.values()]);
  if (waits !== undefined) {
    for (const id of moved.keys()) outcomes.set(id, { kind: 'handled' });
    await turn.settle({ outcomes });
    throw new PauseLane(
      `GitHub did not list every repository, and ${waits} was not among those it did.`,
      { after: LISTED_AGAIN },
    );
  }
  lastgood.refuse(refused);
  return { outcomes };
}

/** Runs of alerts, and every other item by itself. What cannot be read goes aside. */
function groupsOf(items: readonly Item[], outcomes: Map<number, Outcome>): Readable[][] {
  const found: Readable[][] = [];
  for (const item of items) {
    const work = readItem(item);
    if (!work) {
      const why = `This program knows no work of the kind ${JSON.stringify(item.kind)} in this form.`;
      outcomes.set(item.id, { kind: 'dead', why });
      continue;
    }
    const last = found.at(-1);
    const alerts = work.kind === 'alert' && last?.[0]?.work.kind === 'alert';
    if (alerts) last?.push({ item, work });
    else found.push([{ item, work }]);
  }
  return found;
}

function alertsOf(group: readonly Readable[]): readonly AlertFor[] {
  return group.flatMap(({ work }) => (work.kind === 'alert' ? [work] : []));
}

/** Which try it is to open the repository, by the timer that was set for it. */
function attemptsToOpen(groups: readonly (readonly Readable[])[]): number {
  const works = groups.flat().map(({ work }) => work);
  return Math.max(
    1,
    ...works.map((work) =>
      work.kind === 'timer' && work.due.kind === 'open' ? work.due.attempts : 1,
    ),
  );
}
