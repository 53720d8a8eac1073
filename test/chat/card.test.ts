import { describe, expect, it } from 'vitest';
import { cardLine, cardView } from '../../lib/chat/core/card.ts';
import { buttonValue, parseButtonValue } from '../../lib/chat/core/card-button.ts';
import { APPROVED, card, server } from './cards.ts';

const HOLDS = ['snooze-7d'];

it.each([
  ['awaiting-approval', ['approve', 'reject', ...HOLDS]],
  ['announced', [...HOLDS, 'cancel']],
  ['working', ['snooze-7d', 'cancel']],
  ['ended', []],
] as const)('a run that is %s offers %j', (state, actions) => {
  const { buttons } = cardView(card({ state }), 'en');
  expect(buttons.map((button) => button.action)).toEqual(actions);
});

it('carries run and plan in every button', () => {
  for (const { action, value } of cardView(card(), 'ko').buttons) {
    expect(parseButtonValue(value)).toEqual({ action, requestId: 'chat-7f3a', planHash: '0123456789abcdef' });
  }
});

it.each(['', '{', 'null', '[]', '{"a":"approve"}', '{"a":"terminate","r":"x","p":"y"}', '{"a":"keep","r":"","p":"y"}'])(
  'is no value of a button: %j',
  (value) => {
    expect(parseButtonValue(value)).toBeUndefined();
  },
);

it('has a short value', () => {
  const value = buttonValue({ action: 'snooze-7d', requestId: 'x'.repeat(200), planHash: 'y'.repeat(64) });
  expect(value.length).toBeLessThan(400);
});

describe('the state', () => {
  it("says how many must approve and until when, in the zone and in UTC, and nobody's id", () => {
    expect(cardView(card(), 'en').state).toBe(
      'Needs 1 approval by 2026-11-25 12:00 KST (03:00Z). Nothing is done before that.',
    );
    expect(cardView(card(), 'en', { timezone: 'America/New_York' }).state).toContain(
      'by 2026-11-24 22:00 EST (2026-11-25 03:00Z)',
    );
  });

  it('says how much is still to do', () => {
    const [alone, ...others] = card().servers;
    const done = others.map((one, at) => (at === 0 ? { ...one, verdict: 'terminated' } : one));
    const working = card({ state: 'working', servers: [...(alone === undefined ? [] : [alone]), ...done] });
    expect(cardView(working, 'en').state).toBe('In progress: 1 of 2 servers left.');
    expect(cardView(working, 'ko').state).toBe('진행 중: 서버 2대 중 1대가 남았습니다.');
  });
});

it('counts the servers that go, and of a run that ended without any those that it was about', () => {
  expect(cardView(card(), 'en').title).toBe('nightly-dev: terminate 2 servers');
  const refused = card().servers.map((one) => ({ ...one, verdict: 'refused', guard: 'rejected' }));
  expect(cardView(card({ state: 'ended', servers: refused }), 'en').title).toBe('nightly-dev: terminate 3 servers');
  expect(cardView(card({ policy: '' }), 'ko').title).toBe('default: 서버 2대 반납');
});

it('says what is lost with the servers, as long as somebody may say no', () => {
  expect(cardView(card(), 'en').frees).toBe(
    'Also deleted: 1 additional volume with its data. Also released: 1 public IP address.',
  );
  expect(cardView(card({ state: 'ended' }), 'en').frees).toBe('');
  const confirm = cardView(card(), 'ko').buttons.find((button) => button.action === 'approve')?.confirm;
  expect(confirm?.text).toContain('추가 스토리지 1개가 데이터와 함께 삭제되고');
});

it.each([
  ['en', /nothing is done before .*; a stays, and is billed$/],
  ['ko', /; a 유지\(계속 과금\)$/],
] as const)(
  'names what is kept in %s, however short its name and whatever letters the reason has',
  (language, kept) => {
    const reason = {
      code: 'later',
      startsAt: '2026-11-25T03:00:00.000Z',
      terminatesAt: '',
      mayBecomeLater: false,
    } as const;
    const [line] = cardView(card({ servers: [server({ keeps: ['a'], reason })] }), language).servers;
    expect(line).toMatch(kept);
  },
);

const firstWords = (verdicts: string[]): string[] =>
  cardView(card({ servers: verdicts.map((verdict) => server({ serverName: verdict, verdict })) }), 'en').servers.map(
    (line) => line.split(' ')[0] ?? '',
  );

it('shows what would be done first, and of a run that has ended what went wrong first', () => {
  expect(firstWords(['already-gone', 'refuse', 'wait', 'terminate'])).toEqual([
    'terminate',
    'wait',
    'refuse',
    'already-gone',
  ]);
  expect(firstWords(['terminated', 'refused', 'failed', 'unfinished'])).toEqual([
    'failed',
    'unfinished',
    'terminated',
    'refused',
  ]);
});

it('names who said what, and when', () => {
  const signals = [APPROVED, { ...APPROVED, kind: 'cancel' as const, name: '', reason: 'needed' }];
  expect(cardView(card({ signals }), 'en').signals).toEqual([
    '2026-11-24 12:10 KST (03:10Z): 이둘 (slack:U012ABC) approved it',
    '2026-11-24 12:10 KST (03:10Z): slack:U012ABC cancelled it: needed',
  ]);
});

it('is one line where there is room for one', () => {
  const line = cardLine({ title: 'a\nb', state: 'x'.repeat(400) });
  expect(line).toHaveLength(300);
  expect(line).toMatch(/^a b · x+…$/);
});

const asked = (given: Parameters<typeof card>[0]): string | undefined =>
  cardView(card({ reason: '', ...given }), 'en').details[0];

it('names who asked by the best name that there is', () => {
  expect(asked({})).toBe('Asked for by 김하나');
  expect(asked({ requestedBy: '' })).toBe('Asked for by slack:U0ASKED');
  expect(asked({ requestedBy: '', askedBy: '', trigger: 'schedule' })).toBe('Asked for by schedule');
});
