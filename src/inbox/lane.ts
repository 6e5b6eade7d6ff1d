import { createHash } from 'node:crypto';

/** A lane is a repository: its id where it is known, so that a new name changes nothing. */
export function laneOf(repository: number | string): string {
  return typeof repository === 'number'
    ? String(repository)
    : `name:${shortened(repository.toLowerCase())}`;
}

/** The repository of a lane; undefined for one that is known by its name only. */
export function repositoryOf(lane: string): number | undefined {
  return /^\d+$/.test(lane) ? Number(lane) : undefined;
}

/** A name of any length as a part of a lane's name. */
function shortened(name: string): string {
  return name.length <= 200 ? name : createHash('sha256').update(name).digest('hex');
}
