import type { Alert } from '../alerts/alert.ts';
import type { PinProblem } from '../manifests/pin.ts';
import type { RepositoryPolicy, TargetPolicy } from '../policy/policy.ts';
import type { Release } from '../releases/release.ts';
import { DAY, HOUR, MINUTE, type Instant } from '../time.ts';
import type { DecisionInput, PastRollback } from './decision.ts';

/** The moment at which the examples are decided. */
export const NOW: Instant = Date.parse('2026-11-20T02:17:04Z');

export const BAD = 'b'.repeat(40);
export const OTHER = 'c'.repeat(40);
export const TARGET = 'production/fraud-scorer';

export const alert: Alert = {
  source: 'alertmanager',
  format: 'alertmanager',
  fingerprint: '4ce238da0745d046',
  status: 'firing',
  name: 'ModelErrorRateHigh',
  model: 'fraud-scorer',
  severity: 'critical',
  startsAt: NOW - 10 * MINUTE,
  receivedAt: NOW - MINUTE,
  labels: {},
};

export const policy: TargetPolicy = {
  target: { model: 'fraud-scorer', environment: 'production' },
  file: '.lastgood/fraud-scorer.yaml',
  owners: [],
  pins: [
    { id: 'model', component: 'model', file: 'a.yaml', path: 'model' },
    { id: 'features', component: 'features', file: 'a.yaml', path: 'features' },
  ],
  respond: { critical: 'merge', high: 'review', medium: 'notify', low: 'ignore' },
  evidence: { consecutive: 3, minAge: 5 * MINUTE },
  goal: { minSoak: DAY, maxDepth: 3 },
  limits: {
    merge: { count: 2, per: DAY },
    open: { count: 6, per: DAY },
    cooldown: 30 * MINUTE,
    maxReleaseAge: 7 * DAY,
  },
  approvals: { by: 'lastgood', required: 1, from: [], timeout: 5 * MINUTE, onTimeout: 'page' },
  verify: { within: 15 * MINUTE, watch: 2 * HOUR },
  fallback: {},
};

export const repository: RepositoryPolicy = {
  limits: { merge: { count: 5, per: DAY }, open: { count: 20, per: DAY } },
  mergeMethod: 'squash',
};

function pinValue(version: string) {
  return { version, value: version, token: version, line: 1 };
}

export const running: Release = {
  commit: BAD,
  at: NOW - HOUR,
  author: { name: 'Ann', email: 'ann@example.com' },
  subject: 'Ship 1.10',
  body: '',
  values: { model: pinValue('1.10'), features: pinValue('2026-11-19') },
  problems: [],
};

export const unreadable: PinProblem = {
  code: 'path-not-found',
  message: 'There is no spec.model in a.yaml.',
};

/** A rollback of another release of the target, merged by a person two days ago: it holds nothing back. */
export const pastRollback: PastRollback = {
  target: TARGET,
  badCommit: OTHER,
  number: 7,
  openedAt: NOW - 2 * DAY,
  state: 'merged',
  mergedAt: NOW - 2 * DAY,
  automatic: true,
};

/** So many rollbacks as given, numbered from 100. */
export function rollbacks(count: number, said: Partial<PastRollback>): PastRollback[] {
  return Array.from({ length: count }, (_, index) => ({
    ...pastRollback,
    number: 100 + index,
    ...said,
  }));
}

/** An input that nothing holds back: it is merged. */
export const input: DecisionInput = {
  now: NOW,
  evidence: {
    alert,
    firings: [NOW - 9 * MINUTE, NOW - 5 * MINUTE, NOW - MINUTE],
  },
  policy,
  repository,
  running,
  runningIsRollback: false,
  past: [pastRollback],
};
