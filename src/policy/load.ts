import { LONGEST_RECORD, recordPath } from '../backtest/record.ts';
import { parseTree } from './explain.ts';
import { REPOSITORY_DEFAULTS } from './defaults.ts';
import { findConflicts } from './find-conflicts.ts';
import { groupBy } from './group-by.ts';
import type { PolicyProblem, PolicySet, RepositoryPolicy, TargetPolicy } from './policy.ts';
import { readPolicyFile } from './policy-file.ts';
import type { PolicyFileReading } from './policy-file.ts';
import { readPresets } from './preset-library.ts';
import type { PresetSource, ShippedPreset } from './preset-library.ts';
import { readTree } from './read-tree.ts';
import { repositorySchema } from './schema/files.ts';

export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

const YAML_FILE = /\.ya?ml$/;
const PRESET_FILE = /^\.lastgood\/presets\/(.+)\.ya?ml$/;
const REPOSITORY_FILE = /^\.lastgood\/repository\.ya?ml$/;
/** A folder of `.lastgood/` other than the presets' is not read: a policy that stands there must not go unnoticed. */
const ELSEWHERE = /^\.lastgood\/.+\//;
/** Enough to mend a file by; a file of garbage has thousands. */
const MOST_PROBLEMS = 50;

/**
 * Reads the policies of a repository: `.lastgood/repository.yaml`, the presets in `.lastgood/presets/`, and every
 * other YAML file given as the policy of one model, with the record of its backtest where it demands one. Other files
 * that are not YAML are passed over.
 *
 * Never throws, whatever the files say. A file with a problem contributes no targets and takes none from other files,
 * unless two files claim the same target or pin the same place: then both are out until people decide.
 *
 * @param files the files of the repository, by path
 * @param shipped the presets that come with Lastgood, by name (see `presets.ts`)
 */
export function loadPolicySet(
  files: readonly SourceFile[],
  shipped: readonly ShippedPreset[],
): PolicySet {
  const yaml = files.filter(({ path }) => YAML_FILE.test(path));
  const library = readPresets(shipped, yaml.flatMap(asPreset));
  const repository = readRepository(yaml.filter(({ path }) => REPOSITORY_FILE.test(path)));
  const policies = yaml
    .filter(({ path }) => !PRESET_FILE.test(path) && !REPOSITORY_FILE.test(path))
    .map(({ path, text }) => {
      const reading = readPolicyFile(path, text, library);
      return ELSEWHERE.test(path) ? misplaced(reading) : reading;
    });
  const conflicts = findConflicts(policies);
  const out = new Set(conflicts.map(({ file }) => file));
  const broken = (one: PolicyFileReading) => one.problems.length > 0 || out.has(one.file);
  return {
    repository: repository.policy,
    targets: policies
      .filter((one) => !broken(one))
      .flatMap((one) => one.targets)
      .map((policy) => withRecord(policy, files)),
    problems: tidy([
      ...library.problems,
      ...repository.problems,
      ...policies.flatMap((one) => one.problems),
      ...conflicts,
    ]),
    disabled: policies.filter(broken).flatMap((one) =>
      claimsOf(
        one,
        conflicts.find(({ file }) => file === one.file),
      ),
    ),
  };
}

/** The record of a backtest is part of the policy that demands one: both are of the same commit. */
function withRecord(policy: TargetPolicy, files: readonly SourceFile[]): TargetPolicy {
  const { backtest, target } = policy;
  const path = backtest && recordPath(target);
  const record = path && files.find((one) => one.path === path)?.text;
  if (!backtest || record === undefined) return policy;
  // One character more than a record may have, so that it is none.
  return { ...policy, backtest: { ...backtest, record: record.slice(0, LONGEST_RECORD + 1) } };
}

function claimsOf(
  { file, claims, problems }: PolicyFileReading,
  conflict: PolicyProblem | undefined,
): PolicySet['disabled'] {
  const problem = problems[0] ?? conflict;
  return claims.map(({ target }) => ({ target, file, ...(problem && { problem }) }));
}

function misplaced({ file, claims }: PolicyFileReading): PolicyFileReading {
  const problem = {
    file,
    line: 1,
    column: 1,
    message: 'policies are not read from this folder',
    expected: 'policies in .lastgood/ itself and presets in .lastgood/presets/',
    suggestion: `move it to .lastgood/${file.slice(file.lastIndexOf('/') + 1)}`,
  };
  return { file, claims, certain: false, targets: [], problems: [problem] };
}

function asPreset({ path, text }: SourceFile): PresetSource[] {
  const name = PRESET_FILE.exec(path)?.[1];
  return name === undefined ? [] : [{ name, file: path, text }];
}

/**
 * Reads the repository's own settings. A budget that cannot be read allows nothing: pull requests are still opened,
 * none is merged without people.
 */
function readRepository(files: readonly SourceFile[]): {
  readonly policy: RepositoryPolicy;
  readonly problems: readonly PolicyProblem[];
} {
  const [file, second] = files;
  if (!file) return { policy: REPOSITORY_DEFAULTS, problems: [] };
  const { tree, problems, valid } = readTree(file.path, file.text);
  const parsed = tree && valid ? parseTree(repositorySchema, tree) : undefined;
  const found = [...problems, ...(parsed && !parsed.ok ? parsed.problems : [])];
  if (second) {
    found.push({
      file: second.path,
      line: 1,
      column: 1,
      message: `${file.path} has the settings of the repository already`,
      expected: 'one of the two files',
      suggestion: 'remove one of them',
    });
  }
  const { limits, storm, mergeMethod } = REPOSITORY_DEFAULTS;
  const [problem] = found;
  if (!parsed?.ok || problem) {
    const merge = { ...limits.merge, count: 0 };
    const policy = { ...REPOSITORY_DEFAULTS, limits: { ...limits, merge } };
    return { policy: { ...policy, ...(problem && { problem }) }, problems: found };
  }
  const policy = {
    limits: { ...limits, ...parsed.value.limits },
    storm: { ...storm, ...parsed.value.storm },
    mergeMethod: parsed.value.mergeMethod ?? mergeMethod,
  };
  return { policy, problems: found };
}

/** By file in the order given, then by place; each said once, and not more than a person can read. */
function tidy(problems: readonly PolicyProblem[]): readonly PolicyProblem[] {
  const files = groupBy(problems, ({ file }) => file);
  return [...files.values()].flatMap((all) => {
    const sorted = [...new Map(all.map((one) => [JSON.stringify(one), one])).values()].sort(
      (a, b) => a.line - b.line || a.column - b.column,
    );
    const rest = sorted.length - MOST_PROBLEMS;
    const next = sorted[MOST_PROBLEMS];
    if (!next) return sorted;
    const { file, line, column } = next;
    const more = {
      file,
      line,
      column,
      message: `${rest} more mistakes from here on are not listed`,
    };
    return [...sorted.slice(0, MOST_PROBLEMS), more];
  });
}
