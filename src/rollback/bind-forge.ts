import type { Conversation } from '../commands/conversation.ts';
import type { OwnBranch } from '../state/own-branch.ts';
import type { Forge } from './forge.ts';

/**
 * The forge within one turn of a repository's lane: no write is begun once the turn is over, because another process
 * may work the lane by then.
 *
 * What is on its way at that moment is harmless all the same. GitHub compares and swaps: a branch is made once, a
 * merge names the head that it merges, closing and deleting what is closed and deleted changes nothing. The next
 * process looks first what is there, and adopts it. At worst a comment is written twice.
 */
export function bindForge(forge: Forge, signal: AbortSignal): Forge {
  const write = within(signal);
  return {
    ...forge,
    propose: (...args) => write(() => forge.propose(...args)),
    renew: (...args) => write(() => forge.renew(...args)),
    merge: (...args) => write(() => forge.merge(...args)),
    enqueue: (...args) => write(() => forge.enqueue(...args)),
    dequeue: (...args) => write(() => forge.dequeue(...args)),
    requestReviews: (...args) => write(() => forge.requestReviews(...args)),
    label: (...args) => write(() => forge.label(...args)),
    comment: (...args) => write(() => forge.comment(...args)),
    edit: (...args) => write(() => forge.edit(...args)),
    close: (...args) => write(() => forge.close(...args)),
    reopen: (...args) => write(() => forge.reopen(...args)),
    deleteBranch: (...args) => write(() => forge.deleteBranch(...args)),
  };
}

/** The same for what is said. */
export function bindConversation(conversation: Conversation, signal: AbortSignal): Conversation {
  const write = within(signal);
  return {
    ...conversation,
    say: (...args) => write(() => conversation.say(...args)),
    answer: (...args) => write(() => conversation.answer(...args)),
    rewrite: (...args) => write(() => conversation.rewrite(...args)),
    react: (...args) => write(() => conversation.react(...args)),
  };
}

/** The same for the App's own branch. */
export function bindOwnBranch(branch: OwnBranch, signal: AbortSignal): OwnBranch {
  const write = within(signal);
  return { ...branch, write: (...args) => write(() => branch.write(...args)) };
}

function within(signal: AbortSignal) {
  return async <Answer>(begin: () => Promise<Answer>): Promise<Answer> => {
    signal.throwIfAborted();
    return begin();
  };
}
