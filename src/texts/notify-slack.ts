import type { Card } from '../notify/card.ts';
import type { SlackCard } from '../notify/notices.ts';
import { flatten } from './escape.ts';
import { cardAlert, cardSteps, cardTitle, cardVersions, plainly } from './notify.ts';

/** A message as Slack takes it (Block Kit). */
export interface SlackMessage {
  /** What a phone shows of it, with Slack's three characters escaped. */
  readonly text: string;
  readonly blocks: readonly object[];
}

/** The names of the buttons under a card, and what they do. */
export const BUTTONS = { approve: 'Approve', reject: 'Reject', hold: 'Hold' } as const;
export type Button = keyof typeof BUTTONS;

/** Slack shows no more of a text in a section, and of a header. */
const SECTION = 2_900;
const HEADER = 150;

/** As text that Slack parses: it can neither call anybody (`<!channel>`, `<@U1>`) nor make a link. */
export function inSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Text that Slack does not parse at all: no mention, link, format or emoji in it works. */
function plainText(text: string, longest = SECTION): object {
  return { type: 'plain_text', emoji: false, text: flatten(text, longest) || '-' };
}

function section(text: string): object {
  return { type: 'section', text: plainText(text) };
}

/** The message of an incident; what stands in a button is what is done when it is pressed. */
export function cardMessage(
  { repository, card }: SlackCard,
  buttons: 'buttons' | 'no-buttons' = 'buttons',
): SlackMessage {
  const title = cardTitle(card);
  const alert = cardAlert(card);
  const versions = cardVersions(card);
  const steps = cardSteps(card);
  const link = pullLink(repository.name, card);
  const blocks = [
    { type: 'header', text: plainText(title, HEADER) },
    ...(alert === undefined ? [] : [section(alert)]),
    ...(versions === undefined ? [] : [section(versions)]),
    section(plainly(card.why)),
    ...(card.next === undefined ? [] : [section(plainly(card.next))]),
    ...(link === undefined ? [] : [link]),
    ...(buttons === 'buttons' ? actions(repository.id, card) : []),
    {
      type: 'context',
      elements: steps.map((step) => plainText(step, 500)),
    },
  ];
  return { text: inSlack(`${title}. ${plainly(card.why, 600)}`), blocks };
}

/** What is said below the card when its incident ends: an edited message calls nobody. */
export function outcomeMessage({ card }: SlackCard): SlackMessage {
  const said = `${cardTitle(card)}. ${plainly(card.why, 600)}`;
  return { text: inSlack(said), blocks: [section(said)] };
}

/** An answer in Markdown, shown to whoever asked and nobody else. */
export function answerMessage(text: string): SlackMessage & { readonly response_type: string } {
  return {
    response_type: 'ephemeral',
    text: inSlack(plainly(text, 600)),
    // Slack's Markdown is not known to read GitHub's way of writing what is not seen.
    blocks: [{ type: 'markdown', text: text.slice(0, 11_000).replaceAll('&#8203;', '\u200b') }],
  };
}

/** The one link of a card is Lastgood's own: the address comes from GitHub. */
function pullLink(name: string, { pull }: Card): object | undefined {
  const url = pull?.url;
  if (!pull || url === undefined || !/^https?:\/\/[^\s<>|]+$/.test(url)) return undefined;
  const text = `<${url}|${inSlack(name)}#${pull.number}>`;
  return { type: 'section', text: { type: 'mrkdwn', verbatim: true, text } };
}

function actions(repository: number, { incident, head, pull, state }: Card): readonly object[] {
  if (state !== 'open' || head === undefined || !pull) return [];
  const value = JSON.stringify({ repository, incident, head, number: pull.number });
  if (value.length > 2_000) return [];
  const elements = (['approve', 'reject', 'hold'] as const).map((name) => ({
    type: 'button',
    action_id: `lastgood:${name}`,
    text: { type: 'plain_text', text: BUTTONS[name] },
    value,
    ...(name === 'approve' && { style: 'primary' }),
    ...(name === 'reject' && { style: 'danger' }),
  }));
  return [{ type: 'actions', elements }];
}
