/** What Slack sends, after its signature was verified. Unknown keys are let through: Slack adds some. */

import * as z from 'zod';
import { jsonFrom } from '../../text/json.ts';
import { type CardDecision, KEEP_ONE, parseButtonValue } from '../core/card-button.ts';

export interface SlackCommand {
  teamId: string;
  channelId: string;
  userId: string;
  userName: string;
  /** `/terminate`. */
  command: string;
  /** As typed behind it, escaped as Slack escapes. */
  text: string;
  /** Takes up to five answers within half an hour. Whoever knows it can write into the channel: never log it. */
  responseUrl: string;
  /** Unique for each invocation: Slack's repetitions carry the same one. */
  triggerId: string;
  apiAppId: string;
}

export interface SlackClick {
  /** Empty where Slack names none. */
  teamId: string;
  channelId: string;
  userId: string;
  userName: string;
  /** Names the message within its channel. */
  messageTs: string;
  /** When it was clicked, as Slack counts; tells two clicks apart. */
  actionTs: string;
  decision: CardDecision;
  responseUrl: string;
  triggerId: string;
}

export type Parsed<T> = { ok: true; value: T } | { ok: false; problem: string };

export interface ParseOptions {
  /** For the local stand-in of Slack: answers may go to loopback. */
  allowLoopback?: boolean;
}

const id = z.string().min(1).max(255);

const commandSchema = z.object({
  team_id: id,
  channel_id: id,
  user_id: id,
  user_name: z.string().max(255).default(''),
  command: z.string().regex(/^\/\S{1,100}$/),
  text: z.string().max(10_000).default(''),
  response_url: z.url().max(2_000),
  trigger_id: id,
  api_app_id: z.string().max(255).default(''),
});

/** Of a body of type `application/x-www-form-urlencoded`. The problem names fields, never what was in them. */
export function parseSlackCommand(body: string, { allowLoopback = false }: ParseOptions = {}): Parsed<SlackCommand> {
  const fields = fieldsOf(body);
  if (!fields.ok) return fields;
  const parsed = commandSchema.safeParse(fields.value);
  if (!parsed.success) return { ok: false, problem: problemOf('command', parsed.error) };
  const { data } = parsed;
  if (!mayAnswerAt(data.response_url, allowLoopback)) return { ok: false, problem: NOT_SLACK };
  return {
    ok: true,
    value: {
      teamId: data.team_id,
      channelId: data.channel_id,
      userId: data.user_id,
      userName: data.user_name,
      command: data.command,
      text: data.text,
      responseUrl: data.response_url,
      triggerId: data.trigger_id,
      apiAppId: data.api_app_id,
    },
  };
}

const clickSchema = z.object({
  type: z.literal('block_actions'),
  // Null where the app is installed for a whole organization.
  team: z.object({ id }).nullish(),
  user: z.object({
    id,
    username: z.string().max(255).optional(),
    name: z.string().max(255).optional(),
    team_id: id.optional(),
  }),
  channel: z.object({ id }),
  message: z.object({ ts: id }),
  actions: z
    .array(
      z.discriminatedUnion('type', [
        z.object({ type: z.literal('button'), action_id: id, action_ts: id, value: z.string().max(2_000) }),
        z
          .object({
            type: z.literal('static_select'),
            action_id: z.literal(KEEP_ONE),
            action_ts: id,
            selected_option: z.object({ value: z.string().max(2_000) }),
          })
          .transform(({ selected_option: { value }, ...action }) => ({ ...action, value })),
      ]),
    )
    .length(1),
  response_url: z.url().max(2_000),
  trigger_id: id,
});

/** Of a body whose field `payload` is JSON. */
export function parseSlackClick(body: string, { allowLoopback = false }: ParseOptions = {}): Parsed<SlackClick> {
  const fields = fieldsOf(body);
  if (!fields.ok) return fields;
  const payload = jsonFrom(fields.value['payload'] ?? '');
  if (payload === undefined) return { ok: false, problem: 'payload: expected JSON' };
  const parsed = clickSchema.safeParse(payload);
  if (!parsed.success) return { ok: false, problem: problemOf('payload', parsed.error) };
  const { data } = parsed;
  if (!mayAnswerAt(data.response_url, allowLoopback)) return { ok: false, problem: NOT_SLACK };
  const [action] = data.actions;
  const decision = action === undefined ? undefined : parseButtonValue(action.value);
  if (action === undefined || decision === undefined || !isOurs(action, decision)) {
    return { ok: false, problem: 'payload.actions: no button of ours' };
  }
  const { user, team, channel, message, response_url: responseUrl, trigger_id: triggerId } = data;
  const teamId = team?.id ?? user.team_id ?? '';
  const who = { teamId, channelId: channel.id, userId: user.id, userName: user.username ?? user.name ?? '' };
  const where = { messageTs: message.ts, actionTs: action.action_ts, responseUrl, triggerId };
  return { ok: true, value: { ...who, ...where, decision } };
}

/** The menu keeps one server; a button means all of them. */
function isOurs({ type, action_id: actionId }: { type: string; action_id: string }, decision: CardDecision): boolean {
  if (type === 'button') return actionId === `banap.${decision.action}` && decision.server === undefined;
  return decision.server !== undefined && decision.action.startsWith('snooze-');
}

const NOT_SLACK = 'response_url: expected an address of https://hooks.slack.com/';

/** What is answered goes to Slack and nowhere else, even if somebody got hold of the signing secret. */
function mayAnswerAt(address: string, allowLoopback: boolean): boolean {
  const url = URL.parse(address);
  if (url === null || url.username !== '' || url.password !== '') return false;
  if (url.protocol === 'https:' && url.host === 'hooks.slack.com') return true;
  return allowLoopback && url.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
}

/** A field that is there twice is no one's. */
function fieldsOf(body: string): Parsed<Record<string, string>> {
  const pairs = [...new URLSearchParams(body)];
  const fields = Object.fromEntries(pairs);
  if (Object.keys(fields).length !== pairs.length) return { ok: false, problem: 'body: a field is there twice' };
  return { ok: true, value: fields };
}

/** Where, and what was expected there; values are left out. */
function problemOf(what: string, { issues }: z.ZodError): string {
  const places = issues.slice(0, 10).map((issue) => {
    const path = [what, ...issue.path.map(String)].join('.');
    return issue.code === 'invalid_type' ? `${path}: expected ${issue.expected}` : `${path}: not as Slack sends it`;
  });
  return places.join('; ');
}
