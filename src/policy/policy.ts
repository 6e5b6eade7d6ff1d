import type { BacktestGate } from '../backtest/record.ts';
import type { Component, Pin, PinId } from '../manifests/pin.ts';
import type { Monitor } from '../monitors/monitor.ts';
import type { Target } from '../target.ts';
import type { Milliseconds } from '../time.ts';

export const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** What the owners want to happen, from nothing to everything. */
export const RESPONSES = ['ignore', 'record', 'notify', 'review', 'merge'] as const;
export type Response = (typeof RESPONSES)[number];

/** Somebody who may do something: a user by login, a team, or everybody with at least a repository role. */
export type Principal =
  | { readonly kind: 'user'; readonly login: string }
  | { readonly kind: 'team'; readonly org: string; readonly slug: string }
  | { readonly kind: 'role'; readonly role: RepositoryRole };

/** GitHub's repository roles, weakest first. */
export const REPOSITORY_ROLES = ['read', 'triage', 'write', 'maintain', 'admin'] as const;
export type RepositoryRole = (typeof REPOSITORY_ROLES)[number];

/** `2 per 24h`: at most so many in a rolling window. */
export interface Budget {
  readonly count: number;
  readonly per: Milliseconds;
}

/** `5 in 10m`: so many at least, with less than this between the first and the last. */
export interface Cluster {
  readonly count: number;
  readonly within: Milliseconds;
}

/** People who have to agree by themselves, such as one of the machine learning and one of the platform people. */
export interface ApprovalGroup {
  readonly name: string;
  readonly from: readonly Principal[];
  readonly required: number;
}

/** Who has to agree to a pull request that waits for review. */
export interface ApprovalPolicy {
  /**
   * `lastgood`: Lastgood counts approvals itself as given here. `github`: the branch's own rules decide,
   * and Lastgood merges only when GitHub calls the pull request approved.
   */
  readonly by: 'lastgood' | 'github';
  /** With groups: what they require together. */
  readonly required: number;
  /** With groups: everybody whom one of them names. */
  readonly from: readonly Principal[];
  /** Each of them has to be complete, and nobody counts for two. */
  readonly groups?: readonly ApprovalGroup[];
  /** Those who are missing are asked again each time so much has passed; absent: never. */
  readonly remind?: Milliseconds;
  readonly timeout: Milliseconds;
  readonly onTimeout: 'page' | 'merge' | 'close';
}

/** A place in a file, 1-based. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Where a pin and its parts stand in the policy file. */
export interface PinPlace extends Place {
  readonly file: Place;
  readonly path: Place;
  readonly document?: Place;
  readonly version?: Place;
}

/** What a finding of the `lastgood` check on a pull request comes to. */
export const CHECK_LEVELS = ['tell', 'warn', 'fail'] as const;
export type CheckLevel = (typeof CHECK_LEVELS)[number];

/** What the `lastgood` check may find in a pull request that ships a release, or changes who decides. */
export const CHECK_FINDINGS = [
  'noGoal',
  'mutableVersion',
  'undeclaredPair',
  'severalActive',
  'widerPowers',
] as const;
export type CheckFinding = (typeof CHECK_FINDINGS)[number];

/** How it is found out whether a merged rollback helped. */
export interface VerifyPolicy {
  readonly rollOut: RollOutPolicy;
  /** Recovery has to begin so soon after the roll-out; later, people are called. */
  readonly within: Milliseconds;
  /** Everything has to be well for so long without a break to count as recovered, and ill to count as a relapse. */
  readonly sustain: Milliseconds;
  /** After the recovery, it is watched for a relapse for so long. */
  readonly watch: Milliseconds;
  /** So often metrics, and what is being served, are asked for. */
  readonly every: Milliseconds;
  /** What has to be back near its baseline; none: alerts alone tell. */
  readonly metrics: readonly VerifyMetric[];
  /** Who knows which version is being served; absent: reports of the roll-out tell. */
  readonly served?: ServedPolicy;
}

/** A metric that tells whether a model is well. */
export interface VerifyMetric {
  readonly name: string;
  /** The metric server, by the operator's name of it. */
  readonly server: string;
  /** PromQL that finds one number, with `{model}`, `{version}`, `{environment}` and `{release_commit}` in it. */
  readonly query: string;
  /** What it has to be near: what it was while the release ran that was gone back to, or a number. */
  readonly baseline: 'last-good' | number;
  /** How far from its baseline it may be, as a share of that. */
  readonly tolerance: number;
  /** On which side of the baseline it is ill. */
  readonly worse: 'any' | 'higher' | 'lower';
}

/** Who knows which version is being served: a label of what a query finds, or a field of a JSON answer. */
export type ServedPolicy = { readonly server: string } & (
  | { readonly query: string; readonly label: string }
  /** Below the address of the server; `field` is a path as that of a pin, absent where the whole answer is the version. */
  | { readonly path: string; readonly field?: string }
);

/**
 * One step of what is tried against an incident. `release`: the whole last good release. A list of components: of that
 * release these only, and the others stay as they run. `fallback`: what the policy pins when nothing else helps.
 */
export type Rung = 'release' | 'fallback' | readonly Component[];

/** How it is known that the serving side took a merge. */
export interface RollOutPolicy {
  /** It has to be known so soon after the merge; later, people are called. */
  readonly within: Milliseconds;
  /**
   * The deployment environments and commit statuses that all have to say so, each with at most one `*`. `any`: one that
   * names the target's model does. `none`: nobody tells, so that everything counts from the merge.
   */
  readonly by: readonly string[] | 'any' | 'none';
}

/** How often a rollback of a target is rehearsed by itself. */
export const DRILL_PERIODS = ['never', 'weekly', 'monthly', 'quarterly'] as const;
export type DrillPeriod = (typeof DRILL_PERIODS)[number];

/** How rollbacks of a target are rehearsed. */
export interface DrillPolicy {
  /** `never`: only when somebody asks for it. */
  readonly every: DrillPeriod;
  /** The only environment in which a drill merges, and is undone right after; absent: nowhere. */
  readonly environment?: string;
  /** Who knows whether a version of the model can be loaded; absent: nobody is asked. */
  readonly probe?: ProbePolicy;
}

/** A path below the address of one of the operator's servers, with `{model}` and `{version}` in it: 200 says yes. */
export interface ProbePolicy {
  readonly server: string;
  readonly path: string;
}

/** Where people are told of an incident, beside the pull request. */
export interface NotifyPolicy {
  /** An issue in the manifests repository for each incident. */
  readonly issue: boolean;
  /** A channel, with its `#`; absent: none. */
  readonly slack?: string;
}

/** Everything the owners of one target want, with presets merged and defaults filled in. */
export interface TargetPolicy {
  readonly target: Target;
  /** The policy file that claims the target, for messages and the record. */
  readonly file: string;
  readonly owners: readonly Principal[];
  readonly pins: readonly Pin[];
  /** Where each pin stands in `file`, for messages; absent when the policy was not read from a file. */
  readonly pinPlaces?: Readonly<Record<PinId, PinPlace>>;
  readonly respond: Readonly<Record<Severity, Response>>;
  readonly evidence: {
    /** So many firing notifications in a row, without a resolved one between. */
    readonly consecutive: number;
    /** The alert must have been firing for so long. */
    readonly minAge: Milliseconds;
  };
  readonly goal: {
    /** A release must have run so long to count as good. */
    readonly minSoak: Milliseconds;
    /** Never further back than so many releases. */
    readonly maxDepth: number;
  };
  readonly limits: {
    readonly merge: Budget;
    readonly open: Budget;
    /** After a merged rollback of the target, no automatic merge for so long. */
    readonly cooldown: Milliseconds;
    /** A running release older than this is rolled back by review only. */
    readonly maxReleaseAge: Milliseconds;
  };
  readonly approvals: ApprovalPolicy;
  /** Who may merge a rollback without waiting for approvals (`/rollback --now`); empty: nobody. */
  readonly breakGlass: readonly Principal[];
  /** What to do when a quarantined version comes back past the check. */
  readonly onReturn: Extract<Response, 'notify' | 'review' | 'merge'>;
  /** Whether a rollback also suspends the automation in its files that would bring the bad version back. */
  readonly suspendAutomation: boolean;
  /** What each finding of the check comes to. */
  readonly check: Readonly<Record<CheckFinding, CheckLevel>>;
  readonly notify: NotifyPolicy;
  readonly verify: VerifyPolicy;
  readonly drills: DrillPolicy;
  /** The metrics that Lastgood watches by itself. */
  readonly monitors: readonly Monitor[];
  /** What a backtest has to have shown before anything merges by itself; absent: nothing. */
  readonly backtest?: BacktestGate;
  /** Monitors of its presets that it gives nothing to read: they are not watched. */
  readonly waiting: readonly string[];
  /** What is tried, one after another, until the model recovers. At least one; the first is never the fallback. */
  readonly ladder: readonly Rung[];
  /** The emergency retrain, where the policy names one. */
  readonly retrain?: {
    /** The type of the `repository_dispatch` that its workflow waits for. */
    readonly event: string;
    /** Whether it is the last step of the ladder; otherwise people alone start it. */
    readonly lastRung: boolean;
  };
  /** What to pin when no release is good: whole values by component; `none` leaves that component's pins alone. */
  readonly fallback: Readonly<Partial<Record<Component, string>>>;
}

/** What holds for the whole repository: `.lastgood/repository.yaml`. */
export interface RepositoryPolicy {
  readonly limits: { readonly merge: Budget; readonly open: Budget };
  /** So many models that begin to fail together are a storm: nothing merges by itself while it lasts. */
  readonly storm: { readonly models: Cluster };
  readonly mergeMethod: 'squash' | 'merge' | 'rebase';
  /** The first mistake of the file. Nothing merges by itself until it is mended. */
  readonly problem?: PolicyProblem;
}

/** A mistake in a policy file, for the person who has to mend it. Lines and columns are 1-based. */
export interface PolicyProblem extends Place {
  readonly file: string;
  /** What is wrong, with the value found. */
  readonly message: string;
  readonly expected?: string;
  readonly suggestion?: string;
}

/** A target whose policy file has a mistake. */
export interface DisabledTarget {
  readonly target: Target;
  readonly file: string;
  /** The first mistake, which may stand in a preset that the file extends. */
  readonly problem?: PolicyProblem;
}

/** The policies of one repository at one commit. A file with problems contributes no targets. */
export interface PolicySet {
  readonly repository: RepositoryPolicy;
  readonly targets: readonly TargetPolicy[];
  readonly problems: readonly PolicyProblem[];
  /** Targets that a broken file claims as far as it can be read: alerts for them are answered with the problem. */
  readonly disabled: readonly DisabledTarget[];
}
