/**
 * The annotation by which Argo CD Image Updater knows the images of an Application:
 * `argocd-image-updater.argoproj.io/image-list: app=ghcr.io/acme/app`. It passes over an Application without one. So
 * another name for the key takes it out of force with everything that stands beside it, and the old name puts every
 * byte back.
 *
 * @module
 */
import { parseYaml } from '../manifests/parse-yaml.ts';
import type { MapPlace, Place, ScalarPlace } from '../manifests/place.ts';
import { textPosition } from '../manifests/text-position.ts';

export const IMAGE_LIST = 'argocd-image-updater.argoproj.io/image-list';
/** What stands before the annotation that is out of force. */
export const SUSPENDED_PREFIX = 'suspended-by-lastgood.';

/** An Application that Argo CD Image Updater sets, or would set, the images of. */
export interface AnnotatedApplication {
  readonly name: string;
  /** Of the annotation, 1-based. */
  readonly line: number;
  readonly suspended: boolean;
  /** The folders that it is made from, and what it is written back to; relative to the repository. */
  readonly paths: readonly string[];
}

/** Whether a text may hold such an Application: cheap, so that every manifest can be asked. */
export function mayHoldApplication(text: string): boolean {
  return text.includes(IMAGE_LIST);
}

/** The Applications in a text that have the annotation, in or out of force, once. A text that is no YAML has none. */
export function applicationsIn(text: string): readonly AnnotatedApplication[] {
  return findIn(text).map(({ name, suspended, paths, value }) => ({
    name,
    suspended,
    paths,
    line: textPosition(text, value.start).line,
  }));
}

/** Takes the annotation out of force; undefined when no other byte can be trusted to stay. */
export function suspendApplication(text: string, name: string): string | undefined {
  return rename(text, name, { from: IMAGE_LIST, to: SUSPENDED_PREFIX + IMAGE_LIST });
}

/** Puts back what {@link suspendApplication} took out of force. */
export function restoreApplication(text: string, name: string): string | undefined {
  return rename(text, name, { from: SUSPENDED_PREFIX + IMAGE_LIST, to: IMAGE_LIST });
}

interface Found extends Omit<AnnotatedApplication, 'line'> {
  readonly value: ScalarPlace;
}

function findIn(text: string): readonly Found[] {
  if (!mayHoldApplication(text)) return [];
  const parsed = parseYaml(text);
  if (!parsed.ok) return [];
  return parsed.documents.flatMap((root) => applicationAt(root) ?? []);
}

function applicationAt(root: Place): Found | undefined {
  if (textAt(root, ['kind']) !== 'Application') return undefined;
  if (textAt(root, ['apiVersion'])?.startsWith('argoproj.io/') !== true) return undefined;
  const name = textAt(root, ['metadata', 'name']);
  const annotations = mapAt(root, ['metadata', 'annotations']);
  if (name === undefined || !annotations) return undefined;
  const live = annotations.get(IMAGE_LIST);
  const out = annotations.get(SUSPENDED_PREFIX + IMAGE_LIST);
  const [value, ...more] = [...live, ...out];
  if (value?.kind !== 'scalar' || more.length > 0) return undefined;
  // What other places share is not for one of them to change.
  if (value.style === 'alias' || (value.lock !== undefined && value.style !== 'block')) {
    return undefined;
  }
  return { name, suspended: out.length > 0, value, paths: pathsOf(root) };
}

/** A key stands so near before its value, in characters. */
const LONGEST_GAP = 1_000;

function rename(
  text: string,
  name: string,
  { from, to }: { readonly from: string; readonly to: string },
): string | undefined {
  const [found, ...more] = findIn(text).filter((one) => one.name === name);
  if (!found || more.length > 0 || found.suspended === (from === IMAGE_LIST)) return undefined;
  const head = text.slice(0, found.value.start);
  const near = Math.max(0, head.length - LONGEST_GAP);
  const colon = /["']?[ \t]*:[ \t\r\n]*$/.exec(head.slice(near));
  const end = colon ? near + colon.index : 0;
  const at = end - from.length;
  if (at < 0 || head.slice(at, end) !== from || !/[\s{,"']/.test(head[at - 1] ?? ' '))
    return undefined;
  const renamed = text.slice(0, at) + to + text.slice(at + from.length);
  const after = findIn(renamed).find((one) => one.name === name);
  const isDone = after?.suspended === !found.suspended && after.value.text === found.value.text;
  return isDone ? renamed : undefined;
}

/** Where the Application's manifests are, and what its images are written back to. */
function pathsOf(root: Place): readonly string[] {
  const spec = mapAt(root, ['spec']);
  const sources = spec ? [...spec.get('source'), ...spec.get('sources')] : [];
  const folders = sources
    .flatMap((one) => (one.kind === 'list' ? one.items() : [one]))
    .flatMap((one) => textAt(one, ['path']) ?? [])
    .map(normal);
  const back = textAt(root, [
    'metadata',
    'annotations',
    'argocd-image-updater.argoproj.io/write-back-target',
  ]);
  const written = /^(?:kustomization|helmvalues):(.+)$/.exec(back ?? '')?.[1];
  const targets =
    written === undefined
      ? []
      : written.startsWith('/')
        ? [normal(written)]
        : folders.map((folder) => normal(`${folder}/${written}`));
  // The top of a repository holds everything: that says nothing.
  return [...new Set([...folders, ...targets])].filter((path) => path !== '');
}

/** `./apps/../base/` as `base`; empty when it leads out of the repository. */
function normal(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return '';
  }
  return parts.join('/');
}

function mapAt(root: Place, keys: readonly string[]): MapPlace | undefined {
  const place = placeAt(root, keys);
  return place?.kind === 'map' ? place : undefined;
}

function textAt(root: Place, keys: readonly string[]): string | undefined {
  const place = placeAt(root, keys);
  return place?.kind === 'scalar' ? place.text : undefined;
}

function placeAt(root: Place, keys: readonly string[]): Place | undefined {
  let place: Place | undefined = root;
  for (const key of keys) {
    if (place?.kind !== 'map') return undefined;
    const [one, ...more]: readonly Place[] = place.get(key);
    place = more.length === 0 ? one : undefined;
  }
  return place;
}
