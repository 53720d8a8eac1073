/* oxlint-disable unicorn/consistent-function-scoping, vitest/no-conditional-expect -- helpers stand beside their tests; either outcome may be right */

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { errorIn } from '../../lib/ncloud/errors.ts';
import { readDocument, readReply } from '../../lib/ncloud/reply.ts';
import { LONGEST_TEXT, LONGEST_XML, MOST_PARTS, UnreadableReply } from '../../lib/ncloud/reply-bounds.ts';
import { readServer } from '../../lib/ncloud/shapes.ts';
import { DOCUMENTED_BODY, DOCUMENTED_REPLY } from './documented-reply.ts';

const NUMBERS = new Set(['totalRows', 'cpuCount', 'memorySize', 'baseBlockStorageSize']);

/** As NCP writes JSON: counts and sizes as numbers, yes and no as booleans. */
function asJson(root: string, body: unknown): string {
  const typed = (key: string, value: unknown): unknown => {
    if (NUMBERS.has(key)) return Number(value);
    return key.startsWith('is') ? value === 'true' : value;
  };
  return JSON.stringify({ [root]: body }, typed, 2);
}

describe("the reply on NCP's page for terminateServerInstances", () => {
  it('decodes to the tree that stands there', () => {
    expect(readReply(DOCUMENTED_REPLY)).toEqual({ root: 'terminateServerInstancesResponse', body: DOCUMENTED_BODY });
  });

  it('decodes to the server that stands there', () => {
    expect(DOCUMENTED_BODY.serverInstanceList.map(readServer)).toEqual([
      {
        serverInstanceNo: '340843',
        serverName: 'svr-9b467c9f6c75360',
        createDate: '2017-07-27T04:08:39+09:00',
        uptime: '2017-07-27T04:11:32+09:00',
        status: 'NSTOP',
        operation: 'TERMT',
        statusName: 'terminating',
        isProtectServerTermination: false,
        publicIp: '',
        publicIpInstanceNo: '',
        size: { cpuCount: 2, memoryBytes: 4_294_967_296, productCode: 'SPSVRSTAND000004' },
        zoneCode: 'KR-1',
        vpcNo: '',
      },
    ]);
  });

  const [classic] = DOCUMENTED_BODY.serverInstanceList;

  it.each([
    ['VPC', { zone: undefined, zoneCode: 'KR-2', vpcNo: '5001' }, { zoneCode: 'KR-2', vpcNo: '5001' }],
    ['Classic with a code', { zone: { zoneNo: '3', zoneCode: 'KR-2', zoneName: 'Korea 2' } }, { zoneCode: 'KR-2' }],
    ['Classic with a name only', { zone: { zoneNo: '3', zoneName: 'KR-2' } }, { zoneCode: 'KR-2', vpcNo: '' }],
    ['no zone', { zone: undefined }, { zoneCode: '', vpcNo: '' }],
    ['an empty zone', { zone: '' }, { zoneCode: '', vpcNo: '' }],
    ['odd ones', { zone: ['KR-1'], zoneCode: { a: 'b' }, vpcNo: [] }, { zoneCode: '', vpcNo: '' }],
  ])('says where the server is, from %s, and hides none whose place cannot be read', (_what, but, expected) => {
    const tree = Object.fromEntries(Object.entries({ ...classic, ...but }).filter(([, value]) => value !== undefined));
    expect(readServer(tree)).toMatchObject({ serverInstanceNo: '340843', status: 'NSTOP', ...expected });
  });

  it('is a success', () => {
    expect(errorIn(readReply(DOCUMENTED_REPLY), 'terminateServerInstances', { status: 200 })).toBeUndefined();
  });

  it('says the same as JSON', () => {
    const json = asJson('terminateServerInstancesResponse', DOCUMENTED_BODY);
    expect(readReply(json)).toEqual(readReply(DOCUMENTED_REPLY));
  });

  it('says the same with a declaration, a byte order mark and blanks around it', () => {
    const declared = `\uFEFF\n <?xml version="1.0" encoding="UTF-8"?>${DOCUMENTED_REPLY}\n`;
    expect(readReply(declared)).toEqual(readReply(DOCUMENTED_REPLY));
  });
});

describe('lists', () => {
  const item = (no: string): string => `<serverInstance><serverInstanceNo>${no}</serverInstanceNo></serverInstance>`;
  const xml = (items: string): string =>
    readable(`<r><serverInstanceList>${items}</serverInstanceList><totalRows>0</totalRows></r>`);
  const json = (list: string): string => readable(`{"r": {"serverInstanceList": ${list}, "totalRows": 0}}`);
  const readable = (text: string): string => JSON.stringify(readReply(text).body);
  const expected = (...numbers: string[]): string =>
    JSON.stringify({ serverInstanceList: numbers.map((serverInstanceNo) => ({ serverInstanceNo })), totalRows: '0' });

  it.each([
    ['none', [], ''],
    ['none, with blanks', [], '\n  '],
    ['one', ['1'], item('1')],
    ['two', ['1', '2'], item('1') + item('2')],
  ])('of %s are arrays in XML', (_what, numbers, items) => {
    expect(xml(items)).toBe(expected(...numbers));
  });

  it('without entries are arrays, in XML an empty element', () => {
    expect(readable('<r><serverInstanceList/><totalRows>0</totalRows></r>')).toBe(expected());
  });

  it.each([
    ['[]', []],
    ['null', []],
    ['""', []],
    ['[{"serverInstanceNo": "1"}]', ['1']],
    ['{"serverInstanceNo": {"no": "1"}, "serverName": "a"}', undefined],
    ['[{"serverInstanceNo": "1"}, {"serverInstanceNo": "2"}]', ['1', '2']],
  ])('are arrays in JSON: %s', (text, numbers) => {
    if (numbers === undefined)
      expect(JSON.parse(json(text))).toMatchObject({ serverInstanceList: [{ serverName: 'a' }] });
    else expect(json(text)).toBe(expected(...numbers));
  });

  it('of plain numbers are arrays of text in both formats', () => {
    const inXml = '<r><serverInstanceNoList><serverInstanceNo>1</serverInstanceNo></serverInstanceNoList></r>';
    const two = '<r><serverInstanceNoList><no>1</no><no>2</no></serverInstanceNoList></r>';
    expect(readReply(inXml).body).toEqual({ serverInstanceNoList: ['1'] });
    expect(readReply(two).body).toEqual({ serverInstanceNoList: ['1', '2'] });
    expect(readReply('{"r": {"serverInstanceNoList": [1, "2"]}}').body).toEqual({ serverInstanceNoList: ['1', '2'] });
  });

  it('that do not exist are not invented', () => {
    expect(readReply('<r><totalRows>0</totalRows></r>').body).not.toHaveProperty('serverInstanceList');
  });
});

describe('values', () => {
  const value = (xml: string): unknown => readReply(`<r><v>${xml}</v></r>`).body['v'];
  const jsonValue = (text: string): unknown => readReply(`{"r": {"v": ${text}}}`).body['v'];

  it.each([
    ['0', '0'],
    ['007', '007'],
    ['9223372036854775807', '9223372036854775807'],
    ['1e5', '1e5'],
    ['true', 'true'],
    ['Infinity', 'Infinity'],
    ['+1', '+1'],
    ['0x1F', '0x1F'],
  ])('stay text in XML: %s', (xml, expected) => {
    expect(value(xml)).toBe(expected);
  });

  it.each([
    ['0', '0'],
    ['9223372036854775807', '9223372036854775807'],
    ['1234567890123456789', '1234567890123456789'],
    ['1.10', '1.10'],
    ['true', 'true'],
    ['false', 'false'],
    ['null', ''],
    ['" a "', 'a'],
  ])('become text as it is written in JSON: %s', (text, expected) => {
    expect(jsonValue(text)).toBe(expected);
  });

  it.each([
    ['&lt;a&gt; &amp; &quot;b&quot; &apos;c&apos;', `<a> & "b" 'c'`],
    ['&#44060;&#48156;', '개발'],
    ['&#xAC1C;&#xbc1c;', '개발'],
    ['개발 서버', '개발 서버'],
    ['<![CDATA[a < b & c]]>', 'a < b & c'],
    ['a<!-- not said -->b', 'ab'],
    ['&#128512;', '😀'],
  ])('decode what XML escapes: %s', (xml, expected) => {
    expect(value(xml)).toBe(expected);
  });

  it.each([
    ['&amp;lt;', '&lt;'],
    ['&amp;#44060;', '&#44060;'],
    ['&amp;amp;', '&amp;'],
    ['&#38;amp;', '&amp;'],
    ['&#38;lt;', '&lt;'],
  ])('are decoded once and not twice: %s', (xml, expected) => {
    expect(value(xml)).toBe(expected);
  });

  it('of a reply with thousands of entities are all decoded', () => {
    const many = '&amp;'.repeat(20_000);
    expect(value(many)).toBe('&'.repeat(20_000));
  });

  it('are the same text in both formats, whatever they hold', () => {
    const text = fc.string({ unit: fc.constantFrom(...Array.from('abc 09<>&"\'개발é]#;x/{}')), maxLength: 20 });
    const escape = (raw: string): string =>
      raw.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
    fc.assert(
      fc.property(text, (raw) => {
        expect(value(escape(raw))).toBe(raw.trim());
        expect(jsonValue(JSON.stringify(raw))).toBe(raw.trim());
      }),
    );
  });
});

describe('what is not a reply is refused', () => {
  const bomb = `<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">${Array.from(
    { length: 9 },
    (_, n) => `<!ENTITY a${n} "${`&a${n - 1 < 0 ? '' : n - 1};`.repeat(10)}">`,
  ).join('')}]><r><v>&a8;</v></r>`;

  it.each([
    ['nothing', ''],
    ['blanks', ' \n\t '],
    ['a byte order mark alone', '\uFEFF'],
    ['text', 'upstream connect error'],
    ['a JSON list', '[{"returnCode": "0"}]'],
    ['a JSON string', '"terminateServerInstancesResponse"'],
    ['a number', '0'],
    ['an empty JSON object', '{}'],
    ['two JSON roots', '{"a": {}, "b": {}}'],
    ['a JSON root that holds text', '{"a": "0"}'],
    ['a JSON root that holds a list', '{"aList": []}'],
    ['a JSON root that holds nothing', '{"a": null}'],
    ['two XML roots', '<a><b>1</b></a><c><d>1</d></c>'],
    ['an XML root without content', '<a/>'],
    ['an XML root with text alone', '<a>0</a>'],
    ['text after the XML root', '<a><b>1</b></a>tail'],
    ['text after the JSON root', '{"a": {"b": "1"}} tail'],
    ['tags that do not match', '<a><b>1</c></a>'],
    ['an open tag', '<a><b>1</b>'],
    ['a closed tag alone', '</a>'],
    ['a declaration alone', '<?xml version="1.0"?>'],
    ['JSON in an XML coat', '<{"a": {"b": "1"}}'],
    ['XML in a JSON coat', '{<a><b>1</b></a>}'],
    ['JSON with a comment', '{"a": {"b": "1"} /* c */}'],
    ['a document type', '<!DOCTYPE html><html><body>502</body></html>'],
    ['a document type in small letters', '<!doctype html><html><body><p>502</p></body></html>'],
    ['an external entity', '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r><v>&x;</v></r>'],
    ['an entity bomb', bomb],
    ['XML that is too deep', `${'<a>'.repeat(100)}1${'</a>'.repeat(100)}`],
    ['XML that is far too deep', `${'<a>'.repeat(20_000)}1${'</a>'.repeat(20_000)}`],
    ['JSON that is too deep', `{"a": ${'{"a": '.repeat(100)}1${'}'.repeat(100)}}`],
    ['JSON lists that are too deep', `{"a": {"b": ${'['.repeat(100)}1${']'.repeat(100)}}}`],
  ])('%s', (_what, text) => {
    expect(() => readReply(text)).toThrow(UnreadableReply);
  });

  it('JSON so deep that it would end the process', () => {
    expect(() => readReply(`{"a": ${'['.repeat(200_000)}${']'.repeat(200_000)}}`)).toThrow(UnreadableReply);
  });

  it('with a reason on one line that holds nothing of a long body', () => {
    const secret = 'x'.repeat(300);
    for (const text of [`<a><b>${secret}</a>`, `{"a": ${secret}}`, secret, `<${secret}/>`, `<a ${secret}><b/></a>`]) {
      const error = thrownBy(() => readReply(text));
      expect(error.message.length).toBeLessThan(400);
      expect(error.message).not.toContain('\n');
    }
  });

  it('whatever text it is, with an UnreadableReply and nothing else', () => {
    const piece = fc.constantFrom(
      '<',
      '>',
      '/',
      'a',
      'List',
      '{',
      '}',
      '[',
      ']',
      '"',
      ':',
      ',',
      '&',
      ';',
      '#',
      '!',
      '?',
      '0',
      '=',
      ' ',
    );
    const body = fc.tuple(fc.constantFrom('<', '{', '<a>', '{"a":'), fc.array(piece, { maxLength: 30 }));
    fc.assert(
      fc.property(body, ([start, rest]) => {
        try {
          readReply(start + rest.join(''));
        } catch (error) {
          expect(error).toBeInstanceOf(UnreadableReply);
        }
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('bounds', () => {
  const xml = (inside: string): string => `<r><a>${inside}</a></r>`;
  const json = (inside: string): string => `{"r": {"a": [${inside}]}}`;
  // What is inside the envelopes above.
  const inXml = MOST_PARTS - 4;
  const inJson = MOST_PARTS - 5;
  const entities = (count: number): string => {
    const some = '&#65;'.repeat(15_000);
    return xml(`<b>${some}</b>`.repeat(6) + '&#65;'.repeat(count - 6 * 15_002));
  };
  const longXml = (length: number): string => {
    const texts = `<a>${'x'.repeat(90_000)}</a>`.repeat(40);
    const rest = length - '<r>'.length - texts.length - '</r>'.length;
    return `<r>${texts}${'<!---->'.repeat(1_000)}<!--${'x'.repeat(rest - 7_000 - '<!---->'.length)}--></r>`;
  };
  const parts = 'the reply has more than 100000 parts';
  const depth = 'the reply is nested deeper than 24';

  it.each<[string, (more: number) => string, string]>([
    ['elements', (more) => xml('<b/>'.repeat(inXml + more)), parts],
    ['entities', (more) => entities(inXml + more), parts],
    ['comments', (more) => xml('<!---->'.repeat(inXml + more)), parts],
    ['sections', (more) => xml('<![CDATA[x]]>'.repeat(inXml + more)), parts],
    ['depth of XML', (more) => '<a>'.repeat(24 + more) + '</a>'.repeat(24 + more), depth],
    ['characters of XML', (more) => longXml(LONGEST_XML + more), 'longer than'],
    ['characters of a text', (more) => xml('x'.repeat(LONGEST_TEXT + more)), 'a text longer than 100000 characters'],
    [
      'characters of a tag',
      (more) => xml(`<b c="${'x'.repeat(500 - 9 + more)}"/>`),
      'a tag longer than 500 characters',
    ],
    ['values', (more) => json(`${'1,'.repeat(inJson + more)}1`), parts],
    ['keys', (more) => json(`{${'"b":1,'.repeat((inJson - 3) / 2 + more)}"b":1}`), parts],
    ['depth of JSON', (more) => json('['.repeat(21 + more) + ']'.repeat(21 + more)), depth],
  ])('on %s let the largest through and nothing beyond', (_what, reply, words) => {
    expect(() => readReply(reply(0))).not.toThrow();
    expect(() => readReply(reply(1))).toThrow(words);
    expect(() => readReply(reply(1))).toThrow(UnreadableReply);
  });

  it.each([
    ['brackets in a string', json(`"${'['.repeat(200_000)}"`)],
    ['brackets after an escaped quote', json(`"\\"${'['.repeat(200_000)}"`)],
    ['commas in a string that ends with a backslash', json(`"${','.repeat(200_000)}\\\\"`)],
    ['tags in a section', xml(`<![CDATA[${'<b>'.repeat(60_000)}]]>`)],
  ])('do not count %s', (_what, text) => {
    expect(() => readReply(text)).not.toThrow();
  });

  it.each([
    ['a string that only seems to end', json(`"\\\\", ${'['.repeat(25)}`)],
    ['closing tags within a tag', `<a b="${'</a>'.repeat(30)}">${'<a>'.repeat(25)}`],
  ])('are not got round by %s', (_what, text) => {
    expect(() => readReply(text)).toThrow(UnreadableReply);
  });

  it('hold for documents too', () => {
    expect(() => readDocument(`{"items": [${'{},'.repeat(60_000)}{}]}`)).toThrow(parts);
    expect(() => readDocument(`{"items": ${'['.repeat(24)}${']'.repeat(24)}}`)).toThrow(depth);
  });
});

describe('a reply that is cut off', () => {
  const success = '<stopServerInstancesResponse><returnCode>0</returnCode><n>개</n></stopServerInstancesResponse>';
  const json = '{"stopServerInstancesResponse": {"returnCode": "0", "returnMessage": "success", "n": "개"}}';

  it.each([
    ['XML', success],
    ['JSON', json],
  ])('in %s is no success at any byte', (_format, text) => {
    const bytes = Buffer.from(text);
    expect(errorIn(readReply(text), 'stopServerInstances', { status: 200 })).toBeUndefined();
    for (let length = 0; length < bytes.length; length += 1) {
      expect(() => readReply(bytes.subarray(0, length).toString()), `at byte ${length}`).toThrow(UnreadableReply);
    }
  });
});

describe('names that JavaScript gives a meaning', () => {
  it.each([
    ['JSON', '{"r": {"__proto__": {"returnCode": "0"}, "constructor": {"prototype": {"polluted": "1"}}, "n": "1"}}'],
    ['XML', '<r><__proto__><returnCode>0</returnCode></__proto__><n>1</n></r>'],
    ['XML', '<r><constructor><prototype><polluted>1</polluted></prototype></constructor><n>1</n></r>'],
  ])('change nothing else in %s', (_format, text) => {
    try {
      const { body } = readReply(text);
      expect(Object.hasOwn(body, 'n')).toBe(true);
      expect(Object.getPrototypeOf(body)).toBe(Object.prototype);
      expect(body['returnCode']).toBeUndefined();
    } catch (error) {
      expect(error).toBeInstanceOf(UnreadableReply);
    }
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
    expect(Object.hasOwn(Object.prototype, 'returnCode')).toBe(false);
  });

  it('are no return code as the root', () => {
    const reply = readReply('{"__proto__": {"returnCode": "0"}}');
    expect(errorIn(reply, 'stopServerInstances', { status: 200 })?.kind).toBe('unreadable');
  });
});

function thrownBy(work: () => unknown): Error {
  try {
    work();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('nothing was thrown');
}
