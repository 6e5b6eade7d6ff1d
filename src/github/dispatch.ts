import { write, type Room } from './ask.ts';
import { WRITE } from './octokit.ts';

/** Sends a `repository_dispatch`. Throws when it was not taken, or when nobody can tell. */
export async function dispatch(
  room: Room,
  { type, payload }: { readonly type: string; readonly payload: Readonly<Record<string, unknown>> },
): Promise<void> {
  await write(room, `send the event ${type}`, () =>
    room.octokit.request('POST /repos/{owner}/{repo}/dispatches', {
      ...room.at,
      event_type: type,
      client_payload: payload,
      request: WRITE,
    }),
  );
}
