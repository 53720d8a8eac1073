import { describe, expect, it } from 'vitest';
import { visitFrom } from '../../../lib/chat/attend/visit.ts';

const WHO = { channelId: 'C1', userId: 'U1', userName: 'hana', responseUrl: 'https://hooks.slack.com/actions/1' };
const DECISION = { action: 'keep', requestId: 'chat-7f3a', planHash: '0123456789abcdef' } as const;
const MESSAGE = { userId: 'u', channelId: '', issuedAt: 1_763_953_201_716, text: '유지 dev-1 3일' };

const click = (actionTs: string) => ({
  chat: 'slack',
  kind: 'click',
  click: { ...WHO, messageTs: '1763953200.000100', actionTs, decision: DECISION },
});

describe('a visit was at the time', () => {
  it.each([
    ['1763953201.512345', 1_763_953_201_512],
    ['1763953201.5', 1_763_953_201_500],
    ['soon', undefined],
    ['', undefined],
  ])('of the click as Slack counts: %j', (actionTs, at) => {
    expect(visitFrom(click(actionTs)).visit.at).toBe(at);
  });

  it('at which NAVER WORKS took the message', () => {
    expect(visitFrom({ chat: 'naverWorks', kind: 'message', message: MESSAGE }).visit.at).toBe(MESSAGE.issuedAt);
  });

  it('at which Slack signed the command, and at which it is carried out where that was not handed over', () => {
    const command = { ...WHO, command: '/terminate', text: 'help', triggerId: '1.2.abc' };
    expect(visitFrom({ chat: 'slack', kind: 'command', command, at: 1_763_953_201_000 }).visit.at).toBe(
      1_763_953_201_000,
    );
    expect(visitFrom({ chat: 'slack', kind: 'command', command }).visit.at).toBeUndefined();
  });
});

it('what was not handed over by a function of ours is none', () => {
  expect(() => visitFrom({ chat: 'slack', kind: 'message', message: MESSAGE })).toThrow('invalid_value');
});
