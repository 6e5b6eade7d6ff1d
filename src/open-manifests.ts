import { join } from 'node:path';
import type { Logger } from 'pino';
import { createGate } from './gate.ts';
import { openMirror, type Mirror, type MirrorOptions } from './git/open-mirror.ts';
import type { MirrorWatch } from './git/watch-mirrors.ts';
import { gitUrlOf } from './github/git-url.ts';
import type { Forge, Repository } from './rollback/forge.ts';
import { fullName, type Manifests } from './rollback/workspace.ts';
import type { Settings } from './settings.ts';
import { STATE_BRANCH } from './state/view.ts';

export interface OpenManifestsParts {
  readonly settings: Pick<Settings, 'apiUrl' | 'dataFolder'>;
  readonly forge: Pick<Forge, 'gitToken'>;
  /** Told of every fetch, and how it went. */
  readonly watch: MirrorWatch;
  readonly log: Logger;
  /** A repository as it is called now: its name may change while its mirror is open. */
  readonly current: (id: number) => Repository | undefined;
  /** Default: a mirror on the disk, fetched by git. */
  readonly open?: ((options: MirrorOptions) => Promise<Mirror>) | undefined;
}

/** So many repositories are cloned or fetched at a time: at the start there may be hundreds. */
const MOST_TRANSFERS = 16;

/** Opens the local copies of repositories, each in a folder of its own, some at a time. */
export function manifestsOpener(
  parts: OpenManifestsParts,
): (repository: Repository) => Promise<Manifests> {
  const { settings, forge, watch, log, current, open = openMirror } = parts;
  const transfer = createGate(MOST_TRANSFERS);
  return async (opened) => {
    const remote = async () => {
      const repository = current(opened.id) ?? opened;
      const url = `${gitUrlOf(settings.apiUrl)}/${fullName(repository)}.git`;
      return { url, token: await forge.gitToken(repository) };
    };
    const folder = join(settings.dataFolder, 'mirrors', `${opened.id}.git`);
    const notice = (sentence: string) =>
      log.warn({ repository: fullName(opened), sentence }, 'mirror');
    const { defaultBranch: branch } = opened;
    const mirror = await watch.fetching(opened.id, () =>
      transfer(() => open({ folder, branch, remote, notice, own: STATE_BRANCH })),
    );
    return {
      ...mirror,
      fetch: () => watch.fetching(opened.id, () => transfer(() => mirror.fetch())),
      async close() {
        await mirror.close();
        watch.closed(opened.id);
      },
    };
  };
}
