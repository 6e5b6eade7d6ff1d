import type { Severity } from '../policy/policy.ts';
import type { Decision, Storm } from './decision.ts';

/**
 * Whether a decision wakes somebody, beside being told: Lastgood leaves an alert of this severity to people. What is
 * milder can be read when there is time. In a storm people were called about all of it at once. Pure.
 */
export function callsPeople(
  { act }: Pick<Decision, 'act'>,
  severity: Severity,
  storm: Storm | undefined,
): boolean {
  return (
    act === 'notify' && storm === undefined && (severity === 'critical' || severity === 'high')
  );
}
