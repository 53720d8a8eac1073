import type { KnownBlock } from '@slack/types';
import { fitting, messageOf, type ReportMessage } from '../message.ts';
import type { Format } from './format.ts';

/** https://docs.slack.dev/reference/block-kit/blocks; the JSON of all blocks has a limit of its own. */
const MOST = { header: 150, section: 3_000, blocks: 50, json: 13_000 };

/** `plain_text` only: no formatting, link or mention of others is read there. */
export const slack: Format = {
  body: (report) => JSON.stringify(blocksOf(fitting(messageOf(report), isSmall))),
  headers: {},
};

function isSmall(message: ReportMessage): boolean {
  const { blocks } = blocksOf(message);
  const texts = blocks.flatMap((block) => (block.type === 'section' ? [block.text?.text ?? ''] : []));
  return (
    blocks.length <= MOST.blocks &&
    JSON.stringify(blocks).length <= MOST.json &&
    texts.every((text) => text.length <= MOST.section)
  );
}

function blocksOf({ title, sections, details, isBad }: ReportMessage): { text: string; blocks: KnownBlock[] } {
  const text = escaped(`${isBad ? '⚠️ ' : ''}${title}`);
  const plain = (value: string) => ({ type: 'plain_text', text: escaped(value), emoji: false }) as const;
  return {
    text: text.replaceAll(/[*_~`@#]/g, ' '),
    blocks: [
      { type: 'header', text: plain(`${isBad ? '⚠️ ' : ''}${title}`.slice(0, MOST.header)) },
      ...sections.map(
        (section): KnownBlock => ({
          type: 'section',
          text: plain([section.title, ...section.lines.map((line) => `• ${line}`)].join('\n')),
        }),
      ),
      { type: 'context', elements: [plain(details)] },
    ],
  };
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
