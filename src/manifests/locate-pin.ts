import type { Manifest } from './manifest.ts';
import { nearestName } from '../nearest-name.ts';
import { parsePath } from './parse-path.ts';
import type { Pin, PinProblem } from './pin.ts';
import { placeAt, scalarText, type Place, type ScalarPlace } from './place.ts';
import { showList, showText } from './show-text.ts';
import { walkPath, type Walk } from './walk-path.ts';

export type Located =
  | { readonly ok: true; readonly scalar: ScalarPlace }
  | { readonly ok: false; readonly problem: PinProblem };

/**
 * Finds a pin's scalar. With `document`, the one document of that kind and name is searched. Without it, the
 * path has to meet something in exactly one document; if it meets nothing, the problem told is that of the
 * document in which it got furthest.
 */
export function locatePin(manifest: Manifest, pin: Pin): Located {
  const path = parsePath(pin.path);
  if (!path.ok) return path;
  const walk = (root: Place): Walk => walkPath(root, path.steps, pin.path);
  if (pin.document?.kind !== undefined || pin.document?.name !== undefined) {
    const chosen = chooseDocument(manifest, pin.document);
    return 'code' in chosen ? fail(chosen) : located(walk(chosen));
  }

  const walks = manifest.documents.map(walk);
  const met = [...walks.keys()].filter((i) => meets(walks[i]));
  if (met.length > 1) {
    const labels = manifest.documents.map(documentLabel);
    return fail({
      code: 'document-ambiguous',
      message: `${showText(pin.path)} meets something in ${met.length} documents of ${showText(manifest.file)}; exactly one was expected.`,
      suggestion: `Name the document by kind or name: ${showList(met.map((i) => labels[i] ?? ''))}.`,
    });
  }
  const best = walks.find(meets) ?? deepest(walks);
  if (best) return located(best);
  return fail({
    code: 'document-not-found',
    message: `${showText(manifest.file)} holds no document.`,
    suggestion: 'Name another file, or fill this one.',
  });
}

function located(walk: Walk): Located {
  return walk.ok ? walk : fail(walk.problem);
}

function fail(problem: PinProblem): Located {
  return { ok: false, problem };
}

function meets(walk: Walk | undefined): boolean {
  return walk !== undefined && (walk.ok || walk.met);
}

function deepest(walks: readonly Walk[]): Walk | undefined {
  let best: Extract<Walk, { ok: false }> | undefined;
  for (const walk of walks) {
    if (!walk.ok && (!best || walk.depth > best.depth)) best = walk;
  }
  return best;
}

function chooseDocument(
  manifest: Manifest,
  wanted: NonNullable<Pin['document']>,
): Place | PinProblem {
  const { kind, name } = wanted;
  const chosen = manifest.documents.filter(
    (root) =>
      (kind === undefined || kindOf(root) === kind) &&
      (name === undefined || nameOf(root) === name),
  );
  const [root] = chosen;
  if (root && chosen.length === 1) return root;
  const what = [
    kind === undefined ? '' : `kind ${showText(kind)}`,
    name === undefined ? '' : `name ${showText(name)}`,
  ]
    .filter((part) => part !== '')
    .join(' and ');
  if (root) {
    return {
      code: 'document-ambiguous',
      message: `${chosen.length} documents of ${showText(manifest.file)} have ${what}; exactly one was expected.`,
      suggestion: `They are ${showList(chosen.map(documentLabel))}: give both kind and name.`,
    };
  }
  return {
    code: 'document-not-found',
    message: `No document of ${showText(manifest.file)} has ${what}.`,
    suggestion: suggestDocument(manifest.documents, wanted),
  };
}

function suggestDocument(
  documents: readonly Place[],
  wanted: NonNullable<Pin['document']>,
): string {
  const label = [wanted.kind, wanted.name].filter((part) => part !== undefined).join('/');
  const labels = documents.map((root) =>
    [wanted.kind === undefined ? '' : kindOf(root), wanted.name === undefined ? '' : nameOf(root)]
      .filter(Boolean)
      .join('/'),
  );
  const nearest = nearestName(label, labels);
  if (nearest !== undefined) return `Did you mean ${showText(nearest)}?`;
  return documents.length === 0
    ? 'The file holds no document.'
    : `The file has ${showList(documents.map(documentLabel))}.`;
}

function kindOf(root: Place): string | undefined {
  return scalarText(placeAt(root, ['kind']));
}

function nameOf(root: Place): string | undefined {
  return scalarText(placeAt(root, ['metadata', 'name']));
}

/** `Deployment/server`; a document without kind and name is called by its place in the file. */
function documentLabel(root: Place, index: number): string {
  const parts = [kindOf(root), nameOf(root)].filter((part) => part !== undefined);
  return parts.length === 0 ? `document ${index + 1}` : parts.join('/');
}
