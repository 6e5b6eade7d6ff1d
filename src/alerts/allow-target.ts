import { targetKey } from '../target.ts';
import { environmentMissing, targetNotAllowed } from '../texts/alerts.ts';
import type { AlertSource } from './alert.ts';

export type AllowedTarget =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly why: 'target-not-allowed' | 'environment-missing';
      readonly message: string;
    };

/**
 * Whether a source may speak for a target. One that is set up for certain targets has to name the environment: which
 * one is meant without it depends on policies, and could be another than it was set up for.
 */
export function allowTarget(
  { model, environment }: { readonly model: string; readonly environment?: string | undefined },
  { targets }: Pick<AlertSource, 'targets'>,
): AllowedTarget {
  if (targets === undefined) return { ok: true };
  if (environment === undefined) {
    return { ok: false, why: 'environment-missing', message: environmentMissing(targets) };
  }
  const key = targetKey({ model, environment });
  if (targets.includes(key)) return { ok: true };
  return { ok: false, why: 'target-not-allowed', message: targetNotAllowed(key) };
}
