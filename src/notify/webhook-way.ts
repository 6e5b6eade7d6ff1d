import { postJson, type Way } from './way.ts';

/**
 * Any HTTP endpoint that takes JSON: `{ source, action, key, repository, incident, severity, sentence, at }`, where
 * `action` is `trigger` or `resolve`, and an end has no severity. `url` may have a secret in it: it is never told.
 */
export function webhookWay(url: string, fetch?: typeof globalThis.fetch): Way {
  return {
    post(event) {
      const { action, at, repositoryId: _, ...rest } = event;
      const body = { source: 'lastgood', action, ...rest, at: new Date(at).toISOString() };
      return postJson('The address of LASTGOOD_PAGE_URL', url, body, fetch);
    },
  };
}
