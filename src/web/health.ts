import { answer, answerAndClose } from '../alerts/answer.ts';
import { ALIVE, DATABASE_GONE, SERVING, STARTING, STOPPING } from '../texts/http.ts';
import { plain } from './plain.ts';
import type { Route, Take } from './routes.ts';

/** What Lastgood does with a request now: only `serving` is good for one. */
export type Condition = 'starting' | 'serving' | 'stopping';

/** Where a supervisor asks whether the process lives: to restart it. */
export const HEALTH_PATH = '/healthz';
/** Where a load balancer asks whether requests may be sent here. */
export const READY_PATH = '/readyz';

export interface HealthParts {
  readonly condition: () => Condition;
  /** Whether what arrives can be stored. */
  readonly canStore: () => Promise<boolean>;
  /** What a person should know that keeps no request from being taken, a sentence each. */
  readonly notes: () => readonly string[];
}

const SENTENCES: Readonly<Record<Condition, string>> = {
  serving: SERVING,
  starting: STARTING,
  stopping: STOPPING,
};

/**
 * `GET /healthz`: 200 whenever the process can answer at all. `GET /readyz`: 200 while serving, 503 with the reason
 * before, after, and while nothing can be stored. GitHub that is not reached is told, and keeps nobody away: what
 * arrives meanwhile waits on the disk.
 */
export function healthRoute(parts: HealthParts): Route {
  const take: Take = async (request, response) => {
    const { method = '' } = request;
    if (method !== 'GET' && method !== 'HEAD') {
      const refusal = plain(405, `${method} is not possible here.`, { allow: 'GET, HEAD' });
      answerAndClose(request, response, refusal);
      return true;
    }
    if (request.url?.split('?', 1)[0] === HEALTH_PATH) answer(request, response, plain(200, ALIVE));
    else answer(request, response, await readiness(parts));
    return true;
  };
  return { paths: [HEALTH_PATH, READY_PATH], take };
}

async function readiness({ condition, canStore, notes }: HealthParts) {
  const now = condition();
  if (now !== 'serving') return plain(503, SENTENCES[now]);
  if (!(await canStore())) return plain(503, DATABASE_GONE);
  const told = notes();
  const ready = plain(200, SENTENCES[now]);
  if (told.length === 0) return ready;
  return { ...ready, lines: [...ready.lines, ...told], json: { message: SERVING, notes: told } };
}
