import { createPrivateKey } from 'node:crypto';
import { z } from 'zod';
import type { AlertSource } from './alerts/alert.ts';
import { readSources } from './alerts/sources-file.ts';
import type { MetricServer } from './metrics/server.ts';
import { readServers } from './metrics/servers-file.ts';
import { readSlackSetup } from './notify/slack/read-setup.ts';
import type { SlackSetup } from './notify/slack/setup.ts';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Everything the process is told from outside. `.env.example` explains each of the variables. */
export interface Settings {
  readonly appId: number;
  /** PEM, with real line ends. */
  readonly privateKey: string;
  readonly webhookSecret: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly host: string;
  /** The base of GitHub's REST API, without a slash at its end. */
  readonly apiUrl: string;
  /** The folder for mirrors and the database; made when it is not there. */
  readonly dataFolder: string;
  /** A PostgreSQL to keep the inbox in, for several replicas; without it an embedded database in the folder. */
  readonly databaseUrl?: string;
  readonly logLevel: LogLevel;
  /** Those who scrape `/metrics` need it; without it anybody may. */
  readonly metricsToken?: string;
  /** Those who look into the inbox over HTTP need it; without it that is off. */
  readonly adminToken?: string;
  /** Where calls for a person are posted; without it they are in the log only. May have a secret in it. */
  readonly pageUrl?: string;
  /** Where calls for a person go as well: PagerDuty's Events API. The key is a secret. */
  readonly pagerDuty?: { readonly key: string; readonly url: string };
  /** How people are told and asked in Slack; without it they are not. */
  readonly slack?: SlackSetup;
  readonly sources: readonly AlertSource[];
  /** The servers of metrics that policies may name. */
  readonly metricServers: readonly MetricServer[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/** What is wrong with the environment, one sentence for each variable. Never shows a secret. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`Lastgood cannot start:\n${problems.map((problem) => `- ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

/** How one variable is read. The message of a failed parse is what was expected. */
interface Variable<T> {
  readonly schema: z.ZodType<T>;
  readonly example: string;
  readonly secret?: true;
}

/** Quotes a value that is no secret, without the password that an address may have in it. */
function show(value = ''): string {
  return JSON.stringify(value.replace(/\/\/[^/]*@/, '//…@').slice(0, 60));
}

const expecting = (expected: string) => ({ error: expected });

function isPrivateKey(pem: string): boolean {
  try {
    return createPrivateKey(pem).asymmetricKeyType === 'rsa';
  } catch {
    return false;
  }
}

function isBaseUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && username + password + search + hash === '';
}

/** An address to which a secret may be sent: nobody on the way can read it. */
function isPrivateUrl(text: string): boolean {
  if (!isBaseUrl(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || /^(localhost|127\.0\.0\.1|\[::1\])$/.test(hostname);
}

const wholeNumber = (from: number, to: number, expected: string) =>
  z
    .string(expecting(expected))
    .regex(/^\d{1,15}$/, expecting(expected))
    .transform(Number)
    .refine((value) => value >= from && value <= to, expecting(expected));

const APP_ID: Variable<number> = {
  schema: wholeNumber(1, Number.MAX_SAFE_INTEGER, "the App's id, a number from its settings page"),
  example: 'APP_ID=123456',
};

const PRIVATE_KEY: Variable<string> = {
  schema: z
    .string()
    .transform((text) => text.replaceAll(String.raw`\n`, '\n').trim())
    .refine(
      isPrivateKey,
      expecting("the App's RSA private key in PEM, line ends as they are or as \\n"),
    ),
  example: String.raw`PRIVATE_KEY="-----BEGIN RSA PRIVATE KEY-----\n…\n-----END RSA PRIVATE KEY-----"`,
  secret: true,
};

const WEBHOOK_SECRET: Variable<string> = {
  schema: z
    .string(expecting("the webhook secret of the App's settings page, at least 16 characters"))
    .min(16, expecting("the webhook secret of the App's settings page, at least 16 characters")),
  example: 'WEBHOOK_SECRET=$(openssl rand -hex 32)',
  secret: true,
};

const PORT: Variable<number> = {
  schema: wholeNumber(0, 65_535, 'a port from 0 to 65535').default(3000),
  example: 'PORT=3000',
};

const HOST: Variable<string> = {
  schema: z
    .string()
    .regex(/^[\w.:-]+$/, expecting('an address or a host name to listen on'))
    .default('127.0.0.1'),
  example: 'HOST=0.0.0.0',
};

const GITHUB_API_URL: Variable<string> = {
  schema: z
    .string()
    .refine(isBaseUrl, expecting('an http or https address without user, query or fragment'))
    .transform((text) => text.replace(/\/+$/, ''))
    .default('https://api.github.com'),
  example: 'GITHUB_API_URL=https://github.example.com/api/v3',
};

const LASTGOOD_DATA: Variable<string> = {
  schema: z.string().default('./data'),
  example: 'LASTGOOD_DATA=/var/lib/lastgood',
};

const DATABASE_URL: Variable<string | undefined> = {
  schema: z
    .url({ protocol: /^postgres(ql)?$/, ...expecting('an address that begins with postgres://') })
    .optional(),
  example: 'DATABASE_URL=postgres://lastgood@db.example/lastgood',
  secret: true,
};

const LOG_LEVEL: Variable<LogLevel> = {
  schema: z.enum(LOG_LEVELS, expecting(`one of ${LOG_LEVELS.join(', ')}`)).default('info'),
  example: 'LOG_LEVEL=info',
};

const TOKEN = 'a token of at least 24 characters without blanks';
const token = (name: string): Variable<string | undefined> => ({
  schema: z
    .string()
    .regex(/^[\x21-\x7e]{24,}$/, expecting(TOKEN))
    .optional(),
  example: `${name}=$(openssl rand -hex 32)`,
  secret: true,
});

const LASTGOOD_PAGE_URL: Variable<string | undefined> = {
  schema: z
    .url({ protocol: /^https?$/, ...expecting('an address that begins with https:// or http://') })
    .optional(),
  example: 'LASTGOOD_PAGE_URL=https://pages.example/lastgood',
  secret: true,
};

const LASTGOOD_PAGERDUTY_KEY: Variable<string | undefined> = {
  schema: z
    .string()
    .regex(
      /^[0-9A-Za-z]{32}$/,
      expecting('the integration key of an Events API v2 integration, 32 letters and digits'),
    )
    .optional(),
  example: 'LASTGOOD_PAGERDUTY_KEY=0123456789abcdef0123456789abcdef',
  secret: true,
};

const LASTGOOD_PAGERDUTY_URL: Variable<string> = {
  schema: z
    .string()
    .refine(isPrivateUrl, expecting('an https address without user, query or fragment'))
    .default('https://events.pagerduty.com/v2/enqueue'),
  example: 'LASTGOOD_PAGERDUTY_URL=https://events.eu.pagerduty.com/v2/enqueue',
};

/**
 * Reads the settings from the environment, and the files it names through `readFile`.
 *
 * @throws {SettingsError} with every problem at once.
 */
export function readSettings(env: Environment, readFile: (path: string) => string): Settings {
  const problems: string[] = [];

  /** An empty variable is the same as none. */
  const valueOf = (name: string): string | undefined => env[name]?.trim() || undefined;

  const fail = (name: string, expected: string, example: string, found: string): undefined => {
    problems.push(`${name}: expected ${expected}, found ${found}. Example: ${example}`);
    return undefined;
  };

  const read = <T>(name: string, variable: Variable<T>, value = valueOf(name)): T | undefined => {
    const parsed = variable.schema.safeParse(value);
    if (parsed.success) return parsed.data;
    const shown = variable.secret ? 'something else' : show(value);
    const expected = parsed.error.issues[0]?.message ?? 'a value';
    return fail(name, expected, variable.example, value === undefined ? 'nothing' : shown);
  };

  const readNamed = (name: string, example: string): string | undefined => {
    const path = valueOf(name);
    if (path === undefined) return undefined;
    try {
      return readFile(path);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
      const found = `${JSON.stringify(path)} (${code})`;
      return fail(name, 'the path of a file that can be read', example, found);
    }
  };

  const readPrivateKey = (): string | undefined => {
    const PATH = 'PRIVATE_KEY_PATH';
    const example = `${PATH}=./private-key.pem`;
    if (valueOf(PATH) === undefined) {
      if (valueOf('PRIVATE_KEY') !== undefined) return read('PRIVATE_KEY', PRIVATE_KEY);
      const expected = `the App's private key in PEM, or the path of its file in ${PATH}`;
      return fail('PRIVATE_KEY', expected, example, 'nothing');
    }
    if (valueOf('PRIVATE_KEY') !== undefined) {
      return fail(PATH, 'nothing when PRIVATE_KEY is set', example, 'both');
    }
    const text = readNamed(PATH, example);
    return text === undefined ? undefined : read(PATH, { ...PRIVATE_KEY, example }, text);
  };

  const readSourcesFile = (): readonly AlertSource[] => {
    const name = 'LASTGOOD_SOURCES_FILE';
    const text = readNamed(name, `${name}=./sources.yaml`);
    if (text === undefined) return [];
    const reading = readSources(text, env);
    if (reading.ok) return reading.sources;
    problems.push(...reading.problems.map((problem) => `${name}: ${problem}`));
    return [];
  };

  const readMetricServers = (): readonly MetricServer[] => {
    const name = 'LASTGOOD_METRIC_SERVERS_FILE';
    const text = readNamed(name, `${name}=./metric-servers.yaml`);
    if (text === undefined) return [];
    const reading = readServers(text, env, readFile);
    if (reading.ok) return reading.servers;
    problems.push(...reading.problems.map((problem) => `${name}: ${problem}`));
    return [];
  };

  const appId = read('APP_ID', APP_ID);
  const privateKey = readPrivateKey();
  const webhookSecret = read('WEBHOOK_SECRET', WEBHOOK_SECRET);
  const port = read('PORT', PORT);
  const host = read('HOST', HOST);
  const apiUrl = read('GITHUB_API_URL', GITHUB_API_URL);
  const dataFolder = read('LASTGOOD_DATA', LASTGOOD_DATA);
  const logLevel = read('LOG_LEVEL', LOG_LEVEL);
  const optional = {
    databaseUrl: read('DATABASE_URL', DATABASE_URL),
    metricsToken: read('LASTGOOD_METRICS_TOKEN', token('LASTGOOD_METRICS_TOKEN')),
    adminToken: read('LASTGOOD_ADMIN_TOKEN', token('LASTGOOD_ADMIN_TOKEN')),
    pageUrl: read('LASTGOOD_PAGE_URL', LASTGOOD_PAGE_URL),
  };
  const pagerDutyKey = read('LASTGOOD_PAGERDUTY_KEY', LASTGOOD_PAGERDUTY_KEY);
  const pagerDutyUrl = read('LASTGOOD_PAGERDUTY_URL', LASTGOOD_PAGERDUTY_URL);
  const files = { sources: readSourcesFile(), metricServers: readMetricServers() };
  const slackFile = readNamed('LASTGOOD_SLACK_FILE', 'LASTGOOD_SLACK_FILE=./slack.yaml');
  const slack = readSlackSetup(read, slackFile, (sentence) => problems.push(sentence));
  if (
    problems.length > 0 ||
    appId === undefined ||
    privateKey === undefined ||
    webhookSecret === undefined ||
    port === undefined ||
    host === undefined ||
    apiUrl === undefined ||
    dataFolder === undefined ||
    pagerDutyUrl === undefined ||
    logLevel === undefined
  ) {
    throw new SettingsError(problems);
  }
  const app = { appId, privateKey, webhookSecret };
  const channels = {
    ...withoutAbsent(optional),
    ...(pagerDutyKey !== undefined && { pagerDuty: { key: pagerDutyKey, url: pagerDutyUrl } }),
    ...(slack && { slack }),
  };
  return { ...app, ...channels, port, host, apiUrl, dataFolder, logLevel, ...files };
}

function withoutAbsent<T extends Readonly<Record<string, string | undefined>>>(
  all: T,
): { readonly [K in keyof T]?: string } {
  const set = Object.entries(all).filter(([, value]) => value !== undefined);
  return Object.fromEntries(set) as { readonly [K in keyof T]?: string };
}
