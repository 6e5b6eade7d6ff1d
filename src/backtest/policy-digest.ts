import { createHash } from 'node:crypto';
import type { TargetPolicy } from '../policy/policy.ts';
import { targetKey } from '../target.ts';

/**
 * What of a policy does not change what a backtest of it says: where it is written, whom it asks and tells, what
 * happens after the merge, and what it demands of the backtest.
 */
const BESIDE: ReadonlySet<string> = new Set([
  'target',
  'file',
  'owners',
  'pinPlaces',
  'approvals',
  'breakGlass',
  'onReturn',
  'suspendAutomation',
  'check',
  'notify',
  'verify',
  'ladder',
  'retrain',
  'drills',
  'backtest',
] satisfies (keyof TargetPolicy)[]);

/**
 * The name of what a backtest tried: two policies of a target with the same digest act alike on the same metrics and
 * alerts. A key that is added to policies counts until it is named above, so that nothing is overlooked.
 */
export function policyDigest(policy: TargetPolicy): string {
  const counted = Object.fromEntries(
    Object.entries(policy).filter(([key]) => !BESIDE.has(key)),
  ) as Readonly<Record<string, unknown>>;
  const text = canonical({ target: targetKey(policy.target), ...counted });
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

/** The same text for the same data, whatever the order of keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) =>
    typeof one === 'object' && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  );
}
