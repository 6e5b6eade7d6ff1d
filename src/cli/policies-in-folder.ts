import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { loadPolicySet, type SourceFile } from '../policy/load.ts';
import type { PolicySet } from '../policy/policy.ts';
import { readShippedPresets } from '../policy/presets.ts';
import { POLICY_FOLDER } from '../rollback/up-to-date.ts';
import { asText, readPolicyFile } from './context.ts';
import { CommandFailed, EXIT } from './exit-codes.ts';

/** The policies as they lie in a folder, committed or not; with `policyFile` that one in place of the folder's own. */
export async function policiesInFolder(
  root: string,
  policyFile: string | undefined,
): Promise<PolicySet> {
  const files: SourceFile[] = [];
  for (const path of await yamlFiles(root)) {
    if (policyFile !== undefined && !path.startsWith(`${POLICY_FOLDER}/presets/`)) continue;
    files.push({ path, text: asText(await readFile(join(root, path))) });
  }
  if (policyFile !== undefined) {
    files.push({ path: policyFile, text: asText(await readPolicyFile(policyFile)) });
  }
  return loadPolicySet(files, await readShippedPresets());
}

async function yamlFiles(root: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(join(root, POLICY_FOLDER), {
      recursive: true,
      withFileTypes: true,
    });
    return entries
      .filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
      .sort();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    // A folder without policies is an answer; a folder that is not there is a mistake.
    if (code === 'ENOENT' && (await exists(root))) return [];
    throw new CommandFailed(
      EXIT.unreadable,
      `${join(basename(root), POLICY_FOLDER)} cannot be read (${code}).`,
    );
  }
}

async function exists(folder: string): Promise<boolean> {
  return readdir(folder).then(
    () => true,
    () => false,
  );
}
