/** A git object name as this program takes it: SHA-1, lower-case hex. Nothing else is ever passed to git as one. */
export function isOid(text: string): boolean {
  return /^[0-9a-f]{40}$/.test(text);
}

/** Whether a text can be the path of a file in a git tree: relative, no empty part, no `.` or `..`. */
export function isTreePath(path: string): boolean {
  if (path === '' || path.includes('\0')) return false;
  return path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}
