import { parsePath } from '../manifests/parse-path.ts';
import { isEnvironment, isName } from '../target.ts';
import { DAY, MINUTE, parseDuration } from '../time.ts';
import type { Milliseconds } from '../time.ts';
import { readPinFile } from './pin-file.ts';
import { REPOSITORY_ROLES } from './policy.ts';
import type { Budget, Cluster, Principal } from './policy.ts';
import { nearestName } from '../nearest-name.ts';
import { written } from './written.ts';
import type { Reading } from './written.ts';

const DURATION = '(?:\\d+d)?(?:\\d+h)?(?:\\d+m)?(?:\\d+s)?';
const NAME = '[A-Za-z0-9][A-Za-z0-9._-]*';
const LONGEST = 3650 * DAY;

export const duration = written<Milliseconds>(
  'a length of time such as 90s, 15m, 24h, 7d or 1h30m',
  { pattern: `^${DURATION}$`, minLength: 2, examples: ['90s', '15m', '24h', '7d', '1h30m'] },
  readDuration,
);

export const budget = written<Budget>(
  'a number and a length of time, such as `2 per 24h` (`0 per 24h` allows none)',
  { pattern: `^\\d+ per ${DURATION}$`, examples: ['2 per 24h', '0 per 24h'] },
  readBudget,
);

export const cluster = written<Cluster>(
  'a number from 2 and a length of time, such as `5 in 10m`',
  { pattern: `^\\d+ in ${DURATION}$`, examples: ['5 in 10m'] },
  readCluster,
);

export const modelName = written<string>(
  "the model's name as alerts give it: letters, digits, `.`, `_` and `-`, beginning with a letter or digit",
  { pattern: `^${NAME}$`, minLength: 1, maxLength: 100, examples: ['fraud-detector'] },
  (text) => (isName(text) ? yes(text) : no('which cannot be a name', suggestName(text))),
);

/** For the keys of `environments`: checked, not transformed. */
export const ENVIRONMENT_PATTERN = `^${NAME}(?:/${NAME})*$`;

export function suggestEnvironment(text: string): string | undefined {
  const clean = text.split('/').map(cleanName).filter(Boolean).join('/');
  return isEnvironment(clean) ? `write ${clean}` : undefined;
}

export const principal = written<Principal>(
  'a user `@login`, a team `@org/team`, or a repository role such as `role:maintain`',
  {
    pattern: `^(?:@[A-Za-z0-9][A-Za-z0-9_-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*)?|role:(?:${REPOSITORY_ROLES.join('|')}))$`,
    examples: ['@octocat', '@acme/fraud-ml', 'role:maintain'],
  },
  readPrincipal,
);

export const pinFile = written<string>(
  "a path from the repository's root, such as clusters/production/fraud/model.yaml",
  { minLength: 1, maxLength: 1000, examples: ['clusters/production/fraud/model.yaml'] },
  readPinFile,
);

export const pinPath = written<string>(
  'a path in the document, such as `spec.containers[name=server].image`',
  {
    minLength: 1,
    examples: ['spec.predictor.model.storageUri', 'spec.containers[name=server].image'],
  },
  readPinPath,
);

export const versionPattern = written<string>(
  'the whole value with one `{version}` in it, such as `s3://models/fraud/{version}/model`',
  { examples: ['s3://models/fraud/{version}/model', 'registry.example/fraud:{version}'] },
  readVersionPattern,
);

/** A text that is passed on as it is written, such as a version or a name in a manifest. */
export const plainText = (expected: string, examples: readonly string[]) =>
  written<string>(expected, { type: ['string', 'number', 'boolean'], examples }, (text) =>
    text === '' ? no('which is empty') : yes(text),
  );

export const wholeNumber = (minimum: number, maximum: number) =>
  written<number>(
    `a whole number from ${minimum} to ${maximum}`,
    { type: 'integer', minimum, maximum },
    (text) => {
      if (!/^-?\d+$/.test(text)) return no('which is not a whole number');
      const value = Number(text);
      if (/^-?0\d/.test(text)) return no('which has a zero in front', `write ${value}`);
      if (value < minimum) return no('which is too small');
      return value > maximum ? no('which is too large') : yes(value);
    },
  );

const SHARE = '^\\d+(?:\\.\\d+)?%$';

/** A share of a number, which it may exceed: 0.1 for `10%`. */
export const share = written<number>(
  'a share such as `10%`, above 0% and up to 1000%',
  { pattern: SHARE, examples: ['10%', '2.5%'] },
  (text) => readShare(text, (value) => value > 0 && value <= 10),
);

/** A share of a whole, all of it at most and perhaps none: 0.8 for `80%`. */
export const partOfAll = written<number>(
  'a share from 0% to 100%, such as `80%`',
  { pattern: SHARE, examples: ['80%', '0%'] },
  (text) => readShare(text, (value) => value <= 1),
);

/** What a metric is compared with. */
export const baseline = written<'last-good' | number>(
  'a number, or last-good',
  { type: ['string', 'number', 'boolean'], examples: ['last-good', 0.93] },
  (text) => {
    if (text === 'last-good') return yes(text);
    const number = /^-?\d{1,15}(?:\.\d{1,15})?(?:e-?\d{1,2})?$/i.test(text) ? Number(text) : 0;
    return number === 0 ? no('which is no number other than 0') : yes(number);
  },
);

/** Where a server tells a version, below its address. */
export const serverPath = written<string>(
  'a path that begins with `/`, such as `/v1/models/{model}`',
  { pattern: '^/', minLength: 2, maxLength: 500, examples: ['/v1/models/{model}'] },
  (text) => {
    if (text.length > 500) return no('which has more than 500 characters');
    if (!/^\/[\x21-\x7E]+$/.test(text) || /[?#\\]/.test(text)) {
      return no('which is no path', text.startsWith('/') ? undefined : `write /${text}`);
    }
    const up = text.split('/').some((one) => /^(?:\.|%2e)+$/i.test(one));
    return up ? no('which leads upwards') : yes(text);
  },
);

export const yesOrNo = written<boolean>('true or false', { type: 'boolean' }, (text) => {
  if (text === 'true' || text === 'false') return yes(text === 'true');
  const meant = /^(?:yes|on|y)$/i.test(text) ? 'true' : /^(?:no|off|n)$/i.test(text) && 'false';
  return no('which is neither', meant ? `write ${meant}` : undefined);
});

export const channel = written<string>(
  'a channel such as "#ml-alerts"',
  { pattern: '^#[^\\s#@<>&|]{1,80}$', examples: ['#ml-alerts'] },
  (text) => {
    if (/^#[^\s#@<>&|]{1,80}$/.test(text)) return yes(text);
    return no('which is no channel', /^[\w-]{1,80}$/.test(text) ? `write "#${text}"` : undefined);
  },
);

function readDuration(text: string): Reading<Milliseconds> {
  const length = parseDuration(text);
  if (length === undefined) {
    const guess = text
      .toLowerCase()
      .replaceAll(/\s+/g, '')
      .replaceAll(/(\d)(d|h|m|s)(?:ays?|(?:ou)?rs?|in(?:ute)?s?|ec(?:ond)?s?)/g, '$1$2')
      .replace(/^\d+$/, '$&s');
    const usable = guess !== '' && parseDuration(guess) !== undefined;
    return no('which is not a length of time', usable ? `write ${guess}` : undefined);
  }
  return length > LONGEST ? no('which is more than 3650d') : yes(length);
}

function readShare(text: string, isIn: (value: number) => boolean): Reading<number> {
  if (!/^-?\d{1,20}(?:\.\d{1,20})?%$/.test(text)) {
    return no('which is no share', /^\d{1,3}$/.test(text) ? `write ${text}%` : undefined);
  }
  const value = Number(text.slice(0, -1)) / 100;
  if (text.startsWith('-')) return no('which is negative');
  return isIn(value) ? yes(value) : no(value > 0 ? 'which is too much' : 'which is nothing');
}

function readBudget(text: string): Reading<Budget> {
  const match = /^(\d{1,6}) per (\S+)$/.exec(text);
  const per = match?.[2] === undefined ? undefined : parseDuration(match[2]);
  if (!match || per === undefined) {
    const [count, length] = /^\s*(\d{1,6})\D*(\d+\s*[dhms])/.exec(text)?.slice(1) ?? [];
    const guess =
      length === undefined ? undefined : `write ${count} per ${length.replaceAll(' ', '')}`;
    return no('which is not a budget', guess);
  }
  if (per < MINUTE || per > LONGEST) return no('whose window is not between 1m and 3650d');
  return yes({ count: Number(match[1]), per });
}

function readCluster(text: string): Reading<Cluster> {
  const match = /^(\d{1,6}) in (\S+)$/.exec(text);
  const within = match?.[2] === undefined ? undefined : parseDuration(match[2]);
  if (!match || within === undefined) {
    const [count, length] = /^\s*(\d{1,6})\D*(\d+\s*[dhms])/.exec(text)?.slice(1) ?? [];
    const guess =
      length === undefined ? undefined : `write ${count} in ${length.replaceAll(' ', '')}`;
    return no('which is not a number in a length of time', guess);
  }
  const count = Number(match[1]);
  if (count < 2) return no('and one model alone is no storm');
  if (within < MINUTE || within > DAY) return no('whose window is not between 1m and 24h');
  return yes({ count, within });
}

function readPrincipal(text: string): Reading<Principal> {
  const role = /^role:(.*)$/s.exec(text)?.[1];
  if (role !== undefined) {
    const known = REPOSITORY_ROLES.find((name) => name === role);
    if (known) return yes({ kind: 'role', role: known });
    const meant = nearestName(role, REPOSITORY_ROLES);
    return no(
      `where the role is none of ${REPOSITORY_ROLES.join(', ')}`,
      meant && `did you mean role:${meant}`,
    );
  }
  const team = /^@([A-Za-z0-9][\w-]{0,99})\/([A-Za-z0-9][\w.-]{0,99})$/.exec(text);
  if (team?.[1] !== undefined && team[2] !== undefined) {
    return yes({ kind: 'team', org: team[1], slug: team[2] });
  }
  const login = /^@([A-Za-z0-9][\w-]{0,99})$/.exec(text)?.[1];
  if (login !== undefined) return yes({ kind: 'user', login });
  const named = /^[A-Za-z0-9][\w-]*(?:\/[A-Za-z0-9][\w.-]*)?$/.test(text);
  return no('which names nobody', named ? `write "@${text}"` : undefined);
}

function readPinPath(text: string): Reading<string> {
  if (text === '') return no('which is empty');
  const parsed = parsePath(text);
  return parsed.ok
    ? yes(text)
    : no(`which is no path: ${parsed.problem.message.replace(/\.$/, '')}`);
}

/** No value of a pin is longer, so no pattern of one is. */
const LONGEST_PATTERN = 1_000;

function readVersionPattern(text: string): Reading<string> {
  if (text.length > LONGEST_PATTERN)
    return no(`which is longer than ${LONGEST_PATTERN} characters`);
  const count = text.split('{version}').length - 1;
  if (count === 1) return yes(text);
  if (count > 1) return no(`with \`{version}\` in it ${count} times`);
  const guess = text.replace(/\{\{?\s*[\w.]*\s*\}?\}|\$\{?\w+\}?|<\w+>|%s/, '{version}');
  return no('without `{version}` in it', guess === text ? undefined : `write "${guess}"`);
}

function suggestName(text: string): string | undefined {
  const clean = cleanName(text);
  return isName(clean) ? `write ${clean}` : undefined;
}

function cleanName(text: string): string {
  return text
    .trim()
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replaceAll(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, '');
}

function yes<T>(value: T): Reading<T> {
  return { ok: true, value };
}

function no(why: string, suggestion?: string): Reading<never> {
  return suggestion === undefined ? { ok: false, why } : { ok: false, why, suggestion };
}
