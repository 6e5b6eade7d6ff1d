/** What went wrong with git, for code that reacts to it; people read the message. */
export type GitErrorCode =
  | 'not-a-repository'
  | 'no-commits'
  | 'unknown-revision'
  | 'not-on-branch'
  | 'shallow'
  | 'branch-missing'
  | 'remote-invalid'
  | 'denied'
  | 'forbidden'
  | 'not-found'
  | 'unreachable'
  | 'damaged'
  | 'busy'
  | 'missing-object'
  | 'too-big'
  | 'in-use'
  | 'closed'
  | 'failed';

/** A failure of git or of what git was asked for. The message is a sentence for people and holds no secret. */
export class GitError extends Error {
  override readonly name = 'GitError';
  readonly code: GitErrorCode;
  /** How long to wait before another try, where the failure may pass by itself. */
  readonly after?: number;

  constructor(code: GitErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
    if (code === 'unreachable' || code === 'busy') this.after = 30_000;
  }
}

/** Takes secrets out of a text, in each form given, so that it may be logged. */
export function redact(text: string, secrets: readonly string[]): string {
  return secrets
    .filter((secret) => secret !== '')
    .reduce((rest, secret) => rest.replaceAll(secret, '[redacted]'), text)
    .replace(/\/\/[^/\s@]+@/g, '//[redacted]@');
}

/** The text of anything thrown, for use in a sentence. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message.trim() : String(error).trim();
}
