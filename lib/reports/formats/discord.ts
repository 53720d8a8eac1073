import { fitting, messageOf, type ReportMessage } from '../message.ts';
import type { Format } from './format.ts';

/** https://discord.com/developers/docs/resources/webhook: characters of a message. */
const MOST_CHARACTERS = 2_000;

/** Mentions are off, and Markdown is not read. */
export const discord: Format = {
  body: (report) =>
    JSON.stringify({
      content: textOf(fitting(messageOf(report), (message) => textOf(message).length <= MOST_CHARACTERS)),
      allowed_mentions: { parse: [] },
    }),
  headers: {},
};

function textOf({ title, sections, details, isBad }: ReportMessage): string {
  return [
    `**${isBad ? '⚠️ ' : ''}${unread(title)}**`,
    ...sections.flatMap((section) => [
      `**${unread(section.title)}**`,
      ...section.lines.map((line) => `• ${unread(line)}`),
    ]),
    unread(details),
  ].join('\n');
}

function unread(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]()#+!~|<>@:-]/g, (mark) => `\\${mark}`);
}
