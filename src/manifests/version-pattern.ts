import type { PinProblem } from './pin.ts';
import { showText } from './show-text.ts';

/**
 * Version patterns: `s3://models/fraud/{version}/model`. A text with exactly one `{version}`; everything else
 * stands for itself, so that no pattern can be slow. A pattern matches a whole value, from its first to its
 * last character, and the version is all that stands between what comes before the hole and what comes after
 * it: slashes and repetitions of the literal parts included. With one hole and both ends fixed there is never
 * a second way to match. The version is never empty.
 */

const HOLE = '{version}';

/** Says what is wrong with a pattern; undefined when it is a good one. */
export function checkPattern(pattern: string): PinProblem | undefined {
  const holes = pattern.split(HOLE).length - 1;
  if (holes === 1) return undefined;
  return {
    code: 'pattern-mismatch',
    message: `The version pattern ${showText(pattern)} has ${holes === 0 ? 'no' : holes} ${HOLE}; exactly one was expected.`,
    suggestion: `Write the value and put ${HOLE} where the version stands, as in \`s3://models/fraud/{version}/model\`.`,
  };
}

/** The version that a value holds; undefined when the value does not match or the pattern is not a good one. */
export function extractVersion(pattern: string, value: string): string | undefined {
  const parts = splitPattern(pattern);
  if (!parts) return undefined;
  const end = value.length - parts.suffix.length;
  if (end <= parts.prefix.length) return undefined;
  if (!value.startsWith(parts.prefix) || !value.endsWith(parts.suffix)) return undefined;
  return value.slice(parts.prefix.length, end);
}

/** The value that holds a version; undefined when the version is empty or the pattern is not a good one. */
export function insertVersion(pattern: string, version: string): string | undefined {
  const parts = splitPattern(pattern);
  if (!parts || version === '') return undefined;
  return parts.prefix + version + parts.suffix;
}

function splitPattern(pattern: string): { prefix: string; suffix: string } | undefined {
  const [prefix, suffix, more] = pattern.split(HOLE);
  if (prefix === undefined || suffix === undefined || more !== undefined) return undefined;
  return { prefix, suffix };
}
