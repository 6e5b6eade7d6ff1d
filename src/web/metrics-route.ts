import { answerAndClose } from '../alerts/answer.ts';
import { METRICS_TOKEN } from '../texts/http.ts';
import { carriesToken } from './bearer.ts';
import type { Metrics } from './metrics.ts';
import { plain } from './plain.ts';
import type { Route, Take } from './routes.ts';

/** Where Prometheus scrapes. */
export const METRICS_PATH = '/metrics';

/** `GET /metrics` in Prometheus's text format; with a token, for those only who have it. */
export function metricsRoute(
  metrics: Pick<Metrics, 'exposition'>,
  token: string | undefined,
): Route {
  const take: Take = async (request, response) => {
    const { method = '' } = request;
    if (method !== 'GET' && method !== 'HEAD') {
      const refusal = plain(405, `${method} is not possible here.`, { allow: 'GET, HEAD' });
      answerAndClose(request, response, refusal);
      return true;
    }
    if (token !== undefined && !carriesToken(request, token)) {
      const refusal = plain(401, METRICS_TOKEN, { 'www-authenticate': 'Bearer' });
      answerAndClose(request, response, refusal);
      return true;
    }
    const { contentType, text } = await metrics.exposition();
    response.writeHead(200, {
      'content-type': contentType,
      'content-length': Buffer.byteLength(text),
      'cache-control': 'no-store',
    });
    response.end(text);
    return true;
  };
  return { paths: [METRICS_PATH], take };
}
