import { describe, expect, it } from 'vitest';
import { verifyNaverWorks } from '../../../lib/chat/naver-works/signature.ts';

/** The message of https://developers.worksmobile.com/kr/docs/bot-callback, signed with openssl. */
const BODY =
  '{"type":"message","source":{"userId":"c72af563-0f21-4736-11e4-045237113344","channelId":"12345a12-b12c-12d3-e123fghijkl","domainId":40029600},"issuedTime":"2022-01-04T05:16:05.716Z","content":{"type":"text","text":"hello"}}';
const SECRET = 'bot-secret-for-tests';
const SIGNATURE = 'i96p38x2Z3OpMRmWVztbxpLAu+rT3bV3Kv7sSkD9Ph0=';

const example = { body: BODY, signature: SIGNATURE, secrets: [SECRET] };

function mutations(text: string): string[] {
  return Array.from(text).flatMap((letter, at) => {
    const turned = Array.from({ length: 7 }, (_, bit) => String.fromCharCode(letter.charCodeAt(0) ^ (1 << bit)));
    const others = ['', letter + letter, ...turned].map((other) => text.slice(0, at) + other + text.slice(at + 1));
    return others.filter((other) => other !== text);
  });
}

describe('a callback of NAVER WORKS', () => {
  it('is accepted', () => {
    expect(verifyNaverWorks(example)).toBe('ok');
    expect(verifyNaverWorks({ ...example, body: Buffer.from(BODY) })).toBe('ok');
  });

  it('is refused with any byte of its body changed', () => {
    const accepted = mutations(BODY).filter((body) => verifyNaverWorks({ ...example, body }) !== 'wrong signature');
    expect(accepted).toEqual([]);
    expect(mutations(BODY).length).toBeGreaterThan(1_500);
  });

  it('is refused with any byte of its signature changed, also where base64 would read the same', () => {
    const accepted = mutations(SIGNATURE).filter((signature) => verifyNaverWorks({ ...example, signature }) === 'ok');
    expect(accepted).toEqual([]);
  });
});

it.each([
  [[SECRET, 'new'], 'ok'],
  [['new', SECRET], 'ok'],
  [['new'], 'wrong signature'],
  [[], 'no bot secret'],
  [[''], 'no bot secret'],
])('with the secrets %j: %s', (secrets, verdict) => {
  expect(verifyNaverWorks({ ...example, secrets })).toBe(verdict);
});

it.each([undefined, '', '=', SIGNATURE.slice(0, -1), `${SIGNATURE} `, `${SIGNATURE}AA`, SIGNATURE.replace('=', '')])(
  'refuses the signature %j',
  (signature) => {
    expect(verifyNaverWorks({ ...example, signature })).toBe('no signature');
  },
);
