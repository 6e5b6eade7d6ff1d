import { execFileSync } from 'node:child_process';
import type { LogRelease } from './log-releases.ts';
import { askPlan, type Question, type ToldRelease } from './ask-lastgood.ts';

/** A release that only one side knows. */
export interface Difference {
  readonly side: 'only lastgood' | 'only the log';
  readonly commit: string;
  readonly tag: string | null;
  /** How the log saw the file change at that commit. */
  readonly change?: LogRelease['version']['change'];
  readonly path?: string;
  readonly from?: string;
  readonly problem?: string;
}

/** The releases that only one of the two knows: same commit and same tag are the same release. */
export function compareReleases(
  told: readonly ToldRelease[],
  logged: readonly LogRelease[],
): readonly Difference[] {
  const key = (commit: string, tag: string | null) => `${commit} ${tag ?? ''}`;
  const inLog = new Set(logged.map(({ commit, tag }) => key(commit, tag)));
  const inTold = new Set(told.map((one) => key(one.commit, tagOf(one))));
  return [
    ...told
      .filter((one) => !inLog.has(key(one.commit, tagOf(one))))
      .map((one): Difference => {
        const problem = one.problems[0]?.message;
        const base = { side: 'only lastgood', commit: one.commit, tag: tagOf(one) } as const;
        return { ...base, ...(problem !== undefined && { problem }) };
      }),
    ...logged
      .filter(({ commit, tag }) => !inTold.has(key(commit, tag)))
      .map(({ commit, tag, version }): Difference => {
        const { change, path, from } = version;
        const base = { side: 'only the log', commit, tag, change, path } as const;
        return { ...base, ...(from !== undefined && { from }) };
      }),
  ];
}

export function tagOf({ versions }: ToldRelease): string | null {
  return versions?.['image'] ?? null;
}

export interface PlanFigures {
  /** Rollbacks planned, each as of the commit that brought a release. */
  readonly plans: number;
  /** Of these, the commits that changed the file's tag line and nothing else in it. */
  readonly pinOnly: number;
  readonly mistakes: readonly string[];
}

/**
 * Plans the rollback of every release as of the commit that brought it, and compares: the goal is the newest earlier
 * release of the log with another tag; the file afterwards is that of the commit with the earlier tag in its line,
 * quoted as it was last; and where the commit changed that line alone, it is the earlier file byte for byte.
 */
export async function comparePlans(
  questionAbout: (file: string) => Promise<Question>,
  logged: readonly LogRelease[],
): Promise<PlanFigures> {
  const mistakes: string[] = [];
  let [plans, pinOnly] = [0, 0];
  for (const [i, { commit, tag, version, found }] of logged.entries()) {
    const goal = logged.slice(i + 1).find((one) => one.tag !== null && one.tag !== tag);
    if (!found || !goal?.newest) continue;
    // The policy of that time names the place where the file stood at that time.
    const question = await questionAbout(version.path);
    const { plan, why } = await askPlan(question, commit);
    plans += 1;
    const expected = version.after.with(
      found.line,
      (version.after[found.line] ?? '').replace(found.written, goal.newest.written),
    );
    const after = plan?.files[0]?.after;
    if (plan?.goal.commit !== goal.commit) {
      mistakes.push(
        `${commit}: the goal is ${plan?.goal.commit ?? why ?? '?'}, not ${goal.commit}`,
      );
    } else if (after !== `${expected.join('\n')}\n`) {
      mistakes.push(`${commit}: the file would become something else than the log says`);
    }
    if (version.before.length > 0 && expected.join('\n') === version.before.join('\n')) {
      pinOnly += 1;
      const earlier = git(question.folder, ['show', `${commit}^:${version.from ?? version.path}`]);
      if (after !== earlier) mistakes.push(`${commit}: the earlier file is not restored`);
    }
  }
  return { plans, pinOnly, mistakes };
}

function git(folder: string, args: readonly string[]): string {
  return execFileSync('git', args, { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 30 });
}
