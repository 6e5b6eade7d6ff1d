import { z } from 'zod';
import { describeFound, jsonPath } from '../../alerts/field-problem.ts';
import { readYaml } from '../../settings-file.ts';
import type { SlackDirectory } from './setup.ts';

const USER = /^[UW][A-Z0-9]{2,29}$/;
const CHANNEL = /^[CGD][A-Z0-9]{2,29}$/;

const login = z
  .string({ error: 'a GitHub login in quotes' })
  .regex(/^[A-Za-z0-9](?:[A-Za-z0-9]|-(?=[A-Za-z0-9])){0,38}(?:_[A-Za-z0-9]{1,20})?$/, {
    error: 'a GitHub login',
  });
const repository = z
  .string({ error: 'a repository as owner/name' })
  .regex(/^[A-Za-z0-9_-]+\/[A-Za-z0-9._-]+$/, { error: 'a repository as owner/name' });

const fileSchema = z.strictObject(
  {
    users: z
      .record(z.string().regex(USER, { error: 'a user id of Slack such as U02ABCDEF' }), login, {
        error: 'GitHub logins by user id of Slack',
      })
      .default({}),
    channels: z
      .record(
        z.string().regex(CHANNEL, { error: 'a channel id of Slack such as C02ABCDEF' }),
        repository,
        { error: 'repositories by channel id of Slack' },
      )
      .default({}),
  },
  { error: 'an object with users and channels' },
);

export type DirectoryReading =
  | { readonly ok: true; readonly directory: SlackDirectory }
  | { readonly ok: false; readonly problems: readonly string[] };

export const NOBODY: SlackDirectory = { users: new Map(), channels: new Map() };

/** Reads the YAML file that says who in Slack is who at GitHub, and which channel is about which repository. */
export function readDirectory(text: string): DirectoryReading {
  const yaml = readYaml(text);
  if (!yaml.ok) return yaml;
  const root = yaml.root ?? {};
  const parsed = fileSchema.safeParse(root);
  if (!parsed.success) return { ok: false, problems: parsed.error.issues.map(describe(root)) };
  const { users, channels } = parsed.data;
  return {
    ok: true,
    directory: {
      users: new Map(Object.entries(users)),
      channels: new Map(Object.entries(channels)),
    },
  };
}

function describe(root: unknown): (issue: z.core.$ZodIssue) => string {
  return (issue) => {
    const keys = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
    const at = jsonPath('$', [...issue.path, ...keys]);
    if (keys.length > 0) return `${at}: no such key, expected users or channels.`;
    // Of a key that is none, zod keeps the sentence one level deeper.
    const why = issue.code === 'invalid_key' ? issue.issues[0]?.message : issue.message;
    if (issue.code === 'invalid_key') return `${at}: expected ${why ?? 'another key'}.`;
    let found = root;
    for (const key of issue.path)
      found = typeof found === 'object' && found !== null ? Reflect.get(found, key) : undefined;
    return `${at}: expected ${why ?? 'something else'}, found ${describeFound(found)}.`;
  };
}
