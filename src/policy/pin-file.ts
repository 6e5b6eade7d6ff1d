import type { Reading } from './written.ts';

/**
 * Reads the path of a file that a pin may be in: relative to the repository's root, in git's own spelling.
 * Git's and Lastgood's own files are refused, and workflows, which GitHub lets nobody change without a
 * permission of its own (GitHub reality 23).
 */
export function readPinFile(text: string): Reading<string> {
  if (text === '') return no('which is empty');
  if (text.length > 1000) return no('which is longer than 1000 characters');
  if (/\p{Cc}/u.test(text)) return no('which has control characters in it');
  if (text.includes('\\')) return no('with a backslash', `write ${text.replaceAll('\\', '/')}`);
  if (text.startsWith('/')) return no('which is absolute', `write ${text.replace(/^\/+/, '')}`);
  if (/^[A-Za-z]:/.test(text)) return no('which is absolute');
  if (text.startsWith('-')) return no('which begins with `-`');
  const parts = text.split('/');
  if (parts.includes('..')) return no('which leaves its folder by `..`');
  if (parts.includes('.') || parts.includes('')) {
    const clean = parts.filter((part) => part !== '' && part !== '.').join('/');
    return no('which is not how git writes it', clean === '' ? undefined : `write ${clean}`);
  }
  const lower = parts.map((part) => part.toLowerCase());
  if (lower.includes('.git')) return no("which is git's own");
  if (lower[0] === '.lastgood') return no("which is Lastgood's own");
  if (lower[0] === '.github' && lower[1] === 'workflows') {
    return no('which GitHub lets only the `workflows` permission change');
  }
  return { ok: true, value: text };
}

function no(why: string, suggestion?: string): Reading<never> {
  return suggestion === undefined ? { ok: false, why } : { ok: false, why, suggestion };
}
