/** NAVER WORKS: the message of a run as plain text, and what its bot hears. */

import * as z from 'zod';
import { jsonFrom } from '../../text/json.ts';
import type { CardView } from '../card.ts';
import { clip, cutLines } from '../clip.ts';
import { replies } from '../replies.ts';

/** Of one text message: https://developers.worksmobile.com/kr/docs/bot-send-text */
export const MOST_MESSAGE = 2_000;

/** There are no buttons: `confirmLink` opens the page on which one decides, where one may. */
export function cardText(view: CardView, { confirmLink = '' }: { confirmLink?: string } = {}): string {
  const texts = SHORTER.map((most) => composed(view, confirmLink, most));
  return texts.find((text) => text.length <= MOST_MESSAGE) ?? texts.at(-1) ?? '';
}

/** So long a line may be, and the state; tried in turn, because the link to decide must be whole. */
const SHORTER = [
  { line: 150, state: 400, lines: 3 },
  { line: 80, state: 300, lines: 2 },
  { line: 40, state: 200, lines: 0 },
  { line: 10, state: 80, lines: 0 },
];

type Most = (typeof SHORTER)[number];

function composed(view: CardView, confirmLink: string, most: Most): string {
  const say = replies(view.language, 'UTC');
  const before = [`[${clip(view.title, most.line)}]`, clip(view.state, most.state), ...freesOf(view), ''];
  const decide = confirmLink === '' || view.buttons.length === 0 ? [] : [say.decideHere({ link: confirmLink })];
  const hidden = view.attention.length - most.lines;
  const after = [
    ...view.attention.slice(0, most.lines).map((line) => `! ${clip(line, most.line)}`),
    ...(hidden > 0 ? [`! ${say.more({ count: hidden, link: '' })}`] : []),
    ...view.signals.slice(Math.max(0, view.signals.length - most.lines)).map((line) => clip(line, most.line)),
    '',
    ...view.details.map((line) => clip(line, most.line)),
    ...decide,
  ];
  const rest = [...before, ...after].join('\n').length + 2;
  return [...before, ...serverLines(view, MOST_MESSAGE - rest), ...after].join('\n').trim();
}

function freesOf({ frees }: CardView): string[] {
  return frees === '' ? [] : [frees];
}

/** An answer in words, cut to what one message holds, with the number of lines that are left out. */
export function naverWorksText(text: string): string {
  const lines = text.split('\n').map((line) => clip(line, MOST_MESSAGE - 20));
  return cutLines(lines, (some) => lengthOf(some) <= MOST_MESSAGE).join('\n');
}

/** What is deleted with a server stands before why. */
const MOST_SERVER = 300;

/** As many as there is room for, and how many more there are. */
function serverLines({ servers, link, language }: CardView, room: number): string[] {
  const say = replies(language, 'UTC');
  const lines = servers.map((line) => `- ${clip(line, MOST_SERVER)}`);
  if (lengthOf(lines) <= room) return lines;
  for (let shown = lines.length - 1; shown > 0; shown -= 1) {
    const cut = [...lines.slice(0, shown), say.more({ count: lines.length - shown, link })];
    if (lengthOf(cut) <= room) return cut;
  }
  return [say.more({ count: lines.length, link: '' })];
}

function lengthOf(lines: readonly string[]): number {
  return lines.join('\n').length;
}

interface NaverWorksMessage {
  userId: string;
  /** Empty in a room of two: answer to the user then. */
  channelId: string;
  domainId: number;
  /** Milliseconds since the epoch. */
  issuedAt: number;
  text: string;
}

export type NaverWorksCallback =
  | { kind: 'message'; message: NaverWorksMessage }
  /** Something else happened: a sticker, somebody joined. Nothing to do, and nothing wrong. */
  | { kind: 'other' }
  | { kind: 'wrong'; problem: string };

const eventSchema = z.object({ type: z.string().min(1).max(100) });

const messageSchema = z.object({
  source: z.object({
    userId: z.string().min(1).max(200),
    channelId: z.string().max(200).default(''),
    domainId: z.int(),
  }),
  issuedTime: z.iso.datetime({ offset: true }),
  content: z.object({ type: z.string().min(1).max(100), text: z.string().max(10_000).optional() }),
});

/** Of a raw body: https://developers.worksmobile.com/kr/docs/bot-callback-message. The problem never quotes it. */
export function parseNaverWorksCallback(body: string): NaverWorksCallback {
  const given = jsonFrom(body);
  const event = eventSchema.safeParse(given);
  if (!event.success) return { kind: 'wrong', problem: 'callback: expected an object with a type' };
  if (event.data.type !== 'message') return { kind: 'other' };
  const parsed = messageSchema.safeParse(given);
  if (!parsed.success) {
    const places = parsed.error.issues.slice(0, 10).map((issue) => issue.path.join('.'));
    return { kind: 'wrong', problem: `callback: not as NAVER WORKS sends it: ${places.join(', ')}` };
  }
  const { source, issuedTime, content } = parsed.data;
  if (content.type !== 'text') return { kind: 'other' };
  if (content.text === undefined) return { kind: 'wrong', problem: 'callback: content.text is missing' };
  return { kind: 'message', message: { ...source, issuedAt: Date.parse(issuedTime), text: content.text } };
}
