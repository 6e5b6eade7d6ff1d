import type { Pin } from '../manifests/pin.ts';
import type { HistorySource, Oid } from '../releases/release.ts';
import type { Automation } from './automation.ts';

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
const WRITTEN_BY_ARGO = /^(?:.*\/)?\.argocd-source-(.+)\.ya?ml$/;

/**
 * What may set the pins of a target again by itself, beside what stands on their lines: as files of the repository
 * tell it. Renovate proposes images only.
 */
export async function findOtherAutomations(
  source: Pick<HistorySource, 'fileAt'>,
  base: Oid,
  pins: readonly Pin[],
): Promise<readonly Automation[]> {
  const files = [...new Set(pins.map(({ file }) => file))];
  const argo = files.flatMap((file): Automation[] => {
    const application = WRITTEN_BY_ARGO.exec(file)?.[1];
    return application === undefined ? [] : [{ kind: 'argocd-image-updater', file, application }];
  });
  const pinned = [
    ...new Set(pins.flatMap(({ component, file }) => (component === 'image' ? [file] : []))),
  ];
  if (pinned.length === 0) return argo;
  for (const file of RENOVATE_FILES) {
    if (await source.fileAt(base, file)) return [...argo, { kind: 'renovate', file, pinned }];
  }
  return argo;
}
