/**
 * One look of one monitor: the step that the running service and a replay of recorded history share.
 *
 * Properties: the outcome depends on the state and the tick alone. Samples count once, in any order. None from before
 * the suspect release speaks against it, and none from after `now` is read. A tick that is not newer than the one
 * before changes nothing, so it may run twice. What the server of metrics did not answer is no evidence.
 *
 * The state is plain data and is handed over: it is changed and answered, not copied, as it holds the samples. Whoever
 * still needs it as it was copies it before (`structuredClone`).
 *
 * @module
 */
import { HOUR, SECOND, type Instant, type Milliseconds } from '../time.ts';
import { beginFollowing, follow, type Step } from './follow.ts';
import { judge, type PartJudgements } from './judge.ts';
import type { Judgement } from './judgement.ts';
import { forget, keep, keepNone, seriesOf, type KeptSamples } from './kept-samples.ts';
import { reachOf, type Monitor } from './monitor.ts';
import type { MonitorState, ReleaseFacts } from './monitor-state.ts';
import type { Sample, Span } from './series.ts';
import { noteSpell, type Spell } from './spell.ts';

/** What one look brings. */
export interface Tick {
  readonly now: Instant;
  readonly release: ReleaseFacts;
  /** New samples by series, in any order; those that came before may come again. */
  readonly samples: Readonly<Record<string, Iterable<Sample>>>;
  /** Samples of the last good release by series, when {@link baselineSpan} asks for them. */
  readonly baseline?: Readonly<Record<string, Iterable<Sample>>>;
  /** The last judgements of the target's other monitors, for a composite. */
  readonly parts?: PartJudgements;
  /** The server of metrics did not answer: nothing is known, and nothing is held against the model. */
  readonly unheard?: true;
}

/** What a look asks for. */
export type Request =
  /** The release is bad (`bad`), or has shown nothing for too long (`blind`). */
  | {
      readonly kind: 'fire';
      readonly why: 'bad' | 'blind';
      readonly since: Instant;
      /** It was said before. */
      readonly again: boolean;
    }
  /** What fired is over. */
  | { readonly kind: 'resolve' }
  /** A bound will be crossed soon: look more often, and have the rollback ready. Never to act. */
  | { readonly kind: 'arm'; readonly since: Instant }
  | { readonly kind: 'disarm' };

export interface Outcome {
  /** The state to hand over with the next tick. */
  readonly state: MonitorState;
  readonly step: Step | 'unheard';
  /** Absent while the server of metrics does not answer, and for a tick that is not new. */
  readonly judgement?: Judgement;
  readonly request?: Request;
  /** Looks that were not good are over, and led to nothing. */
  readonly passed?: Spell;
}

/** What fires on and on is said again each time so much has passed: what held it back may be over. */
const SAY_AGAIN = HOUR;

/** A monitor that has not looked yet. */
export function beginMonitor({ commit, releasedAt }: ReleaseFacts): MonitorState {
  return { release: { commit, releasedAt }, follow: beginFollowing(releasedAt), kept: {} };
}

/** How long until the next look. Where the target is armed, looks come more often. */
export function lookEvery({ every }: Monitor, armed: boolean): Milliseconds {
  return armed ? Math.min(every, Math.max(5 * SECOND, Math.round(every / 3))) : every;
}

/**
 * The time of the last good release whose samples the monitor is to be given as `baseline`; undefined when it needs
 * none, or has them.
 */
export function baselineSpan(
  monitor: Monitor,
  state: MonitorState | undefined,
  release: ReleaseFacts,
): Span | undefined {
  if (state?.baseline && isSame(state.release, release)) return undefined;
  const reference = referenceOf(monitor);
  const { lastGood, releasedAt } = release;
  if (reference === undefined || !lastGood) return undefined;
  const until = Math.min(lastGood.until, releasedAt);
  return { from: Math.max(lastGood.from, until - reference), to: until - 1 };
}

export function evaluate(monitor: Monitor, before: MonitorState | undefined, tick: Tick): Outcome {
  const { now, release } = tick;
  let state = before ?? beginMonitor(release);
  if (state.lookedAt !== undefined && now <= state.lookedAt) return { state, step: 'repeated' };
  const anew = state.lookedAt === undefined || !isSame(state.release, release);
  if (anew) state = beginRelease(state, release, now);
  takeSamples(state, tick.samples);
  noteLook(monitor, state, tick);
  if (tick.unheard)
    return { state: { ...state, unheardSince: state.unheardSince ?? now }, step: 'unheard' };
  if (state.unheardSince !== undefined) state = without(state, 'unheardSince');
  takeBaseline(monitor, state, tick);
  const lastTime = state.last;
  const judgement = judge(monitor, state, now, tick.parts ?? {});
  state.last = judgement;
  const early = monitor.judge.kind === 'early-warning';
  const seen = early && judgement.reason === 'nearing' ? NEARING : judgement;
  const { state: followed, step } = follow(monitor.follow, state.follow, seen, {
    at: now,
    releasedAt: release.releasedAt,
  });
  state.follow = followed;
  const { spell, over } = noteSpell(state.spell, lastTime, judgement, followed.stand, now);
  if (spell) state.spell = spell;
  else if (state.spell) state = without(state, 'spell');
  forgetOld(monitor, state, now);
  const request = requestOf(monitor, state, step, now);
  if (request?.kind === 'resolve') state = without(state, 'open');
  const asked = early && request ? armed(request) : request;
  if (!asked && !over) return { state, step, judgement };
  return {
    state,
    step,
    judgement,
    ...(asked && { request: asked }),
    // What a trend only warns of leads to nothing anyway.
    ...(over && !early && { passed: over }),
  };
}

const NEARING = { verdict: 'bad' } as const;

function isSame(one: MonitorState['release'], other: MonitorState['release']): boolean {
  return one.commit === other.commit && one.releasedAt === other.releasedAt;
}

/** Another release is judged anew; that the one before fired is remembered until this one is known to be well. */
function beginRelease(
  before: MonitorState,
  { commit, releasedAt }: ReleaseFacts,
  now: Instant,
): MonitorState {
  const state = without(before, 'baseline', 'last', 'spell');
  state.release = { commit, releasedAt };
  // Nobody watched before now, so that the time without a verdict begins now.
  const begun = beginFollowing(releasedAt, state.follow.coolUntil);
  state.follow = { ...begun, knownAt: Math.max(releasedAt, now) };
  return state;
}

type Passing = 'baseline' | 'last' | 'spell' | 'open' | 'unheardSince';

/** A state without some of it. Made anew: an object that something was deleted from is slow to read ever after. */
function without(state: MonitorState, ...names: readonly Passing[]): MonitorState {
  for (const name of names) delete state[name];
  return { ...state };
}

function takeSamples(state: MonitorState, samples: Tick['samples']): void {
  // Not `for … in`: it took a third of a look, as it does where V8 cannot tell beforehand which object comes.
  for (const name of Object.keys(samples)) {
    const kept = (state.kept[name] ??= keepNone());
    const found = samples[name] ?? [];
    // A look has one new sample, most of the time.
    if (Array.isArray(found))
      for (let i = 0; i < found.length; i += 1) keep(kept, found[i] as Sample);
    else for (const sample of found) keep(kept, sample);
  }
}

/** The last good release's samples as they were given, and as they were kept. */
function takeBaseline(monitor: Monitor, state: MonitorState, tick: Tick): void {
  if (state.baseline) return;
  const span = baselineSpan(monitor, state, tick.release);
  if (!span) return;
  const found: Record<string, KeptSamples> = {};
  for (const [name, samples] of Object.entries(tick.baseline ?? {})) {
    const kept = (found[name] ??= keepNone());
    for (const sample of samples)
      if (sample.at >= span.from && sample.at <= span.to) keep(kept, sample);
  }
  for (const [name, all] of Object.entries(state.kept)) {
    const kept = (found[name] ??= keepNone());
    for (const point of seriesOf(all, span).points) keep(kept, point);
  }
  const some = Object.values(found).some(({ points }) => points.length > 0);
  // What was not answered is asked again with the next look.
  if (some) state.baseline = found;
}

function referenceOf({ judge: rule }: Monitor): Milliseconds | undefined {
  if (rule.kind === 'drift' || rule.kind === 'change-point') return rule.reference;
  if (rule.kind === 'impact' && rule.rule.kind === 'per-minute') return rule.reference;
  const lastGood = rule.kind === 'regression' && rule.baseline.kind === 'last-good';
  return lastGood ? rule.baseline.reference : undefined;
}

/** Time in which nobody looked, or nobody answered, is no time without data. */
function noteLook({ every }: Monitor, state: MonitorState, { now, unheard }: Tick): void {
  const { lookedAt, follow: followed } = state;
  state.lookedAt = now;
  if (unheard) state.follow = { ...followed, knownAt: Math.max(followed.knownAt, now) };
  else if (lookedAt !== undefined && now - lookedAt > 2 * every) {
    const knownAt = Math.min(now, followed.knownAt + (now - lookedAt));
    state.follow = { ...followed, knownAt };
  }
}

function forgetOld(monitor: Monitor, state: MonitorState, now: Instant): void {
  const reach = reachOf(monitor);
  for (const name in state.kept) {
    const kept = state.kept[name];
    if (kept) forget(kept, now - reach);
  }
}

function requestOf(
  monitor: Monitor,
  state: MonitorState,
  step: Step,
  now: Instant,
): Exclude<Request, { kind: 'arm' | 'disarm' }> | undefined {
  const { follow: followed, open, release } = state;
  const { commit } = release;
  const fires = followed.stand === 'firing' || followed.stand === 'blind';
  if (fires) {
    const why = followed.stand === 'blind' ? 'blind' : 'bad';
    const known = open?.commit === commit ? open : undefined;
    const since = known?.since ?? (why === 'blind' ? followed.knownAt : (followed.badSince ?? now));
    const tells = known?.tells ?? 0;
    const due = !known || tells < monitor.repeat || now - known.toldAt >= SAY_AGAIN;
    if (!due || step === 'repeated') return undefined;
    state.open = { since, commit, tells: tells + 1, toldAt: now };
    return { kind: 'fire', why, since, again: known !== undefined };
  }
  const over = open && followed.stand === 'quiet' && followed.good >= monitor.follow.recover;
  if (!over) return undefined;
  return { kind: 'resolve' };
}

function armed(request: Exclude<Request, { kind: 'arm' | 'disarm' }>): Request | undefined {
  if (request.kind === 'resolve') return { kind: 'disarm' };
  // Without data nothing nears anything.
  return request.why === 'bad' ? { kind: 'arm', since: request.since } : undefined;
}
