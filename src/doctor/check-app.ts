import { formatDuration, MINUTE, SECOND } from '../time.ts';
import { ok, problem, warning, type Check } from './check.ts';
import type { AppReading, Facts } from './facts.ts';

const THE_APP = 'the App';

/** Octokit dates a token half a minute back, and GitHub takes none from the future. */
const AHEAD_LIMIT = 30 * SECOND;
/** A token is good for ten minutes, of which that half minute is gone. */
const BEHIND_LIMIT = 9 * MINUTE + 30 * SECOND;
/** Less than this is the resolution of the Date header and the way of the answer. */
const NOTICEABLE = 10 * SECOND;

/** Whether GitHub answers, knows the App, and agrees on the time. */
export function checkApp({ app }: Facts): readonly Check[] {
  if (app.kind === 'unreachable') {
    return [
      problem(
        'github',
        THE_APP,
        `GitHub cannot be reached, so nothing else of it was looked at. ${app.why}`,
        'Check GITHUB_API_URL, the network and the proxy between here and GitHub, and https://www.githubstatus.com.',
      ),
    ];
  }
  return [ok('github', THE_APP, 'GitHub answers.'), checkCredentials(app), checkClock(app)];
}

type Answered = Exclude<AppReading, { kind: 'unreachable' }>;

function checkCredentials(app: Answered): Check {
  if (app.kind === 'known') {
    return ok('credentials', THE_APP, `GitHub knows the App as ${app.name} (id ${app.id}).`);
  }
  const found = `GitHub refuses the App's id and key (status ${app.status}): ${app.message}`;
  const fix =
    app.status === 404
      ? 'Correct APP_ID: the number on the settings page of the App.'
      : 'Make a new private key on the settings page of the App and give it in PRIVATE_KEY_PATH; check that APP_ID is of the same App.';
  return problem('credentials', THE_APP, found, fix);
}

function checkClock({ ahead }: Answered): Check {
  if (ahead === undefined) {
    return warning(
      'clock',
      THE_APP,
      'Cannot be read: GitHub gave no time with its answer.',
      'Check by hand that the clock of this machine is right: `timedatectl`.',
    );
  }
  const by = formatDuration(Math.abs(ahead));
  const direction = ahead > 0 ? 'ahead of' : 'behind';
  const fix = 'Let the system keep the time: `timedatectl set-ntp true`.';
  if (ahead > AHEAD_LIMIT || ahead < -BEHIND_LIMIT) {
    const found = `The clock of this machine is ${by} ${direction} GitHub's, more than its tokens bear.`;
    return problem('clock', THE_APP, found, fix);
  }
  if (Math.abs(ahead) > NOTICEABLE) {
    const found = `The clock of this machine is ${by} ${direction} GitHub's; the times of alerts and releases are off by as much.`;
    return warning('clock', THE_APP, found, fix);
  }
  return ok('clock', THE_APP, `The clock agrees with GitHub's to ${NOTICEABLE / SECOND} s.`);
}
