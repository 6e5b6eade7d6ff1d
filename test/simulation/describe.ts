import type { World } from './world.ts';

/** Tells what happened in a run, in its order: the journal, and how the pull requests ended. */
export function describe(world: World, tell: (line: string) => void): void {
  const { beginning, record, repository } = world;
  tell(`\n${JSON.stringify(beginning)}\n`);
  for (const { replica, entry } of record.entries) {
    tell(`${new Date(entry.at).toISOString()} ${replica}: ${entry.kind}: ${entry.sentence}`);
    if (entry.kind === 'failed' && entry.error instanceof Error) tell(`    ${entry.error.stack}`);
  }
  for (const pull of repository.pulls()) {
    const state = pull.mergedAt === undefined ? pull.state : 'merged';
    tell(`#${pull.number} ${pull.headRef}: ${state} by ${pull.closedBy?.login ?? 'nobody'}`);
  }
  for (const { msg, err } of record.errors) tell(`logged: ${msg} ${err?.message}`);
}
