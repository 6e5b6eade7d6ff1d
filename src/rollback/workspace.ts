import type { Waited } from '../approval/waited.ts';
import type { Conversation, Self } from '../commands/conversation.ts';
import type { Evidence, PastRollback, Storm } from '../decision/decision.ts';
import type { Failing } from '../decision/storm.ts';
import type { Journal } from '../journal/entry.ts';
import type { JournalBook } from '../journal/journal-book.ts';
import type { RollbackRecord } from '../journal/trailers.ts';
import type { Page, PagesOver } from '../notify/pager.ts';
import type { PolicySet } from '../policy/policy.ts';
import type { CheckPorts } from '../check/checks.ts';
import type { Examiner } from '../doctor/examiner.ts';
import type { TargetDrills } from '../drill/drill.ts';
import type { Questions } from '../recovery/measured.ts';
import type { Recovery } from '../recovery/recovery.ts';
import type { HistorySource, Oid } from '../releases/release.ts';
import type { Selection } from '../releases/selection.ts';
import type { TargetKey } from '../target.ts';
import type { OwnBranch } from '../state/own-branch.ts';
import type { StateView } from '../state/view.ts';
import type { CardBook } from '../notify/card-book.ts';
import type { MetricServers } from '../metrics/metric-servers.ts';
import type { Notices } from '../notify/notices.ts';
import type { Clock, Instant } from '../time.ts';
import type { WatchBook } from '../watch/watch-book.ts';
import type { Due } from './due.ts';
import type { Found } from './find-once.ts';
import type { Forge, PullRequest, Repository, Account } from './forge.ts';
import type { MergesItself, WaitsFor } from './next-step.ts';
import type { Plan } from './plan.ts';

/** The local copy of a manifests repository. */
export interface Manifests extends HistorySource {
  /** Whether opening it read the whole repository just now, so that it need not be fetched again. */
  readonly cloned?: boolean;
  /** Brings it up to what the repository has now. */
  fetch(): Promise<{ readonly changed: boolean }>;
  /** The newest commit of the branch with the state, as of the last fetch; undefined when there is none. */
  ownHead(): Oid | undefined;
  /** That branch may be there by now: the next fetch looks for it. */
  expectOwn(): void;
  /** Whether a commit is another one, or came after it, on the default branch; false for one that is not known here. */
  isAfter(commit: Oid, earlier: Oid): boolean;
  close(): Promise<void>;
}

/** What an open rollback waits for: people, or GitHub to merge it, or to be planned again. */
export type OpenWait = WaitsFor | 'merge' | 'new-plan';

/** An approval that somebody gave by command, for the head that stood then. */
export interface Vote {
  readonly user: Account;
  readonly commit: Oid;
  readonly at: Instant;
  /** The comment it was given in, as in `comment 4711`; absent of one that an earlier version kept. */
  readonly said?: string;
}

/** A rollback pull request that is open, with everything needed to bring it to its end. */
export interface OpenRollback {
  readonly branch: string;
  /** Whether the App itself made the pull request. Nobody else's merges by itself once it was found. */
  readonly own: boolean;
  readonly badCommit: Oid;
  readonly plan: Plan;
  readonly record: RollbackRecord;
  readonly number: number;
  readonly url: string;
  /** The head whose content was compared with the plan. No other head is ever merged. */
  readonly verifiedHead: Oid;
  /** The head before it was planned again: GitHub may go on showing it for a moment. */
  readonly formerHead?: Oid;
  /** GitHub does not vouch for the signature of its commit, and this is what the rules make of that. */
  readonly unsigned?: 'yes' | 'perhaps';
  /** The goal, as it was chosen: what to bring back again if the merge leaves something else standing. */
  readonly selection: Selection;
  /** What was seen of the alert when the rollback was decided. */
  readonly evidence: Evidence;
  /** Whether, and until when, it is merged without an approval. */
  readonly merges: MergesItself;
  /** Reviews given before do not count: it was closed, or sent to another branch, and came back then. */
  readonly approvalsSince?: Instant;
  /** Since when its head is the evaluated one: what was said before was said of another one. */
  readonly headSince: { readonly head: Oid; readonly at: Instant };
  /** Approvals by command. */
  readonly votes: readonly Vote[];
  /** The alerts that are about this incident, by fingerprint. */
  readonly alerts: ReadonlySet<string>;
  /** What the pull request's text says of its state now, so that it is written only when it changes. */
  readonly status: string;
  /** What that says, in a word; absent while it waits for nothing. */
  readonly waitsFor?: OpenWait;
  /** What happens next if nobody does anything, in a sentence; absent when nothing does. */
  readonly next?: string;
  /** How long it has waited for people; absent while it waits for nobody. */
  readonly waited?: Waited;
  /** How often it was tried in vain to get on: lengthens the wait before the next time. */
  readonly attempts: number;
}

/** What is remembered of a repository's storms between two looks. */
export interface StormWatch {
  /** Whether people were told of the storm that lasts. */
  told: boolean;
  /** When it is looked at again without an event. */
  looksAgain?: Instant;
  /** The last look, and what it rests on. */
  seen?: {
    readonly evidence: number;
    readonly past: readonly PastRollback[];
    readonly set: PolicySet;
    readonly failing: readonly Failing[];
    readonly storm: Storm | undefined;
  };
}

/**
 * What is known of one repository, as long as no other process works its lane. All of it can be read again from git
 * and GitHub, except what the store keeps: the evidence, and some of what is known of open rollbacks. It is only
 * touched from the repository's own lane.
 */
export interface Workspace {
  repository: Repository;
  readonly manifests: Manifests;
  policies: { readonly set: PolicySet; readonly commit: Oid };
  /** What people hold, freeze, designate and quarantine. */
  state: StateView;
  /** What monitors watch was looked up as of this; absent: not yet. */
  watchedAsOf?: string;
  /** When an alert last made it look for a newer head in vain. */
  learntNothing?: Instant;
  /** By fingerprint: the alerts that fire now. */
  readonly evidence: Map<string, Evidence>;
  /** Grows whenever the evidence changes. */
  evidenceSeen: number;
  readonly storm: StormWatch;
  /** What was found a moment ago of the targets that alerts ask about. */
  readonly found: Map<TargetKey, Found>;
  /** By branch: every rollback of the budgets' windows, and every open one. */
  readonly past: Map<string, PastRollback>;
  /** By branch: the open ones. */
  readonly open: Map<string, OpenRollback>;
  /** The branches that were taken when a rollback was last proposed, and may be still. */
  readonly taken: Set<string>;
  /** By branch: what an earlier process, or another one, remembered of those it found or left open. */
  readonly kept: ReadonlyMap<string, KeptRollback>;
  /** By branch: the merged ones, until it is known what became of their incidents, and a while longer. */
  readonly recovering: Map<string, Recovery>;
  /** By target: the rehearsals of its rollbacks. Values are replaced, never changed in place. */
  readonly drills: Map<TargetKey, TargetDrills>;
}

/** What cannot be read again from git and GitHub of an open rollback, so that it is kept in the store. */
export type KeptRollback = Pick<
  OpenRollback,
  'branch' | 'number' | 'merges' | 'approvalsSince' | 'status' | 'waitsFor' | 'attempts'
> &
  Partial<Pick<OpenRollback, 'headSince' | 'votes' | 'waited' | 'next'>> & {
    readonly alerts: readonly string[];
  };

/** What the way of an alert needs from outside. */
export interface Ports {
  readonly forge: Forge;
  readonly conversation: Conversation;
  /** Who the App is at GitHub. */
  readonly self: (repository: Repository) => Promise<Self>;
  readonly checks: CheckPorts;
  readonly ownBranch: OwnBranch;
  /** Looks, as the doctor does, whether a rollback would work. */
  readonly examine: Examiner;
  /** The metric servers that policies name. */
  readonly metrics: MetricServers;
  /** What monitors watch. */
  readonly watchBook: WatchBook;
  /** Has metric servers asked about a merged rollback. What they answer is due then; nothing waits for it. */
  readonly measure: (repository: Repository, questions: Questions) => void;
  /** Who is told of incidents, beside the pull requests. */
  readonly notices: Notices;
  /** What they are told. */
  readonly cards: Pick<
    CardBook,
    'card' | 'keepIssue' | 'keepNext' | 'keepReport' | 'keepCall' | 'all'
  >;
  readonly journal: Journal;
  /** What waits to be written to the journal's branch. */
  readonly book: Pick<
    JournalBook,
    'place' | 'due' | 'waiting' | 'written' | 'postponed' | 'settle' | 'arm'
  >;
  readonly clock: Clock;
  /** The presets that come with Lastgood. */
  readonly presets: readonly { readonly name: string; readonly text: string }[];
  /** Has something done later in the repository's lane, by whichever process; what has the same name is replaced. */
  readonly later: (due: Due, when: Instant) => void;
  /** Calls people. Rejects when the call is not on the disk: the turn is done again then. */
  readonly page: (page: Omit<Page, 'repositoryId'>) => Promise<void>;
  /** Takes back the calls about an incident that needs nobody any more. Rejects as `page` does. */
  readonly resolvePages: (over: Omit<PagesOver, 'repositoryId'>) => Promise<void>;
  /** Aborted when the turn of the lane is over before its work is. */
  readonly signal: AbortSignal;
}

/** Takes the open rollback of a branch one step further; `seen` is its pull request where it was opened just now. */
export type Advance = (
  workspace: Workspace,
  ports: Ports,
  branch: string,
  seen?: PullRequest,
  attempts?: number,
) => Promise<void>;

export function fullName(repository: Repository): string {
  return `${repository.owner}/${repository.name}`;
}
