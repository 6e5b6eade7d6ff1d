import type { Pull } from '../../fixtures/hub/state.ts';
import type { PullAt } from './record.ts';
import type { World } from './world.ts';

/** Takes down how the outside world stands now. Answers the number of the moment. */
export function observe(world: World): number {
  const { record, repository, alerts } = world;
  for (const { number, mergedAt } of repository.pulls()) {
    if (mergedAt !== undefined && !record.mergedAt.has(number)) {
      record.mergedAt.set(number, world.next());
    }
  }
  record.moments.push({
    seq: world.next(),
    now: world.now(),
    head: repository.head() ?? '',
    pulls: new Map(repository.pulls().map((pull) => [pull.number, pullAt(world, pull)])),
    alerts: new Map(alerts),
  });
  return record.moments.length - 1;
}

function pullAt({ git, repository, record }: World, pull: Pull): PullAt {
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
