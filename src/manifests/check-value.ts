import { showText } from './show-text.ts';

/** Longer values are refused, so that a message or a commit that names them stays readable. */
export const LONGEST_VALUE = 1_000;

/**
 * Says why a text cannot be the value of a pin, as the rest of a sentence; undefined when it can. Read and
 * written values obey the same rule, so that what was read can be put back.
 *
 * A value is one line of visible text: control and format characters, line breaks and lone surrogates could
 * break out of a quote, forge a trailer or hide what a person approves. Template placeholders (`{{ … }}` of
 * Helm, `${…}` of Flux and DVC) name no version, and would be expanded where they are put.
 */
export function checkValue(value: string): string | undefined {
  if (value.length > LONGEST_VALUE) {
    return `has ${value.length} characters, more than the ${LONGEST_VALUE} that a version may have`;
  }
  const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Cn}\p{Zl}\p{Zp}]/u.exec(value)?.[0];
  if (invisible !== undefined) {
    const code = (invisible.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    return `holds the character U+${code}, and a version is one line of visible text`;
  }
  const placeholder = /\{\{|\$\{/.exec(value)?.[0];
  if (placeholder !== undefined) {
    return `holds the template placeholder ${showText(placeholder)}, and a version is written out`;
  }
  return undefined;
}
