import type { Oid } from '../releases/release.ts';
import type { Repository } from '../rollback/forge.ts';
import type { PullFiles } from './pull-files.ts';

/** A remark on lines of a file of the head. */
export interface Annotation {
  readonly path: string;
  readonly startLine: number;
  readonly endLine: number;
  readonly level: 'notice' | 'warning' | 'failure';
  readonly title: string;
  readonly message: string;
}

/** A button under the check. GitHub takes at most three, of 20, 40 and 20 characters. */
export interface CheckAction {
  readonly label: string;
  readonly description: string;
  readonly identifier: string;
}

export type Conclusion = 'success' | 'failure' | 'neutral' | 'action-required' | 'cancelled';

/** What the check of one head says. */
export interface CheckReport {
  readonly name: string;
  readonly head: Oid;
  /** A name for what was judged: the same one means the same report. */
  readonly externalId: string;
  /** Absent: still looking. */
  readonly conclusion?: Conclusion;
  readonly title: string;
  /** Markdown; shortened to what GitHub takes, as is `text`. */
  readonly summary: string;
  readonly text?: string;
  readonly annotations: readonly Annotation[];
  readonly actions?: readonly CheckAction[];
  /** A merge waits for it: it is not spaced out behind other writes. */
  readonly urgent?: true;
  /** Where "Details" leads. Default: GitHub's own page of the check. */
  readonly detailsUrl?: string;
}

/** A check that GitHub has. */
export interface CheckRun {
  readonly id: number;
  readonly url: string;
  readonly externalId: string;
  readonly status: 'queued' | 'in-progress' | 'completed';
  /** GitHub's word: `success`, `action_required`, … */
  readonly conclusion?: string;
  readonly title: string;
  readonly annotations: number;
}

/** What the `lastgood` check needs of GitHub: implemented in `github/`, and nowhere else. */
export interface Checks {
  /** The newest check of that name that the App itself made for the head. */
  find(
    repository: Repository,
    which: { readonly head: Oid; readonly name: string; readonly app: number },
  ): Promise<CheckRun | undefined>;
  /**
   * Makes a check, or says something else in the one given. Annotations can only be added to, so that one that has
   * some is followed by a new check of the same name, which is what GitHub then counts. The conclusion comes with
   * the last of the annotations: a crash between leaves a check that is still looking, never one that lacks some.
   */
  publish(repository: Repository, report: CheckReport, known?: CheckRun): Promise<CheckRun>;
}

/** What the check needs from outside. */
export interface CheckPorts {
  readonly runs: Checks;
  readonly files: PullFiles;
  /** The App's id: the checks of others with the same name are not its own. */
  readonly app: number;
}
