import type { Account, Repository } from '../rollback/forge.ts';
import type { Card } from './card.ts';
import type { Issues } from './issues.ts';

/** What Slack is told of an incident. */
export interface SlackCard {
  readonly repository: { readonly id: number; readonly name: string };
  /** The channel that the policy names. */
  readonly channel: string;
  readonly card: Card;
}

/** An answer to somebody in Slack, and to nobody else. */
export interface SlackAnswer {
  /** Of what was asked: it is answered once. */
  readonly id: string;
  /** Where Slack takes it. */
  readonly url: string;
  /** Markdown. */
  readonly text: string;
}

/** The ways to people beside the pull request. What is handed to Slack is on the disk when it resolves. */
export interface Notices {
  readonly issues: Issues;
  /** Absent: Slack is not set up. */
  readonly slack?: {
    tell(card: SlackCard): Promise<void>;
    answer(answer: SlackAnswer): Promise<void>;
  };
  /** Who somebody in Slack is at GitHub. */
  readonly people: {
    /** The login that the settings give a user of Slack. */
    loginOf(user: string): string | undefined;
    /** The account that has the login now. */
    accountOf(repository: Repository, login: string): Promise<Account | undefined>;
  };
  /** Counts what was told at GitHub. */
  readonly told: (outcome: 'ok' | 'failed') => void;
}
