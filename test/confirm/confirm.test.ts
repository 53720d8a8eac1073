import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Link, signLink } from '../../lib/confirm/link.ts';
import { durableHandler } from '../aws/durable-handler.ts';
import { type Bench, type Call, call, cardOf, KEYS, nothingLeaks, PRIVATE, startBench } from '../webhook/bench.ts';
import { refusedWith, saying } from '../wording/worded.ts';

const CARD = cardOf();
const { requestId } = CARD;
const MINA = 'naver-works:c72af563-0f21-4736-8ca2-dc4f5e9cbe5e';
const nothing = durableHandler(() => Promise.resolve());

let bench: Bench;

beforeAll(async () => {
  bench = await startBench();
});

beforeEach(() => bench.reset(nothing));

afterEach(() => nothingLeaks(bench));

afterAll(() => bench.close());

function linkTo(more: Partial<Link> = {}, key = KEYS.links): string {
  const { planHash } = CARD;
  return signLink({ requestId, planHash, by: MINA, expiresAt: 4_000_000_000_000, ...more }, [key]);
}

function open(token: string, language = 'en') {
  return call(bench, `/confirm/${token}`, { method: 'GET', headers: { 'accept-language': language } });
}

function send(token: string, form: Record<string, string> | string, more: Call = {}) {
  return call(bench, `/confirm/${token}`, {
    body: new URLSearchParams(form).toString(),
    ...more,
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...more.headers },
  });
}

/** Of the window and of the page. */
function titlesOf(html: string): (string | undefined)[] {
  return [/<title>(.*)<\/title>/, /<h1>(.*)<\/h1>/].map((one) => one.exec(html)?.[1]);
}

function decisionsIn(html: string): (string | undefined)[] {
  return [...html.matchAll(/name="decision" value="(\w+)"/g)].map(([, decision]) => decision);
}

function signals() {
  return bench.store().signals(requestId);
}

describe('opening the link', () => {
  it('shows the plan and one form, and changes nothing', async () => {
    await bench.store().putView(CARD);
    const [puts, updates] = [bench.database.calls('PutItem'), bench.database.calls()];
    const { status, text } = await open(linkTo());
    expect(status).toBe(200);
    expect(text.match(/<form method="post">/g)).toHaveLength(1);
    expect(text).toContain('<p>Your approval is needed.</p>');
    expect(text).not.toContain('naver-works:'); // a UUID says nothing to the person it names
    expect(text).toMatch(
      /<li><strong>dev-web<\/strong> <small>1001<\/small><span class="small">running, \d+ d old, 2 vCPU 4 GB<\/span>/,
    );
    expect(text).toContain('<span class="lost">deletes storage data (10 GB)</span>');
    expect(text).toContain('<span class="lost">releases 203.0.113.7</span>');
    expect(text).toContain('<span>not touched (held): mina holds it until it is released</span>');
    expect(text).toContain('America/New_York');
    expect(bench.database.calls('PutItem')).toBe(puts);
    expect(bench.database.calls() - updates).toBe(2); // the card and the signals are read
    expect(await signals()).toEqual([]);
    expect(bench.log).toEqual([]);
  });

  it('HEAD and OPTIONS, as scanners send them, change nothing either', async () => {
    await bench.store().putView(CARD);
    expect((await call(bench, `/confirm/${linkTo()}`, { method: 'HEAD' })).text).toBe('');
    expect((await call(bench, `/confirm/${linkTo()}`, { method: 'OPTIONS' })).headers.get('allow')).toContain('POST');
    expect(await signals()).toEqual([]);
  });

  it('is a page that loads, runs and tells nothing', async () => {
    await bench.store().putView(CARD);
    const { text, headers } = await open(linkTo());
    const style = /<style>(.*)<\/style>/s.exec(text)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    expect(headers.get('content-security-policy')).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`,
    );
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(text).toContain('<meta name="viewport" content="width=device-width, initial-scale=1">');
    expect(text).not.toMatch(/<script|<img|<link|<iframe|\bsrc=|\bhref=|\bon\w+=|style="/i);
  });

  it.each([
    ['ko-KR,ko;q=0.9,en;q=0.8', '<html lang="ko">', '이 서버들을 반납할까요?'],
    ['en-US', '<html lang="en">', 'Terminate these servers?'],
    ['fr', '<html lang="en">', 'Terminate these servers?'],
  ])('for who reads %s is in %s', async (language, lang, title) => {
    await bench.store().putView(CARD);
    const { text } = await open(linkTo(), language);
    expect(text).toContain(lang);
    expect(text).toContain(`<h1>${title}</h1>`);
  });

  it('escapes whatever people wrote', async () => {
    const evil = `"><script>alert('x')</script>&\u202e\n`;
    const [server] = CARD.servers;
    const servers =
      server === undefined ? [] : [{ ...server, serverName: evil, reason: saying(evil), statusName: evil }];
    await bench
      .store()
      .putView(cardOf({ reason: evil, requestedBy: evil, failure: refusedWith(evil), refusal: saying(evil), servers }));
    const { text } = await open(linkTo());
    expect(text).not.toContain('<script');
    expect(text).not.toContain('\u202e');
    expect(text).not.toContain("('x')");
    expect(text).toContain('&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;');
  });
});

describe('the form', () => {
  it('has one reason that goes with either button, and Enter in it presses neither', async () => {
    await bench.store().putView(CARD);
    const form = /<form[\s\S]*<\/form>/.exec((await open(linkTo())).text)?.[0] ?? '';
    expect(form.match(/<input[^>]*>/g)).toEqual(['<input name="reason" maxlength="500" autocomplete="off">']);
    expect(form.match(/<button[^>]*>/g)).toEqual([
      '<button disabled hidden>', // the one that Enter presses
      '<button class="approve" name="decision" value="approve">',
      `<button class="reject" name="decision" value="reject" formaction="${linkTo()}/reject">`,
    ]);
  });

  it('sends a rejection to a separate path, where nothing else is taken', async () => {
    await bench.store().putView(CARD);
    const page = `https://banap.example/confirm/${linkTo()}`;
    const action = / formaction="([^"]+)"/.exec((await open(linkTo())).text)?.[1] ?? '';
    const at = new URL(action, page).href.replace('https://banap.example/confirm/', '');
    const { status, text } = await send(at, { decision: 'approve' });
    expect([status, titlesOf(text)[1]]).toEqual([400, 'The form did not arrive intact']);
    expect((await open(at)).status).toBe(405);
    expect(await signals()).toEqual([]);
    const sent = await send(at, { decision: 'reject', reason: PRIVATE });
    expect([sent.status, titlesOf(sent.text)[1]]).toEqual([200, 'You rejected this']);
    expect(await signals()).toMatchObject([{ kind: 'reject', planHash: CARD.planHash, by: MINA, reason: PRIVATE }]);
  });

  it.each([
    ['approve', 'You approved this'],
    ['reject', 'You rejected this'],
  ])('says %s about this plan as this person, once', async (decision, title) => {
    await bench.store().putView(CARD);
    const texts: string[] = [];
    for (let times = 0; times < 2; times += 1) {
      const { status, text } = await send(linkTo(), { decision, reason: PRIVATE });
      expect(status).toBe(200);
      expect(titlesOf(text)).toEqual([`banap: ${title}`, title]);
      texts.push(/ at [^.]*\./.exec(text)?.[0] ?? '');
    }
    expect(texts[0]).toMatch(/^ at \d{4}-\d\d-\d\d \d\d:\d\d America\/New_York \(/);
    expect(texts[1]).toBe(texts[0]);
    expect(await signals()).toMatchObject([
      {
        kind: decision,
        planHash: CARD.planHash,
        by: MINA,
        name: '',
        reason: PRIVATE,
      },
    ]);
    expect(bench.log[0]).toBe(
      JSON.stringify({
        message: 'decided',
        requestId,
        kind: decision,
        by: MINA,
      }),
    );
  });

  it('wakes the run', async () => {
    await bench.store().putView(CARD);
    const { promise: sleeping, resolve: asleep } = Promise.withResolvers<void>();
    const store = (): ReturnType<Bench['store']> => bench.store();
    await bench.reset(
      durableHandler(async (engine) => {
        await engine.waitForSignal('approval', 3_600, async (wakeId) => {
          await store().putWake(requestId, wakeId);
          asleep();
        });
        return (await signals()).map(({ kind }) => kind);
      }),
    );
    await store().putView(CARD);
    await call(bench, '/terminations', { body: '{"policy": "nightly-dev"}' });
    await sleeping;
    await send(linkTo(), { decision: 'approve' });
    await bench.lambda.settled();
    expect(bench.lambda.executions()).toMatchObject([{ ended: { result: ['approve'] } }]);
  });

  it('leaves a person who agreed only the other button, and one who rejected none', async () => {
    await bench.store().putView(CARD);
    await send(linkTo(), { decision: 'approve' });
    const agreed = (await open(linkTo())).text;
    expect(decisionsIn(agreed)).toEqual(['reject']);
    expect(titlesOf(agreed)[1]).toBe('You approved this');
    expect((await send(linkTo(), { decision: 'reject' })).status).toBe(200);
    expect((await open(linkTo())).text).not.toContain('<form');
    expect((await send(linkTo(), { decision: 'approve' })).status).toBe(409);
    expect((await signals()).map(({ kind }) => kind).toSorted()).toEqual(['approve', 'reject']);
  });

  it.each([
    ['nothing', {}, 400],
    ['another decision', { decision: 'cancel' }, 400],
    ['a field of its own', { decision: 'approve', planHash: 'x' }, 400],
    ['two decisions', 'decision=reject&decision=approve', 400],
    ['a reason that is too long', { decision: 'approve', reason: 'x'.repeat(501) }, 400],
  ])('with %s says nothing', async (_name, form, expected) => {
    await bench.store().putView(CARD);
    const { status, text } = await send(linkTo(), form);
    expect(status).toBe(expected);
    expect(titlesOf(text)[1]).toBe('The form did not arrive intact');
    expect(await signals()).toEqual([]);
  });

  it('of another type says nothing', async () => {
    await bench.store().putView(CARD);
    const body = '{"decision": "approve"}';
    const { status } = await send(linkTo(), {}, { body, headers: { 'content-type': 'application/json' } });
    expect(status).toBe(415);
    expect(await signals()).toEqual([]);
  });
});

const SAID = { planHash: CARD.planHash, by: MINA, name: '', at: '2026-11-24T22:21:40.000Z', reason: '' };

describe.each(['approve', 'reject'] as const)('who said %s before', (kind) => {
  const did = kind === 'approve' ? 'approved' : 'rejected';

  it.each(['awaiting-approval', 'announced', 'working', 'ended'] as const)(
    'and says it again while the run is %s is told when, which is no error',
    async (state) => {
      await bench.store().putView(cardOf({ state }));
      await bench.store().say(requestId, { ...SAID, kind });
      for (const { status, text } of [await open(linkTo()), await send(linkTo(), { decision: kind })]) {
        expect([status, titlesOf(text)[1]]).toEqual([200, `You ${did} this`]);
        expect(text).toContain(`You ${did} this at 2026-11-24 17:21 America/New_York (2026-11-24 22:21Z).`);
      }
      expect(await signals()).toEqual([{ ...SAID, kind }]);
    },
  );
});

it('a person who approved what somebody else rejected is told of the rejection', async () => {
  const other = 'naver-works:0f9e8d7c-6b5a-4c3d-8e2f-1a0b9c8d7e6f';
  await bench.store().putView(cardOf({ approvers: [MINA, other] }));
  await bench.store().say(requestId, { ...SAID, kind: 'approve' });
  await bench.store().say(requestId, { ...SAID, kind: 'reject', by: other, at: '2026-11-24T22:30:00.000Z' });
  const { status, text } = await send(linkTo(), { decision: 'approve' });
  expect([status, titlesOf(text)[1]]).toEqual([409, 'Somebody else rejected this']);
  expect(text).toContain('It was rejected at 2026-11-24 17:30 America/New_York');
});

const refusals: [name: string, link: Partial<Link>, card: Partial<typeof CARD> | null, status: number, text: string][] =
  [
    ['that has expired', { expiresAt: 1_000 }, {}, 410, 'This link has expired'],
    ['to another plan', { planHash: 'old' }, {}, 409, 'The plan has changed'],
    ['to a run that is not there', {}, null, 404, 'There is no such run'],
    ['to a run that has ended', {}, { state: 'ended' }, 409, 'This run has ended'],
    [
      'of somebody who is no approver',
      { by: 'naver-works:0f9e8d7c-6b5a-4c3d-8e2f-1a0b9c8d7e6f' },
      {},
      403,
      'You may not decide this',
    ],
    ['after the time to decide', {}, { approvalUntil: '2026-01-01T00:00:00.000Z' }, 410, 'This link has expired'],
  ];

describe.each(refusals)('a link %s', (_name, link, card, expected, title) => {
  it('says so in its title, has no buttons, and its form says nothing', async () => {
    if (card !== null) await bench.store().putView(cardOf(card));
    const opened = await open(linkTo(link));
    expect(opened.status).toBe(expected);
    expect(titlesOf(opened.text)).toEqual([`banap: ${title}`, title]);
    expect(opened.text).not.toContain('<form');
    const sent = await send(linkTo(link), { decision: 'approve' });
    expect([sent.status, titlesOf(sent.text)[1]]).toEqual([expected, title]);
    expect(await signals()).toEqual([]);
    expect(bench.log[0]).toMatch(/^\{"message":"refused","status":4\d\d,"detail":"[a-z-]+"\}$/);
  });
});

it.each(['announced', 'working'] as const)(
  'a run that is %s may still be rejected, and not approved',
  async (state) => {
    await bench.store().putView(cardOf({ state, approvalUntil: '' }));
    const { status, text } = await open(linkTo());
    expect([status, decisionsIn(text)]).toEqual([200, ['reject']]);
    expect(titlesOf(text)[1]).toBe('No approval is needed any more');
    expect((await send(linkTo(), { decision: 'approve' })).status).toBe(409);
    expect((await send(linkTo(), { decision: 'reject' })).status).toBe(200);
    expect((await signals()).map(({ kind }) => kind)).toEqual(['reject']);
  },
);

it('the asker of the run is told so, may reject it and not approve it', async () => {
  await bench.store().putView(cardOf({ barred: [MINA] }));
  const { text } = await open(linkTo());
  expect(titlesOf(text)[1]).toBe('Somebody else must approve this');
  expect(decisionsIn(text)).toEqual(['reject']);
  expect((await send(linkTo(), { decision: 'approve' })).status).toBe(403);
  expect(await signals()).toEqual([]);
});

it.each(['awaiting-approval', 'announced', 'working', 'ended'] as const)(
  'a link to nobody shows the run that is %s, and decides nothing',
  async (state) => {
    await bench.store().putView(cardOf({ state, planHash: 'newer' }));
    const link = linkTo({ by: '', planHash: '' });
    const { status, text } = await open(link);
    expect(status).toBe(200);
    expect(text).toContain('<strong>dev-web</strong>');
    expect(text).not.toContain('<form');
    expect((await send(link, { decision: 'reject' })).status).toBeGreaterThanOrEqual(400);
    expect(await signals()).toEqual([]);
  },
);

describe('a forged link', () => {
  it.each([
    ['by another key', () => linkTo({}, KEYS.ci)],
    ['cut off', () => linkTo().slice(0, -1)],
    ['with another content', () => linkTo().replace(/^[^.]+/, linkTo({ by: 'slack:U1' }).split('.')[0] ?? '')],
    ['of nonsense', () => 'nonsense'],
  ])('%s shows nothing of any run, and says nothing', async (_name, forge) => {
    await bench.store().putView(CARD);
    const { status, text } = await open(forge());
    expect(status).toBe(403);
    expect(titlesOf(text)[1]).toBe('This link is not valid');
    expect(text).not.toContain('dev-web');
    expect((await send(forge(), { decision: 'approve' })).status).toBe(403);
    expect(await signals()).toEqual([]);
  });

  it('is every link where there is no key', async () => {
    vi.stubEnv('CONFIRM_SECRET_ID', '');
    await bench.reset(nothing);
    await bench.store().putView(CARD);
    expect((await open(linkTo())).status).toBe(403);
    vi.stubEnv('CONFIRM_SECRET_ID', 'banap/test/links');
  });
});

it('a store that does not answer is a page that asks to try again', async () => {
  await bench.store().putView(CARD);
  bench.database.failNext(3, 'cut');
  const { status, text } = await send(linkTo(), { decision: 'approve' });
  expect(status).toBe(503);
  expect(titlesOf(text)[1]).toBe('Try again in a minute');
  expect(bench.log[0]).toContain('did not answer as expected');
  expect(await signals()).toEqual([]);
});
