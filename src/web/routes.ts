import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { answerAndClose } from '../alerts/answer.ts';
import { FAILED, NOT_FOUND } from '../texts/http.ts';
import { plain } from './plain.ts';

/** Answers whether the request was for it; if not, it has not been touched. */
export type Take = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

/** A way in. What it does not name here never reaches it, so the names are all there is. */
export interface Route {
  /** Paths without a query; one that ends with `/` stands for everything below it. */
  readonly paths: readonly string[];
  readonly take: Take;
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
