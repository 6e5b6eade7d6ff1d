import type { Oid } from '../releases/release.ts';
import { changeState } from '../state/change-state.ts';
import type { Change, StateFile } from '../state/change.ts';
import { REPOSITORY_STATE, STATE_FOLDER, statePath, type State } from '../state/state.ts';
import { STATE_BRANCH } from '../state/view.ts';
import { writeRepositoryState, writeTargetState } from '../state/write-state.ts';
import { refreshState, stateAt } from './refresh-state.ts';
import { fullName, type Ports, type Workspace } from './workspace.ts';

const FOLDER = STATE_FOLDER.replace(/\/$/, '');

/** What came of a change of the state. */
export type Committed =
  | { readonly kind: 'written'; readonly commit: Oid }
  /** What was asked for is so. */
  | { readonly kind: 'already' }
  | { readonly kind: 'unreadable'; readonly file: string }
  /** A rule or a missing permission forbids it. */
  | { readonly kind: 'forbidden'; readonly message: string };

/** So often somebody else may be first. */
const TRIES = 5;

/**
 * Changes the state by one signed commit, unless it is so already. Somebody who was first is read before it is tried
 * again. Where somebody else than Lastgood wrote the state, the commit puts in what counts of that, so that from then on
 * the state is Lastgood's own. While nobody can read a file of what somebody else wrote, it stays theirs: what Lastgood
 * said in that file would be forgotten otherwise. Then only what restricts more is written. Throws what may pass by
 * itself.
 */
export async function commitState(
  workspace: Workspace,
  ports: Ports,
  change: Change,
): Promise<Committed> {
  const { repository, manifests } = workspace;
  for (let tries = 1; ; tries += 1) {
    const view = workspace.state;
    if (view.unread !== undefined) return { kind: 'unreadable', file: STATE_BRANCH };
    const outcome = changeState(view.state, change);
    if (outcome.kind !== 'changed') return outcome;
    const { state, files, message } = outcome;
    const hidden = view.untrusted && (await unreadableIn(workspace, view.head));
    if (hidden !== undefined && !RESTRICTS.has(change.kind)) {
      return { kind: 'unreadable', file: hidden };
    }
    const { commit: from } = await manifests.head();
    const all = [
      ...(view.head === undefined ? await foreign(workspace, from) : []),
      ...(view.untrusted ? await everything(workspace, state) : files),
    ];
    const written = await ports.ownBranch.write(repository, {
      branch: STATE_BRANCH,
      expected: view.head,
      from,
      ...message,
      files: Object.fromEntries(all.map(({ path, text }) => [path, text])),
    });
    if (written.kind === 'forbidden') return written;
    if (written.kind === 'conflict') {
      if (tries >= TRIES) return { kind: 'forbidden', message: 'Others write to it all the time.' };
      manifests.expectOwn();
      await manifests.fetch();
      await refreshState(workspace, ports);
      continue;
    }
    const { commit } = written;
    workspace.state =
      hidden === undefined
        ? { state, head: commit, trusted: commit }
        : { ...view, state, head: commit };
    manifests.expectOwn();
    // What a rollback quarantines is no news: the rollback was told.
    if (change.kind !== 'quarantine' || change.incident === undefined) {
      ports.journal.write({
        kind: 'state',
        at: ports.clock(),
        repository: fullName(repository),
        sentence: `${message.headline}. ${message.body.split('\n\n')[0] ?? ''}`,
      });
    }
    return { kind: 'written', commit };
  }
}

/** What keeps Lastgood from more than before, and lets nothing go. */
const RESTRICTS: ReadonlySet<Change['kind']> = new Set(['hold', 'freeze', 'quarantine']);

/** A file of the state that nobody can read, as it stands at the head of its branch. */
async function unreadableIn(
  workspace: Workspace,
  head: Oid | undefined,
): Promise<string | undefined> {
  if (head === undefined) return undefined;
  const { unreadable } = await stateAt(workspace, head);
  return [...unreadable].toSorted()[0];
}

/** Files in the state's place on the default branch, where nothing of Lastgood's stands: the branch begins without them. */
async function foreign({ manifests }: Workspace, from: Oid): Promise<readonly StateFile[]> {
  const found = await manifests.filesUnder(from, FOLDER);
  return found.map(({ path }) => ({ path, text: null }));
}

/** Every file of the state, but for those that say what nobody can read. */
async function everything(
  { manifests, state: { head } }: Workspace,
  state: State,
): Promise<readonly StateFile[]> {
  const there = head === undefined ? [] : await manifests.filesUnder(head, FOLDER);
  const paths = new Set(there.map(({ path }) => path));
  return [
    { path: REPOSITORY_STATE, text: writeRepositoryState(state) },
    ...[...state.targets.values()].map((one) => ({
      path: statePath(one.target),
      text: writeTargetState(one),
    })),
  ].filter(({ path, text }) => !state.unreadable.has(path) && (text !== null || paths.has(path)));
}
