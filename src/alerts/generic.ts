import { z } from 'zod';
import { describeFound, firstProblem } from './field-problem.ts';
import { normalFormSchema } from './normal-form.ts';
import { normalize, type ReadContext } from './normalize.ts';
import { readEach, strictly, type ReadAlerts, type ReadOne } from './read-alerts.ts';

const envelopeSchema = z.strictObject(
  { alerts: z.array(z.unknown(), { error: 'a list of alerts' }) },
  { error: 'an object with nothing but "alerts", a list of alerts' },
);

/** Reads one alert in the normal form; `path` is where it stands in the body. */
export function readNormalForm(value: unknown, path: string, context: ReadContext): ReadOne {
  const parsed = normalFormSchema.safeParse(value);
  if (!parsed.success) return { ok: false, problem: firstProblem(parsed.error, value, path) };
  return strictly(normalize(parsed.data, context), path);
}

/** Reads plain JSON: one alert in the normal form, a list of them, or `{"alerts": [...]}`. */
export function readGeneric(body: unknown, context: ReadContext): ReadAlerts {
  const read = (item: unknown, path: string) => readNormalForm(item, path, context);
  if (Array.isArray(body)) return readEach(body, '$', read);
  if (typeof body !== 'object' || body === null) {
    const expected = 'an alert, a list of alerts, or {"alerts": [...]}';
    return { ok: false, problem: { path: '$', expected, found: describeFound(body) } };
  }
  if (!Object.hasOwn(body, 'alerts')) {
    const one = read(body, '$');
    return one.ok ? { ok: true, alerts: [one], notes: [] } : one;
  }
  const envelope = envelopeSchema.safeParse(body);
  if (!envelope.success) return { ok: false, problem: firstProblem(envelope.error, body) };
  return readEach(envelope.data.alerts, '$.alerts', read);
}
