import type { Samples } from '../journal/samples.ts';
import type { Severity } from '../policy/policy.ts';
import type { Instant } from '../time.ts';

/** A signal from outside that a model misbehaves, or no longer does: the normal form of every source. */
export interface Alert {
  /** The configured source it came from. */
  readonly source: string;
  /**
   * `lastgood`: nobody sent it; Lastgood saw by itself what it is about. `monitor`: a monitor of the policy fired.
   */
  readonly format:
    'alertmanager' | 'cloudevents' | 'generic' | 'repository_dispatch' | 'lastgood' | 'monitor';
  /** Equal for every notification of one alert, firing and resolved. Unique within its source only. */
  readonly fingerprint: string;
  readonly status: 'firing' | 'resolved';
  /** `ModelDiversityCollapsed`. */
  readonly name: string;
  readonly model: string;
  /** Absent: the model's only environment; with several, the alert cannot be routed. */
  readonly environment?: string;
  /** The model version the alert is about, as text; absent when it does not say. */
  readonly version?: string;
  /** `owner/name`; absent when the source speaks for one repository only. */
  readonly repository?: string;
  readonly severity: Severity;
  /** When it began to fire, by the source's clock. */
  readonly startsAt: Instant;
  /** The sender did not say when it began: `startsAt` is when this notification was sent or received. */
  readonly startAssumed?: true;
  /** When it stopped firing; always there when resolved, never when firing. */
  readonly endsAt?: Instant;
  readonly receivedAt: Instant;
  /** The person who sent it, where GitHub says that one did: they asked for what comes of it. */
  readonly sentBy?: { readonly login: string; readonly id: number };
  /** The sender's own id of this notification, where it has one: a second one with the same id is a retransmission. */
  readonly delivery?: string;
  readonly summary?: string;
  readonly value?: string;
  readonly threshold?: string;
  /** Where a person reads more; only http and https. */
  readonly link?: string;
  readonly labels: Readonly<Record<string, string>>;
  /** What was measured, in a bounded number of points, where Lastgood measured it itself. */
  readonly measured?: readonly Samples[];
}

/** A sender of alerts and what it may speak for. */
export interface AlertSource {
  readonly name: string;
  readonly auth:
    | { readonly kind: 'bearer'; readonly token: string }
    | { readonly kind: 'hmac'; readonly secret: string };
  /** `owner/name`, compared without case; an alert for any other repository is refused. */
  readonly repositories: readonly string[];
  /** It speaks for these targets only, by their keys. Absent: for every target of its repositories. */
  readonly targets?: readonly string[];
}

/** An alert together with the repository it may speak to: what the inbox stores. */
export interface AlertFor {
  readonly alert: Alert;
  /** `owner/name`, as the source's configuration spells it. */
  readonly repository: string;
}

/** Why one alert of a well-formed delivery was not taken. Closed: every member has a sentence in `texts/alerts.ts`. */
export type NotTaken =
  | 'repository-not-allowed'
  | 'repository-ambiguous'
  | 'target-not-allowed'
  | 'environment-missing'
  | 'label-missing'
  | 'label-invalid'
  | 'starts-in-future';

/** What became of one alert of a delivery: one line of the answer. */
export type Taken =
  | ({ readonly taken: true } & AlertFor)
  | {
      readonly taken: false;
      /** Which alert of the delivery, 0-based. */
      readonly index: number;
      readonly why: NotTaken;
      /** One sentence for the person who owns the alert rule. */
      readonly message: string;
    };
