import { afterEach } from 'vitest';

/** What is done after each test of a file, last first: closing what was started. */
export function useCleanUp(): (() => unknown)[] {
  const clean: (() => unknown)[] = [];
  afterEach(async () => {
    for (const one of clean.splice(0).reverse()) await one();
  });
  return clean;
}
