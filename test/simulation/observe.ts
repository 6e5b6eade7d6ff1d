import type { Pull } from '../../fixtures/hub/state.ts';
import type { Moment, PullAt } from './record.ts';
import { STATE_BRANCH } from './state-branch.ts';
import type { World } from './world.ts';

/** Takes down how the outside world stands now. Answers the number of the moment. */
export function observe(world: World): number {
  const { record, repository, alerts } = world;
  for (const { number, mergedAt } of repository.pulls()) {
    if (mergedAt !== undefined && !record.mergedAt.has(number)) {
      record.mergedAt.set(number, world.next());
    }
  }
  noteVotes(world);
  const state = stateNow(world);
  record.moments.push({
    seq: world.next(),
    now: world.now(),
    state,
    head: repository.head() ?? '',
    pulls: new Map(repository.pulls().map((pull) => [pull.number, pullAt(world, pull)])),
    alerts: new Map(alerts),
  });
  return record.moments.length - 1;
}

/** Lastgood's own commits are told by their author: nobody else in a run writes in its name. */
function stateNow(world: World): Moment['state'] {
  const { git, repository, record } = world;
  const head = repository.head(STATE_BRANCH);
  const { states } = record;
  if (head !== undefined && git.history.commit(head).author.name === 'lastgood[bot]') {
    if (!states.some(({ commit }) => commit === head))
      states.push({ seq: world.next(), commit: head });
  }
  const last = states.at(-1);
  return {
    ...(head !== undefined && { head }),
    ...(last && { own: last.commit }),
    ownSeq: last?.seq ?? 0,
  };
}

/** An approval by command counts from the moment that its answer carries the mark of one. */
function noteVotes(world: World): void {
  const { repository, record } = world;
  for (const said of record.said) {
    if (said.countedAt !== undefined || !said.commands.some(({ name }) => name === 'approve')) {
      continue;
    }
    const marker = `<!-- lastgood:answer ${said.kind} ${said.id} -->\n<!-- lastgood:approval `;
    const counted = repository
      .comments(said.number)
      .some(({ user, body }) => user.login === 'lastgood[bot]' && body.startsWith(marker));
    if (counted) said.countedAt = world.next();
  }
}

/** What may count as an approval by command: words that were edited before count for nobody. */
function votesOf({ record }: World, { number }: Pull): PullAt['votes'] {
  return record.said.flatMap(({ number: below, commands, login, head, at, ...said }) => {
    if (below !== number || head === undefined) return [];
    if (!commands.some(({ name }) => name === 'approve')) return [];
    const counted = said.countedAt !== undefined;
    if (said.editedAt !== undefined && !counted) return [];
    return [{ login, state: 'APPROVED', commit: head, at, counted }];
  });
}

/** Who asked for a rollback, by the commit that Lastgood proposed. */
function askedIn({ git }: World, commits: readonly string[]): Pick<PullAt, 'asked'> {
  for (const oid of commits) {
    const { author, message } = git.history.commit(oid);
    if (author.name !== 'lastgood[bot]') continue;
    const login = /^Lastgood-Requested-By: (\S+) \d+$/m.exec(message)?.[1];
    const at = /^Lastgood-First-Seen: (\S+)$/m.exec(message)?.[1] ?? '';
    if (login !== undefined) return { asked: { login, at: Date.parse(at) } };
  }
  return {};
}

function pullAt(world: World, pull: Pull): PullAt {
  const { git, repository, record } = world;
  const { number, headRef: branch, head, baseRef: into, state } = pull;
  const reopenedAt = record.reopened.get(number);
  const commits = git.history.between(repository.head(into) ?? pull.base, head);
  return {
    number,
    branch,
    head,
    into,
    state,
    reviews: pull.reviews.map(({ user, state: said, commit, submittedAt: at }) => ({
      login: user.login,
      state: said,
      commit,
      at,
    })),
    votes: votesOf(world, pull),
    ...askedIn(world, commits),
    authors: commits.map((oid) => git.history.commit(oid).author.name),
    ...(reopenedAt !== undefined && { reopenedAt }),
  };
}

/** Takes down every merge that Lastgood asks for and gets, with what stood right before. */
export function watchMerges(world: World): void {
  const { hub, record, repository } = world;
  const asked = new Map<number, number>();
  hub.onCall((phase, call) => {
    const number = /\/pulls\/(\d+)\/merge$/.exec(call.path)?.[1];
    if (call.method !== 'PUT' || number === undefined) return;
    if (phase === 'before') {
      asked.set(call.id, observe(world));
      return;
    }
    const until = asked.get(call.id) ?? 0;
    if (repository.pull(Number(number)).mergedAt === undefined) return;
    if (record.merges.some((one) => one.number === Number(number))) return;
    const { lastQuiet: from } = world;
    const seq = world.next();
    record.mergedAt.set(Number(number), seq);
    record.merges.push({ seq, number: Number(number), from, until });
  });
}
