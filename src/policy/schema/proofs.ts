import { z } from 'zod';
import { mapping } from '../mapping.ts';
import { CHECK_LEVELS } from '../policy.ts';
import { budget, duration, partOfAll } from '../values.ts';

const finding = z.enum(CHECK_LEVELS, { error: 'one of tell, warn, fail' });

/** `check:`, what is asked of pull requests by others. */
export const check = mapping(
  'What the findings of the `lastgood` check on pull requests come to.',
  {
    noGoal: finding
      .describe('A release ships that could not be rolled back, because no earlier one is good.')
      .exactOptional(),
    mutableVersion: finding
      .describe('A version ships that may become something else, such as `latest`.')
      .exactOptional(),
    undeclaredPair: finding
      .describe('Model and feature snapshot ship that nothing declares to belong together.')
      .exactOptional(),
    severalActive: finding
      .describe('More than one version of the model would be active.')
      .exactOptional(),
    widerPowers: finding
      .describe(
        'More people would decide by this policy, or fewer would have to: it says who, and whether its author is among them.',
      )
      .exactOptional(),
  },
);

/** `backtest:`, what has to be shown before anything merges by itself. */
export const backtest = mapping(
  'Nothing merges by itself until a backtest of this very policy has shown as much, and its record stands in `.lastgood/backtests/`.',
  {
    span: duration
      .describe('What was recorded has to be at least so long. Default: 14d.')
      .exactOptional(),
    falseRollbacks: budget
      .describe('At most so many rollbacks without an incident. Default: 1 per 30d.')
      .exactOptional(),
    found: partOfAll
      .describe(
        'At least this share of the incidents found; no incident is no proof, unless it is 0%. Default: 80%.',
      )
      .exactOptional(),
    maxAge: duration
      .describe('What was recorded may not have ended longer ago. Default: 90d.')
      .exactOptional(),
  },
);
