/** The unit that is rolled back: one model in one environment. */
export interface Target {
  readonly model: string;
  /** May have parts: `production/eu-west`. */
  readonly environment: string;
}

/** `production/eu-west/fraud-detector`: the environment, then the model. The form people type and branches carry. */
export type TargetKey = string;

const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9_-]|\.(?!\.|$|lock$))*$/;

/** Whether a text may name a model, or one part of an environment: safe in a git ref, a path, YAML and Markdown. */
export function isName(text: string): boolean {
  return text.length <= 100 && NAME.test(text) && !text.endsWith('.lock');
}

/** Branches that Lastgood keeps for itself stand beside those of rollbacks, which begin with their environment. */
const OWN_BRANCHES: ReadonlySet<string> = new Set(['state', 'journal', 'restore', 'drill']);

/**
 * Whether a text may name an environment: names joined by `/`. The first is none of Lastgood's own branches, and none
 * ends like a file of the state: git has no branch, and no file, below another one.
 */
export function isEnvironment(text: string): boolean {
  const parts = text.split('/');
  const own = OWN_BRANCHES.has(parts[0] ?? '');
  return (
    text.length <= 100 && !own && parts.every((part) => isName(part) && !part.endsWith('.yaml'))
  );
}

export function targetKey(target: Target): TargetKey {
  return `${target.environment}/${target.model}`;
}

/** The inverse of {@link targetKey}; undefined when the text names no target. */
export function parseTargetKey(text: string): Target | undefined {
  const at = text.lastIndexOf('/');
  if (at < 1) return undefined;
  const target = { environment: text.slice(0, at), model: text.slice(at + 1) };
  return isEnvironment(target.environment) && isName(target.model) ? target : undefined;
}
