import type { CheckPorts } from './check/checks.ts';
import type { Conversation, Self } from './commands/conversation.ts';
import type { Journal } from './journal/entry.ts';
import type { MetricServers } from './metrics/metric-servers.ts';
import type { Notices } from './notify/notices.ts';
import type { Page, PagesOver } from './notify/pager.ts';
import type { Forge, Repository } from './rollback/forge.ts';
import type { Kept } from './rollback/open-workspace.ts';
import type { SweepReport } from './rollback/sweep-repository.ts';
import type { Manifests, Ports } from './rollback/workspace.ts';
import type { OwnBranch } from './state/own-branch.ts';
import type { Clock } from './time.ts';
import type { WatchBook } from './watch/watch-book.ts';

/** What Lastgood needs from outside to work. */
export interface LastgoodParts {
  readonly forge: Forge;
  readonly conversation: Conversation;
  /** Who the App is at GitHub. */
  readonly self: (repository: Repository) => Promise<Self>;
  readonly checks: CheckPorts;
  readonly ownBranch: OwnBranch;
  readonly examine: Ports['examine'];
  readonly metrics: MetricServers;
  readonly watchBook: WatchBook;
  readonly measure: Ports['measure'];
  readonly notices: Notices;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly presets: readonly { readonly name: string; readonly text: string }[];
  /** What is kept of a repository beside git and GitHub, by whichever process. */
  readonly recall: (repository: number) => Promise<Kept>;
  /** Opens the local copy of a repository. */
  readonly openManifests: (repository: Repository) => Promise<Manifests>;
  /** Calls people. Default: what calls for people is in the journal only. */
  readonly page?: (page: Page) => Promise<void>;
  /** Takes back the calls about an incident that needs nobody any more. */
  readonly resolvePages?: (over: PagesOver) => Promise<void>;
  /** Told what a sweep found. */
  readonly swept?: (repository: number, report: SweepReport) => void;
}
