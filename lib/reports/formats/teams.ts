import { fitting, messageOf, type ReportMessage } from '../message.ts';
import type { Format } from './format.ts';

/** Teams documents 28 KB a message; less is refused at times. */
const MOST_BYTES = 20_000;

/** An Adaptive Card, as the workflow "when a webhook request is received" posts it. */
export const teams: Format = {
  body: (report) => JSON.stringify(cardOf(fitting(messageOf(report), isSmall))),
  headers: {},
};

function isSmall(message: ReportMessage): boolean {
  return Buffer.byteLength(JSON.stringify(cardOf(message))) <= MOST_BYTES;
}

function cardOf({ title, sections, details, isBad }: ReportMessage): object {
  const color = isBad ? { color: 'Attention' } : {};
  const body = [
    { type: 'TextBlock', text: unread(title), weight: 'Bolder', size: 'Medium', wrap: true, ...color },
    ...sections.flatMap((section) => [
      { type: 'TextBlock', text: unread(section.title), weight: 'Bolder', wrap: true },
      ...section.lines.map((line) => ({ type: 'TextBlock', text: unread(line), wrap: true, spacing: 'None' })),
    ]),
    { type: 'TextBlock', text: unread(details), isSubtle: true, size: 'Small', wrap: true },
  ];
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body,
  };
  return { type: 'message', attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content }] };
}

/** Text blocks read Markdown, and `<at>` as a mention. */
function unread(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]()#+!~|<>-]/g, (mark) => `\\${mark}`);
}
