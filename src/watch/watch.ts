/**
 * The monitors of a repository, worked in a lane of their own: one replica at a time, one turn after another. A look asks
 * for what is new, evaluates, and hands what is asked for to the lane of the repository as an alert.
 *
 * The races: two replicas reach the same look; the process dies between a look and its acknowledgement; what is watched
 * changes while it is looked; a server is slow or dead; samples are pushed meanwhile.
 *
 * What must hold: one look a tick over all replicas; an alert is on the disk before the state that says it was told; a
 * look that is done again tells nothing twice that matters, because alerts are known by the moment of the look; what a
 * server does not answer is no evidence, and holds up no other server's monitors for longer than its timeout.
 *
 * How: the lane's lease and fence, as for every lane; its state is remembered as long as the lane stays in this process
 * (`stretch`), and stands in the store with each change of a stand and otherwise once a minute: what is lost is looked
 * at again.
 */
import type { Alert, AlertFor } from '../alerts/alert.ts';
import { MetricsError } from '../metrics/exchange.ts';
import type { MetricServers } from '../metrics/metric-servers.ts';
import { beginMonitor, evaluate, type Outcome, type Tick } from '../monitors/evaluate.ts';
import type { PartJudgements } from '../monitors/judge.ts';
import { keep, keepNone } from '../monitors/kept-samples.ts';
import type { Monitor } from '../monitors/monitor.ts';
import type { MonitorState } from '../monitors/monitor-state.ts';
import type { Spell } from '../monitors/spell.ts';
import type { Item, Json } from '../store/item.ts';
import type { Change, Settlement, Turn } from '../store/settlement.ts';
import type { Store } from '../store/store.ts';
import { targetKey, type Target } from '../target.ts';
import { MINUTE, type Clock, type Instant, type Milliseconds } from '../time.ts';
import { askSeries, type Asked } from './ask-series.ts';
import { passedSentence } from '../texts/monitors.ts';
import { nextLookAfter } from './look-times.ts';
import { monitorAlert } from './monitor-alert.ts';
import { readPushed } from './pushed.ts';
import { isServerGone, type ServerWatch } from './server-watch.ts';
import { readMonitor, writeMonitor } from './stored-monitor.ts';
import {
  CHANGED,
  LOOK,
  MONITOR,
  monitorKey,
  SAMPLES,
  WATCHED,
  type WatchedTarget,
} from './watched.ts';

/** That a target is armed, or no longer: for the lane of its repository. */
export interface Arming {
  readonly target: Target;
  readonly monitor: string;
  /** Absent: no longer. */
  readonly sentence?: string;
}

/** Looks of a monitor that were not good, led to nothing and are over: for the lane of its repository. */
export interface Passing {
  readonly target: Target;
  readonly monitor: string;
  readonly why: Spell['kind'];
  readonly at: Instant;
  readonly sentence: string;
}

type Judged = NonNullable<Outcome['judgement']>;
export type LookOutcome = Judged['verdict'] | 'unheard' | 'refused';

export interface WatchParts {
  readonly store: Pick<Store, 'documents'>;
  readonly metrics: Pick<MetricServers, 'queryRange'>;
  readonly servers: ServerWatch;
  readonly clock: Clock;
  /** `owner/name`; undefined when the App is not installed there any more. */
  readonly nameOf: (repository: number) => string | undefined;
  readonly alerted: (alerts: readonly AlertFor[], key: string) => Promise<void>;
  readonly armed: (repository: number, arming: Arming) => Promise<void>;
  readonly passed: (repository: number, passing: Passing) => Promise<void>;
  readonly sentenceOf: (monitor: Monitor, state: MonitorState) => string;
  /** Told of a server that has not answered for long. */
  readonly serverGone: (
    repository: number,
    server: string,
    since: Instant,
    why: string,
    monitors: number,
  ) => Promise<void>;
  /** Told of a server that answers again. */
  readonly serverBack: (server: string, after: Milliseconds) => void;
  /** Told of a monitor that cannot be asked for, or can again: each change once. */
  readonly problem: (target: Target, monitor: string, why: string | undefined) => void;
  /** Counts looks. */
  readonly looked: (outcome: LookOutcome, count: number) => void;
}

export interface Watch {
  /** Does what waits in the lane of a repository's monitors. */
  turn(repository: number, turn: Turn): Promise<Settlement>;
}

/** One monitor as this process remembers it. */
interface One {
  readonly key: string;
  readonly target: string;
  readonly watched: WatchedTarget;
  readonly monitor: Monitor;
  state?: MonitorState;
  nextAt: Instant;
  savedAt: Instant;
  dirty: boolean;
  problem?: string;
}

interface Remembered {
  readonly stretch: number;
  readonly all: ReadonlyMap<string, One>;
}

/** What is quiet is written so often: until then a crash loses looks, which are made again. */
const SAVE_QUIET = MINUTE;

export function createWatch(parts: WatchParts): Watch {
  const remembered = new Map<number, Remembered>();
  return {
    async turn(repository, turn) {
      const before = remembered.get(repository);
      remembered.delete(repository);
      const known = before?.stretch === turn.stretch ? before : undefined;
      const changed = !known || turn.items.some(({ kind }) => kind === CHANGED);
      const changes: Change[] = [];
      const gone: One[] = [];
      const all = changed ? await load(parts, turn, known, gone, changes) : known.all;
      const name = parts.nameOf(repository);
      if (name === undefined) return {};
      const now = parts.clock();
      takePushed(turn.items, all);
      const ended = gone.flatMap((one) => endOf(one, now) ?? []);
      const due = [...all.values()].filter(({ nextAt }) => nextAt <= now);
      const told = await lookAt(parts, { repository, name, due, all, now, signal: turn.signal });
      turn.signal.throwIfAborted();
      const said = [...ended, ...told].map((alert) => ({ alert, repository: name }));
      if (said.length > 0) await parts.alerted(said, `look ${now}`);
      const saved = [...all.values()].filter((one) => one.dirty || now - one.savedAt >= SAVE_QUIET);
      for (const { key, monitor, state } of saved) {
        if (!state) continue;
        changes.push({ kind: 'put', of: MONITOR, key, value: writeMonitor(monitor, state) });
      }
      const next = Math.min(...[...all.values()].map(({ nextAt }) => nextAt));
      if (Number.isFinite(next)) changes.push({ kind: 'set-timer', name: LOOK, when: next });
      return {
        changes,
        settled() {
          for (const one of saved) Object.assign(one, { dirty: false, savedAt: now });
          remembered.set(repository, { stretch: turn.stretch, all });
        },
      };
    },
  };
}

/** Reads what is watched, and what is remembered of it; `gone` is what was watched and is no longer. */
async function load(
  { store, clock }: WatchParts,
  { lane }: Turn,
  known: Remembered | undefined,
  gone: One[],
  changes: Change[],
): Promise<ReadonlyMap<string, One>> {
  const { documents } = store;
  const watched = (await documents.list(lane, WATCHED)).map(
    ({ value }) => value as unknown as WatchedTarget,
  );
  const stored = known
    ? undefined
    : new Map((await documents.list(lane, MONITOR)).map(({ key, value }) => [key, value]));
  const now = clock();
  const all = new Map<string, One>();
  for (const one of watched) {
    const target = targetKey(one.target);
    for (const monitor of one.monitors) {
      const key = monitorKey(target, monitor.name);
      const same = known?.all.get(key);
      // What the policy changed goes through the form of the store, which knows what still holds.
      const value = same?.state ? writeMonitor(same.monitor, same.state) : stored?.get(key);
      const state = value === undefined ? undefined : readMonitor(monitor, value);
      all.set(key, {
        key,
        target,
        watched: one,
        monitor,
        ...(state && { state }),
        nextAt: Math.min(same?.nextAt ?? Infinity, nextLookAfter(key, monitor, false, now)),
        savedAt: now,
        dirty: same?.dirty ?? false,
        ...(same?.problem !== undefined && { problem: same.problem }),
      });
    }
  }
  const former = known
    ? [...known.all.values()]
    : [...(stored ?? [])].flatMap(([key, value]) => formerOf(key, value) ?? []);
  for (const one of former) {
    if (all.has(one.key)) continue;
    gone.push(one);
    changes.push({ kind: 'delete', of: MONITOR, key: one.key });
  }
  return all;
}

/** A monitor that stands in the store only: as much of it as is needed to end what it said. */
function formerOf(key: string, value: Json): One | undefined {
  const at = key.lastIndexOf(' ');
  const slash = key.lastIndexOf('/', at);
  const target = { environment: key.slice(0, slash), model: key.slice(slash + 1, at) };
  const monitor: Monitor = {
    name: key.slice(at + 1),
    source: { kind: 'parts' },
    series: {},
    judge: { kind: 'composite', rule: { kind: 'all-of' }, parts: [] },
    every: MINUTE,
    urgency: 'watch',
    follow: { consecutive: 1, recover: 1, coolDown: 0, settle: 0 },
    repeat: 1,
  };
  const state = readMonitor(monitor, value);
  if (!state) return undefined;
  const { release } = state;
  const running = { commit: release.commit, version: '' };
  const watched = { target, monitors: [], running, release, oneVersion: false };
  const common = { key, target: targetKey(target), watched, monitor, state };
  return { ...common, nextAt: Infinity, savedAt: 0, dirty: false };
}

/** What is no longer watched does not fire any more. */
function endOf({ watched, monitor, state }: One, now: Instant): Alert | undefined {
  if (!state?.open || monitor.judge.kind === 'early-warning') return undefined;
  return monitorAlert(watched, monitor, { kind: 'resolve' }, state, now);
}

/** Adds what was pushed to the monitors that read it, whatever order it comes in. */
function takePushed(items: readonly Item[], all: ReadonlyMap<string, One>): void {
  const pushed = items
    .filter(({ kind }) => kind === SAMPLES)
    .flatMap(({ payload }) => readPushed(payload));
  if (pushed.length === 0) return;
  for (const one of all.values()) {
    if (one.monitor.source.kind !== 'pushed') continue;
    const { model, environment } = one.watched.target;
    for (const [name, series] of Object.entries(one.monitor.series)) {
      for (const sample of pushed) {
        if (sample.series !== series || sample.model !== model) continue;
        if (sample.environment !== undefined && sample.environment !== environment) continue;
        one.state ??= beginMonitor(one.watched.release);
        keep((one.state.kept[name] ??= keepNone()), { at: sample.at, value: sample.value });
        one.dirty = true;
      }
    }
  }
}

/** One turn's looks. */
interface Looking {
  readonly repository: number;
  readonly name: string;
  readonly due: readonly One[];
  readonly all: ReadonlyMap<string, One>;
  readonly now: Instant;
  readonly signal: AbortSignal;
}

/** Looks at what is due; answers what is to be said to the repository's lane. */
async function lookAt(parts: WatchParts, looking: Looking): Promise<readonly Alert[]> {
  const { repository, due, all, now, signal } = looking;
  const armed = new Set(
    [...all.values()].flatMap(({ monitor, state, target }) =>
      monitor.judge.kind === 'early-warning' && state?.open ? [target] : [],
    ),
  );
  const heard = await Promise.all(
    due.map(async (one) => ({ one, heard: await hear(parts, one, looking) })),
  );
  signal.throwIfAborted();
  const alerts: Alert[] = [];
  // The whole after its parts.
  const order = heard.toSorted((a, b) => Number(isWhole(a.one)) - Number(isWhole(b.one)));
  for (const { one, heard: got } of order) {
    const tick: Tick = {
      now,
      release: one.watched.release,
      samples: got?.samples ?? {},
      ...(got?.baseline && { baseline: got.baseline }),
      ...(isWhole(one) && { parts: partsOf(one, all) }),
      ...(got === undefined && { unheard: true }),
    };
    const stood = one.state?.follow.stand ?? 'quiet';
    const commit = one.state?.release.commit;
    const { state, request, judgement, passed } = evaluate(one.monitor, one.state, tick);
    one.state = state;
    const moved = stood !== state.follow.stand || commit !== state.release.commit;
    if (moved || request || passed || state.follow.stand !== 'quiet') one.dirty = true;
    if (judgement) parts.looked(judgement.verdict, 1);
    if (passed) {
      const { target } = one.watched;
      const sentence = passedSentence(one.target, one.monitor, passed);
      const { name: monitor } = one.monitor;
      await parts.passed(repository, { target, monitor, why: passed.kind, at: now, sentence });
    }
    if (request?.kind === 'fire' || request?.kind === 'resolve') {
      alerts.push(monitorAlert(one.watched, one.monitor, request, state, now));
    } else if (request) {
      if (request.kind === 'arm') armed.add(one.target);
      else armed.delete(one.target);
      await parts.armed(repository, {
        target: one.watched.target,
        monitor: one.monitor.name,
        ...(request.kind === 'arm' && { sentence: parts.sentenceOf(one.monitor, state) }),
      });
    }
  }
  for (const one of all.values()) {
    const sooner = armed.has(one.target);
    if (one.nextAt > now && !sooner) continue;
    const next = nextLookAfter(one.key, one.monitor, sooner, now);
    one.nextAt = one.nextAt <= now ? next : Math.min(one.nextAt, next);
  }
  return alerts;
}

function isWhole({ monitor }: One): boolean {
  return monitor.source.kind === 'parts';
}

function partsOf({ target, monitor }: One, all: ReadonlyMap<string, One>): PartJudgements {
  if (monitor.judge.kind !== 'composite') return {};
  return Object.fromEntries(
    monitor.judge.parts.map(({ name }) => [name, all.get(monitorKey(target, name))?.state?.last]),
  );
}

/** What is new for a monitor; undefined when nothing could be learnt. */
async function hear(
  parts: WatchParts,
  one: One,
  { repository, name, now, signal, all }: Looking,
): Promise<Asked | undefined> {
  const { source } = one.monitor;
  if (source.kind !== 'server') return { samples: {} };
  const { server = '' } = source;
  const { servers } = parts;
  if (!servers.mayAsk(server)) {
    parts.looked('unheard', 1);
    return undefined;
  }
  try {
    const asking = { server, repository: name };
    const { watched, monitor, state } = one;
    const asked = await askSeries(parts.metrics, asking, watched, monitor, state, now, signal);
    const goneFor = servers.answered(server);
    if (goneFor !== undefined) parts.serverBack(server, goneFor);
    tellProblem(parts, one, undefined);
    return asked;
  } catch (error) {
    if (!(error instanceof MetricsError)) throw error;
    const gone = isServerGone(error);
    parts.looked(gone ? 'unheard' : 'refused', 1);
    if (!gone) {
      tellProblem(parts, one, error.message);
      return undefined;
    }
    const call = servers.failed(server);
    if (call) {
      const monitors = [...all.values()].filter(
        ({ monitor }) => monitor.source.kind === 'server' && monitor.source.server === server,
      );
      await parts.serverGone(repository, server, call.since, error.message, monitors.length);
    }
    return undefined;
  }
}

function tellProblem({ problem }: WatchParts, one: One, why: string | undefined): void {
  if (one.problem === why) return;
  if (why === undefined) delete one.problem;
  else one.problem = why;
  problem(one.watched.target, one.monitor.name, why);
}
