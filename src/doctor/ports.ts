import type { HistorySource } from '../releases/release.ts';
import type { Principal } from '../policy/policy.ts';
import type { Repository } from '../rollback/forge.ts';
import type { SeenDatabase } from '../store/inspect-database.ts';
import type { AskedServer } from '../metrics/inspect-servers.ts';
import type { Clock } from '../time.ts';
import type { Reading } from './reading.ts';
import type {
  AccessFacts,
  AppManifest,
  AppReading,
  ClassicProtection,
  DeliveryFacts,
  HookFacts,
  InstallationFacts,
  InstalledRepositories,
  MergeMethod,
  MirrorFacts,
  RulesetFacts,
  RulesetRule,
} from './facts.ts';

/** What the doctor asks of GitHub. Nothing here throws, and nothing changes anything. */
export interface Inspector {
  app(): Promise<AppReading>;
  hook(): Promise<Reading<HookFacts>>;
  /** The newest ones that GitHub lists, newest first. */
  deliveries(): Promise<Reading<readonly DeliveryFacts[]>>;
  installations(): Promise<Reading<readonly InstallationFacts[]>>;
  repositories(installation: number): Promise<Reading<InstalledRepositories>>;
  /** The rules in force for a branch, whether it exists or not; classic protection is not among them. */
  rules(repository: Repository, branch: string): Promise<Reading<readonly RulesetRule[]>>;
  ruleset(repository: Repository, id: number, app: number): Promise<Reading<RulesetFacts>>;
  classicProtection(repository: Repository, slug: string): Promise<Reading<ClassicProtection>>;
  mergeMethods(repository: Repository): Promise<Reading<readonly MergeMethod[]>>;
  /** The first hundred members of a team. */
  members(
    repository: Repository,
    team: Extract<Principal, { kind: 'team' }>,
  ): Promise<Reading<readonly string[]>>;
  access(
    repository: Repository,
    principal: Exclude<Principal, { kind: 'role' }>,
  ): Promise<Reading<AccessFacts>>;
}

/** A repository as of now, to read policies and history from. */
export interface OpenedManifests {
  readonly source: HistorySource;
  readonly mirror: MirrorFacts;
  close(): Promise<void>;
}

/** What the doctor needs from outside. */
export interface DoctorPorts {
  readonly clock: Clock;
  readonly manifest: AppManifest;
  readonly inspector: Inspector;
  /** Fetches the repository; may throw, with a sentence for people. */
  readonly openManifests: (repository: Repository) => Promise<OpenedManifests>;
  /** The presets that come with Lastgood. */
  readonly presets: readonly { readonly name: string; readonly text: string }[];
  /** What there is to say about the database, or why it cannot be used. */
  readonly checkDatabase?: () => Promise<Reading<SeenDatabase>>;
  /** Asks each of the operator's metric servers; absent when there is none. Never rejects. */
  readonly checkMetricServers?: () => Promise<readonly AskedServer[]>;
  /** Look at so many repositories at most. Default: 25. */
  readonly mostRepositories?: number;
}
