/** Ready-made `curl` lines with valid signatures, quoted for a shell. */

import { randomUUID } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { type CardDecision, parseButtonValue } from '../chat/core/card-button.ts';
import { requestIdFor } from '../webhook/terminations.ts';
import { PEOPLE, ROOMS, SAMPLES } from './dev-policies.ts';
import type { DevWorld } from './dev-world.ts';
import { bodyOf, listen } from './http.ts';
import { list, record } from './slack-limits.ts';

export interface CurlLine {
  /** What it does. */
  title: string;
  line: string;
}

/** What the chat services send is what their stand-ins would send; they sign it. Valid for about five minutes. */
export async function curlLines(world: DevWorld, now: number): Promise<CurlLine[]> {
  const { url } = world;
  const [command, message, click] = await Promise.all([
    slackCommand(world),
    naverWorksMessage(world),
    clickLine(world),
  ]);
  return [
    ...webhookLines(world, now),
    { title: 'Slack: /terminate, asked for by mina', line: curl('POST', `${url}/slack/commands`, command) },
    ...click,
    { title: 'NAVER WORKS: a message to the bot', line: curl('POST', `${url}/naver-works`, message) },
    {
      title: 'a schedule fires',
      line: `curl -sS --fail-with-body -X POST ${url}/dev/tick -d '{"policy": "nightly"}'`,
    },
  ];
}

function slackCommand(world: DevWorld): Promise<Sent> {
  const text = `${sample(world, SAMPLES.slack)} because the demo is over`;
  const said = { text, channelId: ROOMS.slack, ...PEOPLE.asker };
  return sentBy((to) => heard(world, PEOPLE.asker, world.slack.command(to, said)));
}

function naverWorksMessage(world: DevWorld): Promise<Sent> {
  const text = `terminate ${sample(world, SAMPLES.naverWorks)} because the demo is over`;
  const said = { text, userId: PEOPLE.naverWorksAsker, channelId: ROOMS.naverWorks };
  return sentBy((to) => world.naverWorks.say(to, said));
}

/** A click on the last message that waits for approval. */
async function clickLine(world: DevWorld): Promise<CurlLine[]> {
  const { url, slack } = world;
  const waiting = slack.messages.flatMap(({ ts, blocks }) => {
    const button = approveIn(blocks);
    return button === undefined ? [] : { ts, requestId: button.requestId };
  });
  const last = waiting.at(-1);
  if (last === undefined) return [];
  const said = { messageTs: last.ts, actionId: 'banap.approve', ...PEOPLE.approver };
  const click = await sentBy((to) => heard(world, PEOPLE.approver, slack.click(to, said)));
  const title = `Slack: ${PEOPLE.approver.userName} approves run ${last.requestId} with a click`;
  const { userId } = PEOPLE.approver;
  const asked = JSON.stringify({ click: 'approve', messageTs: last.ts, userId });
  return [
    { title, line: curl('POST', `${url}/slack/interactions`, click) },
    {
      title: 'the same click, signed by the local Slack; keep, snooze-1d, reject and cancel are others',
      line: `curl -sS ${url}/dev/slack -d ${quoted(asked)}`,
    },
  ];
}

function approveIn(blocks: readonly unknown[]): CardDecision | undefined {
  const elements = blocks.flatMap((block) => list(record(block)['elements'])).map(record);
  const button = elements.find((element) => element['action_id'] === 'banap.approve');
  const value = button?.['value'];
  return typeof value === 'string' ? parseButtonValue(value) : undefined;
}

/** What is answered to this person later. */
async function heard(
  { slackAnswers }: DevWorld,
  { userName }: { userName: string },
  sent: ReturnType<DevWorld['slack']['command']>,
): Promise<void> {
  slackAnswers.push({ userName, responses: (await sent).responses });
}

function webhookLines({ url, keys, ...world }: DevWorld, now: number): CurlLine[] {
  const id = `dev-${randomUUID()}`;
  const server = serversNamed(world, SAMPLES.webhook)[0]?.serverInstanceNo ?? '1003';
  const ask = JSON.stringify({ policy: 'with-approval', servers: [server], reason: "the branch's tests are done" });
  const run = `${url}/terminations/${requestIdFor({ caller: 'ci', webhookId: id })}`;
  const signed = (body: string, messageId: string): Sent => ({
    headers: signedHeaders(messageId, body, keys, now),
    body,
  });
  const cancel = JSON.stringify({ reason: 'needed after all' });
  return [
    { title: `webhook: terminate server ${server}`, line: curl('POST', `${url}/terminations`, signed(ask, id)) },
    { title: 'webhook: how it goes', line: curl('GET', run, signed('', randomUUID())) },
    { title: 'webhook: cancel it', line: curl('POST', `${run}/cancel`, signed(cancel, randomUUID())) },
  ];
}

/** After Standard Webhooks, in the name of the caller `ci`. */
function signedHeaders(id: string, body: string, { caller }: DevWorld['keys'], now: number): Record<string, string> {
  return {
    ...(body !== '' && { 'content-type': 'application/json' }),
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now / 1000)),
    'webhook-signature': new Webhook(caller).sign(id, new Date(now), body),
  };
}

/** Captures what a service sends without delivering it. */
async function sentBy(send: (to: string) => Promise<unknown>): Promise<Sent> {
  const { promise, resolve } = Promise.withResolvers<Sent>();
  const nowhere = await listen((request, response) => {
    const kept = Object.entries(request.headers).filter(([name]) => /^(content-type$|x-)/.test(name));
    const headers = Object.fromEntries(kept.map(([name, value]) => [name, String(value)]));
    resolve(bodyOf(request).then((body) => ({ headers, body })));
    response.end();
  });
  try {
    await send(nowhere.url);
    return await promise;
  } finally {
    await nowhere.close();
  }
}

function sample(world: Pick<DevWorld, 'simulator'>, names: readonly string[]): string {
  return serversNamed(world, names)[0]?.serverName ?? names[0] ?? '';
}

/** Those that are still there, in the order of their names. */
function serversNamed({ simulator }: Pick<DevWorld, 'simulator'>, names: readonly string[]) {
  const { servers } = simulator.state();
  return names.flatMap((name) => servers.find(({ serverName }) => serverName === name) ?? []);
}

interface Sent {
  headers: Record<string, string>;
  body: string;
}

function curl(method: string, url: string, { headers, body }: Sent): string {
  const named = Object.entries(headers).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`);
  const data = body === '' ? [] : [`--data-binary ${quoted(body)}`];
  return ['curl -sS --fail-with-body', `-X ${method}`, url, ...named, ...data].join(' ');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
