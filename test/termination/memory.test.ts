/** What a look settles of calls whose answers were lost: soon after, it tells whose doing it was; later, it does not. */

import { describe, expect, it } from 'vitest';
import { DEFAULT_PACE } from '../../lib/termination/decision/bounds.ts';
import { decide } from '../../lib/termination/decision/decide.ts';
import { type EventBody, type Memory, NO_MEMORY, remember, sight } from '../../lib/termination/events.ts';
import { observe } from '../../lib/termination/passes/observe.ts';
import type { Cloud } from '../../lib/termination/ports/cloud.ts';
import type { Rules } from '../../lib/termination/rules.ts';
import { FREE, RULES, server, target, volume } from './builders.ts';

const LOST_AT = Date.parse('2026-03-01T00:00:00Z');

/** What is known of 1001 after these events, so many seconds after an answer was lost. */
function known(events: readonly [number, EventBody][]): Memory {
  const told = events.map(([seconds, event]) => ({
    at: new Date(LOST_AT + seconds * 1000).toISOString(),
    serverInstanceNo: '1001',
    ...event,
  }));
  return told.reduce(remember, NO_MEMORY);
}

const lost = (action: 'detach' | 'terminate'): EventBody => ({
  kind: 'unknown',
  action,
  on: action === 'detach' ? ['501'] : [],
  reason: { code: 'process-died' },
});
const idle = sight(server({ status: 'NSTOP' }));
const ending = sight(server({ status: 'NSTOP', operation: 'TERMT' }));
const on = sight(server({ status: 'NSTOP', attachments: [volume()] }));
const off = sight(server({ status: 'NSTOP' }), { free: ['501'] });
const moving = sight(server({ status: 'NSTOP', attachments: [volume({ operation: 'DETCH' })] }));

describe('a terminate whose answer was lost', () => {
  it.each<[string, [number, EventBody][], boolean]>([
    ['it is being ended soon', [[5, ending]], true],
    [
      'it is idle soon, and being ended then',
      [
        [5, idle],
        [25, ending],
      ],
      true,
    ],
    [
      'it is idle when it would have begun, and being ended soon after',
      [
        [25, idle],
        [40, ending],
      ],
      false,
    ],
    ['it is being ended at the first look after a long time', [[90, ending]], false],
    [
      'it was seen being ended in time, and still is',
      [
        [5, ending],
        [90, ending],
      ],
      true,
    ],
  ])('is ours or not, where %s', (_what, looks, isOurs) => {
    expect(known([[0, lost('terminate')], ...looks]).endUnknown).toBe(isOurs);
  });
});

describe('a volume that NCP took off for us', () => {
  const taken: EventBody = { kind: 'requested', action: 'detach', on: ['501'] };

  it.each<[string, [number, EventBody][], Partial<Memory>]>([
    ['is still shown on its server soon after', [[5, on]], { putBack: [], claimed: [] }],
    ['is shown on its server long after', [[25, on]], { putBack: ['501'] }],
    [
      'is shown off and on again soon after',
      [
        [5, off],
        [15, on],
      ],
      { putBack: ['501'] },
    ],
    [
      'is shown off, on and off',
      [
        [5, off],
        [15, on],
        [30, off],
      ],
      { putBack: ['501'] },
    ],
  ])('%s', (_what, looks, expected) => {
    expect(known([[0, taken], ...looks])).toMatchObject(expected);
  });

  it('was put back once: the server is refused though it is off again, and nothing of it is freed', () => {
    const memory = known([
      [0, taken],
      [5, off],
      [15, on],
      [30, off],
    ]);
    const look = {
      memory,
      rules: RULES,
      constraints: FREE,
      overLimits: null,
      now: LOST_AT + 60_000,
      pace: DEFAULT_PACE,
    };
    const seen = { kind: 'present', server: server({ status: 'NSTOP' }), free: ['501'] } as const;
    expect(decide(target(), seen, look)).toMatchObject({ kind: 'refuse', guard: 'drift' });
    const ended = { ...memory, endAccepted: true, isGone: true };
    const free = [volume({ serverInstanceNo: '', status: 'CREAT' })];
    const gone = { kind: 'absent', leftovers: { unread: null, attachments: free } } as const;
    const rules: Rules = { ...RULES, storage: 'delete' };
    const unlisted = { '701': LOST_AT };
    expect(decide(target(), gone, { ...look, rules, memory: { ...ended, unlisted } })).toMatchObject({
      kind: 'done',
      left: [{ no: '501', reason: { code: 'was-used' } }],
    });
  });
});

describe('a detach whose answer was lost', () => {
  it.each<[string, [number, EventBody][], Partial<Memory>]>([
    ['it is off soon', [[5, off]], { takenOff: ['501'], seenOff: ['501'], claimed: [] }],
    ['it is not shown soon', [[5, idle]], { takenOff: ['501'], seenOff: [], claimed: [] }],
    [
      'it is not shown soon, and off after a long time',
      [
        [5, idle],
        [90, off],
      ],
      { takenOff: [], seenOff: [], claimed: ['501'] },
    ],
    ['it is being taken off', [[25, moving]], { takenOff: ['501'], claimed: [] }],
    [
      'it is on when it would be off, and off soon after',
      [
        [25, on],
        [40, off],
      ],
      { takenOff: [], claimed: ['501'] },
    ],
    ['it is off at the first look after a long time', [[90, off]], { takenOff: [], seenOff: [], claimed: ['501'] }],
    ['it is on at the first look after a long time', [[90, on]], { takenOff: [], claimed: ['501'] }],
  ])('is ours or not, where %s', (_what, looks, expected) => {
    expect(known([[0, lost('detach')], ...looks])).toMatchObject(expected);
  });
});

it.each([
  { kind: 'unread', listed: ['1001'] },
  { kind: 'absent', listed: [] },
])('what another server has is told also where the server itself is $kind', async ({ kind, listed }) => {
  const cloud: Partial<Cloud> = {
    servers: () => Promise.resolve({ servers: [], holders: new Map([['501', '2000']]) }),
    allNumbers: () => Promise.resolve(new Set(listed)),
    attachments: () => Promise.resolve([]),
  };
  const look = await observe([target()], cloud as Cloud, {
    isSure: () => false,
    needsAttachments: () => true,
    regionHolds: 1,
  });
  expect(look.of(target())).toMatchObject({ kind, elsewhere: ['501'] });
});
