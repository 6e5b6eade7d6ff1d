import type { Account } from '../rollback/forge.ts';

/** A user as REST writes it. */
export interface RestUser {
  readonly id: number | bigint;
  readonly login: string;
  readonly type?: string;
}

export function toAccount(user: RestUser): Account {
  return { id: Number(user.id), login: user.login, bot: user.type === 'Bot' };
}

/** Stands in for an account that was deleted. */
const GHOST: Account = { id: 0, login: 'ghost', bot: false };

export function accountOrGhost(user: RestUser | null | undefined): Account {
  return user ? toAccount(user) : GHOST;
}
