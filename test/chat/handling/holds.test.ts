import { describe, expect, it } from 'vitest';
import { policiesSchema } from '../../../lib/policies/schema.ts';
import { holdOn } from '../../termination/desk.ts';
import { ask, DURI, GUEST, MINA, openCounter, POLICIES } from './backend.ts';

const held = async ({ desk }: Awaited<ReturnType<typeof openCounter>>): Promise<string[]> =>
  (await desk.store.holds('default')).map(({ serverInstanceNo, by, until }) => [serverInstanceNo, by, until].join(' '));

describe('a server that somebody keeps in a chat', () => {
  it('is kept for seven days where nobody says how long, and the way back is said', async () => {
    const counter = await openCounter();
    const answer = await ask(counter, 'keep dev-1');
    expect(answer).toContain('To undo: "/terminate release dev-1".');
    const [only] = await held(counter);
    const week = new Date(counter.backend.clock.now() + 7 * 86_400_000).toISOString().slice(0, 10);
    expect(only).toMatch(new RegExp(`^1001 hana \\(slack:U0HANA\\) ${week}`));
  });

  it('is released by who holds it, under any name of theirs; what others hold stays and is named', async () => {
    const counter = await openCounter();
    await ask(counter, 'keep dev-1 for ever');
    await ask(counter, 'keep dev-1 for 3d', { person: MINA });
    const answer = await ask(counter, 'release dev-1', { person: { id: 'slack:U0HANA', name: 'Hana Kim' } });
    expect(answer).toMatch(/^Released: dev-1\. Still held: dev-1, held by mina \(slack:U0MINA\) until /);
    expect((await held(counter)).map((line) => line.split(' ')[1])).toEqual(['mina']);
    expect(await ask(counter, 'release dev-1', { person: GUEST })).toMatch(
      /^You hold none of these servers\. Still held/,
    );
    expect(await held(counter)).toHaveLength(1);
  });

  it('is not released from a chat whose policies do not mean it', async () => {
    const counter = await openCounter();
    await ask(counter, 'keep dev-1');
    for (const channel of ['C0LOOK', 'C0ELSEWHERE']) await ask(counter, 'release dev-1', { channel });
    expect(await held(counter)).toHaveLength(1);
  });

  it('is listed, and nothing that policies of other chats mean', async () => {
    const counter = await openCounter();
    expect(await ask(counter, 'holds')).toBe('Nobody holds a server here.');
    await ask(counter, 'keep dev-1 because of a demo');
    await counter.desk.store.hold('default', holdOn('1050', { serverName: 'prod-1' }));
    const listed = await ask(counter, 'holds');
    expect(listed).toMatch(/^dev-1, held by hana \(slack:U0HANA\) until .*: of a demo$/);
    expect(await ask(counter, '유지목록')).toContain('dev-1');
  });
});

it('why says what would become of each server, and what keeps it', async () => {
  const counter = await openCounter();
  expect(await ask(counter, 'why dev-1')).toMatch(/^dev-1: would be terminated · running, /);
  expect(await ask(counter, 'why dev-safe')).toMatch(
    /^dev-safe: not touched \(protected\): termination protection is on · /,
  );
  expect(await ask(counter, '왜 dev-safe')).toContain('반납 보호가 설정되어 있습니다');
  expect(await ask(counter, 'why prod-1')).toContain('No server is called prod-1');
  expect(counter.started).toEqual([]);
});

async function paused({ desk }: Awaited<ReturnType<typeof openCounter>>): Promise<string[][]> {
  return (await desk.store.allPauses()).map(({ policy, by, reason }) => [policy, by, reason]);
}

describe('a policy that somebody pauses in a chat', () => {
  it('is one of this chat, and goes on when the same person says so', async () => {
    const counter = await openCounter();
    expect(await ask(counter, 'pause because of an incident')).toMatch(/^Several policies can be used here/);
    expect(await ask(counter, 'pause prod because of an incident')).toMatch(/^There is no policy prod here/);
    expect(await paused(counter)).toEqual([]);
    const answer = await ask(counter, 'pause nightly-dev because of an incident');
    expect(answer).toContain('To go on: "/terminate resume nightly-dev".');
    expect(await paused(counter)).toEqual([['nightly-dev', 'hana (slack:U0HANA)', 'of an incident']]);

    expect(await ask(counter, 'resume nightly-dev', { person: DURI })).toMatch(/^Nothing was changed: hana/);
    expect(await paused(counter)).toHaveLength(1);
    expect(await ask(counter, 'resume nightly-dev')).toBe('Policy nightly-dev goes on.');
    expect(await paused(counter)).toEqual([]);
    expect(await ask(counter, 'resume nightly-dev')).toBe('Policy nightly-dev is not paused.');
  });

  it('stays paused while everything is paused by somebody else', async () => {
    const counter = await openCounter();
    const at = new Date(counter.backend.clock.now()).toISOString();
    await counter.desk.store.pause({ account: '', policy: '', by: 'ops', reason: 'incident', at, until: '' });
    expect(await ask(counter, 'resume nightly-dev')).toMatch(/^Nothing was changed: ops paused it/);
    expect(await paused(counter)).toHaveLength(1);
  });
});

it('next says when the policies of this chat run, each in its zone', async () => {
  const counter = await openCounter();
  expect(await ask(counter, 'next')).toMatch(/^No policy of this chat runs by itself/);
  const { 'nightly-dev': nightly, lab } = POLICIES.policies;
  const policies = policiesSchema.parse({
    version: 1,
    policies: {
      'nightly-dev': { ...nightly, schedule: 'cron(0 21 ? * * *)' },
      lab: { ...lab, schedule: 'rate(6 hours)' },
      prod: { ...POLICIES.policies['prod'], schedule: 'rate(1 hour)' },
    },
  });
  const answer = await ask({ ...counter, backend: { ...counter.backend, policies } }, 'next');
  expect(answer.split('\n')).toEqual([
    'lab: every 6 hours',
    ...Array.from({ length: 3 }, () => expect.stringMatching(/^nightly-dev: \d{4}-\d\d-\d\d 21:00 KST \(12:00Z\)$/)),
  ]);
});
