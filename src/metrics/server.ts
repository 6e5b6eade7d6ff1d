import { SECOND, type Milliseconds } from '../time.ts';

/** Nobody waits longer for metrics. */
export const MAX_TIMEOUT = 30 * SECOND;

/**
 * A server of metrics that the operator lets repositories ask. A policy names it by its name only: no address ever comes
 * from a repository.
 */
export interface MetricServer {
  readonly name: string;
  /** The base of its HTTP API, without a slash at its end. */
  readonly url: string;
  /** Who may use it, as `owner/name`. */
  readonly repositories: readonly string[];
  readonly auth?:
    | { readonly kind: 'bearer'; readonly token: string }
    | { readonly kind: 'basic'; readonly user: string; readonly password: string };
  /** The certificate authorities it is trusted by, in PEM, in place of the system's. */
  readonly ca?: string;
  /** Its certificate is not verified, and credentials may be sent to it unencrypted. */
  readonly insecure?: true;
  /** An answer that takes longer is none. */
  readonly timeout: Milliseconds;
  /** So many questions at a time. */
  readonly concurrency: number;
}

/** The server of that name, if the repository may use it: one of somebody else is as good as none. */
export function serverFor(
  servers: readonly MetricServer[],
  name: string,
  repository: string,
): MetricServer | undefined {
  const wanted = repository.toLowerCase();
  return servers.find(
    (server) =>
      server.name === name && server.repositories.some((one) => one.toLowerCase() === wanted),
  );
}
