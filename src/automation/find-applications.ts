import { decodeText } from '../manifests/decode-text.ts';
import type { HistorySource, Oid } from '../releases/release.ts';
import {
  applicationsIn,
  mayHoldApplication,
  type AnnotatedApplication,
} from './argo-application.ts';

/** An Application, and the file that it stands in. */
export interface FoundApplication {
  readonly file: string;
  readonly application: AnnotatedApplication;
}

/** In a repository with more manifests nothing is searched for: a rollback does not wait for that. */
const MOST_MANIFESTS = 5_000;
/** So many are read at once. */
const AT_ONCE = 100;

type Source = Pick<HistorySource, 'filesUnder' | 'blob'>;
const known = new WeakMap<Source, Map<Oid, readonly AnnotatedApplication[]>>();

/**
 * Every Application of the repository that Argo CD Image Updater is told to set the images of, or was told to. What was
 * read once is not read again, as long as it stays what it is.
 */
export async function findApplications(
  source: Source,
  base: Oid,
): Promise<readonly FoundApplication[]> {
  const files = await source.filesUnder(base, '');
  const manifests = files.filter(
    ({ path, mode }) =>
      /\.ya?ml$/.test(path) && mode.startsWith('100') && !path.startsWith('.lastgood/'),
  );
  if (manifests.length > MOST_MANIFESTS) return [];
  const before = known.get(source);
  const now = new Map<Oid, readonly AnnotatedApplication[]>();
  const found: FoundApplication[] = [];
  for (let from = 0; from < manifests.length; from += AT_ONCE) {
    const some = manifests.slice(from, from + AT_ONCE);
    const read = await Promise.all(
      some.map(async ({ blob }) => before?.get(blob) ?? (await readApplications(source, blob))),
    );
    for (const [i, applications] of read.entries()) {
      const { path: file, blob } = some[i] ?? { path: '', blob: '' };
      now.set(blob, applications);
      found.push(...applications.map((application) => ({ file, application })));
    }
  }
  known.set(source, now);
  return found;
}

async function readApplications(
  source: Source,
  blob: Oid,
): Promise<readonly AnnotatedApplication[]> {
  const decoded = decodeText(await source.blob(blob));
  return decoded.ok && mayHoldApplication(decoded.text) ? applicationsIn(decoded.text) : [];
}
