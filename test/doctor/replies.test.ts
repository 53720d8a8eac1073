import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chance } from '../../lib/chance.ts';
import { repliesFile } from '../../lib/doctor/replies.ts';
import { StandIns } from '../../lib/doctor/stand-ins.ts';
import type { Exchange } from '../../lib/ncloud/client.ts';

const NOW = Date.parse('2026-11-27T00:00:00Z');

function exchangeOf(text: string, more: Partial<Exchange> = {}): Exchange {
  const answer = { status: 200, text, retryAfterMs: undefined, serverTime: NOW };
  const target = '/vserver/v2/getServerInstanceList?regionCode=KR&pageNo=1';
  const origin = 'https://ncloud.apigw.ntruss.com';
  return {
    action: 'getServerInstanceList',
    method: 'GET',
    origin,
    target,
    sentAt: NOW,
    receivedAt: NOW,
    answer,
    ...more,
  };
}

function savedOf(exchanges: readonly Exchange[], seed = 1): { text: string; replies: Saved[] } {
  const text = repliesFile(exchanges, new StandIns(chance(seed)), NOW);
  const parsed: { replies: Saved[] } = JSON.parse(text);
  return { text, replies: parsed.replies };
}

interface Saved {
  request: string;
  requestBody?: string;
  reply: string;
}

const replyTo = (text: string, more?: Partial<Exchange>): string =>
  savedOf([exchangeOf(text, more)]).replies[0]?.reply ?? '';

const server = {
  serverInstanceNo: '4821937',
  serverName: 'billing-prod-7',
  serverDescription: 'Frau Kim’s database',
  publicIp: '203.0.113.77',
  serverInstanceStatus: { code: 'RUN', codeName: 'Server run state' },
  serverInstanceStatusName: 'running',
  createDate: '2026-01-02T03:04:05+0900',
  isProtectServerTermination: false,
  memorySize: 4_294_967_296,
  zoneCode: 'KR-1',
  loginKeyName: 'kim-laptop',
};

/** What must not be in the file: names and ids, and each word of them that is longer than a code. */
const OWN = ['4821937', 'billing', 'prod', 'Frau', 'Kim', 'database', '203.0.113.77', 'laptop'];

describe('replies as they are saved', () => {
  it('keep structure, fields, codes, dates and lengths of JSON, and nothing that is somebody’s', () => {
    const text = JSON.stringify(
      { getServerInstanceListResponse: { returnCode: '0', totalRows: 1, serverInstanceList: [server] } },
      null,
      2,
    );
    const reply = replyTo(text);
    for (const own of OWN) expect(reply).not.toContain(own);
    expect(reply).toHaveLength(text.length);
    const parsed = JSON.parse(reply).getServerInstanceListResponse;
    expect(parsed).toMatchObject({ returnCode: '0', totalRows: 1 });
    const [saved] = parsed.serverInstanceList;
    expect(Object.keys(saved)).toEqual(Object.keys(server));
    const { serverInstanceStatus, createDate, isProtectServerTermination, memorySize, zoneCode } = server;
    expect(saved).toMatchObject({ serverInstanceStatus: { code: serverInstanceStatus.code }, createDate });
    expect(saved).toMatchObject({
      isProtectServerTermination,
      memorySize,
      zoneCode,
      serverInstanceStatusName: 'running',
    });
    expect(saved.serverName).toMatch(/^[a-z]{7}-[a-z]{4}-[0-9]$/);
    expect(saved.publicIp).toMatch(/^\d{3}\.\d\.\d{3}\.\d{2}$/);
  });

  it('keep the same of XML, with blanks, entities and the declaration', () => {
    const text =
      '<?xml version="1.0" encoding="UTF-8"?>\n<getServerInstanceListResponse><requestId>ab12-4821937</requestId>\n' +
      '  <returnCode>0</returnCode><returnMessage> success </returnMessage><totalRows>1</totalRows><serverInstanceList>' +
      '<serverInstance><serverName>billing-prod-7</serverName><serverDescription>Kim&amp;laptop</serverDescription><publicIp/>' +
      '<serverInstanceStatus><code>NSTOP</code><codeName>Server NSTOP state</codeName></serverInstanceStatus></serverInstance>' +
      '</serverInstanceList><!-- Frau Kim --><a b="laptop"/><c><![CDATA[database]]></c></getServerInstanceListResponse>';
    const reply = replyTo(text);
    for (const own of OWN) expect(reply).not.toContain(own);
    expect(reply).toHaveLength(text.length);
    for (const kept of [
      '<?xml version="1.0" encoding="UTF-8"?>\n',
      '<returnMessage> success </returnMessage>',
      '<code>NSTOP</code>',
      '<publicIp/>',
      '&amp;',
      '<serverInstance><serverName>',
    ]) {
      expect(reply).toContain(kept);
    }
  });

  it('show which field holds tags and as what, and no key of a tag, even where keys are fields', () => {
    const shapes = {
      items: [
        {
          resourceId: '4821937',
          resourceName: 'billing',
          regionCode: 'KR',
          tag: [{ tagKey: 'database', tagValue: 'Kim' }],
        },
        { resourceId: '4821938', tag: null },
        { resourceId: '4821939', tags: { billing: 'laptop', code: 'PROD' } },
        { resourceId: '4821940', tagList: [] },
      ],
      hasMore: false,
      itemCount: 4,
    };
    const reply = replyTo(JSON.stringify(shapes));
    for (const own of [...OWN, 'PROD']) expect(reply).not.toContain(own);
    const { items, ...rest } = JSON.parse(reply);
    expect(rest).toEqual({ hasMore: false, itemCount: 4 });
    expect(items.map((one: object) => Object.keys(one))).toEqual([
      ['resourceId', 'resourceName', 'regionCode', 'tag'],
      ['resourceId', 'tag'],
      ['resourceId', 'tags'],
      ['resourceId', 'tagList'],
    ]);
    expect(Object.keys(items[0].tag[0])).toEqual(['tagKey', 'tagValue']);
    expect(items[1].tag).toBeNull();
    const inXml =
      '<a><tags><billing>Kim</billing></tags><instanceTagList><instanceTag><tagKey>database</tagKey></instanceTag></instanceTagList></a>';
    const xml = replyTo(inXml);
    for (const own of OWN) expect(xml).not.toContain(own);
    expect(xml).toContain('<instanceTagList><instanceTag><tagKey>');
  });

  it('put the same stand-in for the same word wherever it stands', () => {
    const text = JSON.stringify({
      items: [{ resourceId: '4821937', nrn: 'nrn:PUB:VPCServer:KR:99881:Server/4821937' }],
    });
    const target = '/vserver/v2/getServerInstanceList?serverInstanceNoList.1=4821937&regionCode=KR';
    const body = JSON.stringify({ productName: 'VPCServer', resourceId: '4821937' });
    const [saved] = savedOf([exchangeOf(text, { target, body })]).replies;
    const no = JSON.parse(saved?.reply ?? '').items[0].resourceId;
    expect(saved?.reply).toMatch(new RegExp(String.raw`nrn:PUB:VPCServer:KR:\d{5}:Server/${no}`));
    expect(saved?.request).toContain(`?serverInstanceNoList.1=${no}&regionCode=KR`);
    expect(JSON.parse(saved?.requestBody ?? '')).toEqual({ productName: 'VPCServer', resourceId: no });
  });

  it('show of a message only what NCP is known to say', () => {
    const error = {
      error: { errorCode: '200', message: 'Authentication Failed', details: 'Invalid key AKID42 of billing' },
    };
    expect(JSON.parse(replyTo(JSON.stringify(error))).error).toMatchObject({
      errorCode: '200',
      message: 'Authentication Failed',
      details: expect.stringMatching(/^Invalid key [A-Z]{4}\d\d of [a-z]{7}$/),
    });
  });

  it('name only NCP’s own hosts', () => {
    const [own, others] = savedOf([
      exchangeOf('{}'),
      exchangeOf('{}', { origin: 'https://ncp.billing.example' }),
    ]).replies;
    expect(own?.request).toContain('https://ncloud.apigw.ntruss.com/vserver');
    expect(others?.request).not.toContain('billing');
  });

  it('leave nothing of anybody’s words, whatever the form and wherever it was cut', () => {
    // Longer than any word that may be seen, and unlike them.
    const own = fc.oneof(
      fc.stringMatching(/^[1-9][0-9]{7,12}$/),
      fc.stringMatching(/^[a-z]{3}q[a-z]{3}z[a-z0-9]{0,8}$/),
      fc.stringMatching(/^[가-힣]{6,10}$/),
      fc.stringMatching(/^(1[0-9]{2}\.){3}1[0-9]{2}$/),
      fc.string({ unit: 'grapheme', minLength: 12, maxLength: 16 }).filter((text) => /^[^ -~\p{Cc}]+$/u.test(text)),
    );
    const fields = fc.constantFrom(
      'serverName',
      'serverInstanceNo',
      'code',
      'regionCode',
      'returnMessage',
      'nrn',
      'tagKey',
      'tagValue',
      'tag',
      'tags',
      'createDate',
      'totalRows',
      'returnCode',
      'details',
      'privateIp',
      'anythingElse',
      'userData',
    );
    fc.assert(
      fc.property(fields, own, own, fc.integer({ min: 1, max: 200 }), fc.nat(), (field, one, other, share, seed) => {
        const record = {
          [field]: one,
          nested: [{ [field]: { [field]: one } }, [one]],
          tags: { [other]: other, list: [{ tagKey: other }] },
        };
        const json = JSON.stringify({ reply: record }, null, 1);
        const xml = `<r><l><${field}>${inXmlText(one)}</${field}></l><tags><tagKey>${inXmlText(other)}</tagKey></tags></r>`;
        const target = `/v/a?${field}.1=${encodeURIComponent(one)}`;
        const texts = [json, xml, one, `${other}: ${one}`].map((text) =>
          text.slice(0, Math.ceil((text.length * share) / 100)),
        );
        const { text } = savedOf(
          texts.map((each) => exchangeOf(each, { target, body: json })),
          seed,
        );
        const written = JSON.stringify(JSON.parse(text)) + decodeURIComponent(JSON.parse(text).replies[0].request);
        for (const mine of [one, other]) expect(written).not.toContain(mine);
      }),
      { numRuns: 400 },
    );
  });
});

function inXmlText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
