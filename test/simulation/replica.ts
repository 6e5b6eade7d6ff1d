import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { HubApp } from '../../fixtures/hub/api/app.ts';
import type { HubRepository } from '../../fixtures/hub/api/repository.ts';
import type { Hub } from '../../fixtures/hub/hub.ts';
import { resetError } from '../../fixtures/hub/in-process.ts';
import type { ManualTime } from '../../fixtures/manual-time.ts';
import type { Effect, Life } from '../../fixtures/process/effect.ts';
import { createMortalDatabase } from '../../fixtures/process/mortal-database.ts';
import { timersOf } from '../../fixtures/process/start-process.ts';
import type { AlertSource } from '../../src/alerts/alert.ts';
import type { Entry } from '../../src/journal/entry.ts';
import { serve, type Serving } from '../../src/serve.ts';
import type { Database } from '../../src/store/database.ts';
import { openMemoryMirror, type GitTrouble } from './memory-mirror.ts';

export interface ReplicaParts {
  readonly name: string;
  readonly hub: Hub;
  readonly app: HubApp;
  readonly repository: HubRepository;
  readonly webhookSecret: string;
  readonly sources: readonly AlertSource[];
  readonly database: Database;
  readonly time: ManualTime;
  readonly trouble: GitTrouble;
  readonly random: () => number;
  readonly log: Logger;
  readonly journal: (entry: Entry) => void;
  /** Told of every external effect that the replica lives through. */
  readonly seen: (effect: Effect) => void;
}

/** One process of Lastgood, which can die at any external effect. */
export interface Replica {
  readonly name: string;
  /** Undefined while it starts, and for good when it died before it had. */
  readonly serving: Serving | undefined;
  readonly alive: boolean;
  /** Where it died, if it did not by a kill from outside. */
  readonly diedAt: Effect | undefined;
  /** Lets it die at the n-th external effect from now, counted before and after each. */
  arm(effects: number): void;
  kill(): void;
  /** Resolves when it has nothing left to do, or is dead. */
  idle(): Promise<void>;
  /** Compares everything with what should be; resolves when that is done, or it is dead. */
  sweep(): Promise<void>;
  /** Ends it as a deployment does. */
  stop(): Promise<void>;
  /** Resolves when none of its code runs any more. */
  gone(): Promise<void>;
}

/** Starts a replica; it may die before it is there. */
export async function startReplica(parts: ReplicaParts, fuseAtStart?: number): Promise<Replica> {
  const { hub, app, time } = parts;
  const died = Promise.withResolvers<void>();
  let dead = false;
  let diedAt: Effect | undefined;
  let fuse = fuseAtStart;
  let ending: Promise<void> | undefined;
  let serving: Serving | undefined;

  const kill = (): void => {
    if (dead) return;
    dead = true;
    died.resolve();
    // What is left of it runs into closed doors, and is cleared away beside.
    ending ??= starting.then(
      (one) => one.close(),
      () => undefined,
    );
  };
  const life: Life = {
    dead: () => dead,
    async survives(effect) {
      if (dead) return false;
      parts.seen(effect);
      if (fuse !== undefined && (fuse -= 1) <= 0) {
        diedAt = effect;
        kill();
      }
      return !dead;
    },
  };
  const through: typeof fetch = async (input, init) => {
    const method = init?.method ?? 'GET';
    const effect = { of: 'hub', changes: method !== 'GET' } as const;
    const name = `${method} ${input instanceof Request ? input.url : String(input)}`;
    if (!(await life.survives({ ...effect, name, phase: 'before' }))) throw resetError();
    const response = await hub.fetch(input, init);
    if (!(await life.survives({ ...effect, name, phase: 'after' }))) throw resetError();
    return response;
  };
  const starting = serve({
    settings: {
      appId: app.id,
      privateKey: app.privateKey,
      webhookSecret: parts.webhookSecret,
      port: 0,
      host: '127.0.0.1',
      apiUrl: hub.url,
      dataFolder: `/nonexistent/${parts.name}`,
      logLevel: 'info',
      sources: parts.sources,
      metricServers: [],
    },
    journal: { write: (entry) => void (dead || parts.journal(entry)) },
    log: parts.log,
    clock: time.clock,
    timers: timersOf(time, () => dead),
    wait: () => turnOfTheLoop(),
    spacing: 'none',
    drain: 0,
    random: parts.random,
    fetch: through,
    openDatabase: () => Promise.resolve(createMortalDatabase(parts.database, life)),
    openMirror: (options) => openMemoryMirror(options, parts.repository, life, parts.trouble),
  });
  serving = await Promise.race([starting, died.promise.then(() => undefined)]).catch(
    (error: unknown) => {
      if (dead) return undefined;
      throw error;
    },
  );
  return {
    name: parts.name,
    get serving() {
      return serving;
    },
    get alive() {
      return !dead && serving !== undefined;
    },
    get diedAt() {
      return diedAt;
    },
    arm(effects) {
      fuse = effects;
    },
    kill,
    async idle() {
      if (!dead) await Promise.race([serving?.idle(), died.promise]);
    },
    async sweep() {
      const swept = serving?.sweep().then(
        () => undefined,
        () => undefined,
      );
      if (!dead) await Promise.race([swept, died.promise]);
    },
    async stop() {
      if (dead) return;
      fuse = undefined;
      await (ending ??= serving?.close());
      dead = true;
      died.resolve();
    },
    async gone() {
      await ending;
    },
  };
}
