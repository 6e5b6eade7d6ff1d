import { z } from 'zod';
import { mapping } from '../mapping.ts';
import { RESPONSES } from '../policy.ts';
import { budget, duration, wholeNumber } from '../values.ts';

const response = z.enum(RESPONSES, { error: 'one of ignore, record, notify, review, merge' });

/** `respond:`, what is done about an alert. */
export const respond = mapping('What to do about an alert, by its severity.', {
  critical: response
    .describe('What to do when an alert of severity `critical` fires.')
    .exactOptional(),
  high: response.describe('What to do when an alert of severity `high` fires.').exactOptional(),
  medium: response.describe('What to do when an alert of severity `medium` fires.').exactOptional(),
  low: response.describe('What to do when an alert of severity `low` fires.').exactOptional(),
});

/** `evidence:`, what must have been seen before. */
export const evidence = mapping('What must have been seen before anything is opened or merged.', {
  consecutive: wholeNumber(1, 1000)
    .describe('So many firing notifications in a row, without a resolved one between.')
    .exactOptional(),
  minAge: duration.describe('The alert must have been firing for so long.').exactOptional(),
});

/** `target:`, which releases may be gone back to. */
export const target = mapping('Which releases may be gone back to.', {
  minSoak: duration.describe('A release must have run so long to count as good.').exactOptional(),
  maxDepth: wholeNumber(1, 1000)
    .describe('Never further back than so many releases.')
    .exactOptional(),
});

/** `limits:`, how much is done without people. */
export const limits = mapping('How much Lastgood may do for this target by itself.', {
  merge: budget
    .describe('Automatic merges in a rolling window; over it, a pull request waits for review.')
    .exactOptional(),
  open: budget
    .describe('Rollback pull requests in a rolling window; over it, people are told instead.')
    .exactOptional(),
  cooldown: duration
    .describe('After a merged rollback, no automatic merge for so long.')
    .exactOptional(),
  maxReleaseAge: duration
    .describe('A running release older than this is rolled back by review only.')
    .exactOptional(),
});

/** `onReturn:`, what is done when a quarantined version comes back. */
export const onReturn = z
  .enum(['notify', 'review', 'merge'], { error: 'one of notify, review, merge' })
  .describe('What to do, once, when a quarantined version comes back past the check.');
