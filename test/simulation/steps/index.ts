import { alert } from './alert.ts';
import { deleteBranch, pushToBranch } from './branch.ts';
import { crash, deploy, loseDatabase, start } from './machines.ts';
import { editPolicy } from './policy.ts';
import { close, mergeByHand, reopen, retarget } from './pull.ts';
import { dismiss, review } from './review.ts';
import { rollOut } from './roll-out.ts';
import { breakManifest, changeElsewhere, changeOnePin, revert, ship } from './ship.ts';
import type { StepKind } from './step.ts';
import { editWords, say } from './say.ts';
import { sweeping } from './sweep.ts';
import { tamper } from './tamper.ts';
import { jump, pass } from './time.ts';
import {
  baseMoves,
  deliveries,
  fault,
  fieldFault,
  gitTrouble,
  slowMergeability,
} from './trouble.ts';

/** Every kind of step that a run draws from. */
export const STEPS: readonly StepKind[] = [
  alert,
  review,
  dismiss,
  close,
  reopen,
  mergeByHand,
  retarget,
  pushToBranch,
  deleteBranch,
  ship,
  changeOnePin,
  revert,
  changeElsewhere,
  breakManifest,
  editPolicy,
  fault,
  fieldFault,
  gitTrouble,
  deliveries,
  slowMergeability,
  baseMoves,
  crash,
  start,
  deploy,
  loseDatabase,
  pass,
  jump,
  sweeping,
  rollOut,
  say,
  editWords,
  tamper,
];
