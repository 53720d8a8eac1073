import { describe, expect, it } from 'vitest';
import { jsonOf, mustBeOfType, textOf } from '../../lib/http/body.ts';
import { preferredLanguage } from '../../lib/http/language.ts';
import type { HttpProblem } from '../../lib/http/problem.ts';
import { MOST_BODY_BYTES, requestFrom } from '../../lib/http/request.ts';

/** As API Gateway's documentation shows it, cut to what matters. */
const EVENT = {
  version: '2.0',
  routeKey: 'POST /terminations',
  rawPath: '/terminations',
  rawQueryString: 'a=1&a=2&b=%EA%B0%80',
  headers: { Host: 'api.example.com', 'Content-Type': 'application/json', 'webhook-id': 'msg_1' },
  requestContext: {
    accountId: '111122223333',
    domainName: 'abc.execute-api.ap-northeast-2.amazonaws.com',
    http: { method: 'POST', path: '/terminations', protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'ci' },
    requestId: 'JKJaXmPLvHcESHA=',
    stage: '$default',
    timeEpoch: 1_795_435_200_000,
  },
  body: '{"reason":"부하"}',
  isBase64Encoded: false,
};

function problemOf(work: () => unknown): HttpProblem {
  try {
    work();
  } catch (error) {
    return error as HttpProblem;
  }
  throw new Error('it did not fail');
}

describe('an event of an HTTP API', () => {
  it('is a request: headers as they are, the query split, the body in bytes', () => {
    const request = requestFrom(EVENT);
    expect(request).toMatchObject({
      method: 'POST',
      path: '/terminations',
      host: 'abc.execute-api.ap-northeast-2.amazonaws.com',
      gatewayId: 'JKJaXmPLvHcESHA=',
      headers: EVENT.headers,
    });
    expect(request.query.getAll('a')).toEqual(['1', '2']);
    expect(request.query.get('b')).toBe('가');
    expect(request.body.toString('utf8')).toBe(EVENT.body);
  });

  it('has the same bytes when they come in base64, and those that are no text too', () => {
    const bytes = Buffer.from([0, 0xff, 0xfe, 0x80, 10]);
    const request = requestFrom({ ...EVENT, body: bytes.toString('base64'), isBase64Encoded: true });
    expect(request.body.equals(bytes)).toBe(true);
    const text = requestFrom({ ...EVENT, body: Buffer.from(EVENT.body).toString('base64'), isBase64Encoded: true });
    expect(text.body.equals(requestFrom(EVENT).body)).toBe(true);
  });

  it('without a body has an empty one', () => {
    const { body: _body, ...without } = EVENT;
    expect(requestFrom(without).body).toHaveLength(0);
  });

  it.each(['!!!!', 'YQ', 'YQ==\n', 'Y Q==', 'YQ==YQ==', 'YR==', '-_-_'])(
    'in base64 that is none (%j) is a 400',
    (body) => {
      expect(problemOf(() => requestFrom({ ...EVENT, body, isBase64Encoded: true })).status).toBe(400);
    },
  );

  it('with half a character is a 400', () => {
    expect(problemOf(() => requestFrom({ ...EVENT, body: '"\ud800"' })).status).toBe(400);
  });

  it.each([
    undefined,
    null,
    'text',
    [],
    {},
    { ...EVENT, version: '1.0' },
    { ...EVENT, headers: [] },
    { ...EVENT, body: {} },
  ])('that is none (%#) is a 400', (event) => {
    expect(problemOf(() => requestFrom(event)).status).toBe(400);
  });

  it.each([
    [MOST_BODY_BYTES, false],
    [MOST_BODY_BYTES, true],
  ])('takes %i bytes and not one more (base64: %s)', (most, isBase64Encoded) => {
    const bodyOf = (bytes: number): string => {
      const text = 'x'.repeat(bytes);
      return isBase64Encoded ? Buffer.from(text).toString('base64') : text;
    };
    expect(requestFrom({ ...EVENT, body: bodyOf(most), isBase64Encoded }).body).toHaveLength(most);
    expect(problemOf(() => requestFrom({ ...EVENT, body: bodyOf(most + 1), isBase64Encoded })).status).toBe(413);
    expect(problemOf(() => requestFrom({ ...EVENT, body: bodyOf(most * 4), isBase64Encoded })).status).toBe(413);
  });

  it('counts bytes, not characters', () => {
    expect(problemOf(() => requestFrom({ ...EVENT, body: '가'.repeat(MOST_BODY_BYTES / 2) })).status).toBe(413);
  });
});

describe('the content type', () => {
  it.each([
    'application/json',
    'Application/JSON',
    'application/json; charset=utf-8',
    'application/json;charset="UTF-8"',
  ])('%s is taken', (type) => {
    expect(() =>
      mustBeOfType(requestFrom({ ...EVENT, headers: { 'content-type': type } }), 'application/json'),
    ).not.toThrow();
  });

  it.each([
    undefined,
    '',
    'text/plain',
    'application/jsonp',
    'application/json; charset=euc-kr',
    'application/json, text/plain',
  ])('%s is a 415 that names the accepted type', (type) => {
    const headers = type === undefined ? {} : { 'content-type': type };
    const problem = problemOf(() => mustBeOfType(requestFrom({ ...EVENT, headers }), 'application/json'));
    expect(problem).toMatchObject({ status: 415, headers: { accept: 'application/json' } });
  });
});

function withEncoding(encoding: string) {
  const request = requestFrom({
    ...EVENT,
    headers: { 'content-type': 'application/json', 'content-encoding': encoding },
  });
  return () => mustBeOfType(request, 'application/json');
}

describe('the content encoding', () => {
  it.each(['identity', 'Identity', ''])('%j is taken: the body is what it is', (encoding) => {
    expect(withEncoding(encoding)).not.toThrow();
  });

  it.each(['gzip', 'br', 'identity, gzip', 'x'])('%s is a 415 that names the accepted type', (encoding) => {
    expect(problemOf(withEncoding(encoding))).toMatchObject({
      status: 415,
      headers: { 'accept-encoding': 'identity' },
    });
  });
});

describe('a key that an object has twice', () => {
  it.each([
    ['policy', '{"policy": "a", "policy": "b"}'],
    ['policy', '{"policy": "a", "servers": ["1"], "\\u0070olicy": "a"}'],
    ['__proto__', '{"__proto__": 1, "__proto__": 1}'],
    ['a', '{"x": [{"a": {"b": 1}}, {"a": 1, "b": {"a": 2}, "a": 3}]}'],
    ['', '{"": 1, "": 2}'],
    ['"', String.raw`{"\"": 1, "b": ":\\", "\"": 2}`],
  ])('%j is a 400 that names it, but not where it is logged', (key, text) => {
    const problem = problemOf(() => jsonOf(text, '{}'));
    expect(problem.problems).toEqual([
      `the key ${JSON.stringify(key)} occurs more than once in one object; keep one of them`,
    ]);
    expect([problem.status, problem.message]).toEqual([400, 'the body is not valid; every problem is listed']);
  });

  it.each([
    '{"a": {"a": 1}, "b": [{"a": 1}, {"a": 1}]}',
    '{"a": "\\"b\\": 1, \\"b\\":", "b": 1}',
    '["a", "a"]',
    '"a"',
    '1',
  ])('%s has none', (text) => {
    expect(jsonOf(text, '{}')).toEqual(JSON.parse(text));
  });

  it('is cut where it is long', () => {
    const key = 'k'.repeat(5_000);
    expect(problemOf(() => jsonOf(`{"${key}": 1, "${key}": 2}`, '{}')).problems[0]?.length).toBeLessThan(150);
  });
});

it.each([[[0xff]], [[0xc3, 0x28]], [[0xed, 0xa0, 0x80]], [[0xea, 0xb0]]])('%j is no UTF-8, which is a 400', (bytes) => {
  const body = Buffer.from(bytes).toString('base64');
  expect(problemOf(() => textOf(requestFrom({ ...EVENT, body, isBase64Encoded: true }))).status).toBe(400);
});

it('a byte order mark stays in the text', () => {
  expect(textOf(requestFrom({ ...EVENT, body: '\uFEFF{}' }))).toBe('\uFEFF{}');
});

it('what is not JSON is a 400 that does not quote it', () => {
  const problem = problemOf(() => jsonOf('{"token": hush-hush', '{}'));
  expect(problem.status).toBe(400);
  expect(problem.message).not.toContain('hush');
});

it.each([
  [undefined, 'en'],
  ['', 'en'],
  ['*', 'en'],
  ['ko', 'ko'],
  ['ko-KR,ko;q=0.9,en-US;q=0.8,en;q=0.7', 'ko'],
  ['en-US,en;q=0.9,ko;q=0.8', 'en'],
  ['fr, ko;q=0.5', 'ko'],
  ['ko;q=0', 'en'],
  ['ko;q=nonsense', 'en'],
  ['en;q=0.1, KO;q=0.2', 'ko'],
])('who accepts %s reads %s', (header, language) => {
  expect(preferredLanguage(header, ['en', 'ko'])).toBe(language);
});
