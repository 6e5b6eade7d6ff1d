import type { Principal, PolicyProblem, PolicySet, RepositoryRole } from '../policy/policy.ts';
import type { Repository } from '../rollback/forge.ts';
import type { AskedServer } from '../metrics/inspect-servers.ts';
import type { SeenDatabase } from '../store/inspect-database.ts';
import type { TargetKey } from '../target.ts';
import type { Instant, Milliseconds } from '../time.ts';
import type { Reading } from './reading.ts';

/** A permission's level at GitHub, by the permission's name: `{ contents: 'write' }`. */
export type Permissions = Readonly<Record<string, string>>;

/** What `app.yml` says the App needs. */
export interface AppManifest {
  readonly permissions: Permissions;
  readonly events: readonly string[];
}

/** The answer of GitHub to "who am I". */
export type AppReading =
  | {
      readonly kind: 'known';
      readonly id: number;
      readonly slug: string;
      readonly name: string;
      /** What its settings ask for. An installation has it only once somebody accepted it there. */
      readonly permissions: Permissions;
      readonly events: readonly string[];
      /** How far this machine's clock is ahead of GitHub's; absent when GitHub gave no time. */
      readonly ahead?: Milliseconds;
    }
  /** GitHub answered, and the answer was no. */
  | {
      readonly kind: 'refused';
      readonly status: number;
      readonly message: string;
      readonly ahead?: Milliseconds;
    }
  | { readonly kind: 'unreachable'; readonly why: string };

/** An App that GitHub knows. */
export type KnownApp = Extract<AppReading, { kind: 'known' }>;

/** Where GitHub sends its webhooks; undefined parts are not set. */
export interface HookFacts {
  readonly url: string | undefined;
  readonly contentType: string | undefined;
  readonly hasSecret: boolean;
  readonly insecureSsl: boolean;
}

/** One webhook that GitHub sent, or tried to. */
export interface DeliveryFacts {
  /** Equal for a delivery and its redeliveries. */
  readonly guid: string;
  readonly event: string;
  readonly at: Instant;
  readonly status: string;
  readonly statusCode: number;
}

export interface InstallationFacts {
  readonly id: number;
  readonly account: string;
  readonly suspended: boolean;
  readonly permissions: Permissions;
  readonly events: readonly string[];
}

/** The repositories of one installation. */
export interface InstalledRepositories {
  readonly repositories: readonly Repository[];
  readonly archived: readonly string[];
  /** How many there are, those included that GitHub did not list on the first page. */
  readonly total: number;
}

export type MergeMethod = PolicySet['repository']['mergeMethod'];

/** One thing that rules ask of a branch. */
export type BranchRule =
  | { readonly kind: 'reviews'; readonly count: number; readonly codeOwners: boolean }
  | { readonly kind: 'pull-request' }
  | { readonly kind: 'checks'; readonly contexts: readonly string[]; readonly strict: boolean }
  | { readonly kind: 'queue' }
  | { readonly kind: 'signatures' }
  | { readonly kind: 'linear-history' }
  | { readonly kind: 'methods'; readonly allowed: readonly MergeMethod[] }
  /** Nobody updates the branch but those who bypass the ruleset. */
  | { readonly kind: 'update' }
  /** Nobody creates such a branch but those who bypass the ruleset. */
  | { readonly kind: 'creation' }
  /** Only these apps push and merge (classic protection, GitHub reality 24). */
  | { readonly kind: 'pushers'; readonly apps: readonly string[] }
  | { readonly kind: 'branch-name'; readonly pattern: NamePattern }
  | { readonly kind: 'harmless' }
  /** Something else that may hold a merge up, by GitHub's name. */
  | { readonly kind: 'other'; readonly name: string };

export interface NamePattern {
  readonly operator: string;
  readonly pattern: string;
  readonly negate: boolean;
}

/** A rule of a ruleset that is in force for a branch. */
export interface RulesetRule {
  readonly ruleset: number;
  readonly rule: BranchRule;
}

export interface RulesetFacts {
  readonly name: string;
  /** Whether the App bypasses it: always, only when merging pull requests, or never. */
  readonly bypass: Reading<'always' | 'pull-request' | 'never'>;
}

/** The classic protection of a branch. */
export type ClassicProtection =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'whole';
      readonly rules: readonly BranchRule[];
      /** The App is named as one that needs no pull request reviews. */
      readonly reviewsBypassed: boolean;
    }
  /** GitHub shows only the required checks to those who may not administer the repository. */
  | { readonly kind: 'part'; readonly rules: readonly BranchRule[]; readonly why: string };

/** What is in force for the branch that rollbacks are merged to, and for the branches they come from. */
export interface BranchFacts {
  readonly rules: Reading<readonly RulesetRule[]>;
  readonly rollbackRules: Reading<readonly RulesetRule[]>;
  /** The rulesets that the rules come from, by id. */
  readonly rulesets: ReadonlyMap<number, Reading<RulesetFacts>>;
  readonly classic: Reading<ClassicProtection>;
  /** The ways of merging that the repository's settings allow. */
  readonly methods: Reading<readonly MergeMethod[]>;
}

/** Whether there is anything to go back to now. */
export interface GoalFacts {
  readonly target: TargetKey;
  readonly goal: 'release' | 'fallback' | 'none' | 'unreadable';
  /** Why there is none. */
  readonly why?: string;
}

export interface PolicyFacts {
  readonly set: PolicySet;
  readonly pinProblems: readonly PolicyProblem[];
  readonly goals: readonly GoalFacts[];
}

/** What somebody named in a policy may do in the repository. */
export interface AccessFacts {
  readonly exists: boolean;
  readonly role: RepositoryRole | 'none';
}

export interface PrincipalFacts {
  readonly principal: Principal;
  readonly access: Reading<AccessFacts>;
}

/** The copy that is kept on disk, compared with the repository as it is now. */
export type MirrorFacts =
  | { readonly kind: 'absent' }
  | {
      readonly kind: 'kept';
      readonly bytes: number;
      /** Commits of the default branch that it lacks; undefined when its newest commit is not on the branch. */
      readonly behind: number | undefined;
    }
  | { readonly kind: 'unreadable'; readonly why: string };

/** Everything known of one repository. */
export interface RepositoryFacts {
  readonly repository: Repository;
  readonly mirror: Reading<MirrorFacts>;
  /** Absent when the repository could not be fetched. */
  readonly policies?: Reading<PolicyFacts>;
  readonly principals: readonly PrincipalFacts[];
  readonly branch: BranchFacts;
}

/** Everything that the doctor judges, as plain data. */
export interface Facts {
  readonly manifest: AppManifest;
  readonly app: AppReading;
  /** Absent where GitHub could not be asked as the App. */
  readonly asApp?: {
    readonly hook: Reading<HookFacts>;
    readonly deliveries: Reading<readonly DeliveryFacts[]>;
    readonly installations: Reading<readonly InstallationFacts[]>;
  };
  /** By account. */
  readonly installed: readonly {
    readonly account: string;
    readonly found: Reading<InstalledRepositories>;
  }[];
  readonly repositories: readonly RepositoryFacts[];
  /** Repositories that were left out, because one run looks at so many only. */
  readonly leftOut: readonly string[];
  /** Absent when nothing is there to check it with. */
  readonly database?: Reading<SeenDatabase>;
  /** Whether each of the operator's metric servers answers; absent when there is none. */
  readonly metricServers?: readonly AskedServer[];
}
