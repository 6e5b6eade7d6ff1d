import { formatProblem } from './format-problem.ts';
import { loadPolicySet } from './load.ts';
import type { PolicySet, TargetPolicy } from './policy.ts';

/** Loads files given by name, `.lastgood/` added, without any shipped preset but those given. */
export function load(
  files: Readonly<Record<string, string>>,
  shipped: Readonly<Record<string, string>> = {},
): PolicySet {
  return loadPolicySet(
    Object.entries(files).map(([name, text]) => ({ path: `.lastgood/${name}`, text })),
    Object.entries(shipped).map(([name, text]) => ({ name, text })),
  );
}

/** What a person reads about the files, one problem a line. */
export function problemsOf(
  files: Readonly<Record<string, string>>,
  shipped: Readonly<Record<string, string>> = {},
): string {
  return load(files, shipped).problems.map(formatProblem).join('\n');
}

/** The only target of a set; a set with another number of them is a mistake of the test. */
export function onlyTarget(set: PolicySet): TargetPolicy {
  const [only, ...others] = set.targets;
  if (!only || others.length > 0 || set.problems.length > 0) {
    throw new Error(`${set.targets.length} targets; ${set.problems.map(formatProblem).join('\n')}`);
  }
  return only;
}

/** A policy for one model in production with one pin, to which a test adds what it is about. */
export function policyFor(model: string, more = ''): string {
  return `model: ${model}
environments:
  production:
    pins:
      model: { file: ${model}/model.yaml, path: spec.version }
${more}`;
}
