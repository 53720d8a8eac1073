import type { Button, KnownBlock } from '@slack/types';
import { SLACK_LIMITS } from '../../../lib/chat/slack/blocks.ts';

/** Every limit of Slack's that these blocks break, and every text in which foreign markup would take effect. */
export function brokenLimits(blocks: readonly KnownBlock[]): string[] {
  const problems: string[] = [];
  const atMost = (what: string, length: number, most: number): void => {
    if (length > most || length < 1) problems.push(`${what}: ${length}, at most ${most}`);
  };
  atMost('blocks', blocks.length, SLACK_LIMITS.blocks);
  atMost('json', JSON.stringify(blocks).length, SLACK_LIMITS.json);
  for (const block of blocks) {
    if (block.type === 'header') atMost('header', block.text.text.length, SLACK_LIMITS.header);
    if (block.type === 'section') {
      atMost('section', block.text?.text.length ?? 0, SLACK_LIMITS.sectionText);
      if (block.text?.type !== 'plain_text') problems.push('a section that is not plain');
    }
    if (block.type === 'context') atMost('context', block.elements.length, 10);
    if (block.type === 'actions') {
      atMost('actions', block.elements.length, 25);
      const menus = block.elements.filter((one) => one.type === 'static_select');
      for (const { options = [], placeholder } of menus) {
        atMost('options', options.length, 100);
        atMost('placeholder', placeholder?.text.length ?? 0, SLACK_LIMITS.placeholder);
        for (const { text, value = '' } of options) {
          atMost('option', text.text.length, SLACK_LIMITS.buttonText);
          atMost('option value', value.length, SLACK_LIMITS.optionValue);
        }
      }
      const buttons = block.elements.filter((one): one is Button => one.type === 'button');
      if (new Set(buttons.map((one) => one.action_id)).size !== buttons.length) problems.push('an action_id twice');
      for (const { text, value = '', action_id = '', confirm } of buttons) {
        atMost('button', text.text.length, SLACK_LIMITS.buttonText);
        atMost('value', value.length, SLACK_LIMITS.buttonValue);
        atMost('action_id', action_id.length, SLACK_LIMITS.actionId);
        if (confirm === undefined) continue;
        atMost('confirm title', confirm.title?.text.length ?? 0, SLACK_LIMITS.confirmTitle);
        atMost('confirm text', confirm.text.text.length, SLACK_LIMITS.confirmText);
        atMost('confirm yes', confirm.confirm?.text.length ?? 0, SLACK_LIMITS.confirmButton);
        atMost('confirm no', confirm.deny?.text.length ?? 0, SLACK_LIMITS.confirmButton);
      }
    }
  }
  for (const { type, text } of texts(blocks)) {
    if (!text.isWellFormed()) problems.push(`half a character: ${text}`);
    if (/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u.test(text.replaceAll('\n', ''))) problems.push(`a control: ${text}`);
    const isOurs = /^(<@[UW][A-Z0-9]+>( <@[UW][A-Z0-9]+>)*|<https?:[^<>|]+\|[^<>|&*_~`]+>)$/.test(text);
    if (type === 'mrkdwn' && !isOurs) problems.push(`mrkdwn: ${text}`);
    if (type === 'plain_text' && /[<>]|&(?!(amp|lt|gt);)/.test(text)) problems.push(`not escaped: ${text}`);
  }
  return problems;
}

/** Every text object, however deep. */
export function texts(within: unknown): { type: string; text: string }[] {
  if (typeof within !== 'object' || within === null) return [];
  const below = Object.values(within).flatMap((one: unknown) => texts(one));
  const { type, text } = within as { type?: unknown; text?: unknown };
  return typeof type === 'string' && typeof text === 'string' ? [{ type, text }, ...below] : below;
}

export const HOSTILE = [
  '<!channel>',
  '<!here> @channel @here @everyone',
  '<@U012ABC>',
  '<http://evil.example|dev-1>',
  'http://evil.example/?a=1&b=2',
  '*bold* _italic_ ~gone~ `code` ```pre```',
  '> quote',
  ':fire::skull:',
  '&lt;!channel&gt;',
  '\u202egnp.exe',
  'a\nb\r\nc\u2028d',
  '개발 서버 🧑‍🚀👩‍👩‍👧',
  '😀'.repeat(128),
  '<'.repeat(256),
  '&'.repeat(256),
  'x'.repeat(256),
  '\ud800',
  '\u0000\u001b[31m',
  '"}],"type":"header"',
  ' ',
  '',
];
