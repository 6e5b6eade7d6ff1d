import { isMap, isScalar, isSeq, parseAllDocuments, type Document } from 'yaml';
import type { Pin } from '../../manifests/pin.ts';
import { parsePath } from '../../manifests/parse-path.ts';

/** What a pin says in a file, read by a YAML parser alone; undefined where it says nothing that can be told. */
export function pinVersion(text: string, pin: Pin): string | undefined {
  const parsed = parsePath(pin.path);
  if (!parsed.ok) return undefined;
  const values = documentsOf(text)
    .filter((document) => fits(document, pin.document))
    .flatMap((document) => {
      let nodes: readonly unknown[] = [document.contents];
      for (const step of parsed.steps) nodes = nodes.flatMap((node) => walk(node, step));
      return nodes.flatMap((node) => scalarText(node) ?? []);
    });
  const [value] = values;
  if (value === undefined || values.length > 1) return undefined;
  if (pin.version === undefined) return value;
  const [before = '', after = ''] = pin.version.split('{version}');
  const matches =
    value.startsWith(before) &&
    value.endsWith(after) &&
    value.length > before.length + after.length;
  return matches ? value.slice(before.length, value.length - after.length) : undefined;
}

function documentsOf(text: string): readonly Document[] {
  try {
    const documents = parseAllDocuments(text, { uniqueKeys: false });
    return Array.isArray(documents) ? documents : [];
  } catch {
    return [];
  }
}

function fits(document: Document, wanted: Pin['document']): boolean {
  if (!wanted) return true;
  const { kind, name } = wanted;
  return (
    (kind === undefined || document.getIn(['kind']) === kind) &&
    (name === undefined || document.getIn(['metadata', 'name']) === name)
  );
}

type Step = Extract<ReturnType<typeof parsePath>, { ok: true }>['steps'][number];

function walk(node: unknown, step: Step): readonly unknown[] {
  if (step.kind === 'key')
    return isMap(node) && node.has(step.key) ? [node.get(step.key, true)] : [];
  if (!isSeq(node)) return [];
  if (step.kind === 'index') return node.items.slice(step.index, step.index + 1);
  return node.items.filter((item) => {
    const found = step.field.reduce<unknown>(
      (inner, key) => (isMap(inner) ? inner.get(key, true) : undefined),
      item,
    );
    return scalarText(found) === step.value;
  });
}

/** A scalar as it is written: `1.10` stays `1.10`. */
function scalarText(node: unknown): string | undefined {
  if (!isScalar(node)) return undefined;
  return typeof node.value === 'string' ? node.value : (node.source ?? String(node.value));
}
