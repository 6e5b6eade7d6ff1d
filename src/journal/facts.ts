import { z } from 'zod';
import type { JournalLine } from './chain.ts';
import { partsSchema } from './parts-facts.ts';
import { samplesSchema } from './samples.ts';

/**
 * The facts of entries as they are read back, for reports: only what those need. Whatever is missing or has another
 * form is left out, since an earlier or later program may have written it.
 */
const person = z.object({ login: z.string(), id: z.number() });
const versions = z.record(z.string().regex(/^[a-z]+(?:\[\d+\])?$/), z.string());
const commit = z.string().regex(/^[0-9a-f]{40}$/);

const recordFacts = z.object({
  target: z.string(),
  mode: z.enum(['automatic', 'reviewed']),
  bad: commit,
  goal: commit.optional(),
  from: versions,
  to: versions,
  alert: z.object({ name: z.string(), source: z.string(), severity: z.string() }),
  firstSeen: z.iso.datetime(),
  decided: z.iso.datetime(),
  approvedBy: z.array(person).optional(),
  unansweredFor: z.number().optional(),
  rung: z.number().optional(),
  tries: z.string().optional(),
  requestedBy: person.optional(),
  reason: z.string().optional(),
  policy: z.object({ file: z.string(), commit }),
});
export type RecordFacts = z.infer<typeof recordFacts>;

const release = z.object({ commit, at: z.iso.datetime(), author: z.string() });

const facts = z.object({
  act: z.string().optional().catch(undefined),
  reason: z.string().optional().catch(undefined),
  target: z.string().optional().catch(undefined),
  pull: z.number().optional().catch(undefined),
  commit: commit.optional().catch(undefined),
  by: z.union([z.string(), person]).optional().catch(undefined),
  happened: z.string().optional().catch(undefined),
  since: z.iso.datetime().optional().catch(undefined),
  outcome: z.string().optional().catch(undefined),
  bad: release.optional().catch(undefined),
  goal: release.optional().catch(undefined),
  parts: partsSchema.optional().catch(undefined),
  rebuilt: z.boolean().optional().catch(undefined),
  from: versions.optional().catch(undefined),
  to: versions.optional().catch(undefined),
  policy: z.object({ file: z.string(), commit }).optional().catch(undefined),
  alert: z
    .object({
      name: z.string(),
      source: z.string(),
      severity: z.string(),
      startsAt: z.iso.datetime().optional(),
      summary: z.string().optional(),
      value: z.string().optional(),
      threshold: z.string().optional(),
    })
    .optional()
    .catch(undefined),
  record: recordFacts.optional().catch(undefined),
  samples: samplesSchema.optional().catch(undefined),
});
export type Facts = z.infer<typeof facts>;

/** What an entry says, as far as it can be read. */
export function factsIn(line: Pick<JournalLine, 'facts'>): Facts {
  return facts.parse(line.facts);
}
