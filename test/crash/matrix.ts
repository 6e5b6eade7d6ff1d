/**
 * The crash matrix: a scenario is run once while every external effect of the process is written down, and then once
 * for each of these, with the process dying there. Nobody has to list the steps, so a new one is covered by itself.
 */
import { JOURNAL_BRANCH, JOURNAL_FOLDER } from '../../src/journal/journal-branch.ts';
import { readTrailers } from '../../src/journal/read-trailers.ts';
import type { RollbackRecord } from '../../src/journal/trailers.ts';
import type { Entry } from '../../src/journal/entry.ts';
import { STATE_BRANCH } from '../../src/state/view.ts';
import { MINUTE, type Milliseconds } from '../../src/time.ts';
import { alertmanagerMessage, type SampleAlert } from '../../fixtures/hub/sample.ts';
import type { Pull } from '../../fixtures/hub/state.ts';
import { createManualTime, type ManualTime } from '../../fixtures/manual-time.ts';
import type { Effect } from '../../fixtures/process/effect.ts';
import type { SharedDatabase } from '../../fixtures/process/shared-database.ts';
import {
  openSmallWorld,
  type SmallModel,
  type SmallWorld,
} from '../../fixtures/process/small-world.ts';
import type { SimulatedProcess } from '../../fixtures/process/start-process.ts';
import { openSlackFront, type SlackFront } from '../../fixtures/process/slack-front.ts';
import { readMessage, type SlackDouble, type SlackMessage } from '../../fixtures/slack/slack.ts';
import { supervise, type Supervised } from '../../fixtures/process/supervise.ts';

const START = Date.parse('2026-11-20T02:17:00Z');

const STATE_FILE = '.lastgood/state/targets/production/fraud.yaml';

/** What a scenario is played with. */
export interface Play {
  readonly world: SmallWorld;
  readonly model: SmallModel;
  readonly time: ManualTime;
  /** Posts an alert about the model, critical unless told otherwise, and waits until nothing is left to do. */
  readonly alert: (change?: Partial<SampleAlert>) => Promise<void>;
  /** Somebody does something; then it is waited until nothing is left to do. */
  readonly after: (what: () => unknown) => Promise<void>;
  /** Says something below an issue, which is opened at the first; then it is waited until nothing is left to do. */
  readonly say: (login: string, body: string) => Promise<void>;
  /** Lets time pass, and what falls due meanwhile happen. */
  readonly pass: (length: Milliseconds) => Promise<void>;
  /** Types `/lastgood` and this in Slack; then it is waited until nothing is left to do. */
  readonly type: (user: string, text: string) => Promise<void>;
  /** Presses a button of the newest message that has it; then it is waited until nothing is left to do. */
  readonly press: (user: string, label: string) => Promise<void>;
  /** What came before is tried in other scenarios as well, and tried here only where all points are asked for. */
  readonly fromHere: () => void;
  /** The only pull request. Throws when there is none, or another one. */
  readonly pull: () => Pull;
}

export interface Scenario {
  readonly name: string;
  /** Whether the start of the first process is a part of it. */
  readonly fromStart?: boolean;
  /** Which points are tried, by their names, where not all are asked for; all kinds unless given. */
  readonly only?: RegExp;
  /** Who is who in Slack, GitHub logins by Slack id. Absent: Slack is not set up. */
  readonly slack?: Readonly<Record<string, string>>;
  /** Done each time that a process took the place of a dead one. */
  readonly restarted?: (process: SimulatedProcess) => unknown;
  /** What is special about the policy of the model. */
  readonly policy?: Readonly<Record<string, unknown>>;
  /** Before the first process. */
  readonly prepare?: (world: SmallWorld) => unknown;
  readonly play: (play: Play) => Promise<void>;
}

/** An effect, and the how many-th of its kind it is. */
export interface Point {
  readonly effect: Effect;
  readonly nth: number;
  /** Before what is special about its scenario. */
  early: boolean;
}

/** What stands when a scenario is over. */
export interface End {
  /** What the process did, in order. */
  readonly points: readonly Point[];
  readonly deaths: readonly Effect[];
  readonly entries: readonly Entry[];
  readonly runs: { readonly model: string; readonly features: string };
  /** Everything about the pull requests that a person sees. */
  readonly pulls: readonly {
    readonly state: 'open' | 'closed' | 'merged';
    readonly labels: readonly string[];
    /** How many were asked for a review. */
    readonly asked: number;
    readonly comments: readonly string[];
    readonly title: string;
    readonly body: string;
  }[];
  /** The records in the commits of the default branch. */
  readonly records: readonly (RollbackRecord | string)[];
  /** Without the journal's, which is told beside. */
  readonly branches: readonly string[];
  /** What the App answered below issues that are no pull requests. */
  readonly answers: readonly string[];
  /** What workflows of the repository were told, one each; sending the same twice is for them to notice. */
  readonly dispatched: readonly string[];
  /** What stands in Slack, and what was answered to people there. */
  readonly slack: { readonly messages: readonly string[]; readonly answers: readonly string[] };
  /** What is held, designated and quarantined, as the file of the model on the state branch says it. */
  readonly state: string;
  /** What lies in the inbox and is not handled. */
  readonly left: readonly string[];
  readonly bad: string;
  /** The files of the journal's entries. */
  readonly journal: readonly string[];
}

export function pointName({ effect, nth }: Point): string {
  return `${effect.phase} ${effect.of}: ${effect.name}${nth > 1 ? ` (${nth})` : ''}`;
}

/** Plays a scenario from nothing to its end; the process dies at the point, once. */
export async function playScenario(
  shared: SharedDatabase,
  scenario: Scenario,
  dieAt?: Point,
): Promise<End> {
  await shared.empty();
  const time = createManualTime(START);
  const world = await openSmallWorld(time.clock);
  const points: Point[] = [];
  const entries: Entry[] = [];
  const counts = new Map<string, number>();
  let counting = scenario.fromStart === true;
  let died = false;
  let supervised: Supervised | undefined;
  const slack = scenario.slack
    ? await openSlackFront(time.clock, new Map(Object.entries(scenario.slack)))
    : undefined;
  try {
    const model = await world.plant('fraud', scenario.policy && { policy: scenario.policy });
    await scenario.prepare?.(world);
    supervised = await supervise({
      world,
      shared,
      time,
      journal: (entry) => void entries.push(entry),
      ...(slack && { slack }),
      ...(scenario.restarted && { restarted: scenario.restarted }),
      watch(effect) {
        if (!counting) return undefined;
        const kind = `${effect.phase} ${effect.of} ${effect.name}`;
        const nth = (counts.get(kind) ?? 0) + 1;
        counts.set(kind, nth);
        points.push({ effect, nth, early: false });
        if (died || !dieAt || kindOf(dieAt.effect) !== kind || dieAt.nth !== nth) return undefined;
        died = true;
        return 'die';
      },
    });
    const { quiet, alert, ask } = supervised;
    await quiet();
    counting = true;
    let issue: number | undefined;
    await scenario.play({
      world,
      model,
      time,
      async alert(change) {
        await alert(messageFor(time, change));
        await quiet(MINUTE);
      },
      async after(what) {
        await what();
        await quiet(MINUTE);
      },
      async say(login, body) {
        issue ??= (await world.hub.as('alice').openIssue(world.repository, { title: 'Scores' }))
          .number;
        world.hub.as(login).comment(world.repository, issue, body);
        await quiet(MINUTE);
      },
      pass: (length) => quiet(length),
      async type(user, text) {
        await ask(() => inSlack(slack).command(user, text));
        await quiet(MINUTE);
      },
      async press(user, label) {
        await ask(() => {
          const double = inSlack(slack);
          const message = double.messages.findLast((one) => hasButton(one, label));
          if (!message) throw new Error(`Nothing in Slack has the button ${label}.`);
          return double.press(user, message, label);
        });
        await quiet(MINUTE);
      },
      fromHere() {
        for (const point of points) point.early = true;
      },
      pull() {
        const [pull, ...others] = world.repository.pulls();
        if (!pull || others.length > 0) {
          throw new Error(`There are ${pull ? others.length + 1 : 0} pull requests.`);
        }
        return pull;
      },
    });
    counting = false;
    return {
      points,
      deaths: supervised.deaths,
      entries,
      runs: await model.runs(),
      pulls: world.repository.pulls().map(seenPull),
      records: await recordsOf(world),
      branches: world.repository.branches().filter((branch) => branch !== JOURNAL_BRANCH),
      answers: answersIn(world),
      dispatched: dispatchedIn(world),
      slack: {
        messages: slack?.double.messages.map(readMessage) ?? [],
        answers: slack?.double.answers ?? [],
      },
      state: (await world.repository.read(STATE_FILE, STATE_BRANCH)) ?? '',
      left: await leftIn(shared),
      bad: model.bad,
      journal: await journalOf(world),
    };
  } finally {
    await supervised?.stop();
    await slack?.stop();
    await world.stop();
  }
}

function kindOf(effect: Effect): string {
  return `${effect.phase} ${effect.of} ${effect.name}`;
}

function messageFor(time: ManualTime, change: Partial<SampleAlert> = {}) {
  return alertmanagerMessage({
    name: 'ScoresDrift',
    model: 'fraud',
    environment: 'production',
    severity: 'critical',
    startsAt: START - 7 * MINUTE,
    summary: 'The scores have drifted',
    value: '0.31',
    threshold: '> 0.20',
    ...(change.status === 'resolved' && { endsAt: time.clock() }),
    ...change,
  });
}

function seenPull(pull: Pull): End['pulls'][number] {
  return {
    state: pull.mergedAt !== undefined ? 'merged' : pull.state,
    labels: [...pull.labels].sort(),
    asked: pull.requestedTeams.size + pull.requestedUsers.size,
    comments: pull.comments.map(({ body }) => body),
    title: pull.title,
    body: pull.body,
  };
}

function inSlack(slack: SlackFront | undefined): SlackDouble {
  if (!slack) throw new Error('The scenario has no Slack.');
  return slack.double;
}

function hasButton(message: SlackMessage, label: string): boolean {
  return readMessage(message).includes(`[${label}]`);
}

function dispatchedIn({ hub }: SmallWorld): string[] {
  return hub.deliveries
    .filter(({ event }) => event === 'repository_dispatch')
    .map(({ payload }) => {
      const { action, client_payload: told } = payload;
      return `${String(action)} ${JSON.stringify(told)}`;
    });
}

function answersIn({ repository }: SmallWorld): string[] {
  return repository
    .issues()
    .flatMap(({ number }) => repository.comments(number))
    .filter(({ user }) => user.login === 'lastgood[bot]')
    .map(({ body }) => body);
}

async function journalOf({ repository }: SmallWorld): Promise<readonly string[]> {
  const paths = await repository.paths(JOURNAL_FOLDER, JOURNAL_BRANCH);
  const entries = paths.filter((path) => path.endsWith('.jsonl'));
  return Promise.all(
    entries.map(async (path) => (await repository.read(path, JOURNAL_BRANCH)) ?? ''),
  );
}

async function recordsOf(world: SmallWorld): Promise<(RollbackRecord | string)[]> {
  const log = await world.repository.log('main');
  return log
    .filter(({ message }) => message.includes('Lastgood-'))
    .map(({ message }) => {
      const reading = readTrailers(message);
      return reading.ok ? reading.record : reading.reason;
    });
}

async function leftIn({ database }: SharedDatabase): Promise<string[]> {
  const items = await database.query<{ kind: string; state: string }>(
    `select kind, state from lastgood.item where state <> 'handled'`,
  );
  return items.map(({ kind, state }) => `${kind} ${state}`);
}
