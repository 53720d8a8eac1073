import { describe, expect, it } from 'vitest';
import { cardView } from '../../../lib/chat/core/card.ts';
import { parseNaverWorksCallback } from '../../../lib/chat/naver-works/callback.ts';
import { cardText, MOST_MESSAGE, naverWorksText } from '../../../lib/chat/naver-works/text.ts';
import { APPROVED, card, manyServers, SNAPSHOTS } from '../cards.ts';

const CONFIRM = 'https://banap.example/confirm/token';

describe.each(['en', 'ko'] as const)('the message in %s', (language) => {
  it.each(Object.entries(SNAPSHOTS))('of a run: %s', async (name, given) => {
    const text = cardText(cardView(given, language, { link: 'https://banap.example/runs/chat-7f3a' }), {
      confirmLink: CONFIRM,
    });
    await expect(`${text}\n`).toMatchFileSnapshot(`./snapshots/${name}.${language}.txt`);
    expect(text.length).toBeLessThanOrEqual(MOST_MESSAGE);
  });
});

it('offers the link to decide only where there is something to decide', () => {
  expect(cardText(cardView(card(), 'en'), { confirmLink: CONFIRM })).toContain(CONFIRM);
  expect(cardText(cardView(card({ state: 'ended' }), 'en'), { confirmLink: CONFIRM })).not.toContain(CONFIRM);
  expect(cardText(cardView(card(), 'en'))).not.toContain('here:');
});

it('keeps even the longest link whole, in a message that is sent', () => {
  const link = `${CONFIRM}/${'x'.repeat(1_600)}`;
  const signals = Array.from({ length: 3 }, () => ({ ...APPROVED, name: 'n'.repeat(60), reason: 'y'.repeat(200) }));
  const given = card({ requestId: 'r'.repeat(200), reason: 'z'.repeat(500), servers: manyServers(200), signals });
  const message = cardText(cardView(given, 'ko', { link: CONFIRM }), { confirmLink: link });
  expect(message.length).toBeLessThanOrEqual(MOST_MESSAGE);
  expect(message).toContain(link);
  expect(message).toContain('nightly');
});

it('says how many servers it leaves out', () => {
  const text = cardText(cardView(card({ servers: manyServers(200) }), 'en'));
  const listed = text.split('\n').filter((line) => line.startsWith('- ')).length;
  expect(listed).toBeGreaterThan(10);
  expect(text).toContain(`… and ${200 - listed} servers more`);
});

it('cuts an answer to what a message holds', () => {
  expect(naverWorksText('one\ntwo')).toBe('one\ntwo');
  expect(naverWorksText('x'.repeat(3_000)).length).toBeLessThanOrEqual(MOST_MESSAGE);
  const many = Array.from({ length: 100 }, (_, at) => `${at} ${'x'.repeat(40)}`).join('\n');
  expect(naverWorksText(many).length).toBeLessThanOrEqual(MOST_MESSAGE);
  expect(naverWorksText(many)).toMatch(/\n… \(\+\d\d\)$/);
});

const MESSAGE = {
  type: 'message',
  source: { userId: 'c72af563-0f21-4736-11e4-045237113344', channelId: '12345a12-b12c', domainId: 40029600 },
  issuedTime: '2022-01-04T05:16:05.716Z',
  content: { type: 'text', text: 'hello' },
};

describe('a callback', () => {
  it('is read', () => {
    expect(parseNaverWorksCallback(JSON.stringify(MESSAGE))).toEqual({
      kind: 'message',
      message: {
        userId: 'c72af563-0f21-4736-11e4-045237113344',
        channelId: '12345a12-b12c',
        domainId: 40029600,
        issuedAt: Date.parse('2022-01-04T05:16:05.716Z'),
        text: 'hello',
      },
    });
  });

  it('of a room of two has no channel', () => {
    const source = { userId: 'u', domainId: 1 };
    expect(parseNaverWorksCallback(JSON.stringify({ ...MESSAGE, source }))).toMatchObject({
      message: { channelId: '' },
    });
  });

  it.each([
    { ...MESSAGE, content: { type: 'sticker', packageId: '1', stickerId: '2' } },
    { ...MESSAGE, type: 'join' },
    { type: 'begin', source: { userId: 'u', domainId: 1 }, issuedTime: MESSAGE.issuedTime },
  ])('of another kind is nothing to do: %j', (given) => {
    expect(parseNaverWorksCallback(JSON.stringify(given))).toEqual({ kind: 'other' });
  });

  it.each([
    '',
    '{',
    'null',
    '[]',
    '"hello"',
    JSON.stringify({ ...MESSAGE, type: 1 }),
    JSON.stringify({ ...MESSAGE, source: {} }),
    JSON.stringify({ ...MESSAGE, source: { userId: 'secret-part', domainId: 'secret-part' } }),
    JSON.stringify({ ...MESSAGE, issuedTime: 'secret-part' }),
    JSON.stringify({ ...MESSAGE, content: { type: 'text' } }),
    JSON.stringify({ ...MESSAGE, content: { type: 'text', text: 'secret-part'.repeat(1_000) } }),
  ])('that is wrong is a problem without its words: %#', (body) => {
    const parsed = parseNaverWorksCallback(body);
    expect(parsed).toMatchObject({ kind: 'wrong' });
    expect(JSON.stringify(parsed)).not.toContain('secret-part');
  });
});
