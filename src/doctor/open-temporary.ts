import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorText } from '../git/git-error.ts';
import { commitsAfter, inspectMirror } from '../git/inspect-mirror.ts';
import { openMirror } from '../git/open-mirror.ts';
import type { Repository } from '../rollback/forge.ts';
import { fullName } from '../rollback/workspace.ts';
import type { MirrorFacts } from './facts.ts';
import type { DoctorPorts, OpenedManifests } from './ports.ts';

/** Where to fetch from, and where the service keeps its mirrors. */
export interface TemporaryOptions {
  /** The base of git over HTTP, without a slash at its end. */
  readonly gitUrl: string;
  readonly dataFolder: string;
  readonly token: (repository: Repository) => Promise<string>;
  /** Where to clone to. Default: the folder of this machine for temporary files. */
  readonly under?: string;
}

/**
 * Opens repositories for a doctor beside a service that may be running. The service's mirror has an owner and may be
 * locked, so it is only looked at; the repository is fetched into a folder of its own, which is removed in the end.
 */
export function createOpenTemporary(options: TemporaryOptions): DoctorPorts['openManifests'] {
  return async (repository): Promise<OpenedManifests> => {
    const folder = await mkdtemp(join(options.under ?? tmpdir(), 'lastgood-doctor-'));
    const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
    try {
      const mirror = await openMirror({
        folder,
        branch: repository.defaultBranch,
        remote: async () => ({
          url: `${options.gitUrl}/${fullName(repository)}.git`,
          token: await options.token(repository),
        }),
      });
      return {
        source: mirror,
        mirror: await compare(join(options.dataFolder, 'mirrors', `${repository.id}.git`), folder),
        async close() {
          await mirror.close();
          await remove();
        },
      };
    } catch (error) {
      await remove();
      throw error;
    }
  };
}

async function compare(kept: string, upToDate: string): Promise<MirrorFacts> {
  try {
    const seen = await inspectMirror(kept);
    if (!seen) return { kind: 'absent' };
    return { kind: 'kept', bytes: seen.bytes, behind: await commitsAfter(upToDate, seen.head) };
  } catch (error) {
    return { kind: 'unreadable', why: errorText(error) };
  }
}
