import { parseJson } from './parse-json.ts';
import { parseYaml } from './parse-yaml.ts';
import type { PinProblem } from './pin.ts';
import type { Place } from './place.ts';
import { plainText, showText } from './show-text.ts';
import { textPosition } from './text-position.ts';

/** A manifest's source and its places. */
export interface Manifest {
  readonly file: string;
  readonly format: 'yaml' | 'json';
  readonly text: string;
  /** The documents that hold something; a JSON file has one. */
  readonly documents: readonly Place[];
}

export type OpenedManifest =
  | { readonly ok: true; readonly manifest: Manifest }
  | { readonly ok: false; readonly problem: PinProblem };

/**
 * Parses a manifest: `.json` files as JSON, all others as YAML. One mistake anywhere makes the whole file
 * `not-parsable`, as it does for the engine that applies it.
 */
export function openManifest(file: string, text: string): OpenedManifest {
  const format = file.toLowerCase().endsWith('.json') ? 'json' : 'yaml';
  const parsed = format === 'json' ? parseJson(text) : parseYaml(text);
  if (parsed.ok) return { ok: true, manifest: { file, format, text, documents: parsed.documents } };

  const { line, column } = textPosition(text, parsed.offset);
  const source = text.split('\n', line)[line - 1] ?? '';
  return {
    ok: false,
    problem: {
      code: 'not-parsable',
      message: `${showText(file)} is not valid ${format === 'json' ? 'JSON' : 'YAML'} at line ${line}, column ${column}: ${plainText(parsed.message, 200)}`,
      suggestion:
        format === 'yaml' && text.includes('{{')
          ? 'The file looks like a template: pin the place where its values are given, such as `values.yaml`.'
          : `Mend the line ${showText(source.trim())}.`,
      line,
      column,
    },
  };
}
