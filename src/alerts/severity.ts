import { SEVERITIES, type Severity } from '../policy/policy.ts';

/** What alert rules commonly say instead. Anything else is refused rather than guessed: it decides what may merge. */
const SYNONYMS: Readonly<Record<string, Severity>> = {
  page: 'critical',
  warning: 'medium',
  info: 'low',
};

/** The words a `severity` may be, for messages. */
export const SEVERITY_WORDS =
  'one of critical (or page), high, medium (or warning), low (or info), in lower case';

/** Reads a severity; undefined for a word that is none. */
export function parseSeverity(text: string): Severity | undefined {
  const known = SEVERITIES.find((severity) => severity === text);
  if (known) return known;
  return Object.hasOwn(SYNONYMS, text) ? SYNONYMS[text] : undefined;
}
