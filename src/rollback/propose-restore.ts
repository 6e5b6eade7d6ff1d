/**
 * The pull request that puts back in force what rollbacks of a target took out of it, once somebody relanded a version.
 *
 * The races: the command is handled twice; the default branch moves; somebody mended the files by hand.
 *
 * What must hold: one pull request a reland, and nothing in it but what Lastgood itself took out of force. A person
 * decides when it is merged: from then on the automation may set the version.
 *
 * How: the files as they stand say what is out of force. The branch follows from the target and from when the reland
 * was asked for, so whoever comes to it again finds the same pull request.
 */
import { findApplications } from '../automation/find-applications.ts';
import { renovateFile } from '../automation/find-others.ts';
import { restoreAutomation, type Restoration } from '../automation/restore.ts';
import { decodeText } from '../manifests/decode-text.ts';
import type { TargetPolicy } from '../policy/policy.ts';
import type { Actor } from '../state/state.ts';
import { targetKey, type Target } from '../target.ts';
import { restoreBody, restoreCommit, restoreTitle } from '../texts/restore.ts';
import type { Instant } from '../time.ts';
import { BRANCH_PREFIX } from './branch.ts';
import { isPassing } from './insist.ts';
import type { Ports, Workspace } from './workspace.ts';

/** Who lets what back, and when that was asked for. */
export interface RestoreRequest {
  readonly version: string;
  readonly by: Actor;
  readonly at: Instant;
}

/** What came of it. */
export type RestoreOutcome =
  /** Nothing of the target is out of force. */
  | { readonly kind: 'nothing' }
  | ({ readonly kind: 'proposed'; readonly number: number } & Pick<Restoration, 'left'>)
  /** Nothing could be proposed: people have to put it back. */
  | ({ readonly kind: 'by-hand'; readonly why?: string } & Pick<Restoration, 'restored' | 'left'>);

/** The branch of a restoration: never one that an incident has. */
export function restoreBranch(target: Target, at: Instant): string {
  const stamp = new Date(at).toISOString().replace(/\D/g, '').slice(0, 14);
  return `${BRANCH_PREFIX}restore/${targetKey(target)}/${stamp}`;
}

/** Proposes to put back what is out of force. Throws what may pass by itself. */
export async function proposeRestore(
  workspace: Workspace,
  ports: Ports,
  policy: TargetPolicy,
  request: RestoreRequest,
): Promise<RestoreOutcome> {
  const { repository, manifests } = workspace;
  const { target } = policy;
  const { commit: base } = await manifests.head();
  const { files, restoration } = await readRestoration(workspace, policy, base);
  const { texts, restored, left } = restoration;
  if (texts.size === 0) {
    return left.length === 0 ? { kind: 'nothing' } : { kind: 'by-hand', restored, left };
  }
  try {
    const { pull } = await ports.forge.propose(repository, {
      branch: restoreBranch(target, request.at),
      base,
      commit: restoreCommit(target, request),
      files: [...texts].map(([path, contents]) => ({
        path,
        mode: files.get(path)?.mode ?? '100644',
        contents,
      })),
      title: restoreTitle(target),
      body: restoreBody(target, request, restoration),
    });
    return { kind: 'proposed', number: pull.number, left };
  } catch (error) {
    ports.signal.throwIfAborted();
    if (isPassing(error)) throw error;
    const why = error instanceof Error ? error.message : String(error);
    return { kind: 'by-hand', why, restored, left };
  }
}

interface TextFile {
  readonly mode: string;
  readonly text: string;
}

async function readRestoration(
  { manifests }: Workspace,
  { target, pins }: TargetPolicy,
  base: string,
): Promise<{
  readonly files: ReadonlyMap<string, TextFile>;
  readonly restoration: Restoration;
}> {
  const applications = (await findApplications(manifests, base)).filter(
    ({ application }) => application.suspended,
  );
  const renovate = await renovateFile(manifests, base);
  const paths = new Set([
    ...pins.map(({ file }) => file),
    ...applications.map(({ file }) => file),
    ...(renovate === undefined ? [] : [renovate]),
  ]);
  const files = new Map<string, TextFile>();
  for (const path of paths) {
    const file = await manifests.fileAt(base, path);
    const decoded = file && decodeText(await manifests.blob(file.blob));
    if (file && decoded?.ok === true) files.set(path, { mode: file.mode, text: decoded.text });
  }
  const restoration = restoreAutomation({
    target: targetKey(target),
    pins,
    applications,
    ...(renovate !== undefined && { renovate }),
    textOf: (path) => files.get(path)?.text,
  });
  return { files, restoration };
}
