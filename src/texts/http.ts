/** What a sender reads who is not let in, or came to the wrong place. */
export const NOT_FOUND =
  'There is nothing at this address. GitHub posts its webhooks to /api/github/webhooks; alerts go to /alerts/alertmanager or /alerts/generic.';
export const FAILED = 'Lastgood failed at this request; the log says why. Send it again.';
export const ALIVE = 'Alive.';
export const SERVING = 'Serving.';
export const DATABASE_GONE =
  'Not serving: the database cannot store anything now; the log says why. Send it again in a moment.';
export const STARTING =
  'Not serving yet: GitHub has not said which repositories there are. Send it again in a moment.';
export const STOPPING = 'Stopping. Send it again in a moment.';

export const METRICS_TOKEN =
  'Not authorised. Scrape with the bearer token that LASTGOOD_METRICS_TOKEN says.';

export function githubGone(since: string): string {
  return `GitHub has not answered since ${since}: what arrives waits until it does.`;
}

export function mirrorsFailing(count: number): string {
  const mirrors = count === 1 ? 'One mirror' : `${count} mirrors`;
  return `${mirrors} could not be fetched; the log says why.`;
}

/** A metric server that does not answer, by the operator's name of it. */
export function serverGone(server: string, since: string): string {
  return `The metric server ${server} has not answered since ${since}; its monitors judge nothing meanwhile.`;
}

export const WEBHOOK_NOT_SIGNED =
  'The signature does not fit. Set the webhook secret of the App to the one that Lastgood has.';
export const WEBHOOK_NOT_JSON =
  'Only JSON is read here. Set the content type of the webhook to application/json.';
export const WEBHOOK_NOT_AN_OBJECT = 'The delivery is not a JSON object. Nothing of it was taken.';
export const WEBHOOK_NOT_NAMED =
  'The delivery does not say what it is. It needs the headers X-GitHub-Event and X-GitHub-Delivery.';

export const WEBHOOK_NOT_STORED =
  'The delivery could not be stored, and nothing of it was taken. Deliver it again.';

export function webhookMethod(method: string): string {
  return `${method} is not possible here. GitHub sends webhooks with POST.`;
}
