import type { KnownBlock } from '@slack/types';

/** Blocks as a person sees them, for snapshots. */
export function shown(blocks: readonly KnownBlock[]): string {
  return `${blocks.map(blockText).join('\n\n')}\n`;
}

function blockText(block: KnownBlock): string {
  switch (block.type) {
    case 'header':
      return `# ${seen(block.text.text)}`;
    case 'section':
      return seen(block.text?.text ?? '');
    case 'context':
      return block.elements.map((element) => ('text' in element ? `~ ${seen(element.text)}` : '')).join('\n');
    case 'actions':
      return block.elements.map((element) => buttonText(element)).join(' ');
    default:
      throw new Error(`a block that is not expected: ${block.type}`);
  }
}

function buttonText(element: object): string {
  if ('placeholder' in element) {
    const { placeholder, options } = element as {
      placeholder: { text: string };
      options: { text: { text: string } }[];
    };
    return `[${placeholder.text} ▾ ${options.map(({ text }) => text.text).join(' | ')}]`;
  }
  const { text, style, confirm } = element as { text: { text: string }; style?: string; confirm?: object };
  return `[${text.text}${style === undefined ? '' : ` (${style})`}${confirm === undefined ? '' : ' …'}]`;
}

function seen(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
