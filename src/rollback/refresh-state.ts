import type { Oid } from '../releases/release.ts';
import { isOwnCommit } from '../state/own-branch.ts';
import { readState } from '../state/read-state.ts';
import { restrict } from '../state/restrict.ts';
import { EMPTY_STATE, STATE_FOLDER, type State } from '../state/state.ts';
import { nextExpiry, STATE_BRANCH, type StateView } from '../state/view.ts';
import { stateUntrustedSentence, stateUnreadSentence } from '../texts/state-branch.ts';
import { MINUTE } from '../time.ts';
import { isPassing } from './insist.ts';
import { readTexts } from './read-texts.ts';
import { fullName, type Ports, type Workspace } from './workspace.ts';

/** The first wait before the state is looked at again that could not be. */
const AGAIN = MINUTE;

/**
 * Reads the state where its branch has moved since the last look, and checks who moved it. What somebody else than
 * Lastgood wrote restricts, and lifts nothing. Never throws but for a turn that is over: a state that cannot be
 * looked at is a state in which people are told, and nothing else happens.
 */
export async function refreshState(workspace: Workspace, ports: Ports): Promise<void> {
  const { manifests, state: known } = workspace;
  const head = manifests.ownHead();
  const gone = head === undefined && known.trusted !== undefined;
  if (head === known.head && known.unread === undefined && !(gone && !known.untrusted)) return;
  try {
    workspace.state = await look(workspace, ports, head);
  } catch (error) {
    ports.signal.throwIfAborted();
    const unread = error instanceof Error ? error.message : String(error);
    workspace.state = { ...known, ...(head !== undefined && { head }), unread };
    tell(workspace, ports, known, stateUnreadSentence(unread));
    const wait = isPassing(error) ? Math.max(error.after, AGAIN) : AGAIN;
    ports.later({ kind: 'state', attempts: 1 }, ports.clock() + wait);
    return;
  }
  const { untrusted } = workspace.state;
  if (untrusted) tell(workspace, ports, known, stateUntrustedSentence(untrusted.by));
  scheduleExpiry(workspace, ports);
}

/** Has what ends by itself seen to when it does. */
export function scheduleExpiry({ state }: Workspace, ports: Ports): void {
  const when = nextExpiry(state, ports.clock());
  if (when !== undefined) ports.later({ kind: 'state', attempts: 1 }, when);
}

function tell(workspace: Workspace, ports: Ports, known: StateView, sentence: string): void {
  const { untrusted, unread } = workspace.state;
  // Once per change.
  if (untrusted?.by === known.untrusted?.by && unread === known.unread) return;
  ports.journal.write({
    kind: 'state',
    at: ports.clock(),
    repository: fullName(workspace.repository),
    sentence,
  });
}

async function look(workspace: Workspace, ports: Ports, head: Oid | undefined): Promise<StateView> {
  const { trusted } = workspace.state;
  if (head === undefined && trusted === undefined) return { state: EMPTY_STATE };
  const seen = head === undefined ? EMPTY_STATE : await stateAt(workspace, head);
  const by = head === trusted ? undefined : await whoElse(workspace, ports, head);
  if (by === undefined && head !== undefined) return { state: seen, head, trusted: head };
  const before = trusted === undefined ? EMPTY_STATE : await stateAt(workspace, trusted);
  return {
    state: restrict(before, seen),
    ...(head !== undefined && { head }),
    ...(trusted !== undefined && { trusted }),
    untrusted: { by: by ?? 'somebody' },
  };
}

/** The state as it stands at a commit. */
export async function stateAt(
  { manifests }: Pick<Workspace, 'manifests'>,
  commit: Oid,
): Promise<State> {
  const entries = await manifests.filesUnder(commit, STATE_FOLDER.replace(/\/$/, ''));
  return readState(await readTexts(manifests, entries));
}

/** Who wrote to the branch beside Lastgood since the last commit that is known to be its own; undefined when nobody. */
async function whoElse(
  { repository, manifests, state }: Workspace,
  ports: Ports,
  head: Oid | undefined,
): Promise<string | undefined> {
  if (head === undefined) return 'somebody';
  // Without a commit that is known, everything that is not the default branch's is looked at.
  const since = state.trusted ?? (await manifests.head()).commit;
  const { ownBranch } = ports;
  const { rewritten, commits } = await ownBranch.commitsSince(repository, STATE_BRANCH, since);
  if (rewritten && state.trusted !== undefined) return 'somebody';
  const { account } = await ports.self(repository);
  for (const commit of commits) {
    const own = isOwnCommit(commit, account);
    const brought = own ? await ownBranch.broughtBy(repository, commit.oid) : [];
    if (own && brought.length === 0) continue;
    return own ? 'somebody' : (commit.author?.login ?? commit.committer?.login ?? 'somebody');
  }
  return undefined;
}
