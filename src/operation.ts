import type { Logger } from 'pino';
import { watchMirrors, type MirrorWatch } from './git/watch-mirrors.ts';
import type { GitHubCall } from './github/observe-calls.ts';
import { watchGitHub } from './github/watch-github.ts';
import type { Journal } from './journal/entry.ts';
import { DRILLS, ROLLBACK } from './kept-state.ts';
import { PAGE_LANES } from './notify/ways.ts';
import type { Settings } from './settings.ts';
import type { Store } from './store/store.ts';
import { watchServers, type ServerWatch } from './watch/server-watch.ts';
import { githubGone, mirrorsFailing, serverGone } from './texts/http.ts';
import { formatInstant, type Clock } from './time.ts';
import { healthRoute, type Condition } from './web/health.ts';
import { metricsRoute } from './web/metrics-route.ts';
import { createMetrics, type Metrics } from './web/metrics.ts';
import type { Route } from './web/routes.ts';
import { watchStore, type StoreWatch } from './web/watch-store.ts';

/** What operators see of a running Lastgood: metrics, readiness, and what is wrong around it. */
export interface Operation {
  readonly githubCalled: (call: GitHubCall) => void;
  readonly mirrors: MirrorWatch;
  /** All repositories were put up for comparison with what should be, or that failed. */
  readonly swept: (outcome: 'ok' | 'failed') => void;
  readonly paged: (severity: string) => void;
  readonly pagePosted: Metrics['pagePosted'];
  readonly noticed: Metrics['noticed'];
  readonly looked: Metrics['looked'];
  readonly sampled: Metrics['sampled'];
  readonly servers: ServerWatch;
  readonly slackAsked: Metrics['slackAsked'];
  counted(journal: Journal): Journal;
  /** Watches the store; once. */
  watch(store: Store): Store;
  /** Health, readiness and metrics. */
  routes(condition: () => Condition): readonly Route[];
}

export interface OperationParts {
  readonly settings: Pick<Settings, 'metricsToken'>;
  readonly clock: Clock;
  readonly log: Logger;
}

export function createOperation({ settings, clock, log }: OperationParts): Operation {
  let watched: StoreWatch | undefined;
  const canStore = async (): Promise<boolean> => (await watched?.isUsable()) ?? false;
  const github = watchGitHub(clock);
  const servers = watchServers(clock);
  const metrics = createMetrics({
    clock,
    queue: {
      snapshot: () => watched?.store.snapshot() ?? Promise.reject(new Error('Not open yet.')),
      isUsable: () => canStore(),
    },
    rollbacks: async () => (await watched?.store.documents.everywhere(ROLLBACK)) ?? [],
    drills: async () => (await watched?.store.documents.everywhere(DRILLS)) ?? [],
    mirrors: () => mirrors.ages(),
    serversGone: () => servers.gone(),
    unposted: async () => watched?.store.items.oldest(PAGE_LANES),
  });
  const mirrors = watchMirrors(clock, metrics.mirrorFetched);
  const notes = (): readonly string[] => {
    const since = github.goneSince();
    const { failing } = mirrors.ages();
    return [
      ...(since === undefined ? [] : [githubGone(formatInstant(since))]),
      ...(failing === 0 ? [] : [mirrorsFailing(failing)]),
      ...[...servers.gone()].map(([server, gone]) => serverGone(server, formatInstant(gone))),
    ];
  };
  return {
    githubCalled(call) {
      github.called(call);
      metrics.githubCalled(call);
    },
    mirrors,
    swept: metrics.swept,
    paged: metrics.paged,
    pagePosted: metrics.pagePosted,
    noticed: metrics.noticed,
    looked: metrics.looked,
    sampled: metrics.sampled,
    servers,
    slackAsked: metrics.slackAsked,
    counted: metrics.counted,
    watch(store) {
      const changed = (error: unknown): void => {
        if (error === undefined) log.info('database back');
        else log.error({ err: error }, 'database gone');
      };
      watched = watchStore(store, { changed });
      return watched.store;
    },
    routes: (condition) => [
      healthRoute({ condition, canStore, notes }),
      metricsRoute(metrics, settings.metricsToken),
    ],
  };
}
