import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { GitError } from '../git/git-error.ts';
import { openClone, type Clone } from '../git/open-clone.ts';
import { decodeText } from '../manifests/decode-text.ts';
import { formatProblem } from '../policy/format-problem.ts';
import { loadPolicySet, type SourceFile } from '../policy/load.ts';
import type { PolicySet, TargetPolicy } from '../policy/policy.ts';
import { readShippedPresets } from '../policy/presets.ts';
import { nearest } from '../policy/suggest.ts';
import type { HistorySource, Oid } from '../releases/release.ts';
import { POLICY_FOLDER } from '../rollback/up-to-date.ts';
import { targetKey } from '../target.ts';
import { CommandFailed, EXIT } from './exit-codes.ts';

/** The options that every command has. */
export interface RepositoryOptions {
  readonly repo: string;
  readonly policy?: string;
  readonly at?: string;
  readonly json?: boolean;
}

/** Where a command writes, and the time it works at. */
export interface Terminal {
  readonly out: (text: string) => void;
  readonly now: number;
}

/** A clone opened at the commit that the person asked for. */
export interface AtCommit {
  readonly clone: Clone;
  readonly commit: Oid;
}

/** Opens the clone, does the work, closes it; turns what git says into the command's own failure. */
export async function withClone<T>(
  options: RepositoryOptions,
  work: (at: AtCommit) => Promise<T>,
): Promise<T> {
  let clone: Clone | undefined;
  try {
    clone = await openClone(resolve(options.repo));
    const { commit: head } = await clone.head();
    const commit = options.at === undefined ? head : await clone.resolve(options.at);
    return await work({ clone, commit });
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    throw new CommandFailed(
      error.code === 'unknown-revision' ? EXIT.usage : EXIT.unreadable,
      error.message,
    );
  } finally {
    await clone?.close();
  }
}

/**
 * The policies to work by: the repository's own as of the commit, or with `--policy` that one file in their place,
 * with the repository's presets to extend.
 */
export async function policiesAt(
  source: HistorySource,
  commit: Oid,
  policyFile: string | undefined,
): Promise<PolicySet> {
  const found = await source.filesUnder(commit, POLICY_FOLDER);
  const files: SourceFile[] = [];
  for (const { path, blob } of found) {
    if (policyFile !== undefined && !path.startsWith(`${POLICY_FOLDER}/presets/`)) continue;
    files.push({ path, text: asText(await source.blob(blob)) });
  }
  if (policyFile !== undefined) {
    files.push({ path: policyFile, text: asText(await readPolicyFile(policyFile)) });
  }
  return loadPolicySet(files, await readShippedPresets());
}

/** The bytes of a policy file that the person named. */
export async function readPolicyFile(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new CommandFailed(EXIT.unreadable, `The policy file ${path} cannot be read (${code}).`);
  }
}

/** Bytes that are no text become a text that no policy is, so that the problem is reported with its file. */
export function asText(bytes: Uint8Array): string {
  const decoded = decodeText(bytes);
  return decoded.ok ? decoded.text : '\0';
}

/** The policy of the target that the person named: `environment/model`, or the model where that is enough. */
export function findTarget(set: PolicySet, name: string): TargetPolicy {
  const keys = set.targets.map((policy) => targetKey(policy.target));
  const exact = set.targets.find((policy) => targetKey(policy.target) === name);
  if (exact) return exact;
  const byModel = set.targets.filter((policy) => policy.target.model === name);
  if (byModel.length === 1 && byModel[0]) return byModel[0];
  if (byModel.length > 1) {
    const choices = byModel.map((policy) => targetKey(policy.target)).join(', ');
    throw new CommandFailed(
      EXIT.usage,
      `${name} runs in several environments. Name one of them: ${choices}.`,
    );
  }
  const disabled = set.disabled.find(
    ({ target }) => targetKey(target) === name || target.model === name,
  );
  if (disabled) {
    const problems = set.problems.filter(({ file }) => file === disabled.file);
    throw new CommandFailed(
      EXIT.no,
      [`The policy of ${name} has mistakes:`, ...problems.map(formatProblem)].join('\n'),
    );
  }
  const meant = nearest(name, keys);
  const known = keys.length === 0 ? 'No policy names any target.' : `Known: ${keys.join(', ')}.`;
  throw new CommandFailed(
    EXIT.usage,
    `No policy names the target ${name}.${meant === undefined ? '' : ` Did you mean ${meant}?`} ${known}`,
  );
}
