import { describe, expect, it } from 'vitest';
import { DEFAULT_PACE } from '../../lib/termination/decision/bounds.ts';
import { type Constraints, Unread } from '../../lib/termination/decision/constraints.ts';
import { decide } from '../../lib/termination/decision/decide.ts';
import type { Decision, Leftovers, Observation } from '../../lib/termination/decision/decision.ts';
import { type EventBody, type Memory, NO_MEMORY, remember, sight } from '../../lib/termination/events.ts';
import type { Server, Target } from '../../lib/termination/model.ts';
import type { Rules } from '../../lib/termination/rules.ts';
import { saying, type Worded, worded } from '../wording/worded.ts';
import { address, BOOT, FREE, pinnedTo, RULES, server as running, target, volume } from './builders.ts';

const NOW = Date.parse('2026-03-01T00:00:00Z');
/** Stopped, unless said otherwise: what comes after the stop is most of what there is to decide. */
function server(changes: Partial<Server> = {}): Server {
  return running({ status: 'NSTOP', statusName: 'stopped', ...changes });
}

/** What a run remembers after these events of 1001, `secondsAgo` before now. */
function memoryOf(bodies: readonly EventBody[], secondsAgo = 60): Memory {
  const at = new Date(NOW - secondsAgo * 1000).toISOString();
  return bodies.reduce((memory, body) => remember(memory, { at, serverInstanceNo: '1001', ...body }), NO_MEMORY);
}

interface Look {
  /** What differs from how a plan pins what is seen. */
  target?: Partial<Target>;
  memory?: Memory;
  rules?: Partial<Rules>;
}

function decided(
  seen: Observation,
  { target: changes = {}, memory = NO_MEMORY, rules = {} }: Look = {},
): Worded<Decision> {
  const meant = seen.kind === 'present' ? pinnedTo(seen.server, changes) : target(changes);
  return worded(
    decide(meant, seen, {
      memory,
      rules: { ...RULES, ...rules },
      constraints: FREE,
      overLimits: null,
      now: NOW,
      pace: DEFAULT_PACE,
    }),
  );
}

function decidedFor(changes: Partial<Server>, look: Look = {}): Worded<Decision> {
  return decided({ kind: 'present', server: server(changes) }, look);
}

const requested = (action: Extract<EventBody, { kind: 'requested' }>['action']): EventBody => ({
  kind: 'requested',
  action,
  on: [],
});

describe('every combination of what can be seen', () => {
  const statuses = [
    'RUN',
    'NSTOP',
    'INIT',
    'CREAT',
    'FSTOP',
    'SD_FL',
    'RS_FL',
    'ST_FL',
    'TERMT',
    'UNREADABLE',
    'XYZZY',
  ];
  const operations = ['NULL', 'START', 'SHTDN', 'RESTA', 'TERMT', 'SETUP', 'COPY', 'CHNG', 'XYZZY'];
  const protections = ['off', 'on', 'on after the plan', 'lifted and on again'] as const;
  const attachments = ['none', 'idle', 'busy', 'not in the plan'] as const;
  const policies = ['refuse', 'detach', 'delete'] as const;
  const identities = ['same', 'renamed', 'recreated'] as const;
  const boots = ['same', 'later'] as const;

  interface Combination {
    status: string;
    operation: string;
    protection: (typeof protections)[number];
    storage: (typeof attachments)[number];
    publicIp: (typeof attachments)[number];
    policy: (typeof policies)[number];
    override: boolean;
    identity: (typeof identities)[number];
    boot: (typeof boots)[number];
    /** What is no longer on the server was taken off by banap. */
    ours: boolean;
  }

  function* combinations(): Generator<Combination> {
    for (const status of statuses)
      for (const operation of operations)
        for (const protection of protections)
          for (const storage of attachments)
            for (const publicIp of attachments)
              for (const policy of policies)
                for (const override of [false, true])
                  for (const identity of identities)
                    for (const boot of boots)
                      for (const ours of [false, true])
                        yield {
                          status,
                          operation,
                          protection,
                          storage,
                          publicIp,
                          policy,
                          override,
                          identity,
                          boot,
                          ours,
                        };
  }

  const volumes = {
    none: [],
    idle: [volume()],
    busy: [volume({ operation: 'DETAC' })],
    'not in the plan': [volume(), volume({ no: '502', name: 'new' })],
  };
  const addresses = {
    none: [],
    idle: [address()],
    busy: [address({ operation: 'DISUS' })],
    'not in the plan': [address({ no: '702', name: '203.0.113.8' })],
  };
  const liftedOnce = memoryOf([requested('liftProtection'), sight(server())]);

  function decisionFor(one: Combination): Worded<Decision> {
    return decided(
      {
        kind: 'present',
        server: server({
          status: one.status,
          operation: one.operation,
          statusName: 'whatever',
          isProtectServerTermination: one.protection !== 'off',
          serverName: one.identity === 'renamed' ? 'precious' : 'dev-1',
          createDate: one.identity === 'recreated' ? '2026-02-01T00:00:00+09:00' : '2026-01-01T00:00:00+09:00',
          uptime: one.boot === 'later' ? '2026-02-28T00:00:00+09:00' : BOOT,
          attachments: [...volumes[one.storage], ...addresses[one.publicIp]],
        }),
      },
      {
        target: target({ wasProtected: one.protection === 'on' || one.protection === 'lifted and on again' }),
        memory: {
          ...(one.protection === 'lifted and on again' ? liftedOnce : NO_MEMORY),
          takenOff: one.ours ? ['501', '701'] : [],
        },
        rules: { storage: one.policy, overrideProtection: one.override },
      },
    );
  }

  /** What must never happen, written independently of the rules that prevent it. */
  function brokenRules(one: Combination, decision: Worded<Decision>): string[] {
    const isSame = one.identity === 'same';
    const isIdle = one.operation === 'NULL';
    const isDrifted = one.storage === 'not in the plan' || one.publicIp === 'not in the plan';
    const hasConsent = one.override && one.protection === 'on';
    const mayBeTouched = isSame && isIdle && !isDrifted && (one.protection === 'off' || hasConsent);
    const name = decision.kind === 'act' ? decision.action.name : '';
    const must: [broken: boolean, rule: string][] = [
      [name !== '' && !mayBeTouched, 'acts on what may not be touched'],
      [name !== '' && one.status !== 'RUN' && one.status !== 'NSTOP', 'acts in a state that is not RUN or NSTOP'],
      [name !== '' && one.policy === 'refuse' && one.storage !== 'none', 'acts where storage was to be refused'],
      [name !== '' && one.status === 'RUN' && one.boot === 'later', 'acts on a server that was started again'],
      [name === 'stop' && one.status !== 'RUN', 'stops what does not run'],
      [
        name !== '' && !one.ours && (one.storage === 'none' || one.publicIp === 'none'),
        'acts on a server from which somebody took what the plan had shown',
      ],
      [name !== 'stop' && name !== '' && one.status !== 'NSTOP', 'does more than stop to what is not stopped'],
      [name === 'detach' && one.storage !== 'idle', 'detaches what is not there or busy'],
      [name === 'disassociate' && one.publicIp !== 'idle', 'disassociates what is not there or busy'],
      [name === 'disassociate' && one.storage !== 'none', 'gives up an address while storage is attached'],
      [name === 'liftProtection' && !(hasConsent && one.storage === 'none' && one.publicIp === 'none'), 'lifts early'],
      [
        name === 'terminate' && (one.protection !== 'off' || one.storage !== 'none' || one.publicIp !== 'none'),
        'terminates a server that is protected or has something attached',
      ],
      [['releasePublicIp', 'deleteStorage', 'restoreProtection'].includes(name), 'frees what belongs to a server'],
      [decision.kind === 'done', 'takes a server that is there for gone'],
      [decision.kind === 'fail', 'fails without having tried'],
      [decision.kind === 'refuse' && (decision.guard.length === 0 || decision.reason.length < 10), 'gives no reason'],
      [decision.kind === 'wait' && decision.reason === '', 'waits for nothing'],
      [!isSame && !(decision.kind === 'refuse' && decision.guard === 'identity'), 'goes on with another server'],
    ];
    return must.filter(([broken]) => broken).map(([, rule]) => rule);
  }

  it('breaks no safety rule in any of the 456,192', () => {
    let count = 0;
    const broken: unknown[] = [];
    const decisions = new Map<string, number>();
    for (const one of combinations()) {
      count += 1;
      const decision = decisionFor(one);
      const name = decision.kind === 'act' ? decision.action.name : decision.kind;
      decisions.set(name, (decisions.get(name) ?? 0) + 1);
      for (const rule of brokenRules(one, decision)) if (broken.length < 5) broken.push({ rule, one, decision });
    }
    expect(broken).toEqual([]);
    expect(count).toBe(456_192);
    // Not vacuous: every action on a server that is there was decided at least once.
    expect([...decisions.keys()].toSorted()).toEqual(
      ['detach', 'disassociate', 'liftProtection', 'refuse', 'stop', 'terminate', 'wait'].toSorted(),
    );
  });

  it('acts on nothing and ends nothing when the look failed', () => {
    for (const rules of [RULES, { storage: 'delete', publicIp: 'release', overrideProtection: true } as const]) {
      for (const memory of [NO_MEMORY, liftedOnce, memoryOf([requested('terminate'), { kind: 'gone' }])]) {
        expect(decided({ kind: 'unread', reason: saying('no answer') }, { rules, memory }).kind).toBe('wait');
      }
    }
  });
});

describe('one server', () => {
  const cases: [title: string, seen: Partial<Server>, look: Look, expected: object][] = [
    ['terminates a stopped server', {}, {}, { action: { name: 'terminate', serverInstanceNo: '1001', on: [] } }],
    ['stops a running one', { status: 'RUN' }, {}, { action: { name: 'stop' } }],
    [
      'waits while it stops',
      { status: 'RUN', operation: 'SHTDN' },
      {},
      { kind: 'wait', reason: expect.stringMatching(/busy/) },
    ],
    ['waits while it terminates', { operation: 'TERMT' }, {}, { kind: 'wait', reason: 'terminating' }],
    ['waits for an image to be made', { operation: 'COPY' }, {}, { kind: 'wait' }],
    [
      'waits until a new server is ready',
      { status: 'INIT' },
      {},
      { kind: 'wait', reason: expect.stringMatching(/not ready/) },
    ],
    [
      'refuses a renamed server',
      { serverName: 'x' },
      {},
      { guard: 'identity', reason: expect.stringMatching(/called x.*dev-1/) },
    ],
    ['refuses one created at another time', { createDate: '2026-01-02T00:00:00+09:00' }, {}, { guard: 'identity' }],
    ['refuses a protected server', { isProtectServerTermination: true }, {}, { guard: 'protected' }],
    [
      'refuses a protected server before it is stopped',
      { status: 'RUN', isProtectServerTermination: true },
      {},
      { guard: 'protected' },
    ],
    [
      'lifts protection that the plan showed, with consent',
      { isProtectServerTermination: true },
      { target: { wasProtected: true }, rules: { overrideProtection: true } },
      { action: { name: 'liftProtection' } },
    ],
    [
      'refuses protection that was turned on after the plan, in spite of consent',
      { isProtectServerTermination: true },
      { rules: { overrideProtection: true } },
      { guard: 'protected', reason: expect.stringMatching(/after the plan/) },
    ],
    [
      'refuses protection that came back after it had been lifted',
      { isProtectServerTermination: true },
      {
        target: { wasProtected: true },
        rules: { overrideProtection: true },
        memory: memoryOf([requested('liftProtection'), sight(server())]),
      },
      { guard: 'protected', reason: expect.stringMatching(/again/) },
    ],
    [
      'refuses protection that came back before any look saw that it had been lifted',
      { isProtectServerTermination: true },
      {
        target: { wasProtected: true },
        rules: { overrideProtection: true },
        memory: memoryOf([requested('liftProtection')]),
      },
      { guard: 'protected', reason: expect.stringMatching(/again/) },
    ],
    [
      'refuses a volume that came back before any look saw that it had been taken off',
      { attachments: [volume()] },
      { rules: { storage: 'detach' }, memory: memoryOf([{ kind: 'requested', action: 'detach', on: ['501'] }]) },
      { guard: 'drift', reason: expect.stringMatching(/again/) },
    ],
    [
      'waits for a volume that is still being taken off',
      { attachments: [volume({ operation: 'DTACH' })] },
      { rules: { storage: 'detach' }, memory: memoryOf([{ kind: 'requested', action: 'detach', on: ['501'] }]) },
      { kind: 'wait' },
    ],
    ['refuses a failed server', { status: 'FSTOP' }, {}, { guard: 'failed-state' }],
    [
      'refuses a state that it does not know',
      { status: 'XYZZY' },
      {},
      { guard: 'unknown-state', reason: expect.stringMatching(/XYZZY/) },
    ],
    ['refuses what cannot be read', { status: 'UNREADABLE' }, {}, { guard: 'unknown-state' }],
    [
      'refuses attached storage unless told otherwise',
      { attachments: [volume()] },
      {},
      { guard: 'storage', reason: expect.stringMatching(/data/) },
    ],
    [
      'detaches storage when asked',
      { attachments: [volume()] },
      { rules: { storage: 'detach' } },
      { action: { name: 'detach', on: ['501'] } },
    ],
    [
      'detaches storage before it is deleted later',
      { attachments: [volume()] },
      { rules: { storage: 'delete' } },
      { action: { name: 'detach' } },
    ],
    [
      'stops before it detaches',
      { status: 'RUN', attachments: [volume()] },
      { rules: { storage: 'detach' } },
      { action: { name: 'stop' } },
    ],
    [
      'waits for storage that is busy',
      { attachments: [volume({ operation: 'CHNG' })] },
      { rules: { storage: 'detach' } },
      { kind: 'wait', reason: expect.stringMatching(/CHNG/) },
    ],
    [
      'refuses storage that was attached after the plan',
      { attachments: [volume({ no: '502' })] },
      { rules: { storage: 'delete' } },
      { guard: 'drift' },
    ],
    [
      'disassociates an address of the plan',
      { attachments: [address()] },
      {},
      { action: { name: 'disassociate', on: ['701'] } },
    ],
    [
      'refuses an address that came after the plan',
      { attachments: [address({ name: '203.0.113.8' })] },
      {},
      { guard: 'drift' },
    ],
    [
      'refuses a server that was started again',
      { status: 'RUN', uptime: '2026-02-28T00:00:00+09:00' },
      {},
      { guard: 'restarted' },
    ],
    [
      'refuses a server that runs again after it was stopped',
      { status: 'RUN' },
      { memory: memoryOf([requested('stop'), sight(server())]) },
      { guard: 'restarted' },
    ],
    [
      'stops a server whose boot the plan could not know',
      { status: 'RUN', uptime: '2026-02-28T00:00:00+09:00' },
      { target: { uptime: '' } },
      { action: { name: 'stop' } },
    ],
    [
      'refuses a stopped server that was started after the plan saw it run',
      { uptime: '2026-02-28T00:00:00+09:00' },
      {},
      { guard: 'restarted' },
    ],
    [
      'refuses a server that was started and stopped again while the run waited',
      { uptime: '2026-02-28T00:00:00+09:00' },
      { target: { uptime: '' }, memory: memoryOf([sight(server({ uptime: '' }))]) },
      { guard: 'restarted' },
    ],
    [
      'refuses a boot after the first quiet look when the plan could not know it',
      { status: 'RUN', uptime: '2026-02-28T00:00:00+09:00' },
      { target: { uptime: '' }, memory: memoryOf([sight(server())]) },
      { guard: 'restarted' },
    ],
  ];
  it.each(cases)('%s', (_title, seen, look, expected) => {
    expect(decidedFor(seen, look)).toMatchObject(expected);
  });
});

describe('bounds', () => {
  it('does not send an action again before it had time to show', () => {
    expect(decidedFor({}, { memory: memoryOf([requested('terminate')], 19.999) }).kind).toBe('wait');
    expect(decidedFor({}, { memory: memoryOf([requested('terminate')], 20) })).toMatchObject({ kind: 'act' });
  });

  it('gives up after the last try, with the last answer of NCP', () => {
    const rejected: EventBody = {
      kind: 'rejected',
      action: 'terminate',
      remedy: 'look',
      returnCode: '25022',
      returnMessage: 'busy',
      together: 1,
    };
    expect(decidedFor({}, { memory: memoryOf(Array.from({ length: 4 }, () => rejected)) }).kind).toBe('act');
    expect(decidedFor({}, { memory: memoryOf(Array.from({ length: 5 }, () => rejected)) })).toEqual({
      kind: 'fail',
      reason: 'asked NCP 5 times to terminate, without effect',
      returnCode: '25022',
      returnMessage: 'busy',
    });
  });

  it('counts neither a request to wait nor the refusal of a group', () => {
    const said = { kind: 'rejected', action: 'terminate', returnCode: '25015', returnMessage: 'busy' } as const;
    const waits = Array.from({ length: 9 }, (): EventBody => ({ ...said, remedy: 'wait', together: 1 }));
    const groups = Array.from({ length: 9 }, (): EventBody => ({ ...said, remedy: 'look', together: 7 }));
    expect(decidedFor({}, { memory: memoryOf([...waits, ...groups], 0) }).kind).toBe('act');
  });

  it('counts each action on its own', () => {
    const stops = Array.from({ length: 5 }, () => requested('stop'));
    expect(decidedFor({}, { memory: memoryOf(stops) })).toMatchObject({ action: { name: 'terminate' } });
  });
});

describe('a volume of the plan that another server has now', () => {
  const detach = { action: 'detach' as const, on: ['501'] };
  const confirmed: EventBody = { kind: 'requested', ...detach };
  const unanswered: EventBody = { kind: 'unknown', ...detach, reason: saying('cut off') };
  const doubted: EventBody = { kind: 'waiting', reason: { code: 'perhaps-taken-off', name: 'data' } };
  const meant = { attachments: [volume()] };

  it.each<[string, EventBody[], object]>([
    ['may have gone with its server, which is looked at once more', [unanswered], { kind: 'wait' }],
    ['was taken by somebody where the answer to detach was lost', [unanswered, doubted], { guard: 'drift' }],
    [
      'was taken by somebody where no look saw it free',
      [unanswered, sight(server(), { elsewhere: ['501'] }), doubted],
      { guard: 'drift' },
    ],
    ['is no reason to stop where NCP took the detach', [confirmed], { action: { name: 'terminate' } }],
    [
      'is no reason to stop where it was seen free',
      [unanswered, sight(server(), { free: ['501'] })],
      { action: { name: 'terminate' } },
    ],
  ])('%s', (_title, events, expected) => {
    const seen: Observation = { kind: 'present', server: server(), elsewhere: ['501'] };
    expect(decided(seen, { target: meant, memory: memoryOf(events) })).toMatchObject(expected);
  });
});

describe('a server that comes back', () => {
  it('is no longer gone', () => {
    const memory = memoryOf([requested('terminate'), { kind: 'gone' }, sight(server())]);
    expect(memory).toMatchObject({ isGone: false, seen: { status: 'NSTOP' } });
  });
});

describe('protection that was seen off and is on again', () => {
  it('is refused even where this run does not remember to have lifted it', () => {
    const memory = memoryOf([sight(server({ isProtectServerTermination: true })), sight(server())]);
    const look = { target: { wasProtected: true }, rules: { overrideProtection: true }, memory };
    expect(decidedFor({ isProtectServerTermination: true }, look)).toMatchObject({ guard: 'protected' });
  });
});

describe('what a server leaves', () => {
  const free: Leftovers = {
    unread: null,
    attachments: [
      volume({ serverInstanceNo: '', status: 'CREAT' }),
      address({ serverInstanceNo: '', status: 'CREAT' }),
    ],
  };
  const all: Partial<Rules> = { storage: 'delete', publicIp: 'release' };
  const terminated = memoryOf([requested('terminate'), { kind: 'missing' }, { kind: 'gone' }]);

  function after(changes: Partial<Leftovers>, look: Look = {}): Worded<Decision> {
    return decided({ kind: 'absent', leftovers: { ...free, ...changes } }, { memory: terminated, rules: all, ...look });
  }

  /** What people say once the server is gone. */
  function afterWith(constraints: Partial<Constraints>): Worded<Decision> {
    const rest = { overLimits: null, now: NOW, pace: DEFAULT_PACE };
    const look = { ...rest, memory: terminated, rules: { ...RULES, ...all }, constraints: { ...FREE, ...constraints } };
    return worded(decide(target(), { kind: 'absent', leftovers: free }, look));
  }

  /** Whether a pinned volume, an unpinned one and so on are freed, in every combination. */
  it('is freed only if it is pinned, free, not return-protected, asked for, and surely ended by this run', () => {
    const unproven = memoryOf([requested('terminate'), { kind: 'missing' }]);
    const intendedOnly = memoryOf([
      { kind: 'intended', action: 'terminate', on: [], pass: 1, life: 'before' },
      { kind: 'missing' },
      { kind: 'gone' },
    ]);
    let count = 0;
    const wrong: unknown[] = [];
    for (const holder of ['', '1001', '1002'])
      for (const operation of ['NULL', 'TERMT', 'UNREADABLE'])
        for (const isReturnProtection of [false, true])
          for (const isPinned of [false, true])
            for (const isSameDate of [false, true])
              for (const storage of ['refuse', 'detach', 'delete'] as const)
                for (const publicIp of ['keep', 'release'] as const)
                  for (const memory of [unproven, intendedOnly, terminated]) {
                    count += 1;
                    const meant = target(isPinned ? {} : { attachments: [] });
                    const createDate = isSameDate ? '2026-01-01T00:00:00+09:00' : '2026-02-01T00:00:00+09:00';
                    const one = { operation, serverInstanceNo: holder };
                    const decision = after(
                      {
                        attachments: [
                          volume({ ...one, isReturnProtection, createDate }),
                          address({ ...one, name: isSameDate ? '203.0.113.7' : '203.0.113.8' }),
                        ],
                      },
                      { target: meant, memory, rules: { storage, publicIp } },
                    );
                    const isFree =
                      holder === '' && operation === 'NULL' && isPinned && isSameDate && memory === terminated;
                    const mayDelete = isFree && storage === 'delete' && !isReturnProtection;
                    const mayRelease = isFree && publicIp === 'release';
                    const name = decision.kind === 'act' ? decision.action.name : '';
                    const expected = mayDelete ? 'deleteStorage' : mayRelease ? 'releasePublicIp' : '';
                    if (name !== expected || decision.kind === 'fail' || decision.kind === 'refuse') {
                      wrong.push({ decision, expected, holder, operation });
                    }
                  }
    expect(wrong.slice(0, 3)).toEqual([]);
    expect(count).toBe(1_296);
  });

  it('is deleted first and released then', () => {
    expect(after({})).toMatchObject({ action: { name: 'deleteStorage', on: ['501'] } });
    expect(after({ attachments: free.attachments.slice(1) })).toMatchObject({
      action: { name: 'releasePublicIp', on: ['701'] },
    });
    const unlisted: EventBody = { kind: 'unlisted', on: ['501', '701'] };
    const memory = memoryOf([requested('terminate'), { kind: 'missing' }, { kind: 'gone' }, unlisted]);
    expect(after({ attachments: [] }, { memory })).toMatchObject({ kind: 'done', result: 'terminated', left: [] });
  });

  it('is not taken for freed because one look does not show it', () => {
    const waits = { kind: 'wait', reason: expect.stringMatching(/data is not listed/) };
    expect(after({ attachments: [] })).toMatchObject(waits);
    const before = [requested('terminate'), { kind: 'missing' }, { kind: 'gone' }] as const;
    const again: EventBody[] = [
      { kind: 'unlisted', on: ['501'] },
      { kind: 'unlisted', on: [] },
      { kind: 'unlisted', on: ['501'] },
    ];
    expect(after({ attachments: [] }, { memory: memoryOf([...before, ...again], 5) })).toMatchObject(waits);
    const asked = { ...requested('deleteStorage'), on: ['501'] };
    const released = { ...requested('releasePublicIp'), on: ['701'] };
    const memory = memoryOf([...before, asked, released], 5);
    expect(after({ attachments: [] }, { memory })).toMatchObject({ kind: 'done', left: [] });
  });

  it('is left alone and named where it is to be kept', () => {
    const decision = after({}, { rules: RULES });
    expect(decision).toMatchObject({
      kind: 'done',
      left: [
        { no: '501', asked: false },
        { no: '701', asked: false },
      ],
    });
  });

  it('is waited for while it cannot be read', () => {
    expect(after({ unread: saying('no answer'), attachments: [] }).kind).toBe('wait');
  });

  it('is not touched when somebody else returned the server', () => {
    const decision = after({}, { memory: memoryOf([sight(server()), { kind: 'missing' }, { kind: 'gone' }]) });
    expect(decision).toMatchObject({
      kind: 'done',
      result: 'already-gone',
      reason: expect.stringMatching(/disappeared/),
    });
  });

  it('is given up after the last try, and the server is terminated all the same', () => {
    const tries = Array.from({ length: 5 }, () => requested('deleteStorage'));
    const unlisted: EventBody = { kind: 'unlisted', on: ['701'] };
    const decision = after(
      { attachments: free.attachments.slice(0, 1) },
      { memory: memoryOf([requested('terminate'), { kind: 'missing' }, { kind: 'gone' }, ...tries, unlisted]) },
    );
    expect(decision).toMatchObject({
      kind: 'done',
      left: [{ no: '501', asked: true, reason: expect.stringMatching(/5 tries/) }],
    });
  });

  it('says that it is not sure whose doing it was where the answer to terminate was lost', () => {
    const lost: EventBody = { kind: 'unknown', action: 'terminate', on: [], reason: saying('cut off') };
    const decision = after({}, { memory: memoryOf([lost, { kind: 'missing' }, { kind: 'gone' }]) });
    expect(decision).toMatchObject({
      kind: 'done',
      left: [{ asked: true, reason: expect.stringMatching(/never confirmed/) }, { asked: true }],
    });
  });

  it.each(['cancel', 'reject'] as const)('stays where somebody says %s before it is freed', (kind) => {
    const signal = { kind, planHash: '', by: 'slack:U0HANA', name: '김하나', at: '2026-03-01T00:00:00Z', reason: '' };
    const decision = afterWith({ signals: [signal] });
    expect(decision).toMatchObject({
      kind: 'done',
      left: [{ reason: expect.stringMatching(/김하나/) }, { asked: true }],
    });
    const unread = new Unread(saying('what people said could not be read'), false);
    expect(afterWith({ signals: unread }).kind).toBe('wait');
  });

  it('stays where somebody holds the server before it is freed', () => {
    const at = '2026-03-01T00:00:00Z';
    const hold = { serverInstanceNo: '1001', serverName: 'dev-1', kind: 'keep', by: '김하나', reason: '', at } as const;
    const decision = afterWith({ hold: { ...hold, until: '' } });
    const reason = expect.stringMatching(/김하나 holds its server/);
    expect(decision).toMatchObject({ kind: 'done', left: [{ reason }, { reason }] });
  });

  it('is not freed where its policy or a pause could not be read', () => {
    const unread = new Unread(saying('no answer'), false);
    expect(afterWith({ pause: unread })).toMatchObject({ kind: 'wait', reason: 'no answer' });
    const reason = expect.stringMatching(/no answer/);
    expect(afterWith({ policyNow: unread })).toMatchObject({ kind: 'wait', reason });
    const lasting = new Unread(saying('no answer'), true);
    expect(afterWith({ policyNow: lasting })).toMatchObject({ kind: 'done', left: [{ reason }, { reason }] });
  });

  it('is not freed where this process was about to terminate the server and somebody else did', () => {
    const ending = sight(server({ operation: 'TERMT' }));
    const about: EventBody = { kind: 'intended', action: 'terminate', on: [], pass: 1, life: 'this' };
    const lost: EventBody = { kind: 'unknown', action: 'terminate', on: [], reason: saying('cut off') };
    const gone: EventBody[] = [ending, { kind: 'missing' }, { kind: 'gone' }];
    expect(after({}, { memory: memoryOf([about, ...gone]) }).kind).toBe('done');
    expect(after({}, { memory: memoryOf([about, lost, ...gone]) })).toMatchObject({ kind: 'act' });
  });

  it('is concluded from one look only where NCP took the terminate and nothing is to be freed', () => {
    const nothing = { attachments: [] };
    const missing: EventBody = { kind: 'missing' };
    const accepted = memoryOf([requested('terminate'), missing]);
    expect(after(nothing, { memory: accepted, target: { attachments: [] } })).toMatchObject({
      kind: 'done',
      result: 'terminated',
    });
    expect(after({}, { memory: accepted }).kind).toBe('wait');
    const unknown = memoryOf([{ kind: 'unknown', action: 'terminate', on: [], reason: saying('cut off') }, missing]);
    expect(after(nothing, { memory: unknown, target: { attachments: [] } }).kind).toBe('wait');
  });

  it('does not hold back an address because a volume is busy', () => {
    const busy = volume({ serverInstanceNo: '', operation: 'CHNG' });
    expect(after({ attachments: [busy, ...free.attachments.slice(1)] })).toMatchObject({
      kind: 'act',
      action: { name: 'releasePublicIp' },
    });
  });
});
