import { describe, expect, it } from 'vitest';
import { verifySlack } from '../../../lib/chat/slack/signature.ts';
import { slackSignature } from '../../../lib/dev/slack-person.ts';

/** https://docs.slack.dev/authentication/verifying-requests-from-slack */
const SECRET = '8f742231b10e8888abcd99yyyzzz85a5';
const TIMESTAMP = '1531420618';
const BODY =
  'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c';
const SIGNATURE = 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503';
const NOW = Number(TIMESTAMP) * 1000;

const example = { body: BODY, timestamp: TIMESTAMP, signature: SIGNATURE, secrets: [SECRET], now: NOW };

/** Every text that differs from this one in a single byte: each byte with one bit flipped, left out, or doubled. */
function mutations(text: string): string[] {
  return Array.from(text).flatMap((letter, at) => {
    const rest = [text.slice(0, at), text.slice(at + 1)] as const;
    const turned = Array.from({ length: 7 }, (_, bit) => String.fromCharCode(letter.charCodeAt(0) ^ (1 << bit)));
    return ['', letter + letter, ...turned].map((other) => rest.join(other)).filter((other) => other !== text);
  });
}

describe("Slack's documented request", () => {
  it('is accepted', () => {
    expect(verifySlack(example)).toBe('ok');
    expect(verifySlack({ ...example, body: Buffer.from(BODY) })).toBe('ok');
  });

  it('is refused with any byte of its body changed', () => {
    const accepted = mutations(BODY).filter((body) => verifySlack({ ...example, body }) !== 'wrong signature');
    expect(accepted).toEqual([]);
    expect(mutations(BODY).length).toBeGreaterThan(2_500);
  });

  it('is refused with any byte of its timestamp changed, whenever that would be', () => {
    for (const timestamp of mutations(TIMESTAMP)) {
      const now = Number.isFinite(Number(timestamp)) ? Number(timestamp) * 1000 : NOW;
      expect({ timestamp, verdict: verifySlack({ ...example, timestamp, now }) }).not.toMatchObject({ verdict: 'ok' });
    }
  });

  it('is refused with any byte of its signature changed', () => {
    for (const signature of mutations(SIGNATURE)) {
      expect({ signature, verdict: verifySlack({ ...example, signature }) }).not.toMatchObject({ verdict: 'ok' });
    }
  });
});

it.each([
  [300, 'ok'],
  [301, 'stale'],
  [86_400, 'stale'],
  [-300, 'ok'],
  [-301, 'from the future'],
  [-86_400, 'from the future'],
])('%d seconds after it was sent: %s', (seconds, verdict) => {
  expect(verifySlack({ ...example, now: NOW + seconds * 1000 })).toBe(verdict);
});

it.each([
  [[SECRET, 'new'], 'ok'],
  [['new', SECRET], 'ok'],
  [['new'], 'wrong signature'],
  [[], 'no signing secret'],
  [[''], 'no signing secret'],
])('with the secrets %j: %s', (secrets, verdict) => {
  expect(verifySlack({ ...example, secrets })).toBe(verdict);
});

it.each([undefined, '', ' 1531420618', '1531420618.0', '0x5b479b0a', '1e9', '-1531420618', 'NaN', '01531420618'])(
  'refuses the timestamp %j, signed or not',
  (timestamp) => {
    const signature = slackSignature(SECRET, timestamp ?? '', BODY);
    expect(verifySlack({ ...example, timestamp, signature })).toBe('no timestamp');
  },
);

it.each([
  undefined,
  '',
  'v0=',
  SIGNATURE.slice(3),
  SIGNATURE.replace('v0', 'v1'),
  SIGNATURE.toUpperCase(),
  `${SIGNATURE}00`,
  `${SIGNATURE}\n`,
])('refuses the signature %j', (signature) => {
  expect(verifySlack({ ...example, signature })).toBe('no signature');
});

it('refuses a signature that is right for another time', () => {
  const timestamp = String(Number(TIMESTAMP) + 1);
  expect(verifySlack({ ...example, timestamp })).toBe('wrong signature');
});

it('what is signed are bytes, not text', () => {
  const body = Buffer.from([0xff, 0xfe, 0x00]);
  const signature = slackSignature(SECRET, TIMESTAMP, body);
  expect(verifySlack({ ...example, body, signature })).toBe('ok');
  expect(verifySlack({ ...example, body: body.toString('utf8'), signature })).toBe('wrong signature');
});
