import { judgeOpenLater } from '../check/judge-open.ts';
import { afterState } from '../rollback/after-state.ts';
import { commitState } from '../rollback/commit-state.ts';
import type { Change } from '../state/change.ts';
import { isOwnCommit } from '../state/own-branch.ts';
import type { Actor } from '../state/state.ts';
import { STATE_BRANCH } from '../state/view.ts';
import { notWrittenSentence } from '../texts/state-answers.ts';
import { stateMessage } from '../texts/state.ts';
import type { Answer, Asking } from './asking.ts';

/** What people ask to be changed. */
type Asked = Exclude<Change, { readonly kind: 'used' | 'expire' }>;

/** Who asks, as the state keeps it. */
export function actorOf({ by }: Asking): Actor {
  return { login: by.login, id: by.id };
}

/**
 * Changes the state as asked, and goes on with what that stops or lets go. `done` and `already` say so: what is so
 * already because of this very command, whose answer never came, is done.
 */
export async function changeBy(
  asking: Asking,
  asked: Asked,
  say: { readonly done: () => string; readonly already: () => string },
): Promise<Answer> {
  const { workspace, ports } = asking;
  const change: Asked = { ...asked, said: asking.said };
  const committed = await commitState(workspace, ports, change);
  switch (committed.kind) {
    case 'unreadable':
    case 'forbidden':
      return { outcome: 'refused', text: notWrittenSentence(committed) };
    case 'written':
    case 'already': {
      const target = 'target' in change ? change.target : undefined;
      if (change.kind === 'quarantine' || change.kind === 'reland') {
        judgeOpenLater(ports, change.target);
      }
      await afterState(workspace, ports, target);
      const done = committed.kind === 'written' || (await wasWritten(asking, change));
      return { outcome: done ? 'done' : 'refused', text: done ? say.done() : say.already() };
    }
  }
}

/**
 * Whether this very command made a commit of the state, and the process died before it was answered: a commit names the
 * comment that asked for it. Among the newest hundred; what lies further back was answered long ago.
 */
export async function wasWritten(
  { workspace: { repository }, ports, said }: Asking,
  asked: Asked,
): Promise<boolean> {
  const { headline, body } = stateMessage({ ...asked, said });
  const message = `${headline}\n\n${body}`;
  const [newest, { account }] = await Promise.all([
    ports.ownBranch.newest(repository, STATE_BRANCH),
    ports.self(repository),
  ]);
  return newest.some((one) => isOwnCommit(one, account) && one.message.trim() === message);
}
