import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Sample, Span } from '../../src/monitors/series.ts';
import { readSeries } from '../../src/monitors/series.ts';

/** A recorded metric with the stretches of time that somebody called anomalous. */
export interface Labelled {
  readonly id: string;
  readonly samples: readonly Sample[];
  readonly anomalies: readonly Span[];
  /** Nothing before this sample counts, neither as found nor as false. */
  readonly from: number;
}

interface Labels {
  readonly series: readonly {
    readonly id: string;
    readonly file: string;
    readonly probationRows?: number;
    readonly anomalies: readonly { readonly start: string; readonly end: string }[];
  }[];
}

/** Reads a folder of CSV files with `labels.json` beside them. */
export function readLabelled(folder: string): Labelled[] {
  const labels: Labels = JSON.parse(readFileSync(join(folder, 'labels.json'), 'utf8'));
  return labels.series.map(({ id, file, anomalies, probationRows = 0 }) => ({
    id,
    samples: tidy(readCsv(join(folder, file)).map(([time, value]) => sampleOf(time, value))),
    anomalies: anomalies.map(({ start, end }) => ({
      from: Date.parse(start),
      to: Date.parse(end),
    })),
    from: probationRows,
  }));
}

/** The cells of a CSV file without its first line. None of these files has a comma inside a cell. */
export function readCsv(file: string): string[][] {
  return readFileSync(file, 'utf8')
    .trim()
    .split(/\r?\n/)
    .slice(1)
    .map((line) => line.split(',').map((cell) => cell.replaceAll('"', '')));
}

/** Samples as the judges read them. */
export function tidy(samples: readonly Sample[]): readonly Sample[] {
  const always = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
  return readSeries(samples, always).points;
}

/** An empty cell is no number. Times without a zone are UTC. */
function sampleOf(time = '', value = ''): Sample {
  const iso = time.includes('T') ? time : `${time.replace(' ', 'T')}Z`;
  return { at: Date.parse(iso), value: value === '' ? Number.NaN : Number(value) };
}
