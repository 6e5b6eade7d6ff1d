import { z } from 'zod';
import type { Json } from '../store/item.ts';
import type { Instant } from '../time.ts';

/** A sample that was sent to Lastgood, as it lies in the lane of the monitors. */
export interface PushedSample {
  readonly series: string;
  readonly model: string;
  /** Absent: every environment of the model. */
  readonly environment?: string;
  readonly at: Instant;
  readonly value: number;
}

/** What is no number has no form in JSON. */
const NUMBERS = { NaN: Number.NaN, '+Inf': Infinity, '-Inf': -Infinity } as const;

const stored = z.array(
  z.object({
    series: z.string(),
    model: z.string(),
    environment: z.string().exactOptional(),
    at: z.number(),
    value: z.union([z.number(), z.enum(['NaN', '+Inf', '-Inf'])]),
  }),
);

export function writePushed(samples: readonly PushedSample[]): Json {
  return samples.map(({ value, ...rest }) => ({ ...rest, value: writeValue(value) }));
}

/** What an earlier version of the program may have stored, and this one cannot read, is passed over. */
export function readPushed(payload: Json): readonly PushedSample[] {
  const parsed = stored.safeParse(payload);
  if (!parsed.success) return [];
  return parsed.data.map(({ value, ...rest }) => ({
    ...rest,
    value: typeof value === 'number' ? value : NUMBERS[value],
  }));
}

function writeValue(value: number): number | keyof typeof NUMBERS {
  if (Number.isFinite(value)) return value;
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}
