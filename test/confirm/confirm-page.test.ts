import { describe, expect, it } from 'vitest';
import { CONFIRM_NOTES, type ConfirmNote } from '../../lib/confirm/confirm-notes.ts';
import { type ConfirmPage, confirmPage } from '../../lib/confirm/confirm-page.ts';
import type { ServerView } from '../../lib/termination/status/run-view.ts';
import { serverView } from '../termination/builders.ts';
import { cardOf } from '../webhook/bench.ts';

const BOTH: ConfirmPage['decisions'] = ['approve', 'reject'];

function serversOf(count: number, verdict = 'terminate'): ServerView[] {
  return Array.from({ length: count }, (_, index) =>
    serverView({ serverInstanceNo: String(1001 + index), serverName: `${verdict}-${index}`, verdict }),
  );
}

function page(more: Partial<ConfirmPage>): string {
  return confirmPage({ token: 'a.b', language: 'en', decisions: BOTH, timezone: 'Asia/Seoul', ...more });
}

function headingsIn(html: string): string[] {
  return [...html.matchAll(/<h2>(.*?)<\/h2>/g)].map(([, text = '']) => text);
}

describe('the buttons', () => {
  it.each([
    [10, '<section><h2>To be terminated: 10</h2>'],
    [11, '<details><summary><h2>To be terminated: 11</h2></summary>'],
    [60, '<details><summary><h2>To be terminated: 60</h2></summary>'],
  ])('are in reach: of %i servers the list is %s', (count, list) => {
    const html = page({ card: cardOf({ servers: serversOf(count) }) });
    expect(html).toContain(list);
    expect(html.indexOf(list)).toBeLessThan(html.indexOf('<form'));
    expect(html.match(/<li>/g)).toHaveLength(count);
  });

  it('come before the servers that nothing is done about', () => {
    const html = page({ card: cardOf({ servers: [...serversOf(2), ...serversOf(3, 'refuse')] }) });
    expect(html.indexOf('<form')).toBeLessThan(html.indexOf('<h2>Left alone: 3</h2>'));
  });
});

it.each([
  ['en', ['Failed, or not finished: 2', 'Terminated: 1', 'Left alone: 1', 'Gone before: 1']],
  ['ko', ['실패 또는 미완료: 2', '반납됨: 1', '반납하지 않는 서버: 1', '이미 없던 서버: 1']],
] as const)('after the end servers stand by what became of them (%s)', (language, headings) => {
  const results = ['terminated', 'refused', 'already-gone', 'unfinished', 'failed'];
  const card = cardOf({ state: 'ended', servers: results.flatMap((result) => serversOf(1, result)) });
  expect(headingsIn(page({ language, card, decisions: [] }))).toEqual(headings);
});

it('after the end the state says how it ended, in the signals of the chats', () => {
  const servers = serversOf(2, 'terminated');
  const card = cardOf({ state: 'ended', status: 'all-gone', servers });
  expect(page({ card, decisions: [] })).toContain('<dd>Ended: 2 terminated.</dd>');
});

describe.each(['en', 'ko'] as const)('in %s', (language) => {
  const kinds = Object.keys(CONFIRM_NOTES[language]) as ConfirmNote[];

  it.each(kinds)('%s is what the title says, and no question', (kind) => {
    const html = page({ language, note: { kind, at: '2026-11-24T22:21:00.000Z' }, decisions: ['reject'] });
    const { title } = CONFIRM_NOTES[language][kind];
    expect(html).toContain(`<title>banap: ${title}</title>`);
    expect(html).toContain(`<h1>${title}</h1>`);
    expect(html.replace(/<style>.*<\/style>/, '')).not.toMatch(/\?<\/h1>|할까요|%/);
  });
});

it.each([
  ['expired', '링크가 만료되었습니다'],
  ['forged', '올바르지 않은 링크입니다'],
  ['approved', '승인했습니다'],
  ['rejected', '거절했습니다'],
] as const)('%s is in Korean %s', (kind, title) => {
  expect(CONFIRM_NOTES.ko[kind].title).toBe(title);
});

it('asks nobody by an id, in Korean neither', () => {
  expect(page({ language: 'ko', card: cardOf() })).toContain('<p>승인이 필요합니다.</p>');
});

it('is in the colours of the system, and headings go down in size', () => {
  const html = page({ card: cardOf() });
  expect(html).toContain('color-scheme:light dark');
  const [h1 = 0, h2 = 0] = ['h1', 'h2'].map((name) =>
    Number(new RegExp(`${name}\\{font-size:([\\d.]+)rem`).exec(html)?.[1]),
  );
  expect(h1).toBeGreaterThan(h2);
  expect(h2).toBeGreaterThan(1);
});
