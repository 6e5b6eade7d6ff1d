import { createHash } from 'node:crypto';

/** What tells one alert from another when its sender gives no fingerprint. */
export interface Identity {
  readonly source: string;
  readonly name: string;
  readonly model: string;
  readonly environment: string | undefined;
  readonly version: string | undefined;
  readonly repository: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * A fingerprint of what stays equal in every notification of an alert: 32 hex digits. Severity, times and texts are
 * left out, because they may change while it fires, and the resolved one may lack them.
 */
export function fingerprintOf(identity: Identity): string {
  const labels = Object.entries(identity.labels).sort(([a], [b]) => (a < b ? -1 : 1));
  const parts = [
    identity.source,
    identity.name,
    identity.model,
    identity.environment ?? null,
    identity.version ?? null,
    identity.repository ?? null,
    labels,
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}
