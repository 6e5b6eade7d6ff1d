import { z } from 'zod';

/** A mapping with exactly these keys. */
export function mapping<Shape extends z.ZodRawShape>(meaning: string, shape: Shape) {
  return z
    .strictObject(shape, {
      error: (issue) =>
        issue.code === 'invalid_type'
          ? `a mapping with the keys ${Object.keys(shape).join(', ')}`
          : undefined,
    })
    .describe(meaning);
}
