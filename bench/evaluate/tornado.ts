import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHANGE_POINT_DEFAULTS, judgeChangePoint } from '../../src/monitors/judge-change-point.ts';
import { judgeDrift, type DriftRule } from '../../src/monitors/judge-drift.ts';
import type { Sample } from '../../src/monitors/series.ts';
import { MINUTE } from '../../src/time.ts';
import { alertsOf, createDetectors } from './detectors.ts';

/** A stream of rows with a label, whose rule changes at some rows. */
export interface DriftScore {
  readonly name: string;
  readonly found: number;
  readonly of: number;
  /** Rows from each change that was found to its alert. */
  readonly delays: readonly number[];
  readonly falseAlerts: number;
}

interface Row {
  readonly features: readonly number[];
  readonly label: string;
}

interface Labels {
  readonly streams: readonly { readonly file: string; readonly driftAtRow: readonly number[] }[];
}

/** A model learns from so many rows, and is judged by its errors in batches after. */
const LEARNED = 5_000;
const BATCH = 50;
/** After an alert so many batches are what is usual from then on. */
const REFERENCE = 40;
/** An alert within so many rows after a change found it. */
const IN_TIME = 2_000;

/**
 * Concept drift: the labels change their rule, the features do not. So the errors of a model that does not learn must
 * show every change, and the drift of its features none. A batch of rows counts as a minute.
 */
export function evaluateTornado(folder: string): readonly DriftScore[] {
  const labels: Labels = JSON.parse(readFileSync(join(folder, 'labels.json'), 'utf8'));
  const [stream] = labels.streams;
  if (!stream) return [];
  const rows = readArff(join(folder, stream.file));
  const errors = errorRates(rows);
  const toRows = (alerts: readonly number[]) =>
    alerts.map((batch) => LEARNED + (batch + 1) * BATCH);
  const score = (name: string, alerts: readonly number[]): DriftScore =>
    scoreDrift(name, toRows(alerts), stream.driftAtRow);
  const features = (name: string, rule: DriftRule) =>
    score(
      name,
      [0, 1].flatMap((feature) => driftOf(rows, feature, rule)),
    );
  const drift = { window: 20 * MINUTE, alpha: 0.001, minSamples: 500 };
  return [
    score("Lastgood's change point judge, errors", changePoints(errors)),
    features("Lastgood's drift judge, features, PSI > 0.25", {
      ...drift,
      measure: 'psi',
      bound: 0.25,
    }),
    features("Lastgood's drift judge, features, KS > 0.1", { ...drift, measure: 'ks', bound: 0.1 }),
    ...Object.entries(createDetectors()).map(([name, detect]) =>
      score(
        `${name}, errors`,
        alertsOf(
          detect,
          // The others want a day first: a batch is half an hour for them, so that they have one.
          errors.map(({ value }, i) => ({ at: i * 30 * MINUTE, value })),
        ),
      ),
    ),
  ];
}

function readArff(file: string): Row[] {
  const lines = readFileSync(file, 'utf8').trim().split(/\r?\n/);
  const data = lines.slice(lines.findIndex((line) => line.toLowerCase() === '@data') + 1);
  return data.map((line) => {
    const cells = line.split(',');
    return { features: cells.slice(0, -1).map(Number), label: cells.at(-1) ?? '' };
  });
}

/** The errors of a model in each batch: the commonest label of each of 20 × 20 cells, as the first rows had it. */
function errorRates(rows: readonly Row[]): Sample[] {
  const votes = new Map<string, Map<string, number>>();
  const cellOf = ({ features }: Row) => features.map((value) => Math.floor(value * 20)).join();
  for (const row of rows.slice(0, LEARNED)) {
    const cell = votes.get(cellOf(row)) ?? new Map<string, number>();
    cell.set(row.label, (cell.get(row.label) ?? 0) + 1);
    votes.set(cellOf(row), cell);
  }
  const predict = (row: Row) =>
    [...(votes.get(cellOf(row)) ?? [])].sort((a, b) => b[1] - a[1])[0]?.[0];
  const batches: Sample[] = [];
  for (let start = LEARNED; start + BATCH <= rows.length; start += BATCH) {
    const wrong = rows.slice(start, start + BATCH).filter((row) => predict(row) !== row.label);
    batches.push({ at: batches.length * MINUTE, value: wrong.length / BATCH });
  }
  return batches;
}

/** Watches for a change since the last one, as after a release: a time of reference, then judgement after judgement. */
function changePoints(errors: readonly Sample[]): number[] {
  const rule = {
    ...CHANGE_POINT_DEFAULTS,
    reference: REFERENCE * MINUTE,
    worse: 'either' as const,
  };
  const alerts: number[] = [];
  let released = REFERENCE;
  for (let i = REFERENCE; i < errors.length; i += 1) {
    if (i < released) continue;
    const releasedAt = released * MINUTE;
    const look = { samples: errors.slice(released, i + 1), at: i * MINUTE, releasedAt };
    const history = errors.slice(released - REFERENCE, released);
    if (judgeChangePoint(rule, history, look).verdict !== 'bad') continue;
    alerts.push(i);
    released = i + 1 + REFERENCE;
  }
  return alerts;
}

/** Drift of a feature in windows of a thousand rows, against the rows that the model learned from. */
function driftOf(rows: readonly Row[], feature: number, rule: DriftRule): number[] {
  const sampleOf = (row: Row, i: number): Sample => ({
    at: ((i - LEARNED) * MINUTE) / BATCH,
    value: row.features[feature] ?? Number.NaN,
  });
  const samples = rows.map(sampleOf);
  const reference = samples.slice(0, LEARNED);
  const perWindow = (rule.window / MINUTE) * BATCH;
  const alerts: number[] = [];
  for (let end = LEARNED + perWindow; end <= samples.length; end += perWindow) {
    const look = {
      samples: samples.slice(end - perWindow, end),
      at: samples[end - 1]?.at ?? 0,
      releasedAt: 0,
    };
    if (judgeDrift(rule, reference, look).verdict === 'bad') alerts.push((end - LEARNED) / BATCH);
  }
  return alerts;
}

function scoreDrift(
  name: string,
  alerts: readonly number[],
  changes: readonly number[],
): DriftScore {
  const within = (row: number, change: number) => row >= change && row <= change + IN_TIME;
  const delays = changes.flatMap((change) => {
    const first = alerts.find((row) => within(row, change));
    return first === undefined ? [] : [first - change];
  });
  const wrong = alerts.filter((row) => !changes.some((change) => within(row, change)));
  return { name, found: delays.length, of: changes.length, delays, falseAlerts: wrong.length };
}
