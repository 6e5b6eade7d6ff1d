import type { PastRollback, Reason } from '../decision/decision.ts';
import type { Entry } from '../journal/entry.ts';
import type { Severity } from '../policy/policy.ts';
import type { Oid } from '../releases/release.ts';
import { incidentOf } from '../rollback/branch.ts';
import type { Plan } from '../rollback/plan.ts';
import { targetKey, type TargetKey } from '../target.ts';
import type { Instant } from '../time.ts';

/** How an incident stands, in a word. Closed: every member has a name in `texts/notify.ts`. */
export type CardState =
  /** People have to act: Lastgood does nothing by itself. */
  | 'people'
  /** Lastgood is at work on it. */
  | 'working'
  /** A pull request is open. */
  | 'open'
  | 'merged'
  /** The model recovered after the rollback. */
  | 'recovered'
  /** Another release runs than the one that the rollback brought back. */
  | 'superseded'
  | 'closed'
  /** The alert resolved, and nothing was open. */
  | 'resolved';

/** What people are told of one incident, as plain data: one thread, edited in place. */
export interface Card {
  /** The incident's branch. */
  readonly incident: string;
  readonly target: TargetKey;
  /** Grows whenever what people see changes. */
  readonly revision: number;
  readonly state: CardState;
  readonly at: Instant;
  /** When it last changed. */
  readonly changedAt: Instant;
  readonly alert?: CardAlert;
  /** Versions by pin, of the bad release and of the goal. */
  readonly from?: Plan['bad']['versions'];
  readonly to?: Plan['bad']['versions'];
  readonly pull?: { readonly number: number; readonly url?: string };
  /** The head that an approval given here is for; absent when none can be given. */
  readonly head?: Oid;
  /** Why no more happens than does, in one sentence. */
  readonly why: string;
  /** What happens next if nobody does anything, in one sentence. */
  readonly next?: string;
  /** What happened, oldest first; only the last few. */
  readonly steps: readonly { readonly at: Instant; readonly sentence: string }[];
  /** What people were called for. */
  readonly called?: readonly Reason[];
  /** Where its report stands, once there is one. */
  readonly report?: string;
  /** Its issue at GitHub, and what of the card that shows. */
  readonly issue?: { readonly number: number; readonly revision: number };
}

interface CardAlert {
  readonly name: string;
  readonly severity: Severity;
  readonly summary?: string;
  readonly value?: string;
  readonly threshold?: string;
  readonly link?: string;
}

/** So many steps are shown. */
const MOST_STEPS = 8;

/** Whether the incident has an outcome: whoever was waiting for one is told. */
export function isOver({ state }: Pick<Card, 'state'>): boolean {
  return state !== 'people' && state !== 'working' && state !== 'open';
}

/** Whether nothing more is expected to happen: a merge has to help as well. */
export function isClosed(card: Pick<Card, 'state'>): boolean {
  return isOver(card) && card.state !== 'merged';
}

/**
 * Whether nobody is needed any more, so that calls about the incident are taken back. A rollback that was given up
 * because nobody decided ends none: that somebody is needed is what its calls say.
 */
export function endsCalls(state: CardState, past: PastRollback['state'] | undefined): boolean {
  if (state === 'closed') return past === 'closed-by-person' || past === 'closed-by-lastgood';
  return isClosed({ state });
}

/**
 * The card of an incident after one more entry of the journal; `card` itself when the entry changes nothing that people
 * see, undefined while there is nothing that people are told of. Pure.
 */
export function projectEntry(card: Card | undefined, entry: Entry): Card | undefined {
  const next = changedBy(card, entry);
  if (!next || next === card) return card;
  const { sentence, at } = entry;
  if (card && card.steps.at(-1)?.sentence === sentence && card.state === next.state) return card;
  const steps = [...next.steps, { at, sentence }].slice(-MOST_STEPS);
  return { ...next, revision: (card?.revision ?? 0) + 1, changedAt: at, steps };
}

function changedBy(card: Card | undefined, entry: Entry): Card | undefined {
  const { sentence: why } = entry;
  // What is only read back is news to nobody.
  if ('rebuilt' in entry) return card;
  switch (entry.kind) {
    case 'decided':
      return decided(card, entry);
    case 'planned':
      return from(card, entry, { state: 'working', ...versions(entry.plan), why });
    case 'proposed':
    case 'adopted': {
      const { number, url, plan } = entry;
      return from(card, entry, { state: 'open', pull: { number, url }, ...versions(plan), why });
    }
    case 'renewed':
      return card && { ...card, ...versions(entry.plan), why };
    case 'waiting':
      return from(card, entry, {
        state: 'open',
        pull: { ...card?.pull, number: entry.number },
        why,
      });
    case 'merged':
      return from(card, entry, { state: 'merged', ...pullOf(card, entry.number), why });
    case 'closed':
      return from(card, entry, { state: 'closed', ...pullOf(card, entry.number), why });
    case 'followed':
      return followed(card, entry);
    case 'paged':
      return card && { ...card };
    case 'armed':
    case 'passed':
    case 'commanded':
    case 'drilled':
    case 'failed':
    case 'policy-problem':
    case 'state':
    case 'storm':
    case 'storm-over':
    case 'tampered':
      return card;
  }
}

function followed(
  card: Card | undefined,
  entry: Extract<Entry, { readonly kind: 'followed' }>,
): Card | undefined {
  const state = AFTER_MERGE[entry.happened] ?? card?.state ?? 'merged';
  return from(card, entry, { state, ...pullOf(card, entry.number), why: entry.sentence });
}

/** How an incident stands by what happened after the merge; what is not here changes nothing of that. */
const AFTER_MERGE: Readonly<
  Partial<Record<Extract<Entry, { readonly kind: 'followed' }>['happened'], CardState>>
> = {
  'ladder-ended': 'people',
  'retrain-started': 'people',
  'retrain-left': 'people',
  'roll-out-failed': 'people',
  'roll-out-late': 'people',
  'not-recovered': 'people',
  unverified: 'people',
  unwatched: 'people',
  relapsed: 'people',
  recovered: 'recovered',
  verified: 'recovered',
  superseded: 'superseded',
};

function pullOf(card: Card | undefined, number: number): Pick<Card, 'pull'> {
  return { pull: { ...card?.pull, number } };
}

/** Reasons why nothing more happens about an incident that had its answer. */
const ANSWERED_BEFORE: ReadonlySet<Reason> = new Set([
  'already-rolled-back',
  'closed-by-person',
  'closed-unanswered',
]);

function decided(
  card: Card | undefined,
  entry: Extract<Entry, { readonly kind: 'decided' }>,
): Card | undefined {
  const { act, reason } = entry.decision;
  const alert = alertOf(entry);
  const why = entry.sentence;
  if (act === 'notify') {
    // While a pull request is open, that is what people are to look at.
    if (card?.state === 'open') return { ...card, alert };
    return from(card, entry, { state: 'people', alert, why });
  }
  if (act === 'review' || act === 'merge') {
    return card?.state === 'open'
      ? { ...card, alert }
      : from(card, entry, { state: 'working', alert, why });
  }
  if (!card) return undefined;
  if (reason === 'resolved') {
    if (card.state !== 'people') return card;
    // Should it fire again, people are called again.
    const { called: _, ...rest } = card;
    return { ...rest, state: 'resolved', why };
  }
  const again = ANSWERED_BEFORE.has(reason);
  return card.state === 'people' || (again && isOver(card)) ? { ...card, why } : card;
}

function alertOf({ alert }: Extract<Entry, { readonly kind: 'decided' }>): CardAlert {
  const { name, severity, summary, value, threshold, link } = alert;
  return {
    name,
    severity,
    ...(summary !== undefined && { summary }),
    ...(value !== undefined && { value }),
    ...(threshold !== undefined && { threshold }),
    ...(link !== undefined && { link }),
  };
}

function versions({ bad, goal }: Plan): Pick<Card, 'from' | 'to'> {
  return { from: bad.versions, to: goal.versions };
}

/** The card with something changed, or a new one; undefined for what is no incident. */
function from(
  card: Card | undefined,
  { incident, at }: Entry,
  change: Partial<Card> & Pick<Card, 'state' | 'why'>,
): Card | undefined {
  if (card) {
    const { head: _, next: __, ...rest } = card;
    return { ...(change.state === 'open' ? card : rest), ...change };
  }
  const id = incident === undefined ? undefined : incidentOf(incident);
  if (!id || incident === undefined) return undefined;
  const target = targetKey(id.target);
  return { incident, target, revision: 0, at, changedAt: at, steps: [], ...change };
}
