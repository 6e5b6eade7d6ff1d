import type { Pin } from '../manifests/pin.ts';
import type { HistorySource, Oid } from '../releases/release.ts';
import type { OtherAutomation } from './automation.ts';
import { findApplications } from './find-applications.ts';

/** Where Renovate looks for its settings, in its order. */
export const RENOVATE_FILES = [
  'renovate.json',
  'renovate.json5',
  '.github/renovate.json',
  '.github/renovate.json5',
  '.renovaterc',
  '.renovaterc.json',
  '.renovaterc.json5',
] as const;

/** Argo CD Image Updater keeps what it set for an Application in a file of its own. */
const WRITTEN_BY_ARGO = /^(?:(.*)\/)?\.argocd-source-(.+)\.ya?ml$/;

/**
 * What may set the pins of a target again by itself, beside what stands on their lines: as files of the repository
 * tell it. Renovate and Argo CD Image Updater set images only. Applications are searched for only where they would be
 * `suspended`: that reads every manifest once.
 */
export async function findOtherAutomations(
  source: Pick<HistorySource, 'fileAt' | 'filesUnder' | 'blob'>,
  base: Oid,
  pins: readonly Pin[],
  suspended: boolean,
): Promise<readonly OtherAutomation[]> {
  const images = filesOfImages(pins);
  if (images.length === 0) return [];
  const argo = [
    ...writtenFiles(images),
    ...(suspended ? await annotated(source, base, images) : []),
  ];
  // One Application is told of once, by what can be done about it.
  const named = new Map(argo.map((one) => [one.application, one]));
  const file = await renovateFile(source, base);
  const pinned = [...new Set(pins.flatMap((pin) => (pin.component === 'image' ? [pin.file] : [])))];
  const renovate: readonly OtherAutomation[] =
    file !== undefined && pinned.length > 0
      ? [{ kind: 'renovate', file, pinned, suspended: false }]
      : [];
  return [...named.values(), ...renovate];
}

/** The settings of Renovate that count; undefined when there are none. */
export async function renovateFile(
  source: Pick<HistorySource, 'fileAt'>,
  base: Oid,
): Promise<string | undefined> {
  for (const file of RENOVATE_FILES) if (await source.fileAt(base, file)) return file;
  return undefined;
}

/** The files whose pins images are set in: those of image pins, and those that Argo CD Image Updater keeps. */
export function filesOfImages(pins: readonly Pin[]): readonly string[] {
  const files = pins.flatMap(({ component, file }) =>
    component === 'image' || WRITTEN_BY_ARGO.test(file) ? [file] : [],
  );
  return [...new Set(files)];
}

type Argo = Extract<OtherAutomation, { kind: 'argocd-image-updater' }>;

function writtenFiles(files: readonly string[]): readonly Argo[] {
  return files.flatMap((file) => {
    const application = WRITTEN_BY_ARGO.exec(file)?.[2];
    return application === undefined
      ? []
      : [{ kind: 'argocd-image-updater', application, file, suspended: false }];
  });
}

async function annotated(
  source: Pick<HistorySource, 'filesUnder' | 'blob'>,
  base: Oid,
  files: readonly string[],
): Promise<readonly Argo[]> {
  const found = await findApplications(source, base);
  return found.flatMap(({ file, application }) => {
    const { name, line, suspended, paths } = application;
    const written = files.find((one) => isOf(name, paths, one));
    // One that is out of force already sets nothing.
    if (written === undefined || suspended) return [];
    const own = WRITTEN_BY_ARGO.test(written) ? { file: written } : {};
    const annotation = { file, line };
    return [{ kind: 'argocd-image-updater', application: name, ...own, annotation, suspended }];
  });
}

/** Whether an Application is the one that a file with pins belongs to. */
export function isOf(name: string, paths: readonly string[], file: string): boolean {
  const written = WRITTEN_BY_ARGO.exec(file);
  if (written) return written[2] === name;
  return paths.some((path) => file === path || file.startsWith(`${path}/`));
}
