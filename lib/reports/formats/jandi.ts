import { fitting, messageOf, type ReportMessage } from '../message.ts';
import type { Format } from './format.ts';

/** JANDI documents no limit; its messages have about so many characters. */
const MOST_CHARACTERS = 5_000;

/** https://support.jandi.com: Receiving Incoming Webhooks in JANDI. */
export const jandi: Format = {
  body: (report) => JSON.stringify(bodyOf(fitting(messageOf(report), isSmall))),
  headers: { accept: 'application/vnd.tosslab.jandi-v2+json' },
};

function isSmall(message: ReportMessage): boolean {
  return JSON.stringify(bodyOf(message)).length <= MOST_CHARACTERS;
}

function bodyOf({ title, sections, details, isBad }: ReportMessage): object {
  return {
    body: unread(title),
    connectColor: isBad ? '#C62828' : '#2E7D32',
    connectInfo: [
      ...sections.map((section) => ({ title: unread(section.title), description: unread(section.lines.join('\n')) })),
      { title: '', description: unread(details) },
    ],
  };
}

/** It reads `[text](url)` as a link. */
function unread(text: string): string {
  return text.replaceAll('[', '［').replaceAll(']', '］');
}
