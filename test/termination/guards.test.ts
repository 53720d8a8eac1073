import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DEFAULT_PACE } from '../../lib/termination/decision/bounds.ts';
import type { Case } from '../../lib/termination/decision/case.ts';
import { type Constraints, Unread } from '../../lib/termination/decision/constraints.ts';
import { decide } from '../../lib/termination/decision/decide.ts';
import type { Decision } from '../../lib/termination/decision/decision.ts';
import { NO_MEMORY } from '../../lib/termination/events.ts';
import type { Server } from '../../lib/termination/model.ts';
import type { PolicyTerms } from '../../lib/termination/rules.ts';
import { saying, type Worded, worded } from '../wording/worded.ts';
import { FREE, PERMISSIVE, pinnedTo, RULES, server, volume } from './builders.ts';

/** A Monday, 09:00 in Korea. */
const NOW = Date.parse('2026-03-02T00:00:00Z');

const OPEN: PolicyTerms = { ...PERMISSIVE, policy: 'nightly', select: { names: ['dev-*'] }, unless: [], window: null };
const NIGHT = {
  timezone: 'Asia/Seoul',
  days: ['MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN'],
  from: '21:00',
  to: '23:00',
  holidays: { calendar: 'none', dates: [] },
} satisfies PolicyTerms['window'];

type Look = Omit<Case, 'target' | 'server'> & { server: Server };

/** No guard refuses it: a policy that goes by tags selects it, and its time has come. */
const DUE: Look = {
  server: server(),
  memory: NO_MEMORY,
  rules: { ...RULES, policyTerms: OPEN, expiry: 'tags', storage: 'detach' },
  constraints: { ...FREE, tags: { 'terminate-at': '2026-01-01' } },
  overLimits: null,
  now: NOW,
  pace: DEFAULT_PACE,
};

function withStanding(look: Look, constraints: Partial<Constraints>): Look {
  return { ...look, constraints: { ...FREE, ...look.constraints, ...constraints } };
}

function withTags(look: Look, tags: Record<string, string>): Look {
  const before = look.constraints?.tags;
  return withStanding(look, { tags: before instanceof Unread ? before : { ...before, ...tags } });
}

const HOLD = {
  serverInstanceNo: '1001',
  serverName: 'dev-1',
  kind: 'snooze',
  by: '김하나',
  reason: 'demo',
  at: '2026-03-01T00:00:00Z',
  until: '2026-03-09T00:00:00Z',
} as const;

const PAUSE = {
  account: '',
  policy: 'nightly',
  by: '김하나',
  reason: 'migration',
  at: '2026-03-01T00:00:00Z',
  until: '',
} as const;

const CANCEL = {
  kind: 'cancel',
  planHash: '',
  by: 'slack:U012ABC',
  name: '김하나',
  at: '2026-03-01T00:00:00Z',
  reason: 'not now',
} as const;

/** In the order of SAFETY.md: what makes each rule refuse, and its reason. */
const ROWS: { row: string; says: string; given: (look: Look) => Look }[] = [
  {
    row: 'protected',
    says: 'protected',
    given: (look) => ({ ...look, server: { ...look.server, isProtectServerTermination: true } }),
  },
  { row: 'held', says: 'held', given: (look) => withStanding(look, { hold: HOLD }) },
  { row: 'cancelled', says: 'cancelled', given: (look) => withStanding(look, { signals: [CANCEL] }) },
  { row: 'kept', says: 'kept', given: (look) => withTags(look, { keep: 'until the demo' }) },
  {
    row: 'not meant by its policy',
    says: 'policy',
    given: (look) => ({
      ...look,
      rules: { ...look.rules, policyTerms: { ...policyTermsOf(look), select: { names: ['prod-*'] } } },
    }),
  },
  { row: 'paused', says: 'wait', given: (look) => withStanding(look, { pause: PAUSE }) },
  {
    row: 'outside the window',
    says: 'wait',
    given: (look) => ({ ...look, rules: { ...look.rules, policyTerms: { ...policyTermsOf(look), window: NIGHT } } }),
  },
  {
    row: 'over a limit',
    says: 'limit',
    given: (look) => ({ ...look, overLimits: saying('the whole plan is refused: too many') }),
  },
  { row: 'not due', says: 'not-due', given: (look) => withTags(look, { 'terminate-at': '2099-01-01' }) },
];

function policyTermsOf({ rules }: Look): PolicyTerms {
  return rules.policyTerms ?? OPEN;
}

function decided({ server: seen, ...look }: Look): Worded<Decision> {
  const meant = pinnedTo(seen, { serverName: seen.serverName, wasProtected: seen.isProtectServerTermination });
  return worded(decide(meant, { kind: 'present', server: seen }, look));
}

function saidBy(look: Look): string {
  const decision = decided(look);
  return decision.kind === 'refuse' ? decision.guard : decision.kind;
}

describe('the order of precedence', () => {
  it('is the one in SAFETY.md, row by row', () => {
    const text = readFileSync(join(import.meta.dirname, '..', '..', 'SAFETY.md'), 'utf8');
    const section = text.slice(text.indexOf('## Who may say no'));
    const rows = [...section.slice(0, section.indexOf('\n## ', 3)).matchAll(/^\| \d+ \| ([^|]+?) \|/gm)];
    expect(rows.map(([, row]) => row)).toEqual(ROWS.map(({ row }) => row));
  });

  it.each(ROWS)('$row: says $says', ({ given, says }) => {
    expect(saidBy(given(DUE))).toBe(says);
  });

  it('does not spare a server to which none of it applies', () => {
    expect(decided(DUE)).toMatchObject({ kind: 'act', action: { name: 'stop' } });
  });

  it('the first guard that refuses a server is named, in every combination and state', () => {
    let combinations = 0;
    for (let bits = 1; bits < 2 ** ROWS.length; bits += 1) {
      const rows = ROWS.filter((_, index) => (bits & (2 ** index)) > 0);
      for (const status of ['RUN', 'NSTOP']) {
        const look = rows.reduce((made, { given }) => given(made), {
          ...DUE,
          server: server({ status, statusName: status }),
        });
        const names = rows.map(({ row }) => row).join(', ');
        expect(`${names}: ${saidBy(look)}`).toBe(`${names}: ${rows[0]?.says}`);
        combinations += 1;
      }
    }
    expect(combinations).toBe(1_022);
  });

  it('holds for the end of a grace as for its beginning', () => {
    for (const { given, says } of ROWS) {
      const stopped = { at: NOW - 8 * 86_400_000, uptime: server().uptime };
      const look = { ...DUE, server: server({ status: 'NSTOP' }), memory: { ...NO_MEMORY, stopped } };
      const late = { ...look, rules: { ...look.rules, stopForSeconds: 7 * 86_400 } };
      expect(saidBy(late)).toBe('act');
      expect(saidBy(given(late))).toBe(says);
    }
  });
});

describe('what nobody could read', () => {
  it.each([
    ['holds', { hold: new Unread(saying('holds could not be read: throttled'), false) }, 'wait'],
    ['holds, for good', { hold: new Unread(saying('holds could not be read: no table'), true) }, 'held'],
    ['tags', { tags: new Unread(saying('tags could not be read: timeout'), false) }, 'wait'],
    ['tags, for good', { tags: new Unread(saying('tags could not be read: no permission'), true) }, 'kept'],
    ['pauses', { pause: new Unread(saying('pauses could not be read: throttled'), false) }, 'wait'],
    ['pauses, for good', { pause: new Unread(saying('pauses could not be read: no table'), true) }, 'held'],
    ['what people said', { signals: new Unread(saying('what people said could not be read'), false) }, 'wait'],
    [
      'what people said, for good',
      { signals: new Unread(saying('what people said could not be read'), true) },
      'cancelled',
    ],
    ['the policy of today', { policyNow: new Unread(saying('the policy could not be read'), false) }, 'wait'],
    [
      'the policy of today, for good',
      { policyNow: new Unread(saying('the policy could not be read'), true) },
      'policy',
    ],
  ])('%s: nothing is done', (_what, constraints, says) => {
    expect(saidBy(withStanding(DUE, constraints))).toBe(says);
  });

  it('nothing is done to a server about which nobody was asked', () => {
    expect(decided({ ...DUE, constraints: undefined })).toEqual({ kind: 'ask' });
    expect(decided({ ...DUE, constraints: undefined, server: server({ status: 'NSTOP' }) })).toEqual({ kind: 'ask' });
  });

  it('nobody is asked about a busy server, which is only waited for', () => {
    const busy = server({ operation: 'SHTDN', statusName: 'shutting down' });
    expect(decided({ ...DUE, constraints: undefined, server: busy })).toMatchObject({ kind: 'wait' });
  });
});

function changed(policyTerms: Partial<PolicyTerms>): Look {
  return withStanding(DUE, {
    policyNow: { kind: 'published', approval: null, policyTerms: { ...OPEN, ...policyTerms } },
  });
}

describe('a policy that was changed after the run began', () => {
  it('refuses what it no longer means', () => {
    expect(decided(changed({ select: { names: ['test-*'] } }))).toMatchObject({
      kind: 'refuse',
      guard: 'policy',
      reason: 'policy nightly, as changed after this run began, does not apply to it: name dev-1 is not selected',
    });
    expect(saidBy(changed({ unless: [{ names: ['dev-1'] }] }))).toBe('policy');
  });

  it('holds back by a window that it did not have', () => {
    expect(decided(changed({ window: NIGHT }))).toMatchObject({
      kind: 'wait',
      until: Date.parse('2026-03-02T12:00:00Z'),
      reason: expect.stringContaining('2026-03-02 21:00'),
    });
  });

  it('does not let the run do what the run could not do before', () => {
    const strict = { ...DUE, rules: { ...DUE.rules, policyTerms: { ...OPEN, unless: [{ names: ['dev-1'] }] } } };
    expect(saidBy(withStanding(strict, { policyNow: { kind: 'published', approval: null, policyTerms: OPEN } }))).toBe(
      'policy',
    );
    const early = { ...DUE, rules: { ...DUE.rules, policyTerms: { ...OPEN, window: NIGHT } } };
    expect(saidBy(withStanding(early, { policyNow: { kind: 'published', approval: null, policyTerms: OPEN } }))).toBe(
      'wait',
    );
  });

  it('refuses everything once it is removed', () => {
    expect(saidBy(withStanding(DUE, { policyNow: { kind: 'removed' } }))).toBe('policy');
  });

  it.each<[string, Partial<PolicyTerms>, string]>([
    ['only plans', { mode: 'plan' }, 'it only plans'],
    ['is about another account', { account: 'lab' }, 'it is for vpc KR in account lab'],
    ['is about another region', { region: 'JPN' }, 'it is for vpc JPN in account default'],
  ])('refuses everything once it %s', (_what, policyTerms, reason) => {
    expect(decided(changed(policyTerms))).toMatchObject({ guard: 'policy', reason: expect.stringContaining(reason) });
  });

  it('that came to respect protection leaves a protected server alone', () => {
    const protectedServer = server({ isProtectServerTermination: true });
    const consenting = { ...DUE, server: protectedServer, rules: { ...DUE.rules, overrideProtection: true } };
    expect(saidBy(consenting)).toBe('act');
    const now = { kind: 'published' as const, approval: null, policyTerms: { ...OPEN, overrideProtection: false } };
    expect(saidBy(withStanding(consenting, { policyNow: now }))).toBe('protected');
  });

  it('that goes by tags now leaves alone what no tag ends', () => {
    const untagged = { ...DUE, rules: { ...DUE.rules, expiry: 'none' as const }, constraints: FREE };
    expect(saidBy(untagged)).toBe('act');
    const now = { kind: 'published' as const, approval: null, policyTerms: { ...OPEN, expiry: 'tags' as const } };
    expect(saidBy(withStanding(untagged, { policyNow: now }))).toBe('not-due');
  });

  it('that came to refuse additional storage leaves such a server alone', () => {
    const withVolume = { ...DUE, server: server({ attachments: [volume()] }) };
    expect(saidBy(withVolume)).toBe('act');
    const now = { kind: 'published' as const, approval: null, policyTerms: { ...OPEN, storage: 'refuse' as const } };
    expect(saidBy(withStanding(withVolume, { policyNow: now }))).toBe('storage');
  });

  it('that only planned from the start may be acted upon by who has seen the plan', () => {
    const plans = { ...OPEN, mode: 'plan' as const };
    const asked = { ...DUE, rules: { ...DUE.rules, policyTerms: plans } };
    expect(saidBy(withStanding(asked, { policyNow: { kind: 'published', approval: null, policyTerms: plans } }))).toBe(
      'act',
    );
  });

  it('goes on if it did not change, or if nothing was ever published', () => {
    expect(saidBy(changed({}))).toBe('act');
    expect(saidBy(withStanding(DUE, { policyNow: { kind: 'unpublished' } }))).toBe('act');
  });
});

function excepting(unless: PolicyTerms['unless']): Look {
  return { ...DUE, rules: { ...DUE.rules, policyTerms: { ...OPEN, unless } } };
}

describe('a policy that excepts by status', () => {
  it('excepts what had that status before the run began with it, and nothing afterwards', () => {
    const stoppedOnes = excepting([{ statuses: ['NSTOP'] }]);
    expect(saidBy(stoppedOnes)).toBe('act');
    expect(saidBy({ ...stoppedOnes, server: server({ status: 'NSTOP' }) })).toBe('policy');
    const memory = { ...NO_MEMORY, sent: { stop: { times: 1, lastAt: NOW - 60_000 } } };
    expect(saidBy({ ...stoppedOnes, memory, server: server({ status: 'NSTOP' }) })).toBe('act');
  });
});

describe('what NCP does not say of a server', () => {
  it.each<[string, Partial<PolicyTerms>]>([
    ['a zone that is selected', { select: { zones: ['KR-1'] } }],
    ['a zone that is excepted', { unless: [{ zones: ['KR-1'] }] }],
    ['a VPC that is excepted', { unless: [{ vpcs: ['5001'] }] }],
    ['an age that is selected', { select: { olderThan: '7d' } }],
  ])('leaves it alone: %s', (_what, policyTerms) => {
    const unknown = server({ zoneCode: '', vpcNo: '', createDate: '' });
    const look = { ...DUE, rules: { ...DUE.rules, policyTerms: { ...OPEN, ...policyTerms } }, server: unknown };
    const decision = worded(decide(pinnedTo(unknown, { createDate: '' }), { kind: 'present', server: unknown }, look));
    expect(decision).toMatchObject({ kind: 'refuse', guard: 'policy', reason: expect.stringContaining('unknown') });
  });
});

describe('a policy by status', () => {
  const look = { ...DUE, rules: { ...DUE.rules, policyTerms: { ...OPEN, select: { statuses: ['RUN' as const] } } } };

  it('does not lose a server that the run itself has stopped', () => {
    const memory = { ...NO_MEMORY, sent: { stop: { times: 1, lastAt: NOW - 60_000 } } };
    expect(saidBy({ ...look, memory, server: server({ status: 'NSTOP' }) })).toBe('act');
  });

  it('does not select one that was stopped already', () => {
    expect(saidBy({ ...look, server: server({ status: 'NSTOP' }) })).toBe('policy');
  });
});
