import { destination, pino, type Logger } from 'pino';
import { logFacts } from './log-facts.ts';
import type { LogLevel } from './settings.ts';

export interface LogOptions {
  readonly level: LogLevel;
  /** What must never be read in the log, whatever brought it there. */
  readonly secrets: readonly string[];
  /** Takes each line with its line end. Default: standard output. */
  readonly write?: (line: string) => void;
}

/**
 * Tokens of GitHub and Slack, JSON web tokens, what headers authorize with, private keys, and the user and password of
 * an address, as they look.
 */
const SECRET_SHAPES = [
  /\bgh[a-z]_[\w.-]{16,}/g,
  /\bgithub_pat_\w{16,}/g,
  /\bxox[a-z]-[\w-]{10,}/g,
  /\b(?:Basic|Bearer) [\w.~+/-]{20,}=*/gi,
  /(?<=:\/\/)[^\s/@:"]*:[^\s/@"]*(?=@)/g,
  /\beyJ[\w-]{8,}\.[\w-]+\.[\w-]+/g,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
];

/** What a terminal or a page could take for a command or a change of direction; the rest JSON escapes itself. */
const UNSEEN =
  /[\u007F-\u009F\u00AD\u061C\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF\u{E0000}-\u{E007F}]/gu;

/** A secret shorter than this would blank out parts of plain words. */
const SHORTEST_SECRET = 8;

/** How deep causes are followed. */
const DEEPEST_CAUSE = 3;

/**
 * The process's log: JSON lines without secrets and without raw control characters. Errors are reduced to what
 * explains them, because Octokit's carry whole requests and deliveries.
 */
export function createLog({ level, secrets, write }: LogOptions): Logger {
  const clean = createLineCleaner(secrets);
  const put = write ?? writeToStdout();
  return nameless(
    pino(
      { level, mixin: logFacts, serializers: { err: (error: unknown) => errorFacts(error, 0) } },
      { write: (line: string) => put(clean(line)) },
    ),
  );
}

/**
 * Probot and Octokit each give their logger a name beside that of the one before: a line with the same key twice, which
 * some readers refuse.
 */
function nameless(log: Logger): Logger {
  const own = Object.create(log) as Logger;
  // Children inherit it.
  own.child = function child(this: Logger, { name: _name, ...bindings }, options) {
    return log.child.call(this, bindings, options);
  } as Logger['child'];
  return own;
}

function writeToStdout(): (line: string) => void {
  const out = destination({ dest: 1, sync: true });
  return (line) => void out.write(line);
}

/** Takes secrets out of lines of JSON, and escapes what a terminal could act on. */
export function createLineCleaner(secrets: readonly string[]): (line: string) => string {
  const known = secrets
    .filter((secret) => secret.length >= SHORTEST_SECRET)
    .map((secret) => JSON.stringify(secret).slice(1, -1));
  return (line) => {
    let text = line;
    for (const secret of known) text = text.replaceAll(secret, '[secret]');
    for (const shape of SECRET_SHAPES) text = text.replace(shape, '[secret]');
    return text.replace(UNSEEN, escapeUnits);
  };
}

/** As JSON writes it: `\u202e`. The line stays valid JSON and means the same. */
function escapeUnits(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}

function errorFacts(error: unknown, depth: number): unknown {
  if (!(error instanceof Error)) return typeof error === 'object' ? undefined : error;
  const { name, message, stack, cause } = error;
  const deeper = (one: unknown): unknown =>
    depth < DEEPEST_CAUSE ? errorFacts(one, depth + 1) : undefined;
  return {
    type: name,
    message,
    stack,
    ...('code' in error && { code: plain(error.code) }),
    ...('status' in error && { status: plain(error.status) }),
    ...(cause !== undefined && { cause: deeper(cause) }),
    ...(error instanceof AggregateError && { errors: error.errors.map(deeper) }),
  };
}

function plain(value: unknown): string | number | undefined {
  return typeof value === 'string' || typeof value === 'number' ? value : undefined;
}
