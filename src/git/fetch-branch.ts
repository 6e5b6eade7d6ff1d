import { GitError } from './git-error.ts';
import { withSettings } from './git-environment.ts';
import type { GitPlace } from './git-environment.ts';
import { runGit } from './run-git.ts';
import { MINUTE } from '../time.ts';
import type { Milliseconds } from '../time.ts';

/** Where to fetch from, and what with. A token lives for an hour, so both are asked for with every fetch. */
export interface Remote {
  /** `https://github.com/owner/name.git`, without user or password. */
  readonly url: string;
  readonly token: string;
}

/**
 * The one ref of a mirror: the newest commit of the mirrored branch, whatever the branch is called. A renamed
 * branch needs no clean-up, and no name that somebody chose becomes a file name here.
 */
export const MIRROR_REF = 'refs/mirror/branch';

/** Where the App's own branch stands, if it is fetched. */
export const OWN_REF = 'refs/mirror/own';

/** One refused token is asked for anew: it may have expired between being made and being used. */
const ATTEMPTS = 2;

/** A stalled transfer is ended by git itself after a minute; this ends a connection that is never made. */
const LIMIT: Milliseconds = 10 * MINUTE;

/**
 * Brings {@link MIRROR_REF} to where the branch stands at the remote, force-pushed or not. When there is no such
 * branch, the remote's default branch takes its place: it was renamed. Answers the branch it found.
 *
 * `beside` is a branch of the App's own: it comes in the same go, and where it is missing `besideMissing` is told.
 * Nothing else is fetched: no tags, and no rollback branches either, since all that is read of those is at
 * GitHub and each would add what anybody pushed to it.
 */
export async function fetchBranch(
  place: GitPlace,
  remote: () => Promise<Remote>,
  branch: string,
  signal: AbortSignal,
  beside?: { readonly branch: string; readonly missing: () => void },
): Promise<string> {
  let also = beside;
  for (let attempt = 1; ; attempt++) {
    const { url, token } = await remote();
    const secrets = secretsOf(token);
    const run = async (args: readonly string[]): Promise<string> =>
      await runGit(withToken(place, url, token), args, {
        signal: AbortSignal.any([signal, AbortSignal.timeout(LIMIT)]),
        secrets,
      });
    try {
      checkBranch(branch);
      checkUrl(url);
      if (also) {
        checkBranch(also.branch);
        const own = `+refs/heads/${also.branch}:${OWN_REF}`;
        try {
          await fetchRefs(run, url, [`+refs/heads/${branch}:${MIRROR_REF}`, own]);
          return branch;
        } catch (error) {
          if (!(error instanceof GitError) || error.code !== 'branch-missing') throw error;
          also.missing();
          also = undefined;
        }
      }
      return await fetchOrFollow(run, url, branch);
    } catch (error) {
      const denied = error instanceof GitError && error.code === 'denied';
      if (!denied || attempt === ATTEMPTS) throw error;
    }
  }
}

async function fetchOrFollow(
  run: (args: readonly string[]) => Promise<string>,
  url: string,
  branch: string,
): Promise<string> {
  const fetch = (name: string): Promise<string> =>
    fetchRefs(run, url, [`+refs/heads/${name}:${MIRROR_REF}`]);
  try {
    await fetch(branch);
    return branch;
  } catch (error) {
    if (!(error instanceof GitError) || error.code !== 'branch-missing') throw error;
    const answer = await run(['ls-remote', '--symref', '--end-of-options', url, 'HEAD']);
    const renamed = /^ref: refs\/heads\/(\S+)\tHEAD$/m.exec(answer)?.[1];
    if (renamed === undefined || renamed === branch) {
      throw new GitError(
        'branch-missing',
        `The remote has no branch ${JSON.stringify(branch)} and no other default branch. Push a first commit, or correct the name.`,
        { cause: error.cause },
      );
    }
    checkBranch(renamed);
    await fetch(renamed);
    return renamed;
  }
}

function fetchRefs(
  run: (args: readonly string[]) => Promise<string>,
  url: string,
  refs: readonly string[],
): Promise<string> {
  const quietly = ['--quiet', '--no-tags', '--no-write-fetch-head', '--no-auto-maintenance'];
  return run(['fetch', ...quietly, '--end-of-options', url, ...refs]);
}

/** The token goes through the environment: not to be seen in the list of processes, and never on the disk. */
function withToken(place: GitPlace, url: string, token: string): GitPlace {
  if (token === '' || !/^https?:/.test(url)) return place;
  const header = `Authorization: Basic ${basicOf(token)}`;
  // Bound to the host, so that a redirect does not carry it elsewhere.
  const setting = `http.${new URL(url).origin}/.extraHeader`;
  return { ...place, env: withSettings(place.env, [[setting, header]]) };
}

function basicOf(token: string): string {
  return Buffer.from(`x-access-token:${token}`).toString('base64');
}

/** Every form of the token that an error could carry. */
function secretsOf(token: string): readonly string[] {
  return token === '' ? [] : [token, basicOf(token), encodeURIComponent(token)];
}

function checkUrl(url: string): void {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed && parsed.username === '' && parsed.password === '' && !url.startsWith('-')) return;
  throw new GitError(
    'remote-invalid',
    'The address of the remote is not a plain URL. Give it as https://host/owner/name.git, without user, password or token.',
  );
}

/** Refuses what git would refuse, and what could be taken for something else than a name. */
function checkBranch(branch: string): void {
  const strange = branch.split('').some((sign) => sign <= ' ' || '\x7f~^:?*[\\'.includes(sign));
  if (branch !== '' && !strange && !/\.\.|@\{|^[-/]|\/\/|[/.]$/.test(branch)) return;
  throw new GitError(
    'branch-missing',
    `${JSON.stringify(branch)} cannot be the name of a branch. Give the name as GitHub shows it.`,
  );
}
