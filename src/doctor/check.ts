/** What may keep a rollback's pull request from being merged, and how it is merged. */
const MERGE_IDS = [
  'github-approval',
  'automatic-merge',
  'required-checks',
  'merge-queue',
  'signatures',
  'push-restriction',
  'merge-method',
  'rollback-branch',
] as const;

/** What is known of the rules of the branch. */
const RULE_IDS = ['branch-rules', 'bypass', 'classic-protection'] as const;

/** Everything that may hold up the merge of a rollback. */
export const GATE_IDS = [...RULE_IDS, ...MERGE_IDS] as const;

/**
 * What `lastgood doctor` looks at. Closed: every member is explained in docs/doctor.md, in this order, which is also
 * the order of the output.
 */
export const CHECK_IDS = [
  'github',
  'credentials',
  'clock',
  'installations',
  'permissions',
  'events',
  'webhook',
  'deliveries',
  'database',
  'metric-servers',
  'repositories',
  'mirror',
  'policies',
  'last-good',
  'owners',
  'approvers',
  ...RULE_IDS,
  'approval-path',
  ...MERGE_IDS,
] as const;
export type CheckId = (typeof CHECK_IDS)[number];

/**
 * `ok`: as it should be. `warning`: works, or could not be told, and a person should know. `problem`: something that
 * the App or a policy wants does not work.
 */
export type CheckLevel = 'ok' | 'warning' | 'problem';

/** One line of the doctor's findings. */
export interface Check {
  readonly id: CheckId;
  readonly level: CheckLevel;
  /** What it is about: a repository, an account, or the App itself. */
  readonly about: string;
  /** What was found, in one sentence. */
  readonly found: string;
  /** What to do about it, in one sentence; absent when there is nothing to do. */
  readonly fix?: string;
}

export function ok(id: CheckId, about: string, found: string): Check {
  return { id, level: 'ok', about, found };
}

export function warning(id: CheckId, about: string, found: string, fix: string): Check {
  return { id, level: 'warning', about, found, fix };
}

export function problem(id: CheckId, about: string, found: string, fix: string): Check {
  return { id, level: 'problem', about, found, fix };
}

/** The one check that a read comes to that failed. */
export function cannotBeRead(id: CheckId, about: string, what: string, why: string): Check {
  const found = `Cannot be read: ${what}. ${why}`;
  return warning(id, about, found, `Mend that and run the doctor again, or check by hand.`);
}
