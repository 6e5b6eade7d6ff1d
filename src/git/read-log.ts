import type { Oid, Person } from '../releases/release.ts';
import type { Instant } from '../time.ts';
import type { GitPlace } from './git-environment.ts';
import { RAW_CHANGES } from './parse-raw-log.ts';
import { isFileMode } from './read-tree.ts';
import { streamGit } from './run-git.ts';

/** A commit as `git log` tells it, with its whole message. */
export interface LogEntry {
  readonly commit: Oid;
  readonly parents: readonly Oid[];
  readonly author: Person;
  readonly committer: Person;
  /** When it was committed. */
  readonly at: Instant;
  readonly message: string;
}

const FIELDS = '%H%x00%P%x00%an%x00%ae%x00%cn%x00%ce%x00%ct%x00%B';

/**
 * The commits of the first-parent history from `from` back whose message has one of the texts, newest first; all of
 * them without texts. By one `git log`, so that ten thousand cost one process.
 */
export async function* readLog(
  place: GitPlace,
  from: Oid,
  texts: readonly string[] = [],
  until?: Oid,
): AsyncGenerator<LogEntry, void, undefined> {
  const args = [
    'log',
    '--first-parent',
    '--no-color',
    '-z',
    `--format=tformat:%x01${FIELDS}%x02`,
    ...(texts.length > 0 ? ['--fixed-strings', ...texts.map((text) => `--grep=${text}`)] : []),
    from,
    ...(until === undefined ? [] : [`^${until}`]),
    '--',
  ];
  let rest = '';
  const decoder = new TextDecoder();
  for await (const chunk of streamGit(place, args)) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\u0002');
    rest = parts.pop() ?? '';
    for (const part of parts) yield readEntry(part);
  }
}

function readEntry(part: string): LogEntry {
  const start = part.indexOf('\u0001');
  const [commit = '', parents = '', an = '', ae = '', cn = '', ce = '', at = '', ...message] = part
    .slice(start + 1)
    .split('\0');
  return {
    commit,
    parents: parents.split(' ').filter((one) => one !== ''),
    author: { name: an, email: ae },
    committer: { name: cn, email: ce },
    at: Number(at) * 1_000,
    message: message.join('\0').trimEnd(),
  };
}

/** What one commit changed of some files. */
export interface TouchedCommit {
  readonly commit: Oid;
  readonly at: Instant;
  readonly changes: readonly {
    readonly path: string;
    /** The file's blob before it, and from then on; null where there is no file. */
    readonly before: Oid | null;
    readonly blob: Oid | null;
  }[];
}

/** More paths than this are sooner looked up than given to git. */
const MOST_PATHS = 200;

/**
 * Which of some files, or of all in some folders, each commit of the first-parent history changed, newest first: one
 * `git log` for all of them. Commits that `without` has behind it, and itself, are left out.
 */
export async function* readTouched(
  place: GitPlace,
  from: Oid,
  paths: readonly string[],
  without?: Oid,
): AsyncGenerator<TouchedCommit, void, undefined> {
  if (paths.length === 0) return;
  const named = paths.length <= MOST_PATHS;
  const wanted = new Set(paths);
  const places = named ? paths.map((path) => `:(top,literal)${path}`) : [];
  const revisions = without === undefined ? [from] : [from, `^${without}`];
  for await (const { changes, ...rest } of readRaw(place, [...revisions, '--', ...places])) {
    const some = named ? changes : changes.filter(({ path }) => wanted.has(path));
    if (some.length > 0) yield { ...rest, changes: some };
  }
}

/** What commits of the first-parent history changed whose message has a text, newest first. */
export function readChanged(
  place: GitPlace,
  from: Oid,
  text: string,
): AsyncGenerator<TouchedCommit, void, undefined> {
  return readRaw(place, ['--fixed-strings', `--grep=${text}`, from, '--']);
}

async function* readRaw(
  place: GitPlace,
  more: readonly string[],
): AsyncGenerator<TouchedCommit, void, undefined> {
  const args = [...RAW_CHANGES, '--format=tformat:%x01%H %ct', ...more];
  const decoder = new TextDecoder();
  let rest = '';
  let meta: string | undefined;
  let current: { commit: Oid; at: Instant; changes: FileChange[] } | undefined;
  for await (const chunk of streamGit(place, args)) {
    const fields = (rest + decoder.decode(chunk, { stream: true })).split('\0');
    rest = fields.pop() ?? '';
    for (const field of fields) {
      if (meta !== undefined) {
        current?.changes.push(readChange(meta, field));
        meta = undefined;
        continue;
      }
      const text = field.replace(/^\n/, '');
      if (text.startsWith(':')) meta = text;
      else if (text.startsWith('\u0001')) {
        if (current) yield current;
        const [commit = '', at = ''] = text.slice(1).split(' ');
        current = { commit, at: Number(at) * 1_000, changes: [] };
      }
    }
  }
  if (current) yield current;
}

type FileChange = TouchedCommit['changes'][number];

/** `:100644 100644 <before> <after> M`. */
function readChange(meta: string, path: string): FileChange {
  const [had = '', has = '', before = '', after = ''] = meta.slice(1).split(' ');
  return { path, before: isFileMode(had) ? before : null, blob: isFileMode(has) ? after : null };
}
