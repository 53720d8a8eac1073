/** Approvers without buttons: each is written to in NAVER WORKS, with a link of their own to the page. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Chats, chatSettings, openChats } from '../../../lib/chat/chats.ts';
import { seal } from '../../../lib/chat/slack/sealed.ts';
import { readLink } from '../../../lib/confirm/link.ts';
import { type LocalServer, listen } from '../../../lib/dev/http.ts';
import { type LocalNaverWorks, startNaverWorks } from '../../../lib/dev/naver-works.ts';
import { type LocalSlack, startSlack } from '../../../lib/dev/slack.ts';
import { type Policy, policiesSchema } from '../../../lib/policies/schema.ts';
import type { Notifier, RunView } from '../../../lib/termination/status/run-view.ts';
import { card, fakeClock, memoryStore } from './cards.ts';

const START = Date.parse('2026-11-23T00:00:00Z');
const UNTIL = '2026-11-23T12:00:00.000Z';
const KEY = Buffer.alloc(32, 7).toString('base64');
const APPROVER = 'naver-works:';
const SLACK_HANA = 'slack:U0HANA';
const MINA = 'naver-works:c72af563-0f21-4736-8ca2-dc4f5e9cbe5e';
const DURI = 'naver-works:4f1c9e02-6d3a-4b7e-9c15-0a8b2d6e7f31';
const WITH_PAGES = { BANAP_PUBLIC_URL: 'https://banap.example.com/', CONFIRM_SECRET_ID: 'links' };
const POLICY = policyWith({ approval: { approvers: [SLACK_HANA, MINA, DURI], expiresAfter: '12h' } });

let works: LocalNaverWorks;
let slack: LocalSlack;
let clock: ReturnType<typeof fakeClock>;
let store: ReturnType<typeof memoryStore>;
let failures: unknown[];
/** Somebody whom NAVER WORKS does not know. */
let unknown: Set<string>;
let door: LocalServer;

beforeEach(async () => {
  clock = fakeClock(START);
  store = memoryStore();
  failures = [];
  unknown = new Set();
  [works, slack] = await Promise.all([startNaverWorks({ now: () => clock.now() }), startSlack()]);
  door = await listen((request, response) => void passOn(request, response).catch(() => response.destroy()));
});

afterEach(() => Promise.all([door.close(), works.close(), slack.close()]).then(() => undefined));

/** A proxy in front of NAVER WORKS, which answers for one person differently. */
async function passOn(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = 'GET', url = '/', headers } = request;
  const body = await text(request);
  if ([...unknown].some((by) => url.includes(by.slice(APPROVER.length)))) return void response.writeHead(404).end('{}');
  const { authorization = '', 'content-type': type = '' } = headers;
  const answer = await fetch(`${works.url}${url}`, { method, headers: { authorization, 'content-type': type }, body });
  response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
}

function policyWith(changes: object): Policy {
  const policy = { mode: 'terminate', select: { environment: 'vpc', names: ['dev-*'] }, ...changes };
  const { one } = policiesSchema.parse({ version: 1, policies: { one: policy } }).policies;
  if (one === undefined) throw new Error('there is no policy');
  return one;
}

function noteFailure(error: unknown): void {
  failures.push(error);
}

function chatsIn(env: Record<string, string> = WITH_PAGES): Chats {
  const of: Record<string, unknown> = { works: works.secret, slack: slack.secret, links: { keys: [KEY] } };
  const read: Parameters<typeof openChats>[1]['secrets']['read'] = (id, schema) =>
    Promise.resolve().then(() => schema.parse(of[id]));
  const settings = chatSettings({
    NAVER_WORKS_SECRET_ID: 'works',
    SLACK_SECRET_ID: 'slack',
    BANAP_NAVER_WORKS_URL: door.url,
    BANAP_SLACK_URL: slack.url,
    ...env,
  });
  return openChats(settings, { secrets: { read, readFresh: read }, clock, store, onFailure: noteFailure });
}

function notifierFor(policy = POLICY): Notifier {
  const notifier = chatsIn().notifierFor(policy);
  if (notifier === undefined) throw new Error('there is no notifier');
  return notifier;
}

function asking(changes: Partial<RunView> = {}): RunView {
  return card({ approvalUntil: UNTIL, approvers: [SLACK_HANA, MINA, DURI], ...changes });
}

/** To whom something was sent, and what the link in it lets its holder do. */
function sent(): { to: string; link: unknown }[] {
  return works.messages.map(({ to, text: said }) => {
    const [, token = ''] = /https:\/\/banap\.example\.com\/confirm\/(\S+)/.exec(said) ?? [];
    return { to, link: readLink(token, [KEY], clock.now()) };
  });
}

function linkFor(by: string, changes: object = {}): { to: string; link: unknown } {
  const link = { requestId: 'req-1', planHash: 'hash-1', by, expiresAt: Date.parse(UNTIL), ...changes };
  return { to: `users/${by.slice(APPROVER.length)}`, link: { kind: 'valid', link } };
}

const byPerson = (a: { to: string }, b: { to: string }): number => a.to.localeCompare(b.to);

describe('a run that asks', () => {
  it('writes to each approver of NAVER WORKS with a personal link, and to nobody in Slack', async () => {
    expect(await notifierFor().show(asking())).toBe(true);
    expect(sent().toSorted(byPerson)).toEqual([linkFor(DURI), linkFor(MINA)]);
    expect(slack.messages).toEqual([]);
  });

  it('does not write twice, however often it is shown and by whichever process', async () => {
    await notifierFor().show(asking());
    await notifierFor().show(asking({ missingApprovals: 2 }));
    expect(works.messages).toHaveLength(2);
  });

  it('sends a new link for a new plan', async () => {
    const notifier = notifierFor();
    await notifier.show(asking());
    await notifier.show(asking({ planHash: 'hash-2' }));
    expect(sent().slice(2).toSorted(byPerson)).toEqual([
      linkFor(DURI, { planHash: 'hash-2' }),
      linkFor(MINA, { planHash: 'hash-2' }),
    ]);
  });

  it('sends links of another run besides', async () => {
    const notifier = notifierFor();
    await notifier.show(asking());
    await notifier.show(asking({ requestId: 'req-2' }));
    expect(sent().slice(2).toSorted(byPerson)).toEqual([
      linkFor(DURI, { requestId: 'req-2' }),
      linkFor(MINA, { requestId: 'req-2' }),
    ]);
  });

  it('sends no link to who asked and may not agree', async () => {
    expect(await notifierFor().show(asking({ askedBy: MINA, barred: [MINA] }))).toBe(true);
    expect(sent()).toEqual([linkFor(DURI)]);
  });

  it.each([
    ['first', [MINA, DURI]],
    ['last', [DURI, MINA]],
  ])('does not keep the link from the others where the %s of them cannot be written to', async (_which, approvers) => {
    unknown.add(MINA);
    expect(await notifierFor(policyWith({ approval: { approvers } })).show(asking())).toBe(false);
    expect(sent()).toEqual([linkFor(DURI)]);
    expect(failures).toEqual([expect.objectContaining({ name: 'ChatError' })]);
  });

  it('sends again at the next show what failed, and only that', async () => {
    const notifier = notifierFor();
    unknown.add(MINA);
    await notifier.show(asking());
    expect(sent()).toEqual([linkFor(DURI)]);
    unknown.clear();
    expect(await notifier.show(asking())).toBe(true);
    expect(sent()).toEqual([linkFor(DURI), linkFor(MINA)]);
    await notifier.show(asking());
    expect(works.messages).toHaveLength(2);
  });
});

it.each(['announced', 'working', 'ended'] as const)('a run that is %s asks nobody for anything', async (state) => {
  expect(await notifierFor().show(asking({ state, approvalUntil: '' }))).toBe(true);
  expect(works.calls).toEqual([]);
});

describe('there is nowhere to ask', () => {
  it.each([
    ['without keys for links', { ...WITH_PAGES, CONFIRM_SECRET_ID: '' }],
    ['without pages', { ...WITH_PAGES, BANAP_PUBLIC_URL: '' }],
    ['without NAVER WORKS', { ...WITH_PAGES, NAVER_WORKS_SECRET_ID: '' }],
  ])('%s', (_what, env) => {
    expect(chatsIn(env).notifierFor(POLICY)).toBeUndefined();
  });

  it('where no approval is needed', () => {
    expect(chatsIn().notifierFor(policyWith({}))).toBeUndefined();
  });
});

describe('an answer in Slack goes where the sealed address says', () => {
  const OLD = 'an-old-signing-secret';
  const NEW = 'a-new-signing-secret';

  /** The secret in memory is the old one. */
  function answering(sealedWith: string): { answer: Promise<void>; asked: string[] } {
    const asked: string[] = [];
    const reading =
      (which: string, signingSecret: string): Parameters<typeof openChats>[1]['secrets']['read'] =>
      (_id, schema) => {
        asked.push(which);
        return Promise.resolve(schema.parse({ ...slack.secret, signingSecrets: [signingSecret] }));
      };
    const secrets = { read: reading('memory', OLD), readFresh: reading('fresh', NEW) };
    const settings = chatSettings({ SLACK_SECRET_ID: 'slack', BANAP_SLACK_URL: slack.url });
    const chats = openChats(settings, { secrets, clock, store, onFailure: noteFailure });
    const sealedUrl = seal(`${slack.url}/responses/none`, '1.2.abc', sealedWith);
    const who = { channelId: 'C1', userId: 'U1', userName: 'hana', sealedUrl, triggerId: '1.2.abc' };
    const command = { ...who, command: '/terminate', text: 'help' };
    return { answer: chats.received({ chat: 'slack', kind: 'command', command }).answer('done'), asked };
  }

  it.each([
    [OLD, ['memory']],
    [NEW, ['memory', 'fresh']],
  ])('which %s sealed', async (sealedWith, expected) => {
    const { answer, asked } = answering(sealedWith);
    // The stand-in opened no such address: that is what it says.
    await expect(answer).rejects.toMatchObject({ name: 'ChatError', code: 'HTTP 404' });
    expect(slack.calls).toEqual(['response_url']);
    expect(asked).toEqual(expected);
  });

  it('and nowhere if this deployment did not seal it', async () => {
    const { answer, asked } = answering('somebody-elses-secret');
    await expect(answer).rejects.toThrow('was not sealed with a signing secret of this deployment');
    expect(slack.calls).toEqual([]);
    expect(asked).toEqual(['memory', 'fresh']);
  });
});
