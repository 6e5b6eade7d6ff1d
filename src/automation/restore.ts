import type { Pin } from '../manifests/pin.ts';
import { readPins } from '../manifests/read-pin.ts';
import { restoreApplication } from './argo-application.ts';
import type { FoundApplication } from './find-applications.ts';
import { filesOfImages, isOf } from './find-others.ts';
import { restoreMarkers, suspendedLines } from './flux-marker.ts';
import { removeRule, ruleLine } from './renovate-rule.ts';

/** Something that a rollback took out of force, and where it says so. */
export interface Restorable {
  readonly kind: 'flux' | 'argocd-image-updater' | 'renovate';
  readonly file: string;
  readonly line: number;
}

/** Files with everything back in force that rollbacks of a target took out of it. */
export interface Restoration {
  /** New texts by path. */
  readonly texts: ReadonlyMap<string, string>;
  readonly restored: readonly Restorable[];
  /** What cannot be put back without touching something else: people have to. */
  readonly left: readonly (Restorable & { readonly why: string })[];
}

/** What the repository shows of a target's automation. */
export interface RestoreInput {
  /** The target's key: it names the rule of Renovate. */
  readonly target: string;
  readonly pins: readonly Pin[];
  readonly applications: readonly FoundApplication[];
  /** The settings of Renovate. */
  readonly renovate?: string;
  readonly textOf: (path: string) => string | undefined;
}

/**
 * Puts back what `suspendMarkers` and `suspendOthers` took out of force for a target. The files themselves say what
 * that is, so it does not matter who or when, nor whether anything is remembered. What belongs to other targets stays.
 */
export function restoreAutomation(input: RestoreInput): Restoration {
  const texts = new Map<string, string>();
  const restored: Restorable[] = [];
  const left: (Restorable & { readonly why: string })[] = [];
  const now = (path: string): string | undefined => texts.get(path) ?? input.textOf(path);
  const put = (path: string, text: string, ...what: readonly Restorable[]): void => {
    texts.set(path, text);
    restored.push(...what);
  };
  for (const file of new Set(input.pins.map((pin) => pin.file))) {
    const text = now(file);
    const lines = text === undefined ? [] : markersOf(text, input.pins, file);
    if (text === undefined || lines.length === 0) continue;
    const markers = lines.map((line) => ({ kind: 'flux', file, line }) as const);
    put(file, restoreMarkers(text, new Set(lines)), ...markers);
  }
  const images = filesOfImages(input.pins);
  for (const { file, application } of input.applications) {
    const { name, paths, suspended, line } = application;
    const text = now(file);
    if (!suspended || text === undefined || !images.some((one) => isOf(name, paths, one))) continue;
    const what = { kind: 'argocd-image-updater', file, line } as const;
    const after = restoreApplication(text, name);
    if (after === undefined) left.push({ ...what, why: 'it stands there in another way by now' });
    else put(file, after, what);
  }
  const { renovate, target } = input;
  const settings = renovate === undefined ? undefined : now(renovate);
  const edit = settings === undefined ? undefined : removeRule(settings, target);
  if (edit && renovate !== undefined && settings !== undefined) {
    const what = {
      kind: 'renovate',
      file: renovate,
      line: ruleLine(settings, target) ?? 1,
    } as const;
    if (edit.ok) put(renovate, edit.text, what);
    else left.push({ ...what, why: edit.why });
  }
  return { texts, restored, left };
}

/** The lines of a target's own pins whose markers are out of force. */
function markersOf(text: string, pins: readonly Pin[], file: string): readonly number[] {
  const own = pins.filter((pin) => pin.file === file);
  const lines = new Set(
    readPins(text, own).flatMap((reading) => (reading.ok ? [reading.value.line] : [])),
  );
  return suspendedLines(text).filter((line) => lines.has(line));
}
