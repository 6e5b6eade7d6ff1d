import { z } from 'zod';

/** The parts of a JSON Schema that say which keys are known where. */
interface Shape {
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly additionalProperties?: Shape | boolean;
  readonly items?: Shape;
  readonly anyOf?: readonly Shape[];
}

/** Which keys a schema knows: at a path, and where else. */
export interface KnownKeys {
  at(path: readonly PropertyKey[]): readonly string[];
  /** The places below which a key is known, `*` for any name, nearest to the root first. */
  homes(key: string): readonly string[];
}

const cache = new WeakMap<z.ZodType, KnownKeys>();

/** Reads the known keys from the schema's JSON Schema, once a schema. */
export function knownKeys(schema: z.ZodType): KnownKeys {
  const cached = cache.get(schema);
  if (cached) return cached;
  const root = z.toJSONSchema(schema, { io: 'input' }) as Shape;
  const homes = new Map<string, string[]>();
  collectHomes(root, [], homes);
  const keys: KnownKeys = {
    at: (path) => branches(path.reduce<Shape | undefined>(step, root)).flatMap(ownKeys),
    homes: (key) => homes.get(key) ?? [],
  };
  cache.set(schema, keys);
  return keys;
}

function step(shape: Shape | undefined, key: PropertyKey): Shape | undefined {
  for (const branch of branches(shape)) {
    const next = typeof key === 'number' ? branch.items : below(branch, String(key));
    if (next) return next;
  }
  return undefined;
}

function below(shape: Shape, key: string): Shape | undefined {
  if (shape.properties && Object.hasOwn(shape.properties, key)) return shape.properties[key];
  return typeof shape.additionalProperties === 'object' ? shape.additionalProperties : undefined;
}

function branches(shape: Shape | undefined): readonly Shape[] {
  return shape ? (shape.anyOf ?? [shape]) : [];
}

function ownKeys(shape: Shape): readonly string[] {
  return Object.keys(shape.properties ?? {});
}

/** Lists are left out: what stands in a list stands in its single form too. */
function collectHomes(shape: Shape, path: readonly string[], homes: Map<string, string[]>): void {
  for (const branch of branches(shape)) {
    if (typeof branch.additionalProperties === 'object') {
      collectHomes(branch.additionalProperties, [...path, '*'], homes);
    }
    for (const [key, value] of Object.entries(branch.properties ?? {})) {
      const known = homes.get(key) ?? [];
      const here = path.join('.');
      if (!known.includes(here)) {
        homes.set(
          key,
          [...known, here].sort((a, b) => depth(a) - depth(b)),
        );
      }
      collectHomes(value, [...path, key], homes);
    }
  }
}

function depth(path: string): number {
  return path === '' ? 0 : path.split('.').length;
}
