import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { answer, answerAndClose, type Answer } from '../alerts/answer.ts';
import { FAILED, NOT_FOUND, SERVING, STARTING, STOPPING } from '../texts/http.ts';

/** What Lastgood does with a request now: only `serving` is good for one. */
export type Condition = 'starting' | 'serving' | 'stopping';

/** Answers whether the request was for it; if not, it has not been touched. */
export type Take = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

/** A way in. What it does not name here never reaches it, so the names are all there is. */
export interface Route {
  /** Paths without a query; one that ends with `/` stands for everything below it. */
  readonly paths: readonly string[];
  readonly take: Take;
}

/** Where a supervisor asks whether requests may be sent here. */
export const HEALTH_PATH = '/healthz';

const SENTENCES: Readonly<Record<Condition, string>> = {
  serving: SERVING,
  starting: STARTING,
  stopping: STOPPING,
};

/** `GET /healthz`: 200 while serving, 503 with the reason before and after. */
export function healthRoute(condition: () => Condition): Route {
  const take: Take = async (request, response) => {
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
  return { paths: [HEALTH_PATH], take };
}

/** Tries each route in turn; answers 404 when none takes the request, and 500 when one fails. */
export function routeRequests(
  routes: readonly Route[],
  failed: (error: unknown) => void,
): RequestListener {
  const route = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = request.url?.split('?', 1)[0] ?? '';
    for (const { paths, take } of routes) {
      if (paths.some((one) => isAt(one, path)) && (await take(request, response))) return;
    }
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

function isAt(route: string, path: string): boolean {
  return route.endsWith('/') ? path.startsWith(route) : path === route;
}

function plain(status: number, sentence: string): Answer {
  return { status, lines: [sentence], json: { message: sentence } };
}
