import { describe, expect, it } from 'vitest';
import { codeFor, GATEWAY_CODES, TERMINATE_CODES } from '../../lib/ncloud/codes.ts';
import { errorIn, errorInDocument, kindOfStatus, NcloudError } from '../../lib/ncloud/errors.ts';
import { readDocument, readReply } from '../../lib/ncloud/reply.ts';

const ACTION = 'terminateServerInstances';

function errorOf(text: string, status: number, retryAfterMs?: number): NcloudError {
  const error = errorIn(readReply(text), ACTION, { status, retryAfterMs });
  if (error === undefined) throw new Error('it is a success');
  return error;
}

function refusedWith(returnCode: string): NcloudError {
  return errorOf(JSON.stringify({ responseError: { returnCode, returnMessage: 'words' } }), 400);
}

describe("an error of NCP's service", () => {
  it.each([
    ['XML', '<responseError><returnCode>24073</returnCode><returnMessage>words</returnMessage></responseError>'],
    [
      'padded XML',
      '<responseError>\n<returnCode> 24073\n</returnCode><returnMessage>\n  words </returnMessage></responseError>',
    ],
    ['JSON', '{"responseError": {"returnCode": "24073", "returnMessage": "words"}}'],
    ['JSON with a number', '{"responseError": {"returnCode": 24073, "returnMessage": " words\\n"}}'],
    ['JSON with the other names', '{"responseError": {"responseCode": "24073", "responseMessage": "words"}}'],
    [
      'XML with the other names',
      '<responseError><responseCode>24073</responseCode><responseMessage>words</responseMessage></responseError>',
    ],
    [
      'the root of a success',
      `<${ACTION}Response><returnCode>24073</returnCode><returnMessage>words</returnMessage></${ACTION}Response>`,
    ],
  ])('is read from %s', (_form, text) => {
    expect(errorOf(text, 400)).toMatchObject({
      kind: 'refused',
      status: 400,
      returnCode: '24073',
      returnMessage: 'words',
      remedy: 'look',
      message: 'terminateServerInstances was refused by NCP: HTTP 400, code 24073: words',
    });
  });

  it.each([200, 201, 400, 401, 403, 404, 429, 500, 502, 503, 504])('is one under HTTP %i', (status) => {
    const text = '<responseError><returnCode>21001</returnCode><returnMessage>m</returnMessage></responseError>';
    expect(errorOf(text, status)).toMatchObject({ kind: 'refused', remedy: 'protected', status });
  });

  it('without a code fails and says so', () => {
    expect(errorOf('<responseError><returnMessage>m</returnMessage></responseError>', 400)).toMatchObject({
      kind: 'refused',
      remedy: 'fail',
      returnCode: '',
    });
  });

  it('with a code that is not known fails: unknown is never retried', () => {
    expect(refusedWith('99999').remedy).toBe('fail');
  });

  it.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])('with the code %s fails too', (code) => {
    expect(refusedWith(code).remedy).toBe('fail');
  });
});

describe("NCP's 18 codes for terminateServerInstances", () => {
  it.each(Object.keys(TERMINATE_CODES))('%s is a refusal with the remedy that its entry names', (code) => {
    expect(refusedWith(code)).toMatchObject({ kind: 'refused', remedy: TERMINATE_CODES[code]?.remedy });
  });

  it('exist', () => {
    expect(Object.keys(TERMINATE_CODES).toSorted()).toEqual(
      '10501 10713 21001 23006 24073 24103 24105 24109 24120 25014 25015 25016 25021 25022 25023 25024 25027 25050'.split(
        ' ',
      ),
    );
  });

  it('never call for sending the same call at once', () => {
    const remedies = new Set(Object.values(TERMINATE_CODES).map((code) => code.remedy));
    expect([...remedies].toSorted()).toEqual(['fail', 'gone', 'look', 'protected', 'wait']);
  });
});

describe('other codes', () => {
  it.each([
    ['1', 'unknown'],
    ['1000', 'unknown'],
    ['1300', 'unknown'],
    ['3000100', 'unknown'],
    ['900', 'fail'],
    ['23003', 'wait'],
    ['24002', 'look'],
    ['25013', 'wait'],
    ['25017', 'wait'],
    ['25018', 'wait'],
    ['25032', 'wait'],
    ['25033', 'wait'],
    ['25041', 'wait'],
    ['50160', 'wait'],
    ['28102', 'done'],
    ['1003016', 'wait'],
    ['1080101', 'wait'],
    ['1100031', 'look'],
    ['1101003', 'wait'],
    ['1200004', 'wait'],
    ['1250000', 'wait'],
  ])('%s calls for %s', (code, remedy) => {
    expect(codeFor(code)?.meaning).not.toBe('');
    expect(refusedWith(code)).toMatchObject({ kind: 'refused', remedy });
  });

  it('800 is about the keys, like its 401', () => {
    expect(refusedWith('800')).toMatchObject({ kind: 'authentication', remedy: 'fatal', fatal: true });
  });
});

describe('an error of the gateway', () => {
  it.each([
    ['a string', '{"error": {"errorCode": "410", "message": "Throttle Limited", "details": ""}}'],
    ['a number', '{"error": {"errorCode": 410, "message": "Throttle Limited"}}'],
    ['XML', '<error><errorCode>410</errorCode><message>Throttle Limited</message><details/></error>'],
  ])('is read with its code as %s', (_form, text) => {
    expect(errorOf(text, 429, 3_000)).toMatchObject({
      kind: 'throttled',
      remedy: 'later',
      returnCode: '410',
      returnMessage: 'Throttle Limited',
      retryAfterMs: 3_000,
      message: 'terminateServerInstances was throttled: HTTP 429, code 410: Throttle Limited',
    });
  });

  it.each([
    ['<strong>Bad</strong> Request<br>Exception', 'Bad Request Exception'],
    ['<p class="x">a &lt;b&gt; &amp; c&nbsp;d</p>', 'a <b> & c d'],
    ['1 < 2 and 3 > 2', '1 < 2 and 3 > 2'],
    ['<br/>', ''],
    ['서버가<BR />없습니다.', '서버가 없습니다.'],
  ])('%j is told without HTML', (message, told) => {
    const text = JSON.stringify({ error: { errorCode: '999', message } });
    expect(errorOf(text, 400).returnMessage).toBe(told);
  });

  it('is told with its details', () => {
    const text = '{"error": {"errorCode": "200", "message": "Authentication Failed", "details": "Invalid."}}';
    expect(errorOf(text, 401).returnMessage).toBe('Authentication Failed: Invalid.');
  });

  it.each([
    ['100', 400, 'rejected', 'fail'],
    ['200', 401, 'authentication', 'fatal'],
    ['210', 401, 'permission', 'fatal'],
    ['230', 403, 'permission', 'fatal'],
    ['300', 404, 'rejected', 'fail'],
    ['400', 429, 'quota', 'later'],
    ['410', 429, 'throttled', 'later'],
    ['420', 429, 'throttled', 'later'],
    ['430', 413, 'rejected', 'fail'],
    ['500', 503, 'unavailable', 'unknown'],
    ['510', 504, 'unavailable', 'unknown'],
    ['900', 500, 'unavailable', 'unknown'],
  ])('%s under HTTP %i is of kind %s and calls for %s', (errorCode, status, kind, remedy) => {
    const error = errorOf(JSON.stringify({ error: { errorCode, message: 'm' } }), status);
    expect(error).toMatchObject({ kind, remedy, fatal: remedy === 'fatal' });
  });

  it('is known by twelve codes, all of them tested here', () => {
    expect(Object.keys(GATEWAY_CODES)).toHaveLength(12);
  });

  it.each([
    [401, 'authentication'],
    [403, 'permission'],
    [404, 'rejected'],
    [429, 'throttled'],
    [500, 'unavailable'],
    [200, 'unreadable'],
  ])('with an unknown code under HTTP %i is of kind %s', (status, kind) => {
    expect(errorOf('{"error": {"errorCode": "777", "message": "m"}}', status).kind).toBe(kind);
    expect(kindOfStatus(status)).toBe(kind);
  });
});

describe('what is neither error nor success', () => {
  it.each([
    ['a success under HTTP 500', `<${ACTION}Response><returnCode>0</returnCode></${ACTION}Response>`, 500],
    ['a success under HTTP 400', `<${ACTION}Response><returnCode>0</returnCode></${ACTION}Response>`, 400],
    ['a reply without a return code', `<${ACTION}Response><totalRows>1</totalRows></${ACTION}Response>`, 200],
    ['a reply with an empty return code', `<${ACTION}Response><returnCode/><n>1</n></${ACTION}Response>`, 200],
    [
      'the reply of another action',
      '<stopServerInstancesResponse><returnCode>0</returnCode></stopServerInstancesResponse>',
      200,
    ],
    ['a page', '<html><head><title>502</title></head><body>Bad Gateway</body></html>', 200],
    ['a JSON object that is something else', '{"message": {"text": "hello"}}', 200],
  ])('is unreadable, and what was done is unknown: %s', (_what, text, status) => {
    expect(errorOf(text, status)).toMatchObject({ kind: 'unreadable', remedy: 'unknown', fatal: false });
  });

  it('quotes at most the beginning of a root that it does not know', () => {
    const root = 'x'.repeat(450);
    expect(errorOf(`<${root}><a>1</a></${root}>`, 200).message.length).toBeLessThan(300);
  });
});

describe('kinds', () => {
  it.each([
    ['keyless', 'later'],
    ['rotated', 'later'],
    ['unsent', 'later'],
    ['unreachable', 'later'],
    ['cut', 'unknown'],
    ['unreadable', 'unknown'],
    ['unavailable', 'unknown'],
    ['rejected', 'fail'],
  ] as const)('%s calls for %s', (kind, remedy) => {
    expect(new NcloudError(kind, ACTION, {}).remedy).toBe(remedy);
  });

  it('only one that says that the action may have been done calls for a look first', () => {
    const before = ['keyless', 'unsent', 'unreachable'] as const;
    const refused = ['rotated', 'throttled', 'quota', 'rejected', 'authentication', 'permission'] as const;
    for (const kind of [...before, ...refused]) expect(new NcloudError(kind, ACTION, {}).remedy).not.toBe('unknown');
  });

  it.each([
    ['refused', { kind: 'refused', of: ACTION, returnCode: '25022', returnMessage: 'The server is busy.' }],
    ['cut', { kind: 'no-answer', of: ACTION, code: '25022' }],
    ['permission', { kind: 'not-permitted', of: ACTION, code: '25022' }],
  ] as const)('%s is told as data, with what NCP said', (kind, failure) => {
    const said = { returnCode: '25022', returnMessage: 'The server is busy.' };
    expect(new NcloudError(kind, ACTION, said).failure).toMatchObject(failure);
    expect(new NcloudError('cut', ACTION, { status: 504 }).failure).toMatchObject({ code: 'HTTP 504' });
  });

  it('keep their cause', () => {
    const cause = new Error('why');
    expect(new NcloudError('cut', ACTION, { cause }).cause).toBe(cause);
  });
});

describe('an error of Resource Manager', () => {
  const failed = { success: false, error: { errorCode: '400', message: "'tagKey' cannot be empty." } };

  it.each([
    ['its own', 400, failed, 'refused', 'fail'],
    ['its own under a 200', 200, failed, 'refused', 'fail'],
    ['its own without details', 200, { success: false }, 'refused', 'fail'],
    ['its own about the keys', 401, failed, 'authentication', 'fatal'],
    ['its own about permission', 403, failed, 'permission', 'fatal'],
    ['its own about too many calls', 429, failed, 'throttled', 'later'],
    ['its own in an outage', 500, failed, 'unavailable', 'unknown'],
    ["the gateway's", 429, { error: { errorCode: '410', message: 'm', details: '' } }, 'throttled', 'later'],
    ["the gateway's quota", 429, { error: { errorCode: '400', message: 'm' } }, 'quota', 'later'],
    ["the gateway's with a number", 401, { error: { errorCode: 210, message: 'm' } }, 'permission', 'fatal'],
    ["the gateway's of an unknown code", 403, { error: { errorCode: 'Forbidden' } }, 'permission', 'fatal'],
    ['one that is only a word', 503, { error: 'down' }, 'unavailable', 'unknown'],
    ['none but the status', 500, { items: [] }, 'unavailable', 'unknown'],
    ['a success under a 404', 404, { items: [] }, 'refused', 'fail'],
  ])('%s is read from HTTP %i', (_what, status, document, kind, remedy) => {
    const error = errorInDocument(readDocument(JSON.stringify(document)), 'GetResourceList', { status });
    expect(error).toMatchObject({ kind, remedy, status, action: 'GetResourceList' });
  });

  it('says the words of NCP', () => {
    expect(errorInDocument(readDocument(JSON.stringify(failed)), 'GetResourceList', { status: 400 })?.message).toBe(
      "GetResourceList was refused by NCP: HTTP 400, code 400: 'tagKey' cannot be empty.",
    );
  });

  it.each([{ items: [] }, { success: true, items: [] }, { success: true, error: null }])(
    'is none in %j',
    (document) => {
      expect(
        errorInDocument(readDocument(JSON.stringify(document)), 'GetResourceList', { status: 200 }),
      ).toBeUndefined();
    },
  );
});
