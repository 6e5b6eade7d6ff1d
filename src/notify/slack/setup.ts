/** How Slack is set up. Absent parts are off. */
export interface SlackSetup {
  /** Posts and edits messages; preferred where there is also a webhook. Never shown. */
  readonly botToken?: string;
  /** Posts into one channel, and cannot edit. Never shown. */
  readonly webhookUrl?: string;
  /** Signs what Slack sends here; without it nothing is taken from Slack. Never shown. */
  readonly signingSecret?: string;
  /** The base of Slack's API, without a slash at its end. */
  readonly apiUrl: string;
  /** Where answers to what was asked in Slack may be posted, as `https://host`. */
  readonly hooksOrigin: string;
  readonly directory: SlackDirectory;
}

/** Who is who between Slack and GitHub. */
export interface SlackDirectory {
  /** GitHub logins by Slack user id. */
  readonly users: ReadonlyMap<string, string>;
  /** Repositories, as `owner/name`, by Slack channel id: what a command in the channel is about. */
  readonly channels: ReadonlyMap<string, string>;
}

export const SLACK_API = 'https://slack.com/api';
export const SLACK_HOOKS = 'https://hooks.slack.com';
