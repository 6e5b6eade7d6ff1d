/**
 * Puts back what ran before a drill merged, byte for byte.
 *
 * The races: the process dies between any two steps, or loses the database; somebody ships to the environment, or holds
 * it, in between.
 *
 * What must hold: the environment ends where it began, unless a person or an incident decided otherwise; nothing of what
 * others changed meanwhile is undone.
 *
 * How: what is to be put back is what the merge commit changed, by git alone. A file that is as the drill left it gets
 * its former bytes; one that is as it was before is back already; any other is somebody else's by now.
 */
import { decodeText } from '../../manifests/decode-text.ts';
import type { Oid } from '../../releases/release.ts';
import type { PullRequest } from '../../rollback/forge.ts';
import { bringUpToDate } from '../../rollback/up-to-date.ts';
import type { Workspace } from '../../rollback/workspace.ts';
import { drillBackBody, drillTitle } from '../../texts/drill.ts';
import { listOf } from '../../texts/names.ts';
import { drillBranch } from '../drill-branch.ts';
import { drillCommitOf } from '../drill-message.ts';
import { groundOf } from '../ground.ts';
import { whyGiveUp } from '../plan-drill.ts';
import { again, type Did, type Step } from '../step.ts';
import { mergeOnce } from './merge.ts';
import { tellDrillCheck } from './propose.ts';

export async function restoreDrill(step: Step): Promise<Did> {
  const { workspace, ports, run, target } = step;
  const { repository, manifests } = workspace;
  const { merged, pull } = run;
  if (!merged || !pull) return { outcome: 'skipped', finding: 'Nothing merged.' };
  const ground = groundOf(workspace, ports, target);
  if (whyGiveUp(ground) === 'rollback-open') {
    const finding = `A rollback of the target began meanwhile, so what the drill merged stays. Decide with #${pull.number} what shall run there.`;
    return { outcome: 'failed', finding };
  }
  await bringUpToDate(workspace, ports);
  const { parents } = await ports.forge.commit(repository, merged.commit);
  const before = parents[0];
  if (before === undefined) return { outcome: 'failed', finding: BY_HAND };
  const changed = await ports.forge.changedFiles(repository, pull.number);
  const head = (await manifests.head()).commit;
  const states = await readStates(
    workspace,
    changed.map(({ path }) => path),
    { before, after: merged.commit, head },
  );
  const others = states.filter(({ state }) => state === 'other').map(({ path }) => path);
  if (others.length > 0) {
    const finding = `Somebody changed ${listOf(others)} since the drill merged, so it was left as it is. Look whether what runs there is wanted.`;
    return { outcome: 'failed', finding };
  }
  const files = states.flatMap(({ file }) => file ?? []);
  if (files.length === 0) return RESTORED;
  const { hold, freeze, unreadable, untrusted } = ground.restrictions;
  if (hold || freeze || unreadable || untrusted) {
    return again(
      step,
      'Nothing merges while it is held, so what the drill merged stays. Lift that, and put it back by hand.',
    );
  }
  const { startedAt } = run;
  const opened = await ports.forge.propose(repository, {
    branch: drillBranch({ target, startedAt, part: 'back' }),
    base: head,
    commit: drillCommitOf(target, run, 'back'),
    files,
    title: drillTitle(target, 'back'),
    body: drillBackBody(target, pull.number),
  });
  return mergeBack(step, opened.pull);
}

const RESTORED: Did = { outcome: 'passed', finding: 'What ran before is back.' };

const BY_HAND = 'GitHub does not say what was there before. Put it back by hand.';

async function mergeBack(step: Step, pull: PullRequest): Promise<Did> {
  const { workspace, ports, target } = step;
  if (pull.state === 'merged') return RESTORED;
  if (pull.state === 'closed') {
    const finding = `Somebody closed #${pull.number}, which would have put it back. Look whether what runs there is wanted.`;
    return { outcome: 'failed', finding };
  }
  await tellDrillCheck(workspace, ports, target, pull.head, true);
  const outcome = await mergeOnce(step, { part: 'back', pull });
  return typeof outcome === 'string' ? RESTORED : outcome;
}

interface FileState {
  readonly path: string;
  readonly state: 'back' | 'merged' | 'other';
  /** What to put, where it is as the drill left it. */
  readonly file?: { readonly path: string; readonly mode: string; readonly contents: string };
}

async function readStates(
  { manifests }: Workspace,
  paths: readonly string[],
  { before, after, head }: { readonly before: Oid; readonly after: Oid; readonly head: Oid },
): Promise<readonly FileState[]> {
  return Promise.all(
    paths.map(async (path): Promise<FileState> => {
      const [old, drilled, now] = await Promise.all(
        [before, after, head].map((commit) => manifests.fileAt(commit, path)),
      );
      if (!old || !drilled || !now) return { path, state: 'other' };
      if (now.blob === old.blob) return { path, state: 'back' };
      const decoded = decodeText(await manifests.blob(old.blob));
      if (now.blob !== drilled.blob || !decoded.ok) return { path, state: 'other' };
      return { path, state: 'merged', file: { path, mode: old.mode, contents: decoded.text } };
    }),
  );
}
