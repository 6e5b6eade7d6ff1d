import { z } from 'zod';
import { firstProblem, type FieldProblem } from '../alerts/field-problem.ts';

const text = z.string({ error: 'text' });
const number = z.number({ error: 'a number' });
const object = { error: 'an object' };
const repository = z.object({ id: number }, object);
const pull = z.object({ number, head: z.object({ ref: text }, object), updated_at: text }, object);

/** What every delivery may say. */
const anything = z.object(
  {
    action: text.nullish(),
    installation: z.object({ id: number }, object).nullish(),
  },
  object,
);

const edited = z.object(
  { action: z.literal('edited'), changes: z.record(z.string(), z.unknown(), object) },
  object,
);

/** The fields that are read of each event, and no others: GitHub adds to its events at any time. */
const SHAPES: ReadonlyMap<string, z.ZodType> = new Map<string, z.ZodType>([
  ['push', z.object({ repository, ref: text }, object)],
  ['pull_request', z.object({ repository, pull_request: pull }, object)],
  ['pull_request_review', z.object({ repository, pull_request: pull }, object)],
  [
    'deployment_status',
    z.object({ repository, deployment: z.object({ sha: text }, object) }, object),
  ],
  [
    'check_suite',
    z.object({ repository, check_suite: z.object({ head_sha: text }, object) }, object),
  ],
  ['status', z.object({ repository, sha: text }, object)],
]);

/**
 * Finds the field of a delivery that is not what GitHub says it would be, before anything relies on it. A signature
 * says who sent it, and nothing about its shape; an event that nobody listens to may look as it likes.
 */
export function findShapeProblem(
  name: string,
  payload: Readonly<Record<string, unknown>>,
): FieldProblem | undefined {
  const shapes = [anything, SHAPES.get(name)];
  if (payload['action'] === 'edited' && name === 'pull_request') shapes.push(edited);
  for (const shape of shapes) {
    const parsed = shape?.safeParse(payload);
    if (parsed && !parsed.success) return firstProblem(parsed.error, payload);
  }
  return undefined;
}
