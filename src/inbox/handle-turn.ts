import { createHash } from 'node:crypto';
import type { Lastgood } from '../lastgood.ts';
import { alertKey } from '../rollback/alert-key.ts';
import type { Item, Json } from '../store/item.ts';
import type { Change, Outcome, Settlement, Turn } from '../store/settlement.ts';
import { readWork, type Work } from './work.ts';

/** The kind of document that keeps what was seen of an alert. */
export const EVIDENCE = 'evidence';

/** A key of any length as the key of a document. */
export function evidenceKey(alert: string): string {
  return createHash('sha256').update(alert).digest('hex');
}

interface Readable {
  readonly item: Item;
  readonly work: Work;
}

/**
 * Does what waits in one lane, in its order; alerts that follow one another are handed over together, so that ten
 * thousand of one incident are one decision. What was seen of the alerts is stored with the acknowledgement. Doing a
 * turn twice is harmless, because every use case asks first what is done already.
 */
export async function handleTurn(lastgood: Lastgood, turn: Turn): Promise<Settlement> {
  const outcomes = new Map<number, Outcome>();
  const changes: Change[] = [];
  for (const group of groups(turn.items, outcomes)) {
    if (turn.signal.aborted) {
      for (const { item } of group) outcomes.set(item.id, { kind: 'untouched' });
      continue;
    }
    changes.push(...(await perform(lastgood, group)));
  }
  return { outcomes, changes };
}

/** Runs of alerts, and every other item by itself. What cannot be read goes aside. */
function groups(items: readonly Item[], outcomes: Map<number, Outcome>): Readable[][] {
  const found: Readable[][] = [];
  for (const item of items) {
    const work = readWork(item.kind, item.payload);
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

async function perform(lastgood: Lastgood, group: readonly Readable[]): Promise<Change[]> {
  const works = group.map(({ work }) => work);
  const alerts = works.filter((work) => work.kind === 'alert');
  if (alerts.length > 0) {
    await lastgood.alerted(alerts);
    const seen = new Map(alerts.map(({ alert, repository }) => [alertKey(alert), repository]));
    return [...seen].flatMap(([key, repository]): Change[] => {
      const evidence = lastgood.evidenceOf(repository, key);
      if (!evidence) return [];
      const value = evidence as unknown as Json;
      return [{ kind: 'put', of: EVIDENCE, key: evidenceKey(key), value }];
    });
  }
  for (const work of works) await performOne(lastgood, work);
  return [];
}

function performOne(lastgood: Lastgood, work: Work): Promise<void> {
  switch (work.kind) {
    case 'alert':
      return lastgood.alerted([work]);
    case 'push':
      return lastgood.pushed(work.repository, work.branch);
    case 'pull':
      return lastgood.pullChanged(work.repository, work.branch);
    case 'pull-reopened':
      return lastgood.pullReopened(work.repository, work.pull);
    case 'checks':
      return lastgood.checksChanged(work.repository, work.head);
    case 'sweep':
      return lastgood.sweep(work.repository).then(() => undefined);
  }
}
