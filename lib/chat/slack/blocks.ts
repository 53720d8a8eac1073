/**
 * The message of a run as Slack Block Kit. Whatever NCP or people wrote goes into `plain_text` and nowhere else, with
 * &, < and > escaped: no formatting, no link and no mention is read there. What is `mrkdwn` is made of user ids, or is a
 * link of our own.
 */

import type { Button, KnownBlock, PlainTextElement, StaticSelect } from '@slack/types';
import type { Language } from '../../wording/language.ts';
import { type CardButton, type CardChoice, type CardView, cardLine } from '../core/card.ts';
import { KEEP_ONE } from '../core/card-button.ts';
import { clip, cutLines } from '../core/clip.ts';
import { replies } from '../core/replies.ts';
import { escapeSlack, unreadByMrkdwn } from './blocks-escape.ts';

/** Slack's own numbers: https://docs.slack.dev/reference/block-kit/blocks */
export const SLACK_LIMITS = {
  blocks: 50,
  sectionText: 3_000,
  header: 150,
  buttonText: 75,
  buttonValue: 2_000,
  actionId: 255,
  optionValue: 150,
  placeholder: 150,
  confirmTitle: 100,
  confirmText: 300,
  confirmButton: 30,
  /** JSON of all blocks; Slack answers `msg_blocks_too_long` somewhat above it. */
  json: 13_000,
};

export interface BlockMessage {
  /** For notifications and screen readers. Slack reads mrkdwn in it, so it is escaped and broken up. */
  text: string;
  blocks: KnownBlock[];
}

export function cardMessage(view: CardView): BlockMessage {
  const before: KnownBlock[] = [
    header(view.title),
    section(view.state),
    ...(view.frees === '' ? [] : [section(view.frees)]),
    ...mentions(view.approvers),
  ];
  const after: KnownBlock[] = [
    ...sections(firstLines(view), MOST_LINE),
    ...sections(view.signals.slice(-MOST_LINES), MOST_LINE),
    context(view.details),
    ...actions(view),
  ];
  const room = SLACK_LIMITS.json - MARGIN - JSON.stringify([...before, ...after]).length;
  return { text: fallback(cardLine(view)), blocks: [...before, ...serverSections(view, room), ...after] };
}

/** An answer in words, cut to what one message holds, with the number of lines that are left out. */
export function textMessage(text: string): BlockMessage {
  const lines = text.split('\n').map((line) => clip(line, MOST_ANSWER_LINE));
  const fits = (some: readonly string[]): boolean =>
    JSON.stringify(sections(some, MOST_ANSWER_LINE)).length <= SLACK_LIMITS.json - MARGIN;
  return { text: fallback(clip(text, 300)), blocks: sections(cutLines(lines, fits), MOST_ANSWER_LINE) };
}

const MOST_ANSWER_LINE = 1_000;

/** Of attention and of signals: those that matter now. */
const MOST_LINES = 5;
const MOST_LINE = 300;
const MOST_LINK = 1_500;
const MARGIN = 500;

function firstLines({ attention, language }: CardView): string[] {
  const left = attention.length - MOST_LINES;
  const more = left > 0 ? [replies(language, 'UTC').more({ count: left, link: '' })] : [];
  return [...attention.slice(0, MOST_LINES), ...more];
}

function header(text: string): KnownBlock {
  return { type: 'header', text: plain(text, SLACK_LIMITS.header) };
}

function section(text: string): KnownBlock {
  return { type: 'section', text: plain(text, SLACK_LIMITS.sectionText) };
}

/** Small print. */
function context(lines: readonly string[]): KnownBlock {
  return { type: 'context', elements: lines.slice(0, 10).map((line) => plain(line, 600)) };
}

/** Lines together in as few sections as they fit into. */
function sections(lines: readonly string[], mostLine: number): KnownBlock[] {
  const texts: string[] = [];
  for (const line of lines) {
    const escaped = escapeSlack(line, mostLine);
    const last = texts.at(-1);
    if (escaped === '') continue;
    if (last === undefined || last.length + 1 + escaped.length > SLACK_LIMITS.sectionText) texts.push(escaped);
    else texts[texts.length - 1] = `${last}\n${escaped}`;
  }
  return texts.map((text) => ({ type: 'section', text: { type: 'plain_text', text, emoji: false } }));
}

/** As many servers as there is room for (in characters of JSON), how many more there are, and where. */
function serverSections({ servers, link, language }: CardView, room: number): KnownBlock[] {
  const say = replies(language, 'UTC');
  const lines = servers.map((line) => `• ${line}`);
  const whole = sections(lines, MOST_LINE);
  if (JSON.stringify(whole).length <= room) return whole;
  const cut = (shown: number): KnownBlock[] => [
    ...sections([...lines.slice(0, shown), say.more({ count: lines.length - shown, link: '' })], MOST_LINE),
    ...linkTo(link, say.all()),
  ];
  // The largest number that fits, by halves.
  let shown = 0;
  for (let step = 2 ** Math.ceil(Math.log2(lines.length)); step >= 1; step /= 2) {
    const more = shown + step;
    if (more < lines.length && JSON.stringify(cut(more)).length <= room) shown = more;
  }
  return cut(shown);
}

/** An address as URLs write it has no < and no >, and no bar, which would end it here. */
function linkTo(link: string, label: string): KnownBlock[] {
  const url = URL.parse(link);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) return [];
  const target = url.href.replaceAll('|', '%7C').replaceAll(/[<>]/g, '').replaceAll('&', '&amp;');
  if (target.length > MOST_LINK) return [];
  return [{ type: 'context', elements: [{ type: 'mrkdwn', text: `<${target}|${label}>` }] }];
}

/** Approvers get a notification. Nothing but ids as Slack gives them: this text is read as mrkdwn. */
function mentions(approvers: readonly string[]): KnownBlock[] {
  const ids = approvers.flatMap((one) => /^slack:([UW][A-Z0-9]{5,30})$/.exec(one)?.[1] ?? []).slice(0, 20);
  if (ids.length === 0) return [];
  return [{ type: 'context', elements: [{ type: 'mrkdwn', text: ids.map((id) => `<@${id}>`).join(' ') }] }];
}

function actions({ buttons, choices, language }: CardView): KnownBlock[] {
  if (buttons.length === 0) return [];
  const menu = choices.every(({ value }) => value.length <= SLACK_LIMITS.optionValue) ? menuOf(choices, language) : [];
  return [{ type: 'actions', block_id: 'banap', elements: [...buttons.map(button), ...menu] }];
}

/** What is chosen counts at once; the answer says how to undo it. */
function menuOf(choices: readonly CardChoice[], language: Language): StaticSelect[] {
  if (choices.length === 0) return [];
  const options = choices.map(({ label, value }) => ({ text: plain(label, SLACK_LIMITS.buttonText), value }));
  const placeholder = plain(replies(language, 'UTC').keepOne(), SLACK_LIMITS.placeholder);
  return [{ type: 'static_select', action_id: KEEP_ONE, placeholder, options }];
}

function button({ action, label, value, style, confirm }: CardButton): Button {
  return {
    type: 'button',
    // Unique within the message; what is meant stands in the value.
    action_id: `banap.${action}`,
    text: plain(label, SLACK_LIMITS.buttonText),
    value,
    ...(style && { style }),
    ...(confirm && {
      confirm: {
        title: plain(confirm.title, SLACK_LIMITS.confirmTitle),
        text: plain(confirm.text, SLACK_LIMITS.confirmText),
        confirm: plain(confirm.yes, SLACK_LIMITS.confirmButton),
        deny: plain(confirm.no, SLACK_LIMITS.confirmButton),
      },
    }),
  };
}

/** `emoji: false`: `:fire:` stays what was written. An empty text is refused by Slack. */
function plain(text: string, most: number): PlainTextElement {
  return { type: 'plain_text', text: escapeSlack(text, most) || '-', emoji: false };
}

function fallback(text: string): string {
  return unreadByMrkdwn(escapeSlack(text, 1_500));
}
