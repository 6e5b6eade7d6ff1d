import { pino } from 'pino';
import type { HubApp } from '../../fixtures/hub/api/app.ts';
import type { HubRepository } from '../../fixtures/hub/api/repository.ts';
import type { MemoryPlace } from '../../fixtures/hub/git/memory/registry.ts';
import { inMemory } from '../../fixtures/hub/git/memory/registry.ts';
import type { Contract } from '../../fixtures/hub/contract-port.ts';
import { mergeTrees } from '../../fixtures/hub/git/merge.ts';
import { createHub, type Hub } from '../../fixtures/hub/hub.ts';
import { createManualTime, type ManualTime } from '../../fixtures/manual-time.ts';
import type { SharedDatabase } from '../../fixtures/process/shared-database.ts';
import { WEBHOOK_PATH } from '../../src/web/webhook-path.ts';
import type { Instant, Milliseconds } from '../../src/time.ts';
import { furnish, WEBHOOK_SECRET } from './furnish.ts';
import { drawBeginning, type Beginning } from './model.ts';
import { inTime, nextDue } from './rest.ts';
import { firstParents, pairAt } from './read-world.ts';
import type { Pair } from './manifests.ts';
import { observe, watchMerges } from './observe.ts';
import type { Random } from './random.ts';
import {
  createRecord,
  type AlertState,
  type LoggedError,
  type PullAt,
  type Recorded,
} from './record.ts';
import { startReplica, type Replica } from './replica.ts';

export const START = Date.parse('2026-11-20T02:17:00Z');
const TOKEN = 'simulated-token-of-the-alert-source';

/** Everything that a run plays in. */
export interface World {
  readonly seed: number;
  readonly beginning: Beginning;
  readonly time: ManualTime;
  readonly hub: Hub;
  readonly app: HubApp;
  readonly repository: HubRepository;
  readonly git: MemoryPlace;
  readonly database: SharedDatabase;
  readonly replicas: Replica[];
  readonly record: Recorded;
  /** How each alert stands, by its key. */
  readonly alerts: Map<string, AlertState>;
  /** So many of the next transfers of git fail. */
  gitFailures: number;
  /** The newest version of any model: the next release gets the next number. */
  newest: number;
  /** External effects so far, of all replicas. */
  effects: number;
  /** Replicas that were killed from outside. */
  kills: number;
  /** Faults that were set up. */
  faults: number;
  /** Requests until all was calm, and how often something fell due in the hours after. */
  callsWhenCalm: number;
  dueWhenCalm: number;
  /** The last moment at which nothing was left to do. */
  lastQuiet: number;
  next(): number;
  now(): Instant;
  alive(): readonly Replica[];
  /** The replica that a request from outside meets, if any. */
  route(): Replica | undefined;
  start(fuse?: number): Promise<Replica>;
  /** The place of a merge in the order of things, by the number of its pull request; undefined when there was none. */
  mergedAfter(number: number): number | undefined;
  /** Whether a pair was ever brought together by people, in the history as of a commit. */
  ranTogether(model: string, pair: Partial<Pair>, commit: string): boolean;
  /** Whether a pull request cannot be merged for its content. */
  conflicts(pull: PullAt): Promise<boolean>;
  /** Posts alerts; answers the status, undefined when there was no answer, null when nobody was there. */
  post(body: unknown): Promise<number | undefined | null>;
  /** Waits until nobody has anything left to do. */
  quiet(): Promise<void>;
  /** Lets time pass in order; what falls due on the way is done when it does. Answers how often something fell due. */
  pass(length: Milliseconds): Promise<number>;
  close(): Promise<void>;
}

export interface WorldParts {
  readonly seed: number;
  readonly random: Random;
  readonly database: SharedDatabase;
  readonly contract?: Contract;
}

/** More often than this nothing may fall due within one passing of time. */
const MOST_DUE = 200;

export async function openWorld({ seed, random, database, contract }: WorldParts): Promise<World> {
  const beginning = drawBeginning(random);
  const time = createManualTime(START);
  let latest = START;
  const hub = createHub({
    // GitHub's own clock never runs backwards, whatever those of others do.
    clock: () => (latest = Math.max(latest, time.clock())),
    authClock: Date.now,
    ...(contract && { contract }),
  });
  const { repository, app } = await furnish(hub, beginning, START);
  const git = inMemory(repository.dir);
  if (!git) throw new Error('The repository is not in memory.');
  await database.empty();
  const record = createRecord();
  const replicas: Replica[] = [];
  let seq = 0;
  let turn = 0;
  let started = 0;
  const chance = random.fork(1);
  const logged = pino(
    { level: 'error' },
    { write: (line) => void record.errors.push(JSON.parse(line) as LoggedError) },
  );
  const world: World = {
    seed,
    beginning,
    time,
    hub,
    app,
    repository,
    git,
    database,
    replicas,
    record,
    alerts: new Map(),
    gitFailures: 0,
    newest: 11,
    effects: 0,
    kills: 0,
    faults: 0,
    callsWhenCalm: 0,
    dueWhenCalm: 0,
    lastQuiet: 0,
    next: () => (seq += 1),
    now: time.clock,
    alive: () => replicas.filter(({ alive }) => alive),
    route() {
      const there = world.alive();
      turn += 1;
      return there[turn % Math.max(1, there.length)];
    },
    async start(fuse) {
      started += 1;
      const name = `replica ${started}`;
      if (beginning.replicas === 1) await database.takeOver();
      const replica = await startReplica(
        {
          name,
          hub,
          app,
          repository,
          webhookSecret: WEBHOOK_SECRET,
          sources: [
            {
              name: 'alertmanager',
              auth: { kind: 'bearer', token: TOKEN },
              repositories: [repository.fullName],
            },
          ],
          database: database.database,
          time,
          trouble: {
            fails: () => world.gitFailures > 0 && (world.gitFailures -= 1) >= 0,
          },
          random: () => chance.next(),
          log: logged,
          journal: (entry) => void record.entries.push({ seq: world.next(), replica: name, entry }),
          seen: () => void (world.effects += 1),
        },
        fuse,
      );
      replicas.push(replica);
      return replica;
    },
    mergedAfter: (number) => record.mergedAt.get(number),
    ranTogether(model, pair, commit) {
      const text = JSON.stringify(pair, ['model', 'features']);
      return [...firstParents(world, commit)].slice(1).some((oid) => {
        return JSON.stringify(pairAt(world, oid, model), ['model', 'features']) === text;
      });
    },
    async conflicts({ into, head }) {
      const base = repository.head(into);
      return (
        base === undefined || (await mergeTrees(repository.state.git, base, head)) === undefined
      );
    },
    async post(body) {
      const { serving } = world.route() ?? {};
      if (!serving) return null;
      try {
        const response = await fetch(`${serving.url}/alerts/alertmanager`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` },
          body: JSON.stringify(body),
        });
        await response.arrayBuffer();
        return response.status;
      } catch {
        return undefined;
      }
    },
    async quiet() {
      for (let last = -1; ;) {
        const seen = hub.calls.length + hub.deliveries.length + record.entries.length;
        if (seen === last) break;
        last = seen;
        await inTime(hub.settled(), 'the hub');
        for (const one of world.alive()) await inTime(one.idle(), one.name);
      }
      observe(world);
      world.lastQuiet = record.moments.length - 1;
    },
    async pass(length) {
      const until = time.clock() + length;
      for (let fallen = 0; ; fallen += 1) {
        const due = Math.min(await nextDue(world), until);
        time.advance(Math.max(0, due - time.clock()));
        await world.quiet();
        if (due >= until || fallen >= MOST_DUE) return fallen;
      }
    },
    async close() {
      for (const one of replicas) one.kill();
      await Promise.all(replicas.map((one) => one.gone()));
      hub.world.deliveries.fetch = () => Promise.reject(new Error('The run is over.'));
      await hub.settled();
      await hub.stop();
    },
  };
  hub.world.deliveries.fetch = async (_, init) => {
    const { serving } = world.route() ?? {};
    if (!serving) throw new TypeError('fetch failed');
    return fetch(`${serving.url}${WEBHOOK_PATH}`, init);
  };
  watchMerges(world);
  for (let i = 0; i < beginning.replicas; i += 1) await world.start();
  await world.quiet();
  return world;
}
