import { soakOf } from '../releases/choose-last-good.ts';
import { findLastGood } from '../releases/last-good.ts';
import { readReleases } from '../releases/read-releases.ts';
import type { Release } from '../releases/release.ts';
import type { Selection } from '../releases/selection.ts';
import { versionsOf } from '../releases/versions.ts';
import { targetKey } from '../target.ts';
import { passedOverSentence } from '../texts/passed-over.ts';
import { formatDuration, formatInstant } from '../time.ts';
import {
  findTarget,
  policiesAt,
  withClone,
  type RepositoryOptions,
  type Terminal,
} from './context.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { formatTable } from './table.ts';

/** `history` shows so many releases at most. */
export interface HistoryOptions extends RepositoryOptions {
  readonly limit: number;
}

/** Lists the releases of a target, newest first: what ran, since when, for how long, by whom, and its standing. */
export async function history(
  name: string,
  options: HistoryOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  return withClone(options, async ({ clone, commit }) => {
    const policy = findTarget(await policiesAt(clone, commit, options.policy), name);
    const now = terminal.now;
    const { selection } = await findLastGood(clone, { policy, from: commit, now });
    const releases: Release[] = [];
    for await (const release of readReleases(clone, policy.pins, commit)) {
      if (releases.push(release) === options.limit) break;
    }
    const rows = releases.map((release, i) => ({
      commit: release.commit,
      since: new Date(release.at).toISOString(),
      until: release.until ? new Date(release.until.at).toISOString() : null,
      versions: release.problems.length > 0 ? null : versionsOf(release),
      author: release.author.name,
      subject: release.subject,
      standing: standingOf(release, i, selection),
    }));
    if (options.json === true) {
      terminal.out(
        JSON.stringify({ target: targetKey(policy.target), commit, releases: rows }, undefined, 2),
      );
      return EXIT.ok;
    }
    const pins = policy.pins.map((pin) => pin.id);
    terminal.out(
      formatTable([
        ['COMMIT', 'SINCE', 'RAN', ...pins.map((pin) => pin.toUpperCase()), 'BY', 'STANDING'],
        ...releases.map((release, i) => [
          release.commit.slice(0, 12),
          formatInstant(release.at).replace(' UTC', 'Z'),
          formatDuration(soakOf(release, now)),
          ...pins.map((pin) => release.values[pin]?.version ?? '?'),
          release.author.name,
          rows[i]?.standing ?? '',
        ]),
      ]),
    );
    return EXIT.ok;
  });
}

function standingOf(release: Release, index: number, selection: Selection): string {
  if (index === 0) return release.problems.length > 0 ? 'runs, cannot be read' : 'runs';
  if (selection.kind === 'release' && selection.release.commit === release.commit) {
    return 'last good';
  }
  const over = selection.passedOver.find((one) => one.release.commit === release.commit);
  if (over) return passedOverSentence(over);
  return release.problems[0]?.problem.message ?? '';
}
