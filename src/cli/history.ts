import type { TargetPolicy } from '../policy/policy.ts';
import { soakOf } from '../releases/choose-last-good.ts';
import { findLastGood } from '../releases/last-good.ts';
import { readReleases } from '../releases/read-releases.ts';
import type { HistorySource, Oid, Release } from '../releases/release.ts';
import type { Selection } from '../releases/selection.ts';
import { versionsOf } from '../releases/versions.ts';
import { targetKey } from '../target.ts';
import { flatten } from '../texts/escape.ts';
import { shortCommit } from '../texts/names.ts';
import { formatDuration, formatInstant, SECOND, type Instant } from '../time.ts';
import { CommandFailed, EXIT, type ExitCode } from './exit-codes.ts';
import { findTarget } from './find-target.ts';
import { policiesAt } from './policies.ts';
import { standingOf, standingWords, type Standing } from './standing.ts';
import { formatTable } from './table.ts';
import { toJson, type Terminal } from './terminal.ts';
import { withClone, type RepositoryOptions } from './with-clone.ts';

/** `history` shows so many releases at most. */
export interface HistoryOptions extends RepositoryOptions {
  readonly limit: number;
}

interface Row {
  readonly release: Release;
  readonly standing: Standing | null;
}

/** Lists the releases of a target, newest first: what ran, since when, for how long, by whom, and its standing. */
export async function history(
  name: string,
  options: HistoryOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  return withClone(options, terminal.now, async ({ clone, commit, now }) => {
    const policy = findTarget(await policiesAt(clone, commit, options.policy), name);
    const { releases, more } = await newest(clone, policy, commit, options.limit);
    const { selection } = await findLastGood(clone, { policy, from: commit, now });
    const rows = releases.map((release, i) => ({
      release,
      standing: standingOf(release, i, selection),
    }));
    if (options.json === true) {
      terminal.out(
        toJson({
          target: targetKey(policy.target),
          commit,
          asOf: new Date(now).toISOString(),
          lastGood: goalOf(selection),
          releases: rows.map((row) => asData(row, now)),
          more,
        }),
      );
      return EXIT.ok;
    }
    terminal.out(describe(policy, rows, now));
    const ending = endingOf(rows, selection, more);
    if (ending !== '') terminal.out(`\n${ending}`);
    return EXIT.ok;
  });
}

async function newest(
  source: HistorySource,
  policy: TargetPolicy,
  commit: Oid,
  limit: number,
): Promise<{ readonly releases: readonly Release[]; readonly more: boolean }> {
  const releases: Release[] = [];
  for await (const release of readReleases(source, policy.pins, commit)) {
    if (releases.length === limit) return { releases, more: true };
    releases.push(release);
  }
  const [only] = releases;
  if (releases.length === 1 && only && only.at === 0 && only.problems.length > 0) {
    const files = [...new Set(policy.pins.map(({ file }) => file))].join(', ');
    throw new CommandFailed(
      EXIT.no,
      `${targetKey(policy.target)} has no releases: as of ${shortCommit(commit)} the history has no file ${files}. Correct the pins, or name a later commit.`,
    );
  }
  return { releases, more: false };
}

function asData({ release, standing }: Row, now: Instant) {
  const { commit, at, until, author, subject, problems } = release;
  return {
    commit,
    since: new Date(at).toISOString(),
    until: until ? new Date(until.at).toISOString() : null,
    ranSeconds: Math.floor(soakOf(release, now) / SECOND),
    versions: problems.length > 0 ? null : versionsOf(release),
    author: author.name,
    subject,
    standing,
    problems: problems.map(({ pin, problem }) => ({
      pin,
      code: problem.code,
      message: problem.message,
    })),
  };
}

function goalOf(selection: Selection) {
  switch (selection.kind) {
    case 'release':
      return { kind: 'release', commit: selection.release.commit };
    case 'fallback':
      return { kind: 'fallback', values: selection.values };
    case 'none':
      return { kind: 'none' };
  }
}

function describe(policy: TargetPolicy, rows: readonly Row[], now: Instant): string {
  const pins = policy.pins.map(({ id }) => id);
  return formatTable(
    [
      { heading: 'COMMIT', longest: 12 },
      { heading: 'SINCE (UTC)', longest: 16 },
      { heading: 'RAN', longest: 12 },
      ...pins.map((pin) => ({ heading: pin.toUpperCase(), longest: 32 })),
      { heading: 'STANDING', longest: 32 },
      { heading: 'BY', longest: 20 },
      { heading: 'SUBJECT', longest: 48 },
    ],
    rows.map(({ release, standing }) => [
      shortCommit(release.commit),
      formatInstant(release.at).slice(0, 16),
      formatDuration(soakOf(release, now)),
      ...pins.map((pin) => release.values[pin]?.version ?? '?'),
      standingWords(release, standing),
      release.author.name,
      release.subject,
    ]),
  );
}

/** What the table leaves open: why pins cannot be read, where a rollback would go, that there is more. */
function endingOf(rows: readonly Row[], selection: Selection, more: boolean): string {
  const lines = rows.flatMap(({ release }) => {
    const [first] = release.problems;
    if (!first) return [];
    const why = flatten(first.problem.message, 300);
    return [`${shortCommit(release.commit)} cannot be read: ${first.pin}: ${why}`];
  });
  if (selection.kind === 'fallback') {
    lines.push('No earlier release is good: a rollback would set the fallback of the policy.');
  }
  if (selection.kind === 'none') lines.push('No earlier release is good.');
  const { length } = rows;
  if (more) lines.push(`The newest ${length}; --limit shows more.`);
  return lines.join('\n');
}
