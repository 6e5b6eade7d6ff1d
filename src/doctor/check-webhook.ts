import { formatInstant } from '../time.ts';
import { cannotBeRead, ok, problem, warning, type Check } from './check.ts';
import type { DeliveryFacts, Facts, HookFacts } from './facts.ts';
import { WEBHOOK_PATH } from '../web/webhook-path.ts';

const THE_APP = 'the App';
const SETTINGS = 'the settings of the App, "Webhook"';

/** Where webhooks go, and whether they arrive (GitHub reality 17). */
export function checkWebhook({ asApp }: Facts): readonly Check[] {
  if (asApp === undefined) return [];
  const { hook, deliveries } = asApp;
  return [
    hook.ok
      ? checkHook(hook.value)
      : cannotBeRead('webhook', THE_APP, "the App's webhook", hook.why),
    deliveries.ok
      ? checkDeliveries(deliveries.value)
      : cannotBeRead('deliveries', THE_APP, 'the webhook deliveries', deliveries.why),
  ];
}

function checkHook({ url, contentType, hasSecret, insecureSsl }: HookFacts): Check {
  if (url === undefined) {
    const fix = `Give the address of this service, ending in ${WEBHOOK_PATH}, in ${SETTINGS}.`;
    return problem('webhook', THE_APP, 'No address is set: GitHub sends nothing.', fix);
  }
  if (!hasSecret) {
    const fix = `Set the value of WEBHOOK_SECRET in ${SETTINGS}: what is not signed is refused.`;
    return problem('webhook', THE_APP, `Webhooks to ${url} are not signed: no secret is set.`, fix);
  }
  if (contentType !== 'json') {
    const found = `Webhooks to ${url} are sent as ${contentType ?? 'form'}, and only JSON is read.`;
    return problem('webhook', THE_APP, found, `Choose application/json in ${SETTINGS}.`);
  }
  if (insecureSsl) {
    const found = `GitHub does not verify the certificate of ${url}: anybody between can read and forge.`;
    return warning('webhook', THE_APP, found, `Enable SSL verification in ${SETTINGS}.`);
  }
  if (!new URL(url).pathname.endsWith(WEBHOOK_PATH)) {
    const found = `Webhooks go to ${url}, and this service takes them at ${WEBHOOK_PATH}.`;
    const fix = `Correct the address in ${SETTINGS}, unless a proxy rewrites the path.`;
    return warning('webhook', THE_APP, found, fix);
  }
  return ok('webhook', THE_APP, `Webhooks go to ${url}, signed.`);
}

function checkDeliveries(all: readonly DeliveryFacts[]): Check {
  // What is on its way has no answer yet.
  const answered = all.filter(({ statusCode, status }) => statusCode > 0 || status !== 'pending');
  const newest = answered[0];
  if (!newest) {
    return warning(
      'deliveries',
      THE_APP,
      'GitHub lists no webhook delivery, so whether they arrive cannot be told.',
      'Redeliver the ping under "Advanced" in the settings of the App and run the doctor again.',
    );
  }
  const arrived = new Set(answered.filter(hasArrived).map(({ guid }) => guid));
  const failures = answered.filter((one) => !hasArrived(one) && !arrived.has(one.guid));
  const [failed] = failures;
  if (!failed) {
    return ok(
      'deliveries',
      THE_APP,
      `The last ${answered.length === 1 ? 'delivery' : `${answered.length} deliveries`} arrived.`,
    );
  }
  const lost = new Set(failures.map(({ guid }) => guid)).size;
  const found = `${lost} of the last ${answered.length} deliveries did not arrive; the newest, ${failed.event} at ${formatInstant(failed.at)}, came to ${statusOf(failed)}.`;
  const after = 'redeliver the failed ones under "Advanced" in the settings of the App.';
  return hasArrived(newest)
    ? warning('deliveries', THE_APP, found, `They arrive again now: ${after}`)
    : problem('deliveries', THE_APP, found, `${mend(failed.statusCode)}; then ${after}`);
}

function hasArrived({ statusCode }: DeliveryFacts): boolean {
  return statusCode >= 200 && statusCode < 300;
}

function statusOf({ statusCode, status }: DeliveryFacts): string {
  return statusCode === 0 ? `"${status}"` : `${statusCode} "${status}"`;
}

function mend(statusCode: number): string {
  if (statusCode === 404) return `Check that the address ends in ${WEBHOOK_PATH}`;
  if (statusCode >= 400 && statusCode < 500) {
    return "Check that WEBHOOK_SECRET is the secret of the App's webhook";
  }
  if (statusCode === 500) return "Look for the failure in Lastgood's log";
  return 'Check that Lastgood runs, and that GitHub reaches it at its address';
}
