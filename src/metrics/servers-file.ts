import { z } from 'zod';
import {
  describeIssues,
  entryName,
  findRepeated,
  readYaml,
  repositories,
  variable,
} from '../settings-file.ts';
import { parseDuration, SECOND } from '../time.ts';
import { MAX_TIMEOUT, type MetricServer } from './server.ts';

/** Keys whose value is never shown: the address as well, which may have a password in it. */
const SECRETS = ['token', 'password', 'url'] as const;
const CREDENTIALS = ['token', 'tokenEnv', 'password', 'passwordEnv'] as const;
const KEYS =
  'name, url, repositories, token, tokenEnv, user, password, passwordEnv, ca, insecure, timeout, concurrency';

const secret = z
  .string({ error: 'text in quotes' })
  .regex(/^[\x21-\x7E]{1,4096}$/, { error: 'printable ASCII characters without blanks' });

const ADDRESS = 'an http or https address without user, query or fragment';
const LENGTH = 'a length of time from 1s to 30s';
const AT_A_TIME = 'a number from 1 to 50';

const serverSchema = z
  .strictObject(
    {
      name: entryName('server'),
      url: z
        .string({ error: ADDRESS })
        .refine(isBase, { error: ADDRESS })
        .transform((text) => text.replace(/\/+$/, '')),
      repositories,
      token: secret.optional(),
      tokenEnv: variable.optional(),
      user: z
        .string({ error: 'the name of a user in quotes' })
        .regex(/^[\x20-\x39\x3B-\x7E]{1,200}$/, { error: 'a name of a user without ":"' })
        .optional(),
      password: secret.optional(),
      passwordEnv: variable.optional(),
      ca: z.string({ error: 'the path of a file of certificates in PEM' }).min(1).optional(),
      insecure: z.boolean({ error: 'true or false' }).default(false),
      timeout: z
        .string({ error: LENGTH })
        .transform((text) => parseDuration(text) ?? 0)
        .refine((length) => length >= SECOND && length <= MAX_TIMEOUT, { error: LENGTH })
        .default(5 * SECOND),
      concurrency: z
        .int({ error: AT_A_TIME })
        .min(1, { error: AT_A_TIME })
        .max(50, { error: AT_A_TIME })
        .default(8),
    },
    {
      error: (issue) =>
        issue.code === 'unrecognized_keys'
          ? `one of ${KEYS}`
          : 'a server: an object with name, url and repositories',
    },
  )
  .refine((server) => CREDENTIALS.filter((key) => server[key] !== undefined).length <= 1, {
    error: `at most one of ${CREDENTIALS.join(', ')}`,
  })
  .refine(
    ({ user, password, passwordEnv }) =>
      (user !== undefined) === hasPassword(password, passwordEnv),
    {
      error: 'user together with password or passwordEnv',
    },
  )
  .refine((server) => isPrivate(server) || server.insecure, {
    error:
      'https, where there are credentials: on the way others could read them; `insecure: true` allows that',
  });

const fileSchema = z.array(serverSchema, { error: 'a list of metric servers' });

function hasPassword(password?: string, passwordEnv?: string): boolean {
  return password !== undefined || passwordEnv !== undefined;
}

function isBase(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && username + password + search + hash === '';
}

/** Nobody on the way can read credentials, or there are none. */
function isPrivate(
  server: { readonly url: string } & Partial<Record<(typeof CREDENTIALS)[number], unknown>>,
): boolean {
  if (CREDENTIALS.every((key) => server[key] === undefined)) return true;
  const { protocol, hostname } = new URL(server.url);
  return protocol === 'https:' || /^(localhost|127\.0\.0\.1|\[::1\])$/.test(hostname);
}

export type ServersReading =
  | { readonly ok: true; readonly servers: readonly MetricServer[] }
  | { readonly ok: false; readonly problems: readonly string[] };

type Environment = Readonly<Record<string, string | undefined>>;
type Written = z.infer<typeof serverSchema>;

/**
 * Reads the YAML file that lists the servers of metrics, and the files of certificates that it names through
 * `readFile`. A problem says where it is and what was expected, and never shows a secret.
 */
export function readServers(
  text: string,
  env: Environment,
  readFile: (path: string) => string,
): ServersReading {
  const yaml = readYaml(text);
  if (!yaml.ok) return yaml;
  const root = yaml.root ?? [];
  const parsed = fileSchema.safeParse(root);
  if (!parsed.success) return { ok: false, problems: describeIssues(parsed.error, root, SECRETS) };
  const names = parsed.data.map(({ name }) => name.toLowerCase());
  const problems = [
    ...findRepeated(
      names,
      (i, first) => `$[${i}].name: expected another name than $[${first}] has.`,
    ),
  ];
  const servers = parsed.data.map((written, index): MetricServer => {
    const fail = (key: string, expected: string): undefined => {
      problems.push(`$[${index}].${key}: ${expected}`);
      return undefined;
    };
    const { name, url, repositories: allowed, insecure, timeout, concurrency } = written;
    const auth = authOf(written, env, fail);
    const ca = caOf(written, readFile, fail);
    const safety = {
      ...(ca !== undefined && { ca }),
      ...(insecure && { insecure: true as const }),
    };
    return {
      name,
      url,
      repositories: allowed,
      ...(auth && { auth }),
      ...safety,
      timeout,
      concurrency,
    };
  });
  return problems.length > 0 ? { ok: false, problems } : { ok: true, servers };
}

type Fail = (key: string, expected: string) => undefined;

function authOf(written: Written, env: Environment, fail: Fail): MetricServer['auth'] {
  const { user, tokenEnv, passwordEnv } = written;
  const named = (key: 'tokenEnv' | 'passwordEnv', name: string | undefined): string | undefined => {
    if (name === undefined) return undefined;
    const value = secret.safeParse(env[name]?.trim());
    if (value.success) return value.data;
    const is = env[name] === undefined ? 'is not set' : 'is not that';
    const expected = 'expected printable ASCII characters without blanks';
    return fail(key, `the environment variable ${name} ${is}, ${expected}.`);
  };
  if (user !== undefined) {
    const password = written.password ?? named('passwordEnv', passwordEnv);
    return password === undefined ? undefined : { kind: 'basic', user, password };
  }
  const token = written.token ?? named('tokenEnv', tokenEnv);
  return token === undefined ? undefined : { kind: 'bearer', token };
}

function caOf({ ca }: Written, readFile: (path: string) => string, fail: Fail): string | undefined {
  if (ca === undefined) return undefined;
  const expected = 'expected the path of a file of certificates in PEM';
  try {
    const pem = readFile(ca);
    if (/-----BEGIN CERTIFICATE-----/.test(pem)) return pem;
    return fail('ca', `${expected}, found a file without any.`);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    return fail('ca', `${expected}, found ${JSON.stringify(ca.slice(0, 60))} (${code}).`);
  }
}
