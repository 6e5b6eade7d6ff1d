import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { isRecord } from '../backtest/record.ts';
import { decodeText } from '../manifests/decode-text.ts';
import { loadPolicySet, type SourceFile } from '../policy/load.ts';
import type { PolicySet } from '../policy/policy.ts';
import { readShippedPresets } from '../policy/presets.ts';
import type { HistorySource, Oid } from '../releases/release.ts';
import { POLICY_FOLDER, readPolicies } from '../rollback/up-to-date.ts';
import { CommandFailed, EXIT } from './exit-codes.ts';

const YAML_FILE = /\.ya?ml$/;
const PRESETS = `${POLICY_FOLDER}/presets/`;

/**
 * The policies to work by: the repository's own as of the commit, or with `--policy` that one file in their place,
 * with the repository's presets to extend and its records of backtests.
 */
export async function policiesAt(
  source: HistorySource,
  commit: Oid,
  policyFile: string | undefined,
): Promise<PolicySet> {
  if (policyFile === undefined) return readPolicies(source, commit, await readShippedPresets());
  const files: SourceFile[] = [];
  for (const { path, blob } of await source.filesUnder(commit, POLICY_FOLDER)) {
    if (isBeside(path)) files.push({ path, text: asText(await source.blob(blob)) });
  }
  return loadPolicySet([...files, await namedFile(policyFile)], await readShippedPresets());
}

/** The same of the files as they lie in a folder, committed or not. */
export async function policiesInFolder(
  root: string,
  policyFile: string | undefined,
): Promise<PolicySet> {
  const files: SourceFile[] = [];
  for (const path of await policyFiles(root)) {
    if (policyFile !== undefined && !isBeside(path)) continue;
    files.push({ path, text: asText(await readAsGit(join(root, path))) });
  }
  if (policyFile !== undefined) files.push(await namedFile(policyFile));
  return loadPolicySet(files, await readShippedPresets());
}

/** What stays where one policy file takes the place of all others: presets to extend, and records of backtests. */
function isBeside(path: string): boolean {
  return (YAML_FILE.test(path) && path.startsWith(PRESETS)) || isRecord(path);
}

/** The bytes of a file as git would store them: of a symbolic link where it leads to, not what stands there. */
export async function readAsGit(path: string): Promise<Uint8Array> {
  const isLink = (await lstat(path)).isSymbolicLink();
  return isLink ? Buffer.from(await readlink(path)) : await readFile(path);
}

/** A policy file that the person named, from anywhere. */
async function namedFile(path: string): Promise<SourceFile> {
  if (!YAML_FILE.test(path)) {
    throw new CommandFailed(
      EXIT.usage,
      `The policy file ${path} is not YAML by its name. Name a file that ends in .yaml or .yml.`,
    );
  }
  try {
    // It is taken as a policy wherever it stands, so its path must not read as that of a preset.
    const asNamed = path.startsWith(`${POLICY_FOLDER}/`) ? `./${path}` : path;
    return { path: asNamed, text: asText(await readFile(path)) };
  } catch (error) {
    throw new CommandFailed(
      EXIT.unreadable,
      `The policy file ${path} cannot be read (${codeOf(error)}). Name a file that exists and that you may read.`,
    );
  }
}

async function policyFiles(root: string): Promise<readonly string[]> {
  const folder = join(root, POLICY_FOLDER);
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
      .filter((path) => YAML_FILE.test(path) || isRecord(path))
      .sort();
  } catch (error) {
    const code = codeOf(error);
    // A folder without policies is an answer.
    if (code === 'ENOENT') return [];
    throw new CommandFailed(
      EXIT.unreadable,
      `The folder ${folder} cannot be read (${code}). Check that it is a folder and that you may read it.`,
    );
  }
}

/** Bytes that are no text become a text that no policy is, so that the problem is reported with its file. */
function asText(bytes: Uint8Array): string {
  const decoded = decodeText(bytes);
  return decoded.ok ? decoded.text : '\0';
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}
