import type { PinProblem } from './pin.ts';

/**
 * The largest manifest that is read, in bytes. Manifests are written by people, and Kubernetes itself takes no larger
 * object; a bigger file is something else, and would keep everybody waiting while it is parsed.
 */
export const LARGEST_TEXT = 1024 * 1024;

/**
 * Turns the bytes of a file into text. Encoding the text as UTF-8 gives the same bytes again: a byte order
 * mark and every line end stay where they are. Refused with `not-text`: other encodings, files with NUL
 * bytes, files above {@link LARGEST_TEXT}.
 */
export function decodeText(
  bytes: Uint8Array,
):
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly problem: PinProblem } {
  if (bytes.length > LARGEST_TEXT) {
    return refuse(
      `The file has ${bytes.length} bytes, more than the ${LARGEST_TEXT} that are read.`,
      'Move the pin to a smaller file.',
    );
  }
  if (startsWith(bytes, [0xff, 0xfe]) || startsWith(bytes, [0xfe, 0xff])) {
    return refuse('The file is encoded as UTF-16; only UTF-8 is read.', 'Save the file as UTF-8.');
  }
  const nul = bytes.indexOf(0);
  if (nul >= 0) {
    return refuse(`The file is not text: it has a NUL byte at offset ${nul}.`);
  }
  try {
    // `ignoreBOM: true` means that the byte order mark is kept as a character.
    return {
      ok: true,
      text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes),
    };
  } catch {
    return refuse('The file is not valid UTF-8.', 'Save the file as UTF-8.');
  }
}

function startsWith(bytes: Uint8Array, mark: readonly number[]): boolean {
  return mark.every((byte, i) => bytes[i] === byte);
}

function refuse(
  message: string,
  suggestion?: string,
): { readonly ok: false; readonly problem: PinProblem } {
  return { ok: false, problem: { code: 'not-text', message, ...(suggestion && { suggestion }) } };
}
