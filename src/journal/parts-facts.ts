import { z } from 'zod';
import { PARTS, type PartsComparison } from '../releases/compare-parts.ts';
import type { PartsFound } from '../rollback/which-parts.ts';
import type { Json } from '../store/item.ts';

/** What changed since the last good release, as an entry keeps it. */
export function partsFacts({ comparison, symptom }: PartsFound): Json {
  return {
    symptom: new Date(symptom).toISOString(),
    parts: comparison.parts.map(({ part, pinned, changes, tooLate }) => ({
      part,
      pinned,
      changes: changes.map(({ pin, from, to, at, commit }) => ({
        pin,
        from,
        to,
        at: new Date(at).toISOString(),
        commit,
      })),
      ...(tooLate !== undefined && { tooLate }),
    })),
    suspects: [...comparison.suspects],
  };
}

const moment = z.iso.datetime().transform((text) => Date.parse(text));
const part = z.enum(PARTS);

/** The same as it is read back. */
export const partsSchema = z
  .object({
    symptom: moment,
    parts: z.array(
      z.object({
        part,
        pinned: z.boolean(),
        changes: z.array(
          z.object({
            pin: z.string().regex(/^[a-z]+(?:\[\d+\])?$/),
            from: z.string(),
            to: z.string(),
            at: moment,
            commit: z.string().regex(/^[0-9a-f]{40}$/),
          }),
        ),
        tooLate: z.boolean().optional(),
      }),
    ),
    suspects: z.array(part),
  })
  .transform(({ symptom, parts, suspects }): PartsFound => {
    const comparison: PartsComparison = {
      parts: parts.map(({ tooLate, ...rest }) => ({
        ...rest,
        ...(tooLate !== undefined && { tooLate }),
      })),
      suspects,
    };
    return { comparison, symptom };
  });
