import { describe, expect, test } from 'vitest';
import { beginMonitor } from '../monitors/evaluate.ts';
import { lively, minutes, NOW, RELEASED } from '../monitors/judge.fixture.ts';
import { judge } from '../monitors/judge.ts';
import { keep, keepNone, type KeptSamples } from '../monitors/kept-samples.ts';
import type { Monitor } from '../monitors/monitor.ts';
import type { Sample } from '../monitors/series.ts';
import { loadPolicySet } from '../policy/load.ts';
import { MINUTE } from '../time.ts';
import { knobOf } from './knob.ts';
import { candidates } from './tune.ts';

/** A monitor as a policy has it, by its judge. */
function monitorOf(rule: string): Monitor {
  const text = `model: m
environments:
  production:
    pins: { model: { file: m.yaml, path: version } }
    server: main
    monitors: { it: { ${rule.startsWith('canary') ? '' : 'query: it, '}${rule} }, other: { query: it, threshold: { above: 1 } } }
`;
  const { targets, problems } = loadPolicySet([{ path: '.lastgood/m.yaml', text }], []);
  const found = targets[0]?.monitors.find(({ name }) => name === 'it');
  if (!found) throw new Error(JSON.stringify(problems));
  return found;
}

const kept = (samples: readonly Sample[]): KeptSamples => {
  const all = keepNone();
  for (const sample of samples) keep(all, sample);
  return all;
};
const BEFORE = minutes(lively(100, 3, 300), RELEASED - MINUTE);
const AFTER = minutes(lively(110, 3, 30), NOW);

/** A metric of a canary and of the stable release beside it. */
const sides = (name: string, canary: readonly Sample[], stable: readonly Sample[]) => ({
  [`canary ${name}`]: kept(canary),
  [`stable ${name}`]: kept(stable),
});

/** One look, half an hour after a release at which the level rose by a tenth. */
function look(monitor: Monitor) {
  const state = beginMonitor({ commit: 'bad', releasedAt: RELEASED });
  state.baseline = { value: kept(BEFORE) };
  state.kept = {
    value: kept([...BEFORE, ...AFTER]),
    inferences: kept(minutes(lively(5, 0.1, 30))),
    ...sides('same', AFTER, AFTER),
    ...sides('higher', AFTER, minutes(lively(100, 3, 30), NOW)),
  };
  return judge(monitor, state, NOW, {});
}

describe('the knob of a monitor', () => {
  test.each([
    ['threshold: { above: 120 }', 'threshold.above', '120'],
    ['threshold: { below: 50 }', 'threshold.below', '50'],
    ['threshold: { below: 80, above: 120 }', 'threshold', '{ below: 80, above: 120 }'],
    ['regression: { worse: higher, by: 20% }', 'regression.by', '20%'],
    ['regression: { worse: higher, by: 1.5x }', 'regression.by', '1.5x'],
    ['regression: { worse: higher, by: +30 }', 'regression.by', '+30'],
    ['regression: { worse: lower, by: 20% }', 'regression.by', '20%'],
    ['regression: { worse: lower, by: 0.8x }', 'regression.by', '0.8x'],
    ['regression: { worse: lower, by: +3 }', 'regression.by', '+3'],
    ['drift: { above: 9 }, window: 30m, minSamples: 10', 'drift.above', '9'],
    ['changePoint: { above: 80 }, window: 30m', 'changePoint.above', '80'],
    ['anomaly: { warmUp: 1h, trustAfter: 1h }, window: 10m', 'anomaly.level', '4.5'],
    ['impact: { perMinute: 30, worse: higher }', 'impact.perMinute', '30'],
  ])('%s: a bound on either side of what was seen calls it bad or not', (rule, key, written) => {
    const monitor = monitorOf(rule);
    const knob = knobOf(monitor);
    if (typeof knob === 'string') throw new Error(knob);
    expect([knob.key.join('.'), knob.write(knob.now)]).toEqual([key, written]);
    expect(look(knob.turn(knob.now))).toEqual(look(monitor));
    const at = knob.at(look(monitor));
    if (at === undefined) throw new Error('Nothing was judged.');
    const margin = Math.max(1e-6, Math.abs(at) * 1e-6);
    const [more, less] = knob.lowerFiresMore
      ? [at - margin, at + margin]
      : [at + margin, at - margin];
    expect(look(knob.turn(more)).verdict).toBe('bad');
    expect(look(knob.turn(less)).verdict).toBe('good');
  });

  test('two bounds move around the middle between them, and never meet', () => {
    const knob = knobOf(monitorOf('threshold: { below: 80, above: 130 }'));
    if (typeof knob === 'string') throw new Error(knob);
    expect(knob.write(5)).toBe('{ below: 100, above: 110 }');
    const bounds = candidates(new Float64Array(10), knob);
    expect(bounds[0]).toBeGreaterThan(0);
  });

  test('a canary is bad below the score that is turned, and never where it passes', () => {
    const metric = (name: string): string => `${name}: { query: a, stable: b, worse: higher }`;
    const metrics = `{ ${metric('same')}, ${metric('higher')} }`;
    const monitor = monitorOf(`canary: { metrics: ${metrics} }, window: 30m, minSamples: 10`);
    const knob = knobOf(monitor);
    if (typeof knob === 'string') throw new Error(knob);
    expect([knob.key.join('.'), knob.now]).toEqual(['canary.marginal', 50]);
    // One of two metrics is as it was.
    expect(knob.at(look(monitor))).toBe(50);
    expect(look(knob.turn(50)).verdict).toBe('inconclusive');
    expect(look(knob.turn(50.01)).verdict).toBe('bad');
    const bounds = candidates(Float64Array.of(0, 50, 100, 100, 100), knob);
    expect([bounds[0], bounds.at(-1)]).toEqual([75, 0]);
  });

  test.each([['earlyWarning: { above: 5 }'], ['burnRate: { objective: 99% }']])(
    '%s has none, and says why',
    (rule) => {
      expect(knobOf(monitorOf(rule))).toMatch(/^it/);
    },
  );
});

describe('the candidates', () => {
  test('tell apart what is close together', () => {
    const close = Float64Array.from({ length: 1_001 }, (_, i) => 0.999 + i / 1e6);
    const bounds = candidates(close, { lowerFiresMore: true, now: 0.9995 });
    expect(bounds.filter((one) => one > 0.999 && one < 1).length).toBeGreaterThan(6);
  });

  const seen = Float64Array.from({ length: 10_001 }, (_, i) => i / 10_000);

  test('reach from what fires all the time to what never fires, with the bound of now', () => {
    const up = candidates(seen, { lowerFiresMore: true, now: 0.123456 });
    expect(up[0]).toBe(0.123456);
    expect(up).toContain(0.99);
    expect(up.at(-1)).toBeGreaterThan(1);
    expect(up).toEqual(up.toSorted((a, b) => a - b));
    const down = candidates(seen, { lowerFiresMore: false, now: 0.2 });
    expect(down[0]).toBe(0.5);
    expect(down.at(-1)).toBeLessThan(0);
    expect(down).toEqual(down.toSorted((a, b) => b - a));
  });

  test('of one value are it, the bound of now, and one beyond', () => {
    const one = candidates(Float64Array.of(3, 3, 3), { lowerFiresMore: true, now: 5 });
    expect(one[0]).toBe(3);
    expect(one.some((bound) => bound > 3 && bound < 5)).toBe(true);
    expect(one.at(-1)).toBe(5);
  });
});
