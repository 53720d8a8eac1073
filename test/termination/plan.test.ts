import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Attachment } from '../../lib/termination/attachments.ts';
import type { UnreadPlace } from '../../lib/termination/failure.ts';
import type { Server, Tags } from '../../lib/termination/model.ts';
import { foresee } from '../../lib/termination/planning/foresee.ts';
import { firstEvents, makePlan, type Plan } from '../../lib/termination/planning/plan.ts';
import { select } from '../../lib/termination/planning/select.ts';
import {
  MOST_SERVERS,
  parseRequest,
  type RequestInput,
  type TerminationRequest,
} from '../../lib/termination/request.ts';
import type { Rules } from '../../lib/termination/rules.ts';
import { worded } from '../wording/worded.ts';
import { address as builtAddress, volume as disk, FREE, server as ordinary, PERMISSIVE, RULES } from './builders.ts';

const CHECKPOINT_BYTES = 256 * 1024;

/** Checkpoints of this size are deflated. */
function keptBytes(plan: Plan): number {
  return deflateRawSync(JSON.stringify(plan)).toString('base64').length;
}
const origin = { requestId: 'test', trigger: 'cli' } as const;

function server(no: number, changes: Partial<Server> = {}): Server {
  return ordinary({ serverInstanceNo: String(no), serverName: `dev-${no}`, ...changes });
}

function volume(no: number, changes: Partial<Attachment> = {}): Attachment {
  const named = { no: String(no), name: `data-${no}` };
  return disk({ ...named, serverInstanceNo: '1', ...changes });
}

function servers(count: number, changes: Partial<Server> = {}): Server[] {
  return Array.from({ length: count }, (_, index) => server(index + 1, changes));
}

function unreadPlace(message: string): UnreadPlace {
  return { environment: 'classic', failure: { kind: 'no-answer', of: '', code: '', message } };
}

function planFor(
  all: Server[],
  input: Partial<RequestInput>,
  unread: string[] = [],
  terms: Partial<TerminationRequest> = {},
  tags: Tags = {},
  known: string[] = [],
): Plan {
  const limits = { maxServers: MOST_SERVERS, maxPercent: 100 };
  const request = { ...parseRequest({ environment: 'vpc', limits, ...input }, origin), ...terms };
  return makePlan(request, {
    at: '2026-03-01T00:00:00.000Z',
    all,
    selection: select(request, { all, tagsOf: new Map(), now: Date.parse('2026-03-01T00:00:00Z') }),
    elsewhere: { found: [], unread: unread.map(unreadPlace), closed: [] },
    constraintsOf: () => ({ ...FREE, tags }),
    known: new Set(known),
    today: [],
    holds: all.length,
  });
}

const refusalOf = ({ refusal }: Plan): string => worded(refusal)?.reason ?? '';

const numbers = (count: number): string[] => Array.from({ length: count }, (_, index) => String(index + 1));

describe('limits', () => {
  it('allow exactly that many servers and refuse the whole plan for one more', () => {
    const limits = { maxServers: 3, maxPercent: 100 };
    expect(refusalOf(planFor(servers(10), { servers: numbers(3), limits }))).toBe('');
    const over = planFor(servers(10), { servers: numbers(4), limits });
    expect(refusalOf(over)).toBe('the whole plan is refused: 4 servers, over the limit of 3 (maxServers)');
    expect(firstEvents(over)).toHaveLength(4);
    for (const event of firstEvents(over)) {
      expect(event).toMatchObject({ kind: 'outcome', outcome: { result: 'refused', guard: 'limit' } });
    }
  });

  it('allow exactly that percentage of the region and refuse a hair more', () => {
    const limits = { maxServers: 200, maxPercent: 20 };
    expect(refusalOf(planFor(servers(10), { servers: numbers(2), limits }))).toBe('');
    expect(refusalOf(planFor(servers(9), { servers: numbers(2), limits }))).toMatch(/2 of the 9 .* 22\.3%/);
    expect(refusalOf(planFor(servers(1), { servers: ['1'], limits }))).toMatch(/100%/);
  });

  it('name both where both are exceeded', () => {
    const plan = planFor(servers(4), { servers: numbers(4), limits: { maxServers: 3, maxPercent: 50 } });
    expect(refusalOf(plan)).toMatch(/maxServers.*maxPercent/);
  });

  it('count only what would be touched', () => {
    const all = [...servers(2), server(3, { isProtectServerTermination: true })];
    const limits = { maxServers: 2, maxPercent: 100 };
    expect(refusalOf(planFor(all, { servers: [...numbers(3), '9999'], limits }))).toBe('');
  });

  it('hold for globs as for numbers', () => {
    expect(refusalOf(planFor(servers(50), { names: ['*'], limits: { maxServers: 10 } }))).toMatch(
      /50 servers, over the limit of 10/,
    );
  });

  it('never say of a share that it is more than itself', () => {
    const plan = planFor(servers(250), { servers: numbers(51), limits: { maxServers: 200, maxPercent: 20 } });
    expect(refusalOf(plan)).not.toMatch(/20%, over the limit of 20%/);
  });
});

describe('the hash of a plan', () => {
  const base = hash(servers(10));

  it('stays the same for the same servers in whatever order, at whatever time', () => {
    expect(hash(servers(10).toReversed())).toBe(base);
    expect(hash(servers(10), { servers: ['2', '1'], reason: 'other', requestedBy: 'other' })).toBe(base);
    expect(hash(servers(12))).toBe(base);
    expect(base).toMatch(/^[0-9a-f]{16}$/);
  });

  it('changes with everything that somebody agreed to', () => {
    const [first = server(1), ...rest] = servers(10);
    const others: [what: string, hash: string][] = [
      ['name', hash([{ ...first, serverName: 'x' }, ...rest])],
      ['creation', hash([{ ...first, createDate: '2026-01-02T00:00:00+09:00' }, ...rest])],
      ['boot', hash([{ ...first, uptime: '2026-02-01T00:00:00+09:00' }, ...rest])],
      ['address', hash([{ ...first, attachments: [address(1)] }, ...rest])],
      ['storage', hash([{ ...first, attachments: [volume(5)] }, ...rest], { storage: 'detach' })],
      ['storage policy', hash(servers(10), { storage: 'detach' })],
      ['address policy', hash(servers(10), { publicIp: 'release' })],
      ['consent', hash(servers(10), { overrideProtection: true })],
      ['region', hash(servers(10), { region: 'JPN' })],
      ['environment', hash(servers(10), { environment: 'classic' })],
      ['servers', hash(servers(10), { servers: ['1'] })],
      ['account', hash(servers(10), {}, { account: 'lab' })],
      ['policy', hash(servers(10), {}, { policy: 'nightly' })],
      ['content of the policy', hash(servers(10), {}, { policy: 'nightly', policyVersion: '0123456789abcdef' })],
      ['content of the policy', hash(servers(10), {}, { policy: 'nightly', policyVersion: '0123456789abcdee' })],
    ];
    expect(others.filter(([, other]) => other === base)).toEqual([]);
    expect(new Set(others.map(([, other]) => other)).size).toBe(others.length);
  });
});

describe('a plan', () => {
  it('names a key that is nearly the keep key before the server goes, where tags do not end it', () => {
    const { attention, items } = planFor(servers(1), { servers: ['1'] }, [], {}, { kep: 'demo', ttls: '1h' });
    expect(worded(attention)).toEqual([
      {
        serverInstanceNo: '1',
        serverName: 'dev-1',
        reason: 'the tag "kep" looks like a misspelling of keep; write keep or use another key',
      },
    ]);
    expect(items).toMatchObject([{ verdict: 'terminate' }]);
  });

  it('lists at most 100 of the servers that unless spares, and says how many there are', () => {
    const policyTerms = {
      ...PERMISSIVE,
      policy: 'p',
      select: { names: ['dev-*'] },
      unless: [{ names: ['dev-*'] }],
      window: null,
    };
    const { spared, items } = planFor(servers(150), { names: ['x'] }, [], { policyTerms, names: [] });
    expect(items).toEqual([]);
    expect(spared.count).toBe(150);
    expect(spared.servers).toHaveLength(100);
    expect(spared.servers[0]).toEqual({ serverInstanceNo: '1', serverName: 'dev-1', by: 0 });
  });

  it('promises no step for a server that would be refused in the end', () => {
    const wrong: unknown[] = [];
    let refused = 0;
    for (const status of ['RUN', 'NSTOP', 'INIT', 'FSTOP', 'XYZZY'])
      for (const operation of ['NULL', 'SHTDN', 'SETUP', 'TERMT', 'START', 'XYZZY'])
        for (const isProtectServerTermination of [false, true])
          for (const attachments of [[], [volume(5)]])
            for (const storage of ['refuse', 'detach', 'delete'] as const)
              for (const overrideProtection of [false, true]) {
                const one = server(1, { status, operation, isProtectServerTermination, attachments });
                const [item] = planFor([one], { servers: ['1'], storage, overrideProtection }).items;
                const isRefused = item?.verdict === 'refuse';
                if (isRefused) refused += 1;
                const mustBeRefused = isProtectServerTermination && !overrideProtection && operation !== 'TERMT';
                const isSaid = item?.guard !== '' && item?.reason !== null && item?.steps.length === 0;
                if (isRefused ? !isSaid : item?.guard !== '' || mustBeRefused) wrong.push({ one, item });
              }
    expect(wrong).toEqual([]);
    expect(refused).toBeGreaterThan(100);
  });

  it('lists every step ahead in order', () => {
    const rules: Rules = { ...RULES, storage: 'delete', publicIp: 'release', overrideProtection: true };
    const one = server(1, { isProtectServerTermination: true, attachments: [volume(5), address(1)] });
    const target = { ...one, seenAt: '2026-02-28T15:00:00.000Z', wasProtected: true, wasStopped: false };
    expect(foresee(target, one, { rules, constraints: FREE, overLimits: null, now: 0 })).toMatchObject({
      steps: ['stop', 'detach', 'disassociate', 'liftProtection', 'terminate', 'deleteStorage', 'releasePublicIp'],
      end: { kind: 'done', result: 'terminated', left: [] },
    });
  });

  it('waits for what is under way, and says so', () => {
    const [item] = planFor([server(1, { operation: 'SHTDN' })], { servers: ['1'] }).items;
    expect(item).toMatchObject({ verdict: 'terminate', steps: ['wait', 'terminate'], target: { uptime: '' } });
  });

  it('does not promise to delete a volume that NCP protects', () => {
    const one = server(1, { attachments: [volume(5, { isReturnProtection: true })] });
    const [item] = planFor([one], { servers: ['1'], storage: 'delete' }).items;
    expect(item?.steps).not.toContain('deleteStorage');
  });

  it.each([
    [[], [], { verdict: 'refuse', guard: 'not-found' }],
    [[], ['9'], { verdict: 'already-gone', guard: '' }],
    [['Classic FKR'], [], { verdict: 'refuse', guard: 'elsewhere' }],
    [['Classic FKR'], ['9'], { verdict: 'refuse', guard: 'elsewhere' }],
    [['Classic FKR', 'VPC JPN'], ['9'], { verdict: 'refuse', guard: 'elsewhere' }],
  ])('says of a missing number, with %j not looked at and %j seen before: %j', (unread, known, expected) => {
    const [item] = planFor([], { servers: ['9'] }, unread, {}, {}, known).items;
    expect(item).toMatchObject(expected);
    expect(worded(item)?.reason).toContain(unread.map((one) => `classic: ${one}`).join('; '));
  });

  it(`of ${MOST_SERVERS} servers with two volumes and an address each fits a durable checkpoint`, () => {
    const all = Array.from({ length: MOST_SERVERS }, (_, index) => full(index + 1));
    const plan = planFor(all, {
      servers: all.map((one) => one.serverInstanceNo),
      storage: 'delete',
      publicIp: 'release',
      limits: { maxServers: MOST_SERVERS, maxPercent: 100 },
    });
    const bytes = keptBytes(plan);
    console.log(`a plan of ${MOST_SERVERS} servers is ${bytes} bytes`);
    expect(plan.items.every((item) => item.verdict === 'terminate')).toBe(true);
    expect(bytes).toBeLessThan(CHECKPOINT_BYTES);
  });

  it('fits a checkpoint too with everything that a policy adds to it', () => {
    const all = Array.from({ length: MOST_SERVERS }, (_, index) => full(index + 1));
    const problem = { kind: 'neither-instant-nor-date', text: `${'가'.repeat(40)}…` } as const;
    const reason = { code: 'tag-unreadable', key: 'terminate-at', problem } as const;
    const window = {
      timezone: 'Asia/Seoul',
      days: ['SAT' as const],
      from: '21:00',
      to: '23:00',
      holidays: { calendar: 'none' as const, dates: [] },
    };
    const policyTerms = { ...PERMISSIVE, policy: 'weekend-sweep', select: {}, unless: [], window };
    const limits = { maxServers: MOST_SERVERS, maxPercent: 100 };
    const request = parseRequest({ environment: 'vpc', names: ['*'], limits, storage: 'delete' }, origin);
    const plan = makePlan(
      { ...request, policyTerms, policy: 'weekend-sweep', stopForSeconds: 7 * 86_400 },
      {
        at: '2026-03-02T00:00:00.000Z',
        all,
        selection: {
          chosen: all,
          missing: [],
          unmatched: [],
          spared: all.map(({ serverInstanceNo }) => ({ serverInstanceNo, serverName: '가'.repeat(200), by: 99 })),
          attention: all.map(({ serverInstanceNo, serverName }) => ({ serverInstanceNo, serverName, reason })),
        },
        elsewhere: { found: [], unread: [], closed: [] },
        known: new Set<string>(),
        constraintsOf: () => FREE,
        today: [],
        holds: all.length,
      },
    );
    const bytes = keptBytes(plan);
    console.log(`under a policy with window and grace it is ${bytes} bytes`);
    expect(plan.items.every((item) => item.terminatesAt === '2026-03-14T12:00:00.000Z')).toBe(true);
    expect(bytes).toBeLessThan(CHECKPOINT_BYTES);
  });

  it('fits a checkpoint too when a glob selects a whole large region, which is refused', () => {
    const plan = planFor(
      Array.from({ length: 1_000 }, (_, index) => full(index + 1)),
      { names: ['*'], storage: 'delete' },
    );
    expect(refusalOf(plan)).not.toBe('');
    expect(keptBytes(plan)).toBeLessThan(CHECKPOINT_BYTES);
  });
});

function address(no: number): Attachment {
  return builtAddress({ no: String(300_000_000 + no), name: `203.0.113.${no % 256}`, serverInstanceNo: '1' });
}

function hash(all: Server[], input: Partial<RequestInput> = {}, terms: Partial<TerminationRequest> = {}): string {
  return planFor(all, { servers: numbers(2), ...input }, [], terms).hash;
}

/** A server with the usual attachments, and names as long as NCP allows. */
function full(no: number): Server {
  return server(no, {
    serverInstanceNo: String(100_000_000 + no),
    serverName: `service-backend-worker-${no}`,
    attachments: [volume(200_000_000 + 2 * no), volume(200_000_001 + 2 * no), address(no)],
  });
}
