import { z } from 'zod';
import { mapping } from '../mapping.ts';
import { channel, yesOrNo } from '../values.ts';
import { drills } from './drills.ts';
import { ladder, retrain } from './ladder.ts';
import { monitorEntries, serverName } from './monitors.ts';
import { approvals, breakGlass, owners } from './people.ts';
import { fallback } from './pins.ts';
import { backtest, check } from './proofs.ts';
import { evidence, limits, onReturn, respond, target } from './response.ts';
import { verify } from './verify.ts';

/** What a preset, the top of a policy file and an environment may all say. */
export const settings = {
  respond: respond.exactOptional(),
  evidence: evidence.exactOptional(),
  target: target.exactOptional(),
  limits: limits.exactOptional(),
  approvals: approvals.exactOptional(),
  breakGlass: breakGlass.exactOptional(),
  onReturn: onReturn.exactOptional(),
  suspendAutomation: yesOrNo
    .describe(
      'Whether a rollback also takes out of force what would set its pins again by itself (Flux, Argo CD Image Updater, Renovate), as far as it stands in the repository. Default: it only tells of it.',
    )
    .exactOptional(),
  check: check.exactOptional(),
  notify: mapping('Where people are told of an incident, beside its pull request.', {
    issue: yesOrNo.describe('An issue in this repository for each incident.').exactOptional(),
    slack: channel.describe('A channel of Slack. Default: none.').exactOptional(),
  }).exactOptional(),
  verify: verify.exactOptional(),
  drills: drills.exactOptional(),
  server: serverName
    .describe(
      'The server of metrics that monitors ask, by its name in the settings. Default: none.',
    )
    .exactOptional(),
  monitors: monitorEntries.exactOptional(),
  backtest: backtest.exactOptional(),
  ladder: ladder.exactOptional(),
  retrain: retrain.exactOptional(),
  fallback: fallback.exactOptional(),
};

/** Settings of a target that may come from anywhere, as read from a merged tree. */
export const settingsSchema = z.strictObject({
  owners: owners.exactOptional(),
  ...settings,
});
export type Settings = z.output<typeof settingsSchema>;
