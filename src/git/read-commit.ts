import type { CommitInfo, Oid, Person } from '../releases/release.ts';

/** What a commit object says. */
export interface RawCommit {
  readonly tree: Oid;
  readonly parents: readonly Oid[];
  readonly info: CommitInfo;
}

/** Reads a commit object as git writes it. Anybody can write one: a part that cannot be read is empty or 0. */
export function readCommit(commit: Oid, bytes: Uint8Array): RawCommit {
  const raw = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = raw.indexOf('\n\n');
  const headers = raw.subarray(0, end < 0 ? raw.length : end);
  const message = end < 0 ? raw.subarray(raw.length) : raw.subarray(end + 2);
  // The name of the encoding is ASCII, whatever the rest is in.
  const named = /^encoding (\S+)$/m.exec(headers.toString('latin1'))?.[1];
  const lines = decode(headers, named).split('\n');
  const author = readSignature(valueOf(lines, 'author'));
  const committer = readSignature(valueOf(lines, 'committer'));
  return {
    tree: valueOf(lines, 'tree'),
    parents: lines.filter((line) => line.startsWith('parent ')).map((line) => line.slice(7)),
    info: {
      commit,
      at: committer.at,
      author: author.person,
      ...readMessage(decode(message, named)),
    },
  };
}

/** Splits a message as `git log --format=%s%n%b` does: the subject is the first paragraph, on one line. */
export function readMessage(message: string): Pick<CommitInfo, 'subject' | 'body'> {
  const lines = message.split('\n');
  const first = lines.findIndex((line) => line.trim() !== '');
  if (first < 0) return { subject: '', body: '' };
  const next = lines.findIndex((line, i) => i > first && line.trim() === '');
  const last = next < 0 ? lines.length : next;
  const subject = lines
    .slice(first, last)
    .map((line) => line.trimEnd())
    .join(' ');
  const body = lines
    .slice(last)
    .join('\n')
    .replace(/^(?:[ \t\r]*\n)+/, '');
  return { subject, body: body.trimEnd() };
}

/** What is longer is nobody's name, and would take its time to be read. */
const LONGEST_HEADER = 2_000;

function valueOf(lines: readonly string[], name: string): string {
  const line = lines.find((line) => line.startsWith(`${name} `));
  return line?.slice(name.length + 1, LONGEST_HEADER) ?? '';
}

function readSignature(text: string): { readonly person: Person; readonly at: number } {
  // A name may hold a carriage return or another line separator, which only the flag `s` lets a dot match.
  const [, name, email, seconds] = /^(.*?)\s*<([^>]*)>\s*(\d+)?/s.exec(text) ?? [];
  const at = Number(seconds ?? '0') * 1000;
  // The largest moment that a Date can hold: anything later is nonsense and would break every page that shows it.
  return {
    person: { name: (name ?? text).trim(), email: (email ?? '').trim() },
    at: at <= 8.64e15 ? at : 0,
  };
}

function decode(bytes: Uint8Array, encoding: string | undefined): string {
  try {
    return new TextDecoder(encoding ?? 'utf-8', { ignoreBOM: true }).decode(bytes);
  } catch {
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  }
}
