import { createHmac, randomBytes } from 'node:crypto';
import { list, record } from './slack-limits.ts';
import type { LocalSlackMessage } from './slack-messages.ts';

/** As Slack signs what it sends: https://docs.slack.dev/authentication/verifying-requests-from-slack */
export function slackSignature(
  signingSecret: string,
  timestampSeconds: number | string,
  body: string | Uint8Array,
): string {
  const signed = createHmac('sha256', signingSecret).update(`v0:${timestampSeconds}:`).update(body);
  return `v0=${signed.digest('hex')}`;
}

export interface SlackCommand {
  text: string;
  /** Default `/terminate`. */
  command?: string;
  userId?: string;
  userName?: string;
  channelId?: string;
  /** The same again is the same request, sent twice. */
  triggerId?: string;
}

export interface SlackClick {
  messageTs: string;
  actionId: string;
  /** Default: what the button, or the menu's first option, holds. */
  value?: string;
  userId?: string;
  userName?: string;
  channelId?: string;
  triggerId?: string;
}

/** The form that Slack sends for a slash command. */
export function commandBody(said: SlackCommand, responseUrl: string): string {
  const { userId = 'U0MINA0000', userName = 'mina', channelId = 'C0OPS00000' } = said;
  return new URLSearchParams({
    token: 'not-used-any-more',
    team_id: 'T0LOCAL00',
    team_domain: 'banap',
    channel_id: channelId,
    channel_name: 'ops',
    user_id: userId,
    user_name: userName,
    command: said.command ?? '/terminate',
    text: said.text,
    api_app_id: 'A0BANAP00',
    is_enterprise_install: 'false',
    response_url: responseUrl,
    trigger_id: said.triggerId ?? randomBytes(12).toString('hex'),
  }).toString();
}

/** The form that Slack sends when somebody uses a button or a menu of a message. */
export function clickBody(said: SlackClick, message: LocalSlackMessage | undefined, responseUrl: string): string {
  const { userId = 'U0MINA0000', userName = 'mina', messageTs } = said;
  const channelId = message?.channel ?? said.channelId ?? 'C0OPS00000';
  const payload = {
    type: 'block_actions',
    user: { id: userId, username: userName, name: userName, team_id: 'T0LOCAL00' },
    api_app_id: 'A0BANAP00',
    token: 'not-used-any-more',
    container: { type: 'message', message_ts: messageTs, channel_id: channelId, is_ephemeral: false },
    trigger_id: said.triggerId ?? randomBytes(12).toString('hex'),
    team: { id: 'T0LOCAL00', domain: 'banap' },
    enterprise: null,
    is_enterprise_install: false,
    channel: { id: channelId, name: 'ops' },
    message: { type: 'message', ts: messageTs, text: message?.text ?? '', blocks: message?.blocks ?? [] },
    state: { values: {} },
    response_url: responseUrl,
    actions: [actionOf(said, message)],
  };
  return new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
}

/** A message that Slack no longer shows may still be clicked by a test; then the value must be given. */
function actionOf({ actionId, value }: SlackClick, message: LocalSlackMessage | undefined): object {
  const { block, element } = findElement(message?.blocks ?? [], actionId);
  if (element === undefined && value === undefined) throw new Error(`there is nothing called ${actionId} to click`);
  const { type = 'button', text = { type: 'plain_text', text: actionId }, options } = element ?? {};
  const common = { type, action_id: actionId, block_id: block?.['block_id'] ?? 'b1', action_ts: '1700000001.000001' };
  if (type === 'button') return { ...common, text, value: value ?? element?.['value'] };
  const option = list(options).find((each) => value === undefined || record(each)['value'] === value);
  return { ...common, selected_option: option ?? { text: { type: 'plain_text', text: 'option' }, value } };
}

function findElement(blocks: unknown[], actionId: string): Found {
  for (const each of blocks) {
    const block = record(each);
    const elements = [...list(block['elements']), block['accessory']].map(record);
    const element = elements.find((one) => one['action_id'] === actionId);
    if (element !== undefined) return { block, element };
  }
  return {};
}

interface Found {
  block?: Record<string, unknown>;
  element?: Record<string, unknown>;
}
