import { describe, expect, it } from 'vitest';
import { chatSettings, openChats } from '../../../lib/chat/chats.ts';
import type { ChatRequest } from '../../../lib/chat/core/chat-request.ts';
import { fakeClock, memoryStore } from '../services/cards.ts';

const nobody = (): Promise<never> => Promise.reject(new Error('reading takes no secret'));
const { received } = openChats(chatSettings({}), {
  secrets: { read: nobody, readFresh: nobody },
  clock: fakeClock(0),
  store: memoryStore(),
  onFailure: () => {},
});
const requestFrom = (event: unknown): ChatRequest => received(event).request;

const WHO = { channelId: 'C1', userId: 'U1', userName: 'hana', sealedUrl: 'c2VhbGVk', triggerId: '1.2.abc' };
const DECISION = { action: 'keep', requestId: 'chat-7f3a', planHash: '0123456789abcdef' } as const;
const MESSAGE = { userId: 'u', channelId: '', issuedAt: 1_763_953_201_716, text: '유지 dev-1 3일' };

const click = (actionTs: string) => ({
  chat: 'slack',
  kind: 'click',
  click: { ...WHO, messageTs: '1763953200.000100', actionTs, decision: DECISION },
});

describe('a chat request was at the time', () => {
  it.each([
    ['1763953201.512345', 1_763_953_201_512],
    ['1763953201.5', 1_763_953_201_500],
    ['soon', undefined],
    ['', undefined],
  ])('of the click as Slack counts: %j', (actionTs, at) => {
    expect(requestFrom(click(actionTs)).at).toBe(at);
  });

  it('at which NAVER WORKS took the message', () => {
    expect(requestFrom({ chat: 'naverWorks', kind: 'message', message: MESSAGE }).at).toBe(MESSAGE.issuedAt);
  });

  it('at which Slack signed the command, and at which it is carried out where that was not handed over', () => {
    const command = { ...WHO, command: '/terminate', text: 'help', triggerId: '1.2.abc' };
    expect(requestFrom({ chat: 'slack', kind: 'command', command, at: 1_763_953_201_000 }).at).toBe(1_763_953_201_000);
    expect(requestFrom({ chat: 'slack', kind: 'command', command }).at).toBeUndefined();
  });
});

/** How many different chat requests these are. */
function requestsIn(events: unknown[]): number {
  return new Set(events.map((event) => requestFrom(event).deliveryId)).size;
}

const clicked = { ...WHO, messageTs: '1763953200.000100', actionTs: '1763953201.512345', decision: DECISION };
const clickOf = (changes: Partial<typeof clicked>) => ({
  chat: 'slack',
  kind: 'click',
  click: { ...clicked, ...changes },
});
const commandOf = (changes: object, at = 1) => {
  const command = { ...WHO, command: '/terminate', text: 'help', triggerId: '1.2.abc', ...changes };
  return { chat: 'slack', kind: 'command', command, at };
};
const messageOf = (changes: Partial<typeof MESSAGE>) => ({
  chat: 'naverWorks',
  kind: 'message',
  message: { ...MESSAGE, channelId: 'room-1', ...changes },
});

describe('it is the same chat request only where', () => {
  it('the same person clicks in the same message at the same time', () => {
    const again = clickOf({ sealedUrl: 'YWdhaW4=', userName: 'hana.kim' });
    expect(requestsIn([clickOf({}), clickOf({}), again])).toBe(1);
    const others = [
      clickOf({ messageTs: '1763953200.000200' }),
      clickOf({ actionTs: '1763953201.512346' }),
      clickOf({ userId: 'U2' }),
    ];
    expect(requestsIn([clickOf({}), ...others])).toBe(4);
  });

  it('the command has the same trigger, whatever it says', () => {
    expect(requestsIn([commandOf({}), commandOf({}, 2), commandOf({ text: 'status' })])).toBe(1);
    expect(requestsIn([commandOf({}), commandOf({ triggerId: '1.2.abd' })])).toBe(2);
  });

  it('the same person writes the same at the same time in the same room of NAVER WORKS', () => {
    expect(requestsIn([messageOf({}), messageOf({})])).toBe(1);
    const others = [
      messageOf({ channelId: 'room-2' }),
      messageOf({ channelId: '' }),
      messageOf({ userId: 'v' }),
      messageOf({ issuedAt: MESSAGE.issuedAt + 1 }),
      messageOf({ text: `${MESSAGE.text} ` }),
    ];
    expect(requestsIn([messageOf({}), ...others])).toBe(6);
  });
});

it.each([
  ['of another chat', { chat: 'slack', kind: 'message', message: MESSAGE }, 'invalid_union'],
  ['of no chat', { chat: 'irc', kind: 'message', message: MESSAGE }, 'invalid_value'],
  ['without a kind', { chat: 'naverWorks', message: MESSAGE }, 'invalid_value'],
])('what was not handed over by a function of ours is none: %s', (_which, event, code) => {
  expect(() => requestFrom(event)).toThrow(code);
});
