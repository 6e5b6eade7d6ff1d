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

/** Whether a text may name an environment: names joined by `/`. */
export function isEnvironment(text: string): boolean {
  return text.length <= 100 && text.split('/').every(isName);
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
