import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expiryOf, isDue } from '../../lib/termination/decision/expiry.ts';
import { DEFAULT_TAG_KEYS } from '../../lib/termination/rules.ts';
import { meaning } from '../../lib/text/folding.ts';
import { sayIn } from '../../lib/wording/say.ts';
import { worded } from '../wording/worded.ts';

const NOW = Date.parse('2026-03-02T00:00:00Z');
const CREATED = '2026-02-01T12:00:00+09:00';

interface Given {
  createDate?: string;
  timezone?: string;
}

function expiry(tags: Record<string, string>, { createDate = CREATED, timezone = 'Asia/Seoul' }: Given = {}) {
  const found = expiryOf({ createDate }, tags, { tagKeys: DEFAULT_TAG_KEYS, timezone }, NOW);
  return { ...found, attention: worded(found.attention) };
}

const instant = (at: number | undefined): string | undefined => (at === undefined ? at : new Date(at).toISOString());

describe('terminate-at', () => {
  it.each([
    ['2026-03-01T09:00:00+09:00', '2026-03-01T00:00:00.000Z', true],
    ['2026-03-02T00:00:00Z', '2026-03-02T00:00:00.000Z', true],
    ['2026-03-02T00:00:01Z', '2026-03-02T00:00:01.000Z', false],
    ['20260301T090000+0900', '2026-03-01T00:00:00.000Z', true],
    ['2026-03-02_09-00', '2026-03-02T00:00:00.000Z', true],
    ['2026-03-02_09-01', '2026-03-02T00:01:00.000Z', false],
    ['20260301', '2026-02-28T15:00:00.000Z', true],
    [' 2026-03-01 ', '2026-02-28T15:00:00.000Z', true],
    ['2028-02-29', '2028-02-28T15:00:00.000Z', false],
    ['9999-12-31', '9999-12-30T15:00:00.000Z', false],
  ])('%s ends it at %s; due now: %s', (value, at, due) => {
    const said = expiry({ 'terminate-at': value });
    expect(instant(said.dueAt)).toBe(at);
    expect(isDue(said, NOW)).toBe(due);
    expect(said.attention).toEqual([]);
  });

  it("means the start of that day in the policy's zone, even on a night without midnight", () => {
    expect(instant(expiry({ 'terminate-at': '2026-03-08' }, { timezone: 'America/New_York' }).dueAt)).toBe(
      '2026-03-08T05:00:00.000Z',
    );
    // Cuba moves its clocks at midnight: that day begins at one.
    expect(instant(expiry({ 'terminate-at': '2026-03-08' }, { timezone: 'America/Havana' }).dueAt)).toBe(
      '2026-03-08T05:00:00.000Z',
    );
  });

  it('beats a lifetime, which may come from a template', () => {
    expect(instant(expiry({ 'terminate-at': '2026-12-01', ttl: '1h' }).dueAt)).toBe('2026-11-30T15:00:00.000Z');
    expect(expiry({ 'terminate-at': '2026-12-01', ttl: '1h' }).dueBy).toBe('terminate-at 2026-12-01');
  });
});

describe('ttl', () => {
  it.each([
    ['36h', '2026-02-02T15:00:00.000Z', true],
    ['7d', '2026-02-08T03:00:00.000Z', true],
    ['P7D', '2026-02-08T03:00:00.000Z', true],
    ['PT36H', '2026-02-02T15:00:00.000Z', true],
    ['P1M', '2026-03-01T03:00:00.000Z', true],
    ['4w', '2026-03-01T03:00:00.000Z', true],
    ['30d', '2026-03-03T03:00:00.000Z', false],
  ])('%s after its creation is %s; due now: %s', (value, at, due) => {
    const said = expiry({ ttl: value });
    expect(instant(said.dueAt)).toBe(at);
    expect(isDue(said, NOW)).toBe(due);
  });

  it('of a server without a creation date is understood by nobody', () => {
    expect(expiry({ ttl: '1h' }, { createDate: '' })).toMatchObject({
      dueAt: undefined,
      attention: ['ttl: NCP gives no creation date'],
    });
  });
});

describe('what cannot be understood', () => {
  const nonsense = [
    '다음 주',
    'tomorrow',
    '',
    '   ',
    '🙂',
    '2026-02-29',
    '2026-03-01T10:00:00',
    '2026-03-01T25:00:00Z',
    '01/03/2026',
    '2026/03/01',
    '1772323200',
    '-1d',
    '가'.repeat(256),
  ];

  it.each(nonsense)('terminate-at %j ends nothing and is named with an example', (value) => {
    const said = expiry({ 'terminate-at': value });
    expect(isDue(said, NOW)).toBe(false);
    expect(said.attention).toHaveLength(1);
    expect(said.attention[0]).toMatch(/^terminate-at: .*expected .*\d{4}-\d{2}-\d{2}/);
    expect(said.attention[0]?.length).toBeLessThan(300);
  });

  it.each([...nonsense.filter((value) => value !== '-1d'), '-1d', '0h', '99999999d', '7', 'P-1D', 'd', '1h30', 'ever'])(
    'ttl %j ends nothing and is named with an example',
    (value) => {
      const said = expiry({ ttl: value });
      expect(isDue(said, NOW)).toBe(false);
      expect(said.attention[0]).toMatch(/^ttl: .*expected .*7d/);
    },
  );

  /** What a tag of VPC may hold: letters, digits and these signs (NCP's page AttachTag). */
  const WRITABLE = Array.from('0123456789TZPhdwm_./=+-@');
  const DAY = /^\s*\d{4}(-?)\d\d\1\d\d([Tt _]\d|\s*$)/;

  it('of whatever signs a tag may hold ends nothing, unless it begins with a day', () => {
    const garbage = fc.oneof(
      fc.string({ unit: fc.constantFrom(...WRITABLE), maxLength: 256 }),
      fc
        .tuple(fc.constantFrom('2026', '2026-03-01', '20260301'), fc.string({ unit: fc.constantFrom(...WRITABLE) }))
        .map((parts) => parts.join('')),
      fc.string({ unit: 'grapheme', maxLength: 256 }),
    );
    fc.assert(
      fc.property(garbage, (value) => {
        fc.pre(!DAY.test(value));
        const said = expiry({ 'terminate-at': value });
        expect(isDue(said, NOW)).toBe(false);
        expect(said.attention).toHaveLength(1);
      }),
      { numRuns: 2_000 },
    );
  });

  it('says only what a tag of VPC can hold, and what is understood', () => {
    const values = [...nonsense, '2026-03-01T18:00', '2026-03-01T18:00:60Z', '2026-03-01T18:00+99:00'];
    const asKeep = ['no', '2026-03-01 - 2026-12-31', '2026-03-01_renewed', '2026-02-30', '2026-03-01T25:00Z'];
    for (const language of ['en', 'ko'] as const) {
      const say = sayIn(language, (at) => at);
      for (const key of ['terminate-at', 'ttl', 'keep']) {
        for (const value of [...values, ...asKeep]) {
          const rules = { tagKeys: DEFAULT_TAG_KEYS, timezone: 'Asia/Seoul' };
          const { attention } = expiryOf({ createDate: CREATED }, { [key]: value }, rules, NOW);
          for (const sentence of attention.map(say.reason)) {
            const [, advice = ''] = /(?:for example|예:) (.*)$/u.exec(sentence) ?? [];
            const examples = advice.match(/[\w./=+@-]*\d[\w./=+@:-]*/g) ?? [];
            expect({ sentence, isAdvised: examples.length > 0 || value === 'no' }).toEqual({
              sentence,
              isAdvised: true,
            });
            for (const example of examples) {
              expect(example).toMatch(/^[\p{L}\d_./=+@-]{1,256}$/u);
              expect({ key, example, attention: expiry({ [key]: example }).attention }).toMatchObject({
                attention: [],
              });
            }
          }
        }
      }
    }
  });

  it('in one tag takes the other one its force', () => {
    expect(isDue(expiry({ 'terminate-at': '2026-01-01', ttl: 'soon' }), NOW)).toBe(false);
    expect(isDue(expiry({ 'terminate-at': 'soon', ttl: '1h' }), NOW)).toBe(false);
  });
});

describe('keep', () => {
  it.each([
    ['', undefined, ''],
    ['true', undefined, 'true'],
    ['demo for the notifier', undefined, 'demo for the notifier'],
    ['팀장님 지시', undefined, '팀장님 지시'],
    ['2026-03-02', '2026-03-02T15:00:00.000Z', ''],
    ['until 2026-12-31 demo', '2026-12-31T15:00:00.000Z', 'demo'],
    ['2026-12-31 데모', '2026-12-31T15:00:00.000Z', '데모'],
    ['2026-03-02T09:30:00+09:00 demo', '2026-03-02T00:30:00.000Z', 'demo'],
  ])('%j keeps it until %s because of %j', (value, until, reason) => {
    const { keep, attention } = expiry({ keep: value });
    expect({ until: instant(keep?.until), reason: keep?.reason }).toEqual({ until, reason });
    expect(attention).toEqual([]);
  });

  it.each(['2026-03-01', 'until 2026-03-01 demo', '2026-03-01 demo for sales', '2026-03-02T09:00:00+09:00'])(
    '%j is over',
    (value) => {
      expect(expiry({ keep: value })).toMatchObject({ keep: undefined, attention: [] });
    },
  );

  it.each(['2020-01-01 ~ 2026-12-31', '2020-01-01 to 2027-01-01', '2020-01-01 - 2027-01-01 demo', '2020-01-01 까지'])(
    '%j, which may mean another day, keeps it, and is named',
    (value) => {
      const { keep, attention } = expiry({ keep: value });
      expect(keep).toMatchObject({ until: undefined });
      expect(attention).toHaveLength(1);
    },
  );

  it.each([
    ['2026-12-31_demo', '2026-12-31T15:00:00.000Z', 'demo'],
    ['2026-12-31-demo', '2026-12-31T15:00:00.000Z', 'demo'],
    ['2026-12-31/demo', '2026-12-31T15:00:00.000Z', 'demo'],
    ['until_2026-12-31', '2026-12-31T15:00:00.000Z', ''],
    ['until-2026-12-31', '2026-12-31T15:00:00.000Z', ''],
    ['until=20261231_load-test', '2026-12-31T15:00:00.000Z', 'load-test'],
    ['2026-12-31 demo for sales', '2026-12-31T15:00:00.000Z', 'demo for sales'],
    ['2026-12-31 18:00+09:00 ＤＥＭＯ', '2026-12-31T09:00:00.000Z', 'ＤＥＭＯ'],
    ['2026-12-31_18-00_demo', '2026-12-31T09:00:00.000Z', 'demo'],
    ['20261231T180000+0900_demo', '2026-12-31T09:00:00.000Z', 'demo'],
  ])('%j, without a blank, keeps it until %s because of %j', (value, until, reason) => {
    const { keep, attention } = expiry({ keep: value });
    expect({ until: instant(keep?.until), reason: keep?.reason }).toEqual({ until, reason });
    expect(attention).toEqual([]);
  });

  it.each([
    '2026-02-01_05-31',
    '2026-02-01_05.31',
    '2026-02-01_0531',
    '2026-02-01 0531',
    '20260201_1231',
    '2026-02-01_31-05',
    '2026-02-01_12-31-2026',
    '2026-02-01_05-31-26',
    '2026-02-01_2027',
    '2026-02-01_20-27',
    '2026-02-01_2027-0131',
    '2026-02-01_1830-0131',
    '2026-02-01_05-31_demo',
    'until_2026-02-01_05-31',
  ])('%j may be a span of days, so it keeps', (value) => {
    const { keep, attention } = expiry({ keep: value });
    expect(keep).toMatchObject({ until: undefined });
    expect(attention).toHaveLength(1);
  });

  it.each([
    '2026-02-01_18-00',
    '2026-02-01_1800',
    '2026-02-01T05-31+0900',
    '2026-02-01 05:31+09:00',
    '20260201_1830+0900',
  ])('%j is a time of day, so it is over', (value) => {
    expect(expiry({ keep: value })).toMatchObject({ keep: undefined, attention: [] });
  });

  it.each(['2026-02-01_demo', 'until-2026-02-01', 'until_20260201', '2026-02-01-demo'])('%j is over', (value) => {
    expect(expiry({ keep: value })).toMatchObject({ keep: undefined, attention: [] });
  });

  it.each([
    '2026-02-01_2027-01-01',
    '20260201-20270101',
    '2026-02-01/2027-01-01',
    '2026-02-01--2027-01-01',
    '2026-02-01_to_2027-01-01',
    '2026-02-01_until_next_year',
    '2026-02-01_12-monkeys',
    '2026-02-01_25-00',
    '2026-2-1_demo',
    'demo_until_2026-02-01',
    'demo 20260201',
    '2026-02-01 → 2027-3-1',
    '2026-02-01 => 2027',
    '2026-02-01 … 2027',
    '2026-02-01 연장 2027년 3월',
    '2026-02-01 extended until further notice',
    '2026-02-01 onwards',
    '2026-02-01 or later',
    '20260201 forever',
    '2026-02-01_이후_계속',
    '2026-02-01 무기한',
    '2026-02-01 (extended: 27/3/1)',
    '2026-02-01_always',
    '2026-02-01_renewed',
    '2026-02-01 never delete',
    '2026-02-01 for next year',
    '2026-02-01 review',
    '2026-02-01 demo?',
    '2026-02-01-',
    '2026-02-01 - demo',
    '2026-02-01 -demo',
    '2026-02-01 삭제 금지',
    '2026-02-01_지우지_마세요',
    '2026-02-01 내년',
    '2026-02-01 이상',
    '2026-02-01 시작',
  ])('%j, which may mean another day, keeps it for ever, and what to write is said', (value) => {
    const { keep, attention } = expiry({ keep: value });
    expect(keep).toMatchObject({ until: undefined });
    expect(attention).toEqual([expect.stringMatching(/keeps it forever.*expected/)]);
  });

  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const promised = /^Words that may follow the date of `keep`.*?: (.*?)\.$/ms.exec(readme)?.[1] ?? '';
  const HARMLESS = [...promised.matchAll(/`(\p{L}+)`/gu)].map(([, word = '']) => word);
  const known = fc.constantFrom(...HARMLESS);
  const parting = fc.constantFrom(' ', '  ', '_', '-', '/');
  const aDate = fc.constantFrom('2026-02-01', 'until_20260201', 'until 2026-02-01', '2026-02-01_18-00');

  it('with a date that is over keeps it with any words but those that are known to be harmless', () => {
    const word = fc.oneof(fc.string(), fc.string({ unit: 'grapheme' }), fc.constantFrom('always', '내년', ''), known);
    const words = fc.array(fc.tuple(fc.oneof(parting, fc.string({ maxLength: 2 })), word), { minLength: 1 });
    fc.assert(
      fc.property(aDate, words, (date, parts) => {
        const rest = parts.flat().join('').trimEnd();
        const [first, ...said] = rest.split(/\s+|[_/-]/u);
        fc.pre(!/^(?:[\s_T.:+-]*\d|z)/iu.test(rest)); // a time of that day, or its offset
        fc.pre(first !== '' || said.some((one) => !HARMLESS.includes(meaning(one))));
        fc.pre(rest !== '');
        expect(expiry({ keep: `${date}${rest}` }).keep).toMatchObject({ until: undefined });
        expect(expiry({ keep: `${date}${rest}` }).attention).toHaveLength(1);
      }),
      { numRuns: 2_000 },
    );
  });

  it('with a date that is over is over with words that are known to be harmless', () => {
    const words = fc.array(fc.tuple(parting, fc.mixedCase(known)));
    fc.assert(
      fc.property(aDate, words, (date, parts) => {
        expect(expiry({ keep: `${date}${parts.flat().join('')}` })).toMatchObject({ keep: undefined, attention: [] });
      }),
    );
  });

  it.each([
    'Keep',
    'KEEP',
    ' keep ',
    'keep\u200b',
    'ｋｅｅｐ',
    'keep\u00a0',
    '\ufeffkeep',
    'ke\u00adep',
    'ke\u2060ep\u200f',
    'keep\u3164',
    'keep:',
    '#keep',
    '_keep',
    '"keep"',
    'кеер',
    'ΚΕΕΡ',
    'kеep',
  ])('under the key %j keeps it as well', (key) => {
    expect(expiry({ [key]: 'demo' }).keep).toMatchObject({ reason: 'demo' });
  });

  it('under a key in which every letter may be one that is drawn alike keeps it, whatever signs are around', () => {
    const letters = ['kKкКκΚｋ', 'eEеЕεΕｅ', 'eEеЕεΕ', 'pPрРρΡｐ'].map((alike) =>
      fc.constantFrom(...Array.from(alike)),
    );
    const signs = fc.string({ unit: fc.constantFrom(...Array.from(` _-#:"'.,()[]<>=+*!?/\u200b`)) });
    fc.assert(
      fc.property(fc.tuple(signs, ...letters, signs), (parts) => {
        expect(expiry({ [parts.join('')]: '' }).keep).toBeDefined();
      }),
    );
  });

  it.each(['keep-reason', 'keeper', 'house keep', 'кеш', 'upkeep'])('under the key %j keeps nothing', (key) => {
    expect(expiry({ [key]: 'demo' }).keep).toBeUndefined();
  });

  it('under a key of signs keeps under that key alone', () => {
    const rules = { tagKeys: { ...DEFAULT_TAG_KEYS, keep: '##' }, timezone: 'Asia/Seoul' };
    expect(expiryOf({ createDate: CREATED }, { '##': '' }, rules, NOW).keep).toBeDefined();
    expect(expiryOf({ createDate: CREATED }, { '@': '' }, rules, NOW).keep).toBeUndefined();
  });

  it('under a Korean key keeps it however its Hangul comes', () => {
    const rules = { tagKeys: { ...DEFAULT_TAG_KEYS, keep: '보존' }, timezone: 'Asia/Seoul' };
    const kept = (key: string): unknown =>
      expiryOf({ createDate: CREATED }, { [key]: '데모', ttl: '1h' }, rules, NOW).keep;
    expect(kept('보존')).toMatchObject({ reason: '데모' });
    expect(kept('보존'.normalize('NFD'))).toMatchObject({ reason: '데모' });
    expect(kept('보관')).toBeUndefined();
  });

  it.each([
    [{ keep: '2026-02-01', Keep: 'demo' }, undefined],
    [{ Keep: '2026-02-01', keep: '2026-12-31' }, '2026-12-31T15:00:00.000Z'],
    [{ keep: '2026-03-31', 'keep ': '2026-12-31', KEEP: '2026-02-01' }, '2026-12-31T15:00:00.000Z'],
  ])('of several spellings counts where it keeps longest: %j', (tags, until) => {
    expect(instant(expiry(tags).keep?.until)).toBe(until);
    expect(expiry(tags).keep).toBeDefined();
  });

  it.each(['false', 'no', '2026-02-30', '2026-13-01 demo', '2026-03-01T10:00 demo', '99999'])(
    '%j keeps it all the same, and is named',
    (value) => {
      const { keep, attention } = expiry({ keep: value });
      expect(keep).toMatchObject({ until: undefined });
      expect(attention).toHaveLength(1);
    },
  );

  it('is not read off the prototype of an object', () => {
    expect(
      expiryOf(
        { createDate: CREATED },
        {},
        { tagKeys: { ...DEFAULT_TAG_KEYS, keep: 'constructor' }, timezone: 'UTC' },
        NOW,
      ).keep,
    ).toBeUndefined();
  });
});

describe('a key that ends a server', () => {
  it.each(['TTL', 'Ttl'])('may be written with capitals: %s', (key) => {
    expect(isDue(expiry({ [key]: '1h' }), NOW)).toBe(true);
    expect(expiry({ [key]: '1h' }).attention).toEqual([]);
  });

  it.each([
    ['TTL ', 'ttl'],
    ['ttl\u200b', 'ttl'],
    ['ｔｔｌ', 'ttl'],
    ['terminate-at\u00a0', 'terminate-at'],
  ])('that is spelled otherwise, as %j, ends nothing, and is named', (key, ours) => {
    const said = expiry({ [key]: ours === 'ttl' ? '1h' : '2026-01-02' });
    expect(isDue(said, NOW)).toBe(false);
    expect(said.attention).toEqual([
      expect.stringMatching(new RegExp(`is not spelled ${ours}; rename the key to ${ours} if`)),
    ]);
  });

  it.each([
    [{ ttl: '1h', TTL: '300d' }],
    [{ 'terminate-at': '2026-02-01', 'Terminate-At': '2026-12-01' }],
    [{ 'terminate-at': '2026-02-01', 'Terminate-At': 'soon' }],
    [{ ttl: '1h', 'ttl ': '1h' }],
  ])('in several spellings ends nothing until one is left: %j', (tags) => {
    const said = expiry(tags);
    expect(isDue(said, NOW)).toBe(false);
    expect(said.attention.length).toBeGreaterThan(0);
  });

  it('in two spellings with one value is that value', () => {
    expect(isDue(expiry({ ttl: '1h', TTL: '1h' }), NOW)).toBe(true);
  });
});

describe('a key that is nearly one of ours', () => {
  it.each([
    ['kep', 'keep'],
    ['keeep', 'keep'],
    ['keep:', 'keep'],
    ['_keep', 'keep'],
    ['кеер', 'keep'],
    ['terminate_at', 'terminate-at'],
    ['terminateAt', 'terminate-at'],
    ['ttls', 'ttl'],
  ])('%s is named with %s, and nothing ends the server meanwhile', (key, ours) => {
    const said = expiry({ [key]: '2026-01-02', ttl: '1h' });
    expect(isDue(said, NOW)).toBe(false);
    expect(said.attention).toEqual([
      `the tag "${key}" looks like a misspelling of ${ours}; write ${ours} or use another key`,
    ]);
  });

  it.each(['env', 'team', 'name', 'expires', 'owner', '팀', 'step'])('%s is not', (key) => {
    expect(isDue(expiry({ [key]: 'x', ttl: '1h' }), NOW)).toBe(true);
  });
});
