import type { Check } from './check.ts';
import { diagnose } from './diagnose.ts';
import { gather } from './gather.ts';
import type { DoctorPorts } from './ports.ts';

/**
 * Looks at everything that Lastgood needs to work, and says what is wrong and how to mend it. Changes nothing, asks
 * GitHub a bounded number of times, and never throws: what cannot be read is a check that says so.
 */
export async function runDoctor(ports: DoctorPorts): Promise<readonly Check[]> {
  return diagnose(await gather(ports));
}
