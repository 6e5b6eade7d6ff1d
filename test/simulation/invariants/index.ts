import { commandsAnswered } from './commands-answered.ts';
import { commandsByRole } from './commands-by-role.ts';
import { comesToRest } from './comes-to-rest.ts';
import { decisionsActedOn } from './decisions-acted-on.ts';
import { everyAlertAnswered } from './every-alert-answered.ts';
import type { Invariant } from './invariant.ts';
import { journalInOrder } from './journal-in-order.ts';
import { mergesAllowed } from './merges-allowed.ts';
import { mergesThePlan } from './merges-the-plan.ts';
import { noFailures } from './no-failures.ts';
import { noMixedPair } from './no-mixed-pair.ts';
import { noQuarantinedVersion } from './no-quarantined-version.ts';
import { oneOutcome } from './one-outcome.ts';
import { oneRollbackPerIncident } from './one-rollback-per-incident.ts';
import { openRollbacksWait } from './open-rollbacks-wait.ts';
import { returnsAnswered } from './returns-answered.ts';

/** What is checked in every run. */
export const INVARIANTS: readonly Invariant[] = [
  oneRollbackPerIncident,
  mergesAllowed,
  mergesThePlan,
  noMixedPair,
  noQuarantinedVersion,
  everyAlertAnswered,
  decisionsActedOn,
  openRollbacksWait,
  comesToRest,
  commandsAnswered,
  commandsByRole,
  returnsAnswered,
  journalInOrder,
  oneOutcome,
  noFailures,
];
