import type { PinValue } from '../manifests/pin.ts';
import type { Component } from '../manifests/pin.ts';

/** Why a pin's value does not always mean the same thing. Closed: every member has a sentence in `texts/check.ts`. */
export type Mutable =
  /** It is a name that is given to something else from time to time. */
  | { readonly why: 'moving-name'; readonly name: string }
  /** An image without tag and digest is `latest`. */
  | { readonly why: 'no-tag' }
  /** A location without any version in it is written over. */
  | { readonly why: 'overwritten-path' };

/** Names that registries, buckets and branches move along. */
const MOVING = new Set(
  'latest stable current newest head main master trunk dev develop development staging prod production live release nightly edge canary champion default active'.split(
    ' ',
  ),
);

/** Components whose value is a location or a name of something that was built. */
const BUILT: ReadonlySet<Component> = new Set<Component>(['model', 'features', 'image', 'data']);

/**
 * Whether a pin's value may mean something else tomorrow. A rollback to such a value brings back whatever it means
 * then, so it is no release that anybody can go back to. Settings of traffic and configuration are what they say.
 */
export function findMutable(
  component: Component,
  { value, version }: Pick<PinValue, 'value' | 'version'>,
): Mutable | undefined {
  if (!BUILT.has(component)) return undefined;
  const moving = [version, lastName(value)].find((name) => MOVING.has(name.toLowerCase()));
  if (moving !== undefined) return { why: 'moving-name', name: moving };
  if (component === 'image' && value === version) return imageWithoutTag(value);
  const parts = value.split('/').filter((part) => part !== '');
  const inPath = parts.slice(1).find((part) => MOVING.has(part.toLowerCase()));
  if (isLocation(value) && inPath !== undefined) return { why: 'moving-name', name: inPath };
  return isLocation(value) && !/\d/.test(pathOf(value)) ? { why: 'overwritten-path' } : undefined;
}

/** The part that names a version in `repo:tag`, `repo@digest` and `a/b`. */
function lastName(value: string): string {
  return /[:/@]([^:/@]+)$/.exec(value)?.[1] ?? value;
}

/** A repository with neither tag nor digest. A bare tag, as Kustomize and Helm keep it apart, has no slash. */
function imageWithoutTag(value: string): Mutable | undefined {
  if (!value.includes('/') || value.includes('@')) return undefined;
  const name = value.slice(value.lastIndexOf('/') + 1);
  return name.includes(':') ? undefined : { why: 'no-tag' };
}

function isLocation(value: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(value);
}

/** A location without its scheme and host: digits in `s3://bucket-7/` are no version. */
function pathOf(value: string): string {
  return value.replace(/^[^:]+:\/\/[^/]*/, '');
}
