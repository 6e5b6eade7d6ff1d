import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { answer, answerAndClose, type Answer } from '../alerts/answer.ts';
import { FAILED, NOT_FOUND, SERVING, STARTING, STOPPING } from '../texts/http.ts';

/** What Lastgood does with a request now: only `serving` is good for one. */
export type Condition = 'starting' | 'serving' | 'stopping';

/** Answers whether the request was for it; if not, it has not been touched. */
export type Route = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

/** Where a supervisor asks whether requests may be sent here. */
export const HEALTH_PATH = '/healthz';

const SENTENCES: Readonly<Record<Condition, string>> = {
  serving: SERVING,
  starting: STARTING,
  stopping: STOPPING,
};

/** `GET /healthz`: 200 while serving, 503 with the reason before and after. */
export function healthRoute(condition: () => Condition): Route {
  return async (request, response) => {
    if (request.url?.split('?', 1)[0] !== HEALTH_PATH) return false;
    const { method = '' } = request;
    if (method !== 'GET' && method !== 'HEAD') {
      const headers = { allow: 'GET, HEAD' };
      answerAndClose(request, response, {
        ...plain(405, `${method} is not possible here.`),
        headers,
      });
      return true;
    }
    const now = condition();
    answer(request, response, plain(now === 'serving' ? 200 : 503, SENTENCES[now]));
    return true;
  };
}

/** Tries each route in turn; answers 404 when none takes the request, and 500 when one fails. */
export function routeRequests(
  routes: readonly Route[],
  failed: (error: unknown) => void,
): RequestListener {
  const route = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    for (const take of routes) if (await take(request, response)) return;
    answerAndClose(request, response, plain(404, NOT_FOUND));
  };
  return (request, response) => {
    route(request, response).catch((error: unknown) => {
      failed(error);
      if (response.headersSent) response.destroy();
      else answerAndClose(request, response, plain(500, FAILED));
    });
  };
}

function plain(status: number, sentence: string): Answer {
  return { status, lines: [sentence], json: { message: sentence } };
}
