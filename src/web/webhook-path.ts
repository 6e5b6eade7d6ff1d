/** Where GitHub sends its webhooks. */
export const WEBHOOK_PATH = '/api/github/webhooks';
