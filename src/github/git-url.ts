/**
 * Where git speaks HTTP for a REST API: `https://github.com` for GitHub itself, the host without `/api/v3` for
 * GitHub Enterprise Server, and the API's own address for everything else. Without a slash at its end.
 */
export function gitUrlOf(apiUrl: string): string {
  const url = new URL(apiUrl);
  if (url.host === 'api.github.com') return 'https://github.com';
  return `${url.origin}${url.pathname.replace(/\/api\/v3\/?$/, '').replace(/\/$/, '')}`;
}
