/** Reading a YAML file that a setting names: what is wrong with it is told with its place, and no secret is shown. */
import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { describeFound, jsonPath } from './alerts/field-problem.ts';

export type YamlReading =
  | { readonly ok: true; readonly root: unknown }
  | { readonly ok: false; readonly problems: readonly string[] };

/** The document as plain data; undefined when it is empty. */
export function readYaml(text: string): YamlReading {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [broken] = document.errors;
  if (broken) {
    const { line, col } = lines.linePos(broken.pos[0]);
    return { ok: false, problems: [`line ${line}, column ${col}: not YAML (${broken.code}).`] };
  }
  try {
    return { ok: true, root: document.toJS({ maxAliasCount: 10 }) ?? undefined };
  } catch {
    // An alias in it leads nowhere, or too far.
    return { ok: false, problems: ['expected YAML without aliases.'] };
  }
}

/**
 * Every mistake of shape, by its path; the message of an issue is what was expected. What stands at a key of `secrets`
 * is not shown. A mistyped key is named: its value may be a secret and is not shown either.
 */
export function describeIssues(
  error: z.ZodError,
  root: unknown,
  secrets: readonly string[],
): readonly string[] {
  const foundAt = (keys: readonly PropertyKey[]): string => {
    let value = root;
    for (const key of keys) {
      if (secrets.some((name) => name === key)) return '';
      value = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
    }
    return `, found ${describeFound(value)}`;
  };
  return error.issues.map((issue) => {
    const extra = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
    if (extra !== undefined) {
      return `${jsonPath('$', [...issue.path, extra])}: no such key, expected ${issue.message}.`;
    }
    return `${jsonPath('$', issue.path)}: expected ${issue.message}${foundAt(issue.path)}.`;
  });
}

/** What is said of each text that stands in the list before already. */
export function findRepeated(
  texts: readonly string[],
  say: (index: number, first: number) => string,
): readonly string[] {
  return texts.flatMap((text, index) => {
    const first = texts.indexOf(text);
    return first === index ? [] : [say(index, first)];
  });
}

/** The name of an entry, that of a `source` say. */
export const entryName = (of: string) =>
  z.string({ error: `the name of the ${of}` }).regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, {
    error: 'a name of letters, digits, ".", "_" and "-"',
  });

/** The repositories that an entry is for. */
export const repositories = z
  .array(
    z
      .string({ error: 'a repository as "owner/name"' })
      .regex(/^[A-Za-z0-9_-]+\/[A-Za-z0-9._-]+$/, { error: 'a repository as "owner/name"' }),
    { error: 'a list of repositories as "owner/name"' },
  )
  .min(1, { error: 'at least one repository as "owner/name"' });

/** The name of an environment variable that holds a secret. */
export const variable = z
  .string({ error: 'the name of an environment variable' })
  .regex(/^[A-Za-z_]\w*$/, { error: 'the name of an environment variable' });
