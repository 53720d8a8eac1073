import { describe, expect, it } from 'vitest';
import { type SignedRequest, TOLERANCE_SECONDS, verifiedCaller } from '../../lib/webhook/verify.ts';
import { keyOf, signatureOf, signedHeaders } from './signed.ts';

/** Published with the reference libraries of Standard Webhooks (test "sign function works"). */
const PUBLISHED = {
  key: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  body: '{"test": 2432232314}',
  headers: {
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  },
};
/** Published as well (test "multi sig payload is valid"): signatures of something else. */
const OTHERS = 'Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc=';
const THEN = 1_614_265_330_000;
const CI = new Map([['ci', [PUBLISHED.key]]]);

function verified(changed: Partial<SignedRequest> = {}, keys: ReadonlyMap<string, string[]> = CI, now = THEN) {
  return verifiedCaller({ headers: PUBLISHED.headers, text: PUBLISHED.body, ...changed }, keys, now)?.caller;
}

function withHeader(name: keyof typeof PUBLISHED.headers, value: string | undefined): Partial<SignedRequest> {
  const { [name]: _old, ...rest } = PUBLISHED.headers;
  return { headers: value === undefined ? rest : { ...rest, [name]: value } };
}

describe("Standard Webhooks' published message", () => {
  it('is of the caller whose key it was signed with, and brings its id', () => {
    expect(verifiedCaller({ headers: PUBLISHED.headers, text: PUBLISHED.body }, CI, THEN)).toEqual({
      caller: 'ci',
      webhookId: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    });
  });

  it('is taken with several signatures in the header, whichever of them fits', () => {
    const right = PUBLISHED.headers['webhook-signature'];
    expect(verified(withHeader('webhook-signature', `v1,${OTHERS} v2,${OTHERS} ${right} v1,${OTHERS}`))).toBe('ci');
    expect(verified(withHeader('webhook-signature', `v1,${OTHERS} v2,${OTHERS}`))).toBeUndefined();
    expect(verified(withHeader('webhook-signature', right.replace('v1,', 'v2,')))).toBeUndefined();
    expect(verified(withHeader('webhook-signature', right.replace('v1,', 'v1a,')))).toBeUndefined();
  });

  it('is refused with more signatures than anybody sends', () => {
    const right = PUBLISHED.headers['webhook-signature'];
    const many = (count: number): string => [...Array(count).fill(`v1,${OTHERS}`), right].join(' ');
    expect(verified(withHeader('webhook-signature', many(19)))).toBe('ci');
    expect(verified(withHeader('webhook-signature', many(20)))).toBeUndefined();
  });

  it.each(Object.keys(PUBLISHED.headers) as (keyof typeof PUBLISHED.headers)[])('is refused without %s', (name) => {
    expect(verified(withHeader(name, undefined))).toBeUndefined();
    expect(verified(withHeader(name, ''))).toBeUndefined();
  });
});

/** Every byte of a text changed in eight ways, one at a time, taken out, and doubled. */
function* mutations(text: string): Generator<string> {
  for (let index = 0; index < text.length; index += 1) {
    const [before, byte, after] = [text.slice(0, index), text.charCodeAt(index), text.slice(index + 1)];
    for (let bit = 0; bit < 8; bit += 1) yield `${before}${String.fromCharCode(byte ^ (1 << bit))}${after}`;
    yield `${before}${after}`;
    yield `${before}${String.fromCharCode(byte, byte)}${after}`;
  }
}

describe('every single-byte mutation fails', () => {
  it('of the body', () => {
    const taken = [...mutations(PUBLISHED.body)].filter((text) => verified({ text }) !== undefined);
    expect(taken).toEqual([]);
  });

  // The bits as they are, whatever clock would accept the message.
  it.each(Object.keys(PUBLISHED.headers) as (keyof typeof PUBLISHED.headers)[])('of %s', (name) => {
    const all = [...mutations(PUBLISHED.headers[name])].filter((value) => value !== PUBLISHED.headers[name]);
    expect(all.length).toBeGreaterThan(90);
    const taken = all.filter((value) => {
      const now = name === 'webhook-timestamp' ? Number.parseInt(value, 10) * 1000 : THEN;
      return verified(withHeader(name, value), CI, now) !== undefined;
    });
    expect(taken).toEqual([]);
  });

  it.each(['1614265330x', '1614265330.0', ' 1614265330', '+1614265330', '01614265330', '1.61426533e9', '0x60379972'])(
    'and the time %j, which a lenient reader would take for the same',
    (value) => {
      expect(verified(withHeader('webhook-timestamp', value))).toBeUndefined();
    },
  );

  it.each(['v1,%s,', 'v1, %s', 'v1,%s=', 'V1,%s'])('and the signature %j', (form) => {
    const [, right = ''] = PUBLISHED.headers['webhook-signature'].split(',');
    expect(verified(withHeader('webhook-signature', form.replace('%s', right)))).toBeUndefined();
  });
});

describe('the time', () => {
  it.each([
    [0, 'ci'],
    [TOLERANCE_SECONDS, 'ci'],
    [-TOLERANCE_SECONDS, 'ci'],
    [TOLERANCE_SECONDS + 1, undefined],
    [-TOLERANCE_SECONDS - 1, undefined],
    [10 * 365 * 86_400, undefined],
  ])('%i seconds off: %s', (seconds, caller) => {
    expect(verified({}, CI, THEN + seconds * 1000)).toBe(caller);
  });

  it('is five minutes either way, as the library has it', () => {
    expect(TOLERANCE_SECONDS).toBe(300);
  });
});

describe('which key fits says who calls', () => {
  const message = { id: 'msg_1', timestamp: THEN / 1000, body: '{}' };
  const keys = new Map([
    ['ci', [keyOf(1), keyOf(2)]],
    ['portal', [keyOf(3)]],
  ]);

  it.each([
    [1, 'ci'],
    [2, 'ci'],
    [3, 'portal'],
    [4, undefined],
  ])('key %i: %s', (number, caller) => {
    const headers = signedHeaders({ ...message, key: keyOf(number) });
    expect(verified({ headers, text: '{}' }, keys)).toBe(caller);
  });

  it('a key of two callers is nobody', () => {
    const shared = new Map([...keys, ['other', [keyOf(3)]]]);
    expect(verified({ headers: signedHeaders({ ...message, key: keyOf(3) }), text: '{}' }, shared)).toBeUndefined();
    expect(verified({ headers: signedHeaders({ ...message, key: keyOf(1) }), text: '{}' }, shared)).toBe('ci');
  });

  it('without callers nobody calls', () => {
    expect(verified({}, new Map())).toBeUndefined();
  });

  it('one text cannot be two messages: an id with a full stop is refused', () => {
    const headers = signedHeaders({ ...message, id: 'msg.1', key: keyOf(1) });
    expect(verified({ headers, text: '{}' }, keys)).toBeUndefined();
  });

  it('a body in Korean with a byte order mark is taken as it was signed, and not without its mark', () => {
    const text = '\uFEFF{"reason":"부하 시험"}';
    const headers = { ...signedHeaders({ ...message, key: keyOf(1), body: text }) };
    expect(verified({ headers, text }, keys)).toBe('ci');
    expect(verified({ headers, text: text.slice(1) }, keys)).toBeUndefined();
  });

  it('signed by hand is signed as published', () => {
    const { key, body, headers } = PUBLISHED;
    const { 'webhook-id': id } = headers;
    expect(signatureOf({ key, id, timestamp: 1_614_265_330, body })).toBe(headers['webhook-signature']);
  });
});
