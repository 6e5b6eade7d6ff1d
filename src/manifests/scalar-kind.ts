import { isScalar, parseDocument } from 'yaml';

/** What a plain scalar is to those who read the file. */
type Kind = 'string' | 'number' | 'boolean' | 'null' | 'other';

/**
 * Whether an unquoted text may stand where `current`, also unquoted, stood: if every reader takes it for a
 * string, or for the same kind as before, by the rules of YAML 1.1 and 1.2 both. Kubernetes' tools mix the
 * two: `1.10` and `12e03` are numbers, `yes` a boolean and `2026-11-20` a date to some of them.
 */
export function keepsKind(current: string, text: string): boolean {
  const [old11, old12] = kindsOf(current);
  const [new11, new12] = kindsOf(text);
  if (new11 === 'string' && new12 === 'string') return true;
  return new11 === old11 && new12 === old12;
}

function kindsOf(text: string): readonly [Kind, Kind] {
  return [kindOf(text, 'yaml-1.1'), kindOf(text, 'core')];
}

function kindOf(text: string, schema: 'yaml-1.1' | 'core'): Kind {
  const { contents, errors } = parseDocument(text, { schema, prettyErrors: false });
  if (errors.length > 0 || !isScalar(contents)) return 'other';
  const { value } = contents;
  if (value === null) return 'null';
  if (typeof value === 'string') return 'string';
  return typeof value === 'number' || typeof value === 'boolean' ? typeofKind(value) : 'other';
}

function typeofKind(value: number | boolean): Kind {
  return typeof value === 'number' ? 'number' : 'boolean';
}
