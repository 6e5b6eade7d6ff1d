import type { Oid } from '../releases/release.ts';
import { targetsSpokenOf } from '../releases/spoken-of.ts';
import { isFileMode } from './read-tree.ts';

/** A file's change in one commit, against the first parent. */
export interface LoggedChange {
  readonly path: string;
  /** The blob after the commit; null when the commit took the file away, or put no file in its place. */
  readonly blob: Oid | null;
  /** Whether there was no such file before. */
  readonly added: boolean;
}

export interface LoggedCommit {
  readonly commit: Oid;
  readonly parents: readonly Oid[];
  readonly changes: readonly LoggedChange[];
  /** The targets that its message speaks of as a rollback's; absent where there is none, or messages were not asked for. */
  readonly speaksOf?: readonly string[];
}

/**
 * What makes `git log` print which files each commit of the first-parent history changed, with their blobs. Every option
 * that a person's settings could change is named. Moves are not looked for: a file that moved is one taken away and one
 * added.
 */
export const RAW_CHANGES = [
  'log',
  '--first-parent',
  '--diff-merges=first-parent',
  '--raw',
  '--no-abbrev',
  '--no-renames',
  '--no-relative',
  '--no-ext-diff',
  '--no-color',
  '-z',
] as const;

/** What makes it print what {@link parseRawLog} reads. */
export const RAW_LOG = [
  ...RAW_CHANGES,
  '--ignore-submodules=none',
  '--format=tformat:%H %P',
] as const;

/** The same with the messages. */
export const RAW_LOG_WITH_MESSAGES = [...RAW_LOG, '--format=tformat:%H %P%n%B'] as const;

/** Reads the output of `git log` with {@link RAW_LOG}, commit by commit, without holding more than one. */
export async function* parseRawLog(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<LoggedCommit, void, undefined> {
  let current: Logging | undefined;
  let meta: string | undefined;
  for await (const field of splitFields(chunks)) {
    if (meta !== undefined) {
      const change = readChange(meta, field.toString('utf8'));
      if (change) current?.changes.push(change);
      meta = undefined;
      continue;
    }
    const start = field[0] === LINE_END ? 1 : 0;
    if (field[start] === COLON) {
      meta = field.toString('latin1', start);
      continue;
    }
    if (current) yield current;
    current = readHead(field.subarray(start));
  }
  if (current) yield current;
}

type Logging = Omit<LoggedCommit, 'changes'> & { readonly changes: LoggedChange[] };

const LINE_END = 0x0a;
const COLON = 0x3a;

/** The line with the names, and the message below it where it was asked for. */
function readHead(field: Buffer): Logging {
  const lineEnd = field.indexOf(LINE_END);
  const names = field.toString('latin1', 0, lineEnd < 0 ? field.length : lineEnd);
  const [commit = '', ...parents] = names.trim().split(' ');
  const message = lineEnd < 0 ? undefined : field.subarray(lineEnd + 1);
  // Most messages speak of nothing, and are not even decoded.
  const may = message && (message.includes('Lastgood-Target:') || message.includes('/lastgood/'));
  const speaksOf = may ? targetsSpokenOf(message.toString('utf8')) : [];
  return { commit, parents, changes: [], ...(speaksOf.length > 0 && { speaksOf }) };
}

/** `:100644 100644 <before> <after> M`; undefined when neither side is a file, as with submodules. */
function readChange(meta: string, path: string): LoggedChange | undefined {
  const [before = '', after = '', , blob = ''] = meta.slice(1).split(' ');
  const [had, has] = [isFileMode(before), isFileMode(after)];
  return had || has ? { path, blob: has ? blob : null, added: !had } : undefined;
}

async function* splitFields(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let rest: Buffer[] = [];
  for await (const chunk of chunks) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let at = 0;
    for (let end = bytes.indexOf(0); end >= 0; end = bytes.indexOf(0, at)) {
      const tail = bytes.subarray(at, end);
      yield rest.length === 0 ? tail : Buffer.concat([...rest, tail]);
      rest = [];
      at = end + 1;
    }
    if (at < bytes.length) rest.push(bytes.subarray(at));
  }
}
