/** The control paths of `npm run dev`, under `/dev/`: act as a person in a chat, fire a schedule, and look at the state. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import * as z from 'zod';
import { CARD_ACTIONS } from '../chat/core/card-button.ts';
import { systemClock } from '../clock.ts';
import { sendOnce } from '../net/send-once.ts';
import { jsonFrom } from '../text/json.ts';
import { curlLines } from './dev-curl.ts';
import { PEOPLE, ROOMS } from './dev-policies.ts';
import type { DevWorld } from './dev-world.ts';
import { bodyOf } from './http.ts';
import { list, record } from './slack-limits.ts';
import type { LocalSlackMessage } from './slack-messages.ts';

export async function answerDesk(request: IncomingMessage, response: ServerResponse, world: DevWorld): Promise<void> {
  const { status, body } = await answerTo(request, world);
  const type = typeof body === 'string' ? 'text/plain; charset=utf-8' : 'application/json';
  const text = typeof body === 'string' ? body : `${JSON.stringify(body, null, 2)}\n`;
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(text);
}

interface Answer {
  status: number;
  /** Text, or what becomes JSON. */
  body: string | object;
}

const PATHS = 'GET and POST /dev/slack and /dev/naver-works, POST /dev/tick, GET /dev/reports and /dev/curl';

async function answerTo(request: IncomingMessage, world: DevWorld): Promise<Answer> {
  const body = await bodyOf(request);
  const asked = `${request.method} ${request.url}`;
  switch (asked) {
    case 'GET /dev/slack':
      return { status: 200, body: `${slackText(world.slack.messages)}${answersText(world)}` };
    case 'POST /dev/slack':
      return slackPerson(jsonFrom(body), world);
    case 'POST /dev/naver-works':
      return naverWorksPerson(jsonFrom(body), world);
    case 'GET /dev/naver-works':
      return { status: 200, body: naverWorksText(world) };
    case 'GET /dev/reports':
      return { status: 200, body: world.receiver.received };
    case 'GET /dev/curl':
      return { status: 200, body: await curlText(world) };
    case 'POST /dev/tick':
      return tick(body, world);
    default:
      return { status: 404, body: `${asked} is not here; there is ${PATHS}.\n` };
  }
}

/** Each with a line above it that says what it does, for a shell or for a person. */
export async function curlText(world: DevWorld): Promise<string> {
  const lines = await curlLines(world, systemClock.now());
  return lines.map(({ title, line }) => `# ${title}\n${line}\n`).join('\n');
}

const who = {
  userId: z.string().exactOptional(),
  channelId: z.string().exactOptional(),
  triggerId: z.string().exactOptional(),
};
const slackSchema = z.union([
  z.strictObject({ text: z.string(), ...who }),
  z.strictObject({ click: z.enum(CARD_ACTIONS), messageTs: z.string(), ...who }),
]);

/** Sends what somebody types or clicks, signed by the local Slack, and returns the immediate answer. */
async function slackPerson(given: unknown, { url, slack, slackAnswers }: DevWorld): Promise<Answer> {
  const { data } = slackSchema.safeParse(given);
  if (data === undefined) {
    const body =
      'expected {"text": "dev-1"} or {"click": "approve", "messageTs": "1700000000.000001"}, with "userId"\n';
    return { status: 400, body };
  }
  if ('click' in data && !isOffered(data, slack.messages)) {
    const body = `no message ${data.messageTs} has a button banap.${data.click} now; GET /dev/slack shows those that there are\n`;
    return { status: 400, body };
  }
  const { userId = PEOPLE.asker.userId, channelId = ROOMS.slack } = data;
  const userName = userId === PEOPLE.approver.userId ? PEOPLE.approver.userName : PEOPLE.asker.userName;
  const by = { ...data, userId, userName, channelId };
  const sent =
    'text' in by
      ? slack.command(`${url}/slack/commands`, by)
      : slack.click(`${url}/slack/interactions`, { ...by, actionId: `banap.${by.click}` });
  const { responses, ...answer } = await sent;
  slackAnswers.push({ userName, responses });
  return { status: 200, body: answer };
}

function isOffered(
  { click, messageTs }: { click: string; messageTs: string },
  messages: readonly LocalSlackMessage[],
): boolean {
  const blocks = messages.find(({ ts }) => ts === messageTs)?.blocks ?? [];
  return JSON.stringify(blocks).includes(`"action_id":"banap.${click}"`);
}

const naverWorksSchema = z.strictObject({
  text: z.string(),
  userId: z.string().default(PEOPLE.naverWorksAsker),
  channelId: z.string().default(ROOMS.naverWorks),
  issuedAt: z.int().exactOptional(),
});

async function naverWorksPerson(given: unknown, { url, naverWorks }: DevWorld): Promise<Answer> {
  const { data } = naverWorksSchema.safeParse(given);
  if (data === undefined) return { status: 400, body: 'expected a body such as {"text": "terminate dev-1"}\n' };
  return { status: 200, body: await naverWorks.say(`${url}/naver-works`, data) };
}

/** EventBridge's part: the start function is called with a schedule's input, through Lambda. */
async function tick(body: string, { lambda }: DevWorld): Promise<Answer> {
  const given = jsonFrom(body);
  if (typeof given !== 'object' || given === null || !('policy' in given)) {
    return { status: 400, body: 'expected a body such as {"policy": "nightly"}\n' };
  }
  const scheduledTime = new Date(systemClock.now()).toISOString();
  const { status, headers, text } = await sendOnce(`${lambda.url}/2015-03-31/functions/start/invocations`, {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ scheduledTime, ...given }),
    signal: AbortSignal.timeout(30_000), // as long as serverless.yml lets it run
  });
  const isFailed = headers.has('x-amz-function-error') || status >= 300;
  return { status: isFailed ? 400 : 200, body: record(jsonFrom(text)) };
}

function naverWorksText({ naverWorks }: DevWorld): string {
  return naverWorks.messages.map(({ to, text }) => `--- to ${to}\n${text}\n`).join('\n');
}

function slackText(messages: readonly LocalSlackMessage[]): string {
  return messages
    .map(({ channel, ts, threadTs, text, blocks, history }) => {
      const thread = threadTs === '' ? '' : `, in reply to ${threadTs}`;
      const changed = history.length === 1 ? '' : `, changed ${history.length - 1} times`;
      const shown = blocks.length === 0 ? [text] : blocks.flatMap(blockLines);
      return `--- ${channel} ${ts}${thread}${changed}\n${shown.join('\n')}\n`;
    })
    .join('\n');
}

function answersText({ slackAnswers }: DevWorld): string {
  return slackAnswers
    .flatMap(({ userName, responses }) =>
      responses.map(({ blocks }) => `\n--- only ${userName} sees\n${list(blocks).flatMap(blockLines).join('\n')}\n`),
    )
    .join('');
}

function blockLines(block: unknown): string[] {
  const { text, elements } = record(block);
  const parts = list(elements).map(record);
  const buttons = parts.filter(({ type }) => type === 'button');
  if (buttons.length > 0)
    return [buttons.map((one) => `[${wordsOf(one['text'])}: ${String(one['action_id'])}]`).join(' ')];
  return text === undefined ? parts.map(wordsOf) : [wordsOf(text)];
}

/** Of a text object, as Slack would show it. */
function wordsOf(object: unknown): string {
  const { text } = record(object);
  const words = typeof text === 'string' ? text : '';
  return words.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
