import { judgeOpenLater } from '../check/judge-open.ts';
import { afterState } from '../rollback/after-state.ts';
import { commitState } from '../rollback/commit-state.ts';
import type { Change } from '../state/change.ts';
import type { Actor, Restriction } from '../state/state.ts';
import { notWrittenSentence } from '../texts/state-answers.ts';
import type { Answer, Asking } from './asking.ts';

/** Who asks, as the state keeps it. */
export function actorOf({ by }: Asking): Actor {
  return { login: by.login, id: by.id };
}

/** Whether this very command made a part of the state: it is handled again after a crash, say. */
export function isMine(
  { by, at }: Asking,
  part: Pick<Restriction, 'by' | 'at'> | undefined,
): boolean {
  return part?.at === at && part.by?.id === by.id;
}

/**
 * Changes the state as asked, and goes on with what that stops or lets go. `done` and `already` say so; `mine` tells
 * whether what is so already came of this very command.
 */
export async function changeBy(
  asking: Asking,
  change: Change,
  say: {
    readonly done: () => string;
    readonly already: () => string;
    readonly mine: () => boolean;
  },
): Promise<Answer> {
  const { workspace, ports } = asking;
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
      const done = committed.kind === 'written' || say.mine();
      return { outcome: done ? 'done' : 'refused', text: done ? say.done() : say.already() };
    }
  }
}
