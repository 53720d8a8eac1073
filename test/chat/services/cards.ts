import type { Clock } from '../../../lib/clock.ts';
import type { MessageStore, SentStore } from '../../../lib/termination/ports/store.ts';
import type { RunView } from '../../../lib/termination/status/run-view.ts';

export function card(over: Partial<RunView> = {}): RunView {
  return {
    requestId: 'req-1',
    account: 'default',
    policy: 'nightly-dev',
    trigger: 'chat',
    requestedBy: 'jin',
    askedBy: 'slack:U1',
    reason: 'done with it',
    state: 'awaiting-approval',
    status: '',
    failure: null,
    refusal: null,
    planHash: 'hash-1',
    createdAt: '2026-11-23T00:00:00.000Z',
    updatedAt: '2026-11-23T00:00:00.000Z',
    approvalUntil: '2026-11-24T00:00:00.000Z',
    actsAt: '',
    missingApprovals: 1,
    approvers: ['slack:U2'],
    barred: [],
    servers: [],
    attention: [],
    signals: [],
    ...over,
  };
}

/** As the store keeps it, with the conditional write; may be told to fail. */
export function memoryStore(): MessageStore &
  SentStore & { kept: Map<string, string>; failNext: (what: keyof MessageStore | keyof SentStore) => void } {
  const sent = new Set<string>();
  const kept = new Map<string, string>();
  const failing = new Set<string>();
  const fail = (what: string): void => {
    if (failing.delete(what)) throw new Error(`the table is throttled (${what})`);
  };
  return {
    kept,
    failNext: (what) => void failing.add(what),
    async messageOf(requestId, room) {
      await soon();
      fail('messageOf');
      return kept.get(`${requestId} ${room}`);
    },
    async rememberMessage(requestId, room, message) {
      await soon();
      fail('rememberMessage');
      const key = `${requestId} ${room}`;
      if (!kept.has(key)) kept.set(key, message);
      return kept.get(key) ?? '';
    },
    async wasSent({ about, what }) {
      await soon();
      fail('wasSent');
      return sent.has(`${about} ${what}`);
    },
    async rememberSent({ about, what }) {
      await soon();
      fail('rememberSent');
      sent.add(`${about} ${what}`);
    },
  };
}

const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Time passes only by sleeping and by hand. */
export function fakeClock(startAt = 0): Clock & { slept: number[]; pass: (ms: number) => void } {
  const slept: number[] = [];
  let now = startAt;
  return {
    slept,
    now: () => now,
    pass: (ms) => void (now += ms),
    sleep: (ms) => {
      slept.push(ms);
      now += ms;
      return Promise.resolve();
    },
  };
}
