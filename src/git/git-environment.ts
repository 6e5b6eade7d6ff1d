import { devNull } from 'node:os';

/** The whole environment of a git process. Nothing else is inherited. */
export type GitEnvironment = Readonly<Record<string, string>>;

/** A repository and how git is to be run on it. */
export interface GitPlace {
  /** The folder of the repository itself (`.git`, or the bare repository), absolute. */
  readonly gitFolder: string;
  readonly env: GitEnvironment;
}

/** Finding programs, trusting certificates, going through proxies: all that a mirror needs from outside. */
const MACHINE = [
  'PATH',
  'TMPDIR',
  'LD_LIBRARY_PATH',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'GIT_SSL_CAINFO',
  'HTTPS_PROXY',
  'https_proxy',
  'http_proxy',
  'ALL_PROXY',
  'all_proxy',
  'NO_PROXY',
  'no_proxy',
];

/** What a person's own clone needs besides: their settings (`safe.directory`) and keys. */
const PERSON = ['HOME', 'USER', 'XDG_CONFIG_HOME', 'SSH_AUTH_SOCK'];

/**
 * Settings that hold for every git process: no hook, monitor or helper is run, and output does not depend on
 * what a repository's or a person's own settings say.
 */
const SETTINGS: readonly (readonly [string, string])[] = [
  ['core.hooksPath', devNull],
  ['core.fsmonitor', 'false'],
  ['core.attributesFile', devNull],
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
  ['log.showRoot', 'true'],
  ['log.showSignature', 'false'],
  ['log.mailmap', 'false'],
  ['fetch.recurseSubmodules', 'false'],
];

/**
 * Settings of a mirror's processes. `transfer.fsckObjects` is left off on purpose: a mirror never checks
 * anything out and runs nothing of what it holds, git verifies the hash of every object it receives anyway,
 * and the stricter check locks out repositories whose old commits have harmless flaws. The parsers of this
 * folder take every object as hostile instead.
 */
const MIRROR_SETTINGS: readonly (readonly [string, string])[] = [
  ['credential.helper', ''],
  ['transfer.credentialsInUrl', 'die'],
  ['http.lowSpeedLimit', '1'],
  ['http.lowSpeedTime', '60'],
];

const NEVER_ASK = {
  GIT_TERMINAL_PROMPT: '0',
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_OPTIONAL_LOCKS: '0',
  // git's messages are read to tell failures apart.
  LC_ALL: 'C',
};

/** The environment of a mirror: no settings but its own, and only the given protocols (`http:https`). */
export function mirrorPlace(
  gitFolder: string,
  protocols: string,
  outside: NodeJS.ProcessEnv,
): GitPlace {
  const env = {
    ...pick(outside, MACHINE),
    ...NEVER_ASK,
    // Without a home there is no .netrc and no .gitconfig.
    HOME: devNull,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: devNull,
    GIT_ALLOW_PROTOCOL: protocols,
    // Named, so that git does not look for a repository in the folders above a damaged one.
    GIT_DIR: gitFolder,
  };
  return { gitFolder, env: withSettings(env, [...SETTINGS, ...MIRROR_SETTINGS]) };
}

/** The environment of a person's own clone; without a folder, git looks for the repository itself. */
export function personEnvironment(outside: NodeJS.ProcessEnv, gitFolder?: string): GitEnvironment {
  const env = {
    ...pick(outside, [...MACHINE, ...PERSON]),
    ...NEVER_ASK,
    ...(gitFolder === undefined ? {} : { GIT_DIR: gitFolder }),
  };
  return withSettings(env, SETTINGS);
}

/** Adds settings to an environment: like `-c`, but not to be seen in the list of processes. */
export function withSettings(
  env: GitEnvironment,
  settings: readonly (readonly [string, string])[],
): GitEnvironment {
  const first = Number(env['GIT_CONFIG_COUNT'] ?? '0');
  const added = settings.flatMap(([key, value], i) => [
    [`GIT_CONFIG_KEY_${first + i}`, key],
    [`GIT_CONFIG_VALUE_${first + i}`, value],
  ]);
  return {
    ...env,
    ...Object.fromEntries(added),
    GIT_CONFIG_COUNT: String(first + settings.length),
  };
}

function pick(env: NodeJS.ProcessEnv, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
