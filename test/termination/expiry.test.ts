import { describe, expect, it } from 'vitest';
import { type Expiry, expiryOf, isDue } from '../../lib/termination/expiry.ts';
import { DEFAULT_TAG_KEYS } from '../../lib/termination/model.ts';

const NOW = Date.parse('2026-03-02T00:00:00Z');
const CREATED = '2026-02-01T12:00:00+09:00';

interface Given {
  createDate?: string;
  timezone?: string;
}

function expiry(tags: Record<string, string>, { createDate = CREATED, timezone = 'Asia/Seoul' }: Given = {}): Expiry {
  return expiryOf({ createDate }, tags, { tagKeys: DEFAULT_TAG_KEYS, timezone }, NOW);
}

const instant = (at: number | undefined): string | undefined => (at === undefined ? at : new Date(at).toISOString());

describe('terminate-at', () => {
  it.each([
    ['2026-03-01T09:00:00+09:00', '2026-03-01T00:00:00.000Z', true],
    ['2026-03-02T00:00:00Z', '2026-03-02T00:00:00.000Z', true],
    ['2026-03-02T00:00:01Z', '2026-03-02T00:00:01.000Z', false],
    [' 2026-03-01 ', '2026-02-28T15:00:00.000Z', true],
    ['2028-02-29', '2028-02-28T15:00:00.000Z', false],
    ['9999-12-31', '9999-12-30T15:00:00.000Z', false],
    ['2001-01-01', '2000-12-31T15:00:00.000Z', true],
  ])('%s ends it at %s; due now: %s', (value, at, due) => {
    const said = expiry({ 'terminate-at': value });
    expect(instant(said.dueAt)).toBe(at);
    expect(isDue(said, NOW)).toBe(due);
    expect(said.attention).toEqual([]);
  });

  it('means the start of that day in the zone of the policy, on a night that has no midnight too', () => {
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
    '20260301',
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

  it('in one tag takes the other one its force', () => {
    expect(isDue(expiry({ 'terminate-at': '2026-01-01', ttl: 'soon' }), NOW)).toBe(false);
    expect(isDue(expiry({ 'terminate-at': 'soon', ttl: '1h' }), NOW)).toBe(false);
  });
});

describe('keep', () => {
  it.each([
    ['', undefined, ''],
    ['true', undefined, 'true'],
    ['demo for the board', undefined, 'demo for the board'],
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

  it.each(['2026-03-01', 'until 2026-03-01 demo', '2026-03-02T09:00:00+09:00'])('%j is over', (value) => {
    expect(expiry({ keep: value })).toMatchObject({ keep: undefined, attention: [] });
  });

  it.each(['2020-01-01 ~ 2026-12-31', '2020-01-01 to 2027-01-01', '2020-01-01 - 2027-01-01 demo', '2020-01-01 까지'])(
    '%j, which may mean another day, keeps it, and is named',
    (value) => {
      const { keep, attention } = expiry({ keep: value });
      expect(keep).toMatchObject({ until: undefined });
      expect(attention).toHaveLength(1);
    },
  );

  it.each(['Keep', 'KEEP', ' keep '])('under the key %j keeps it as well', (key) => {
    expect(expiry({ [key]: 'demo' }).keep).toMatchObject({ reason: 'demo' });
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
