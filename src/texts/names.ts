import type { PinId } from '../manifests/pin.ts';
import type { Principal } from '../policy/policy.ts';
import type { Oid } from '../releases/release.ts';
import { modelVersions } from '../releases/versions.ts';
import { flatten } from './escape.ts';

/** A commit as people name it. GitHub makes a link of it. */
export function shortCommit(commit: Oid): string {
  return commit.slice(0, 12);
}

/** Somebody as the policy names them; said in code, so that nobody is called twice. */
export function principalName(principal: Principal): string {
  switch (principal.kind) {
    case 'user':
      return `@${principal.login}`;
    case 'team':
      return `@${principal.org}/${principal.slug}`;
    case 'role':
      return `anyone with the role ${principal.role} or more`;
  }
}

/**
 * Those whose approval counts, called by name so that GitHub tells them; a role cannot be called. The one place that
 * names people outside of code.
 */
export function calledByName(from: readonly Principal[]): string {
  const names = from.filter(({ kind }) => kind !== 'role').map(principalName);
  return names.length === 0 ? 'Whoever may approve here' : listOf(names, 'or');
}

/** `a, b or c`. */
export function listOf(parts: readonly string[], word: 'and' | 'or' = 'and'): string {
  const last = parts.at(-1) ?? '';
  if (parts.length < 2) return last;
  return `${parts.slice(0, -1).join(', ')} ${word} ${last}`;
}

/** So many versions name a release; the rest is counted. */
const NAMED = 3;

/** A release as people name it: the model's version, or `image 1.9` where a target pins no model. */
export function versionName(
  versions: Readonly<Record<PinId, string>>,
  say: (text: string) => string = flatten,
): string {
  const all = Object.entries(modelVersions(versions)).map(([pin, version]) =>
    pin === 'model' ? say(version) : `${pin} ${say(version)}`,
  );
  const rest = all.length - NAMED;
  return listOf(rest > 0 ? [...all.slice(0, NAMED), `${rest} more`] : all);
}

/** Counts things: `1 approval`, `2 approvals`. */
export function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? '' : 's'}`;
}
