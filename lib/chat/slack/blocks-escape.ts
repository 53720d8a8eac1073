/** Text of others for Slack: https://docs.slack.dev/messaging/formatting-message-text#escaping */

import { oneLine } from '../../termination/one-line.ts';

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** On one line, escaped, and then at most `most` characters: never half an entity, and never half an emoji. */
export function escapeSlack(text: string, most: number): string {
  let escaped = '';
  let whole = '';
  for (const letter of oneLine(text, Infinity).trim()) {
    const piece = ENTITIES[letter] ?? letter.toWellFormed();
    if (escaped.length + piece.length > most) return `${whole}…`;
    escaped += piece;
    if (escaped.length < most) whole = escaped;
  }
  return escaped;
}

/**
 * Where Slack reads mrkdwn whatever one does: marks of formatting, mentions and addresses get a zero-width space behind
 * them, which makes them mere characters. Escape first.
 */
export function unreadByMrkdwn(escaped: string): string {
  return escaped.replaceAll(/[*_~`@#:]/g, (mark) => `${mark}\u200b`);
}
