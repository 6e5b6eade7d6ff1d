import { z } from 'zod';
import type { Sample } from '../monitors/series.ts';
import type { Json } from '../store/item.ts';
import type { Target } from '../target.ts';

/** Samples of one series that were sent to Lastgood, as they lie in the lane of the monitors. */
export interface PushedSeries {
  readonly target: Target;
  readonly series: string;
  readonly samples: readonly Sample[];
}

/** What is no number has no form in JSON: these are Prometheus' names for it. */
export const NO_NUMBERS = { NaN: Number.NaN, '+Inf': Infinity, '-Inf': -Infinity } as const;
export type NoNumber = keyof typeof NO_NUMBERS;

const storedSchema = z.array(
  z.object({
    target: z.object({ model: z.string(), environment: z.string() }),
    series: z.string(),
    at: z.array(z.number()),
    value: z.array(z.union([z.number(), z.enum(['NaN', '+Inf', '-Inf'])])),
  }),
);

export function writePushed(all: readonly PushedSeries[]): Json {
  return all.map(({ target: { model, environment }, series, samples }) => ({
    target: { model, environment },
    series,
    at: samples.map(({ at }) => at),
    value: samples.map(({ value }) => writeValue(value)),
  }));
}

/** What an earlier version of the program may have stored, and this one cannot read, is passed over. */
export function readPushed(payload: Json): readonly PushedSeries[] {
  const parsed = storedSchema.safeParse(payload);
  if (!parsed.success) return [];
  return parsed.data.map(({ target, series, at, value }) => ({
    target,
    series,
    samples: at.map((moment, i) => ({ at: moment, value: readValue(value[i] ?? 'NaN') })),
  }));
}

export function readValue(value: number | NoNumber): number {
  return typeof value === 'number' ? value : NO_NUMBERS[value];
}

function writeValue(value: number): number | NoNumber {
  if (Number.isFinite(value)) return value;
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}
