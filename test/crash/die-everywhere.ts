import { afterAll, describe, expect, test } from 'vitest';
import { readLines } from '../../src/journal/chain.ts';
import type { RollbackRecord } from '../../src/journal/trailers.ts';
import { answerLine } from '../../src/texts/commands.ts';
import { SLACK_DONE } from '../../src/texts/slack.ts';
import { withStatus } from '../../src/texts/status-section.ts';
import { openSharedDatabase, type SharedDatabase } from '../../fixtures/process/shared-database.ts';
import { playScenario, pointName, type End, type Point, type Scenario } from './matrix.ts';

/** More at least must be among the points of a scenario, or the recording is blind. */
const FEWEST = { hub: 5, git: 2, database: 5 } as const;

/**
 * Tests that a scenario ends the same wherever the process dies. `expected` is what an undisturbed run leaves, and is
 * held against that run by itself.
 */
export async function dieEverywhere(
  shared: SharedDatabase,
  scenario: Scenario,
  undisturbed: (outcome: Outcome) => unknown,
): Promise<void> {
  const base = await playScenario(shared, scenario);
  const expected = outcomeOf(base);
  const points = choosePoints(scenario, base.points);
  let reached = 0;
  describe(`a process that dies: ${scenario.name}`, () => {
    test('undisturbed', () => {
      undisturbed(expected);
      expect(expected.failures).toEqual([]);
    });
    test.each(Object.entries(FEWEST))('the recording sees %s', (of, fewest) => {
      const seen = base.points.filter(({ effect }) => effect.of === of);
      expect(seen.length).toBeGreaterThanOrEqual(fewest);
    });
    test.each(points.map((point) => [pointName(point), point] as const))(
      'dies %s',
      async (_, at) => {
        const end = await playScenario(shared, scenario, at);
        expect(end.deaths.length).toBeLessThanOrEqual(1);
        reached += end.deaths.length;
        expect(outcomeOf(end)).toEqual(atLeast(expected));
      },
    );
    // What runs side by side comes in another order now and then, and a point is passed by.
    test('nearly every point was reached', () => {
      expect(reached).toBeGreaterThanOrEqual(points.length * 0.8);
    });
  });
}

/** One database for the scenarios of a file. */
export async function openForFile(): Promise<SharedDatabase> {
  const shared = await openSharedDatabase();
  afterAll(() => shared.close());
  return shared;
}

/** What must not depend on where a process died. */
export interface Outcome {
  readonly runs: End['runs'];
  readonly pulls: End['pulls'];
  readonly records: readonly (
    | (Pick<
        RollbackRecord,
        'target' | 'mode' | 'badCommit' | 'goalCommit' | 'from' | 'to' | 'alert'
      > & { readonly approvedBy: readonly string[] })
    | string
  )[];
  readonly branches: readonly string[];
  /** Without what differs from run to run: ids, commits and moments. */
  readonly answers: readonly string[];
  /** What workflows were told; one that is told the same twice notices. */
  readonly dispatched: readonly string[];
  /** What stands in Slack in the end, and what was answered there. */
  readonly slack: { readonly card: string; readonly answers: readonly string[] };
  readonly state: string;
  readonly left: readonly string[];
  /** Which parts of the incident's life the journal tells of, but for what it waited for on the way. */
  readonly told: readonly string[];
  /** The end of the incident in the journal's branch, where everything is once, and in one chain. */
  readonly recorded: readonly string[];
  readonly failures: readonly string[];
}

function outcomeOf(end: End): Outcome {
  const { runs, pulls, records, branches, answers, state, left, entries, journal } = end;
  const { dispatched, slack } = end;
  const told = entries
    .filter(
      ({ kind, incident }) => incident !== undefined && kind !== 'failed' && kind !== 'waiting',
    )
    .map(({ kind }) => (kind === 'adopted' ? 'proposed' : kind));
  return {
    runs,
    pulls: pulls.map((pull) => ({
      ...pull,
      comments: pull.comments.map(plain),
      body: plain(withStatus(pull.body, '')),
    })),
    records: records.map((record) => {
      if (typeof record === 'string') return record;
      const { target, mode, badCommit, from, to, alert, goalCommit } = record;
      const approvedBy = (record.approvedBy ?? []).map(({ login }) => login);
      return {
        target,
        mode,
        badCommit,
        from,
        to,
        alert,
        approvedBy,
        ...(goalCommit !== undefined && { goalCommit }),
      };
    }),
    branches,
    answers: answers.map(plain),
    dispatched: [...new Set(dispatched.map(plain))],
    slack: {
      // Who dies right after posting a message posts another one, and edits that from then on.
      card: plain(slack.messages.at(-1) ?? ''),
      answers: [...new Set(slack.answers.map(plain))],
    },
    state: plain(state),
    left,
    told: [...new Set(told)].sort(),
    recorded: recordedIn(journal),
    failures: entries.filter(({ kind }) => kind === 'failed').map(({ sentence }) => sentence),
  };
}

/** Without ids, commits, moments and the hub's port. */
function plain(text: string): string {
  return (
    text
      .replace(/(?<=lastgood:answer slack )\d+/g, '<id>')
      .replace(/\b[0-9a-f]{12,40}\b/g, '<commit>')
      .replace(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+Z|Z| UTC)/g, '<time>')
      .replace(/(comment[ -])\d+/g, '$1N')
      .replace(/(lastgood drill \S+) \d+/g, '$1 N')
      // How long something took depends on when somebody died.
      .replace(/\b(?:\d+m )?\d+(?:\.\d)?s\b|\b\d+m\b/g, '<length>')
      .replace(/http:\/\/127\.0\.0\.1:\d+/g, '<hub>')
  );
}

/**
 * How the incident ended, by the journal's branch; or what is wrong with its chain. What a dead process told and did not
 * store is told again as far as it is done again; the end stands there in any case, with the whole decision.
 */
function recordedIn(journal: readonly string[]): readonly string[] {
  const entries = journal.flatMap(readLines).sort((a, b) => a.seq - b.seq);
  if (entries.some(({ seq }, i) => seq !== i + 1)) return ['the chain has a gap'];
  if (new Set(entries.map(({ id }) => id)).size < entries.length)
    return ['an entry is there twice'];
  return entries.flatMap(({ kind, facts }) => {
    if (kind === 'merged' || kind === 'closed') {
      return [`${kind}${'record' in facts ? ' with its record' : ''}`];
    }
    const { happened } = facts;
    return happened === 'retrain-started' || happened === 'retrain-left' ? [happened] : [];
  });
}

/**
 * A person in Slack who reads nothing asks again, and is answered once more. One who finds a rollback open cannot tell for a moment whether its alert still fires: so more people may have been
 * asked for a review than was needed in the end, never fewer.
 */
function atLeast(expected: Outcome): unknown {
  return {
    ...expected,
    slack: {
      ...expected.slack,
      answers: expect.toSatisfy((answers: readonly string[]) =>
        expected.slack.answers.every(
          (one) => answers.includes(one) || answers.includes(doneBefore(one)),
        ),
      ),
    },
    pulls: expected.pulls.map((pull) => ({
      ...pull,
      asked: expect.toSatisfy((asked: number) => asked >= pull.asked),
    })),
  };
}

/** What is answered instead by one that finds it done and recorded. */
function doneBefore(answer: string): string {
  return answerLine(/^`([^`]*)`/.exec(answer)?.[1] ?? '', SLACK_DONE);
}

/** The kinds of effects that were among the points of this file. */
const seen = new Set<string>();

/**
 * Two deaths differ only by what stands outside, so dying before a change is dying after the one before it, and a
 * request that only asks makes no difference. CRASH_POINTS=every tries all the same every point that was seen;
 * CRASH_POINTS=all, those that differ; anything else there, the points with that in their names. Without it: right after
 * the first change of each kind in a file, and, in the scenario that begins with the start of a process, right before it
 * as well.
 */
function choosePoints({ only, fromStart }: Scenario, points: readonly Point[]): readonly Point[] {
  const wanted = process.env['CRASH_POINTS'];
  if (wanted === 'every') return points;
  if (wanted === 'all') return points.filter(differs);
  if (wanted) return points.filter((point) => pointName(point).includes(wanted));
  return points.filter((point) => {
    const { effect, early } = point;
    if (!effect.changes || early || only?.test(pointName(point)) === false) return false;
    if (effect.phase === 'before' && !fromStart) return false;
    const kind = `${effect.phase} ${effect.of} ${withoutRepeats(effect.name)}`;
    const known = seen.has(kind);
    seen.add(kind);
    return !known;
  });
}

/**
 * What a process does whenever it takes a turn, before anything else: it leases the lane and claims its items. Whoever
 * comes after it frees both before it does anything, so that one death of each kind stands for all.
 */
const CLAIM = /^(insert lane|update item)$/;

/** Whether what stands outside is another than at every point before it, or it is the first point of all. */
function differs({ effect, nth }: Point, i: number): boolean {
  if (i === 0) return true;
  const isRepeated = effect.of === 'database' && CLAIM.test(effect.name) && nth > 1;
  return effect.changes && effect.phase === 'after' && !isRepeated;
}

/** How many timers a transaction sets makes no other kind of it. */
function withoutRepeats(name: string): string {
  return [...new Set(name.split(', '))].join(', ');
}
