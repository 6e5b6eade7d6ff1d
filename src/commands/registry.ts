import { approve } from './approve/command.ts';
import { baseline } from './baseline/command.ts';
import type { CommandName } from './command.ts';
import { drill } from './drill/command.ts';
import { freeze } from './freeze/command.ts';
import { help } from './help/command.ts';
import { history } from './history/command.ts';
import { hold } from './hold/command.ts';
import { plan } from './plan/command.ts';
import { quarantine } from './quarantine/command.ts';
import { reject } from './reject/command.ts';
import { reland } from './reland/command.ts';
import { retrain } from './retrain/command.ts';
import { retry } from './retry/command.ts';
import { rollback } from './rollback/command.ts';
import type { CommandSpec } from './spec.ts';
import { status } from './status/command.ts';
import { unfreeze } from './unfreeze/command.ts';
import { unhold } from './unhold/command.ts';

/** Every command by its name, in the order people read about them. */
export const COMMANDS: { readonly [Name in CommandName]: CommandSpec<Name> } = {
  status,
  history,
  plan,
  rollback,
  approve,
  reject,
  hold,
  unhold,
  freeze,
  unfreeze,
  baseline,
  quarantine,
  reland,
  retrain,
  retry,
  drill,
  help,
};

export const COMMAND_NAMES = Object.keys(COMMANDS) as readonly CommandName[];
