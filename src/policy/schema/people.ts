import { z } from 'zod';
import { mapping } from '../mapping.ts';
import { duration, plainText, principal, wholeNumber } from '../values.ts';

const principals = (meaning: string) =>
  z
    .array(principal, { error: 'a list of users, teams and roles, such as ["@acme/fraud-ml"]' })
    .min(1, { error: 'at least one user, team or role' })
    .describe(meaning);

/** `owners:`, who owns the model. */
export const owners = principals(
  'Who owns the model: asked to review and told what happens. Default: role:maintain.',
);

const group = mapping('People who have to agree by themselves.', {
  name: plainText('a short name, such as `sre`', ['ml', 'sre']).describe(
    'What the group is called in messages.',
  ),
  from: principals('Whose approvals count for this group.'),
  required: wholeNumber(1, 100)
    .describe('So many approvals from this group. Default: 1.')
    .exactOptional(),
}).transform(({ required, ...rest }) => ({ ...rest, required: required ?? 1 }));

/** `approvals:`, who has to agree to a rollback that waits for review. */
export const approvals = mapping('Who has to agree to a pull request that waits for review.', {
  by: z
    .enum(['lastgood', 'github'], { error: 'one of lastgood, github' })
    .describe(
      "`lastgood`: Lastgood counts approvals as given here. `github`: the branch's own rules decide.",
    )
    .exactOptional(),
  required: wholeNumber(0, 100)
    .describe('So many approvals. At least 1 when Lastgood counts them.')
    .exactOptional(),
  from: principals('Whose approvals count. Default: the owners.').exactOptional(),
  groups: z
    .array(group, { error: 'a list of groups, each with `name` and `from`' })
    .min(1, { error: 'at least one group' })
    .max(10, { error: 'at most 10 groups' })
    .describe(
      'Groups that all have to agree, in place of `required` and `from`. Nobody counts for two of them.',
    )
    .exactOptional(),
  remind: duration
    .describe('Those who are missing are asked again each time so much has passed.')
    .exactOptional(),
  timeout: duration
    .describe('After so long without enough approvals, do `onTimeout`.')
    .exactOptional(),
  onTimeout: z
    .enum(['page', 'merge', 'close'], { error: 'one of page, merge, close' })
    .describe('`page` wakes somebody, `merge` merges without them, `close` gives up.')
    .exactOptional(),
});

/** `breakGlass:`, who may merge without waiting for approvals. */
export const breakGlass = principals(
  'Who may merge a rollback without waiting for approvals, by `/rollback --now`; it is recorded, and reviewed afterwards. Default: nobody.',
);
