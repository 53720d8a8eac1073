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
    [1, false],
    [20, false],
    [21, true],
    [200, true],
  ])('come after every server of the plan, by name: of %i, with a field to find one: %s', (count, hasField) => {
    const html = page({ card: cardOf({ servers: serversOf(count) }) });
    expect(html.indexOf(`To be terminated: ${count}`)).toBeLessThan(html.indexOf('<form'));
    for (const { serverName } of serversOf(count)) expect(html).toContain(`<strong>${serverName}</strong>`);
    expect(html.match(/<li>/g)).toHaveLength(count);
    // Hidden until the script shows it: without a script nothing is missing.
    expect(html.includes('<p hidden><label>Find a server<input type="search"')).toBe(hasField);
    expect(html.includes('<script>')).toBe(hasField);
  });

  it('come before the servers that nothing is done about', () => {
    const html = page({ card: cardOf({ servers: [...serversOf(2), ...serversOf(3, 'refuse')] }) });
    expect(html.indexOf('<form')).toBeLessThan(html.indexOf('<h2>Cannot be terminated: 3</h2>'));
  });
});

it.each([
  ['en', ['Failed, or not finished: 2', 'Terminated: 1', 'Cannot be terminated: 1', 'Gone before: 1']],
  ['ko', ['실패 또는 미완료: 2', '반납됨: 1', '반납할 수 없는 서버: 1', '이미 없던 서버: 1']],
] as const)('after the end servers stand by what became of them (%s)', (language, headings) => {
  const results = ['terminated', 'refused', 'already-gone', 'unfinished', 'failed'];
  const card = cardOf({ state: 'ended', servers: results.flatMap((result) => serversOf(1, result)) });
  expect(headingsIn(page({ language, card, decisions: [] }))).toEqual(headings);
});

it('after the end the state says how it ended, in the words of the chats', () => {
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

it('asks nobody by an id, nor does it in Korean', () => {
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

it('asks for a second step before an approval, which says again how many go and what is lost', () => {
  const card = cardOf();
  const step = /<details>(.*?)<\/details>/s.exec(page({ card }))?.[1] ?? '';
  expect(step).toContain('<summary>Approve 1 …</summary>');
  expect(step).toContain('Terminate 1 server?');
  expect(step).toContain('Also deleted: 1 additional volume with its data. Also released: 1 public IP address.');
  expect(step).toContain('value="approve"');
  expect(page({ card, decisions: ['reject'] })).not.toContain('<details>');
});

it('says as whom one decides, what others said and how many are missing', () => {
  const signal = {
    kind: 'approve',
    planHash: 'x',
    by: 'slack:U1',
    name: '이둘',
    at: '2026-11-24T03:10:00.000Z',
    reason: '',
  };
  const html = page({
    card: cardOf({ signals: [{ ...signal, kind: 'approve' }], missingApprovals: 1 }),
    person: 'naver-works:c72af563-0f21-4736-8ca2-dc4f5e9cbe5e',
  });
  expect(html).toContain('<dt>You decide as</dt><dd>naver-works …9cbe5e</dd>');
  expect(html).toMatch(/<h2>What others said<\/h2><p>.*이둘.* approved it<\/p><p>1 approval is missing\.<\/p>/);
});

it.each(['approved', 'rejected'] as const)('once this person has %s it, nothing contradicts that', (kind) => {
  const html = page({ card: cardOf(), note: { kind, at: '2026-11-24T22:21:00.000Z' }, decisions: [] });
  expect(html).not.toMatch(/waits for approval|Decide until|approval is missing/);
});

it('draws a bar for each server that something was done to, with the times in words', () => {
  const times = {
    stop: '2026-11-24T03:00:00.000Z',
    terminate: '2026-11-24T03:01:00.000Z',
    gone: '2026-11-24T03:02:00.000Z',
  };
  const servers = [serverView({ verdict: 'terminated', times }), ...serversOf(1, 'refused')];
  const html = page({ card: cardOf({ state: 'ended', servers }), decisions: [] });
  expect(html.match(/<rect /g)).toHaveLength(2);
  expect(html).toMatch(/<rect class="stopping" x="130" .*<rect class="ending" x="255" /);
  expect(html).toContain('role="img" aria-label="Timeline"');
  expect(page({ card: cardOf() })).not.toContain('<svg');
});
