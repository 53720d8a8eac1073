import type { CardServer, RunCard } from '../../lib/termination/run-card.ts';

/** A run as others see it; what is not said is that of a run which waits for approval. */
export function card(given: Partial<RunCard> = {}): RunCard {
  return {
    requestId: 'chat-7f3a',
    account: 'default',
    policy: 'nightly-dev',
    trigger: 'chat',
    requestedBy: '김하나',
    askedBy: 'slack:U0ASKED',
    reason: 'the demo is over',
    state: 'awaiting-approval',
    status: '',
    summary: '2 of 3 servers, 2 of them still to do',
    planHash: '0123456789abcdef',
    createdAt: '2026-11-24T03:00:00.000Z',
    updatedAt: '2026-11-24T03:00:01.000Z',
    approvalUntil: '2026-11-25T03:00:00.000Z',
    actsAt: '',
    missingApprovals: 1,
    approvers: ['slack:U012ABC', 'naver-works:mina@example.com'],
    barred: [],
    servers: [
      server({
        serverInstanceNo: '1003',
        serverName: 'dev-db',
        verdict: 'refuse',
        guard: 'protected',
        reason: 'termination protection is on',
      }),
      server({ serverInstanceNo: '1001', serverName: 'dev-1' }),
      server({ serverInstanceNo: '1002', serverName: '개발-2', statusName: 'stopped' }),
    ],
    attention: [],
    words: [],
    ...given,
  };
}

export function server(given: Partial<CardServer> = {}): CardServer {
  return {
    serverInstanceNo: '1001',
    serverName: 'dev-1',
    statusName: 'running',
    verdict: 'terminate',
    guard: '',
    reason: '',
    ...given,
  };
}

export function manyServers(count: number): CardServer[] {
  return Array.from({ length: count }, (_, index) =>
    server({ serverInstanceNo: String(2_000_000 + index), serverName: `dev-batch-worker-${index + 1}` }),
  );
}

export const APPROVED: RunCard['words'][number] = {
  kind: 'approve',
  planHash: '0123456789abcdef',
  by: 'slack:U012ABC',
  name: '이둘',
  at: '2026-11-24T03:10:00.000Z',
  reason: '',
};

/** The cards that are kept as text. */
export const SNAPSHOTS: Record<string, RunCard> = {
  'awaiting-approval': card({
    attention: [
      { serverInstanceNo: '1009', serverName: 'dev-9', reason: '"soon" is no duration; expected for example 7d' },
    ],
  }),
  announced: card({ state: 'announced', actsAt: '2026-11-24T12:00:00.000Z', words: [APPROVED] }),
  working: card({ state: 'working', words: [APPROVED], summary: '2 of 3 servers, 1 of them still to do' }),
  ended: card({
    state: 'ended',
    status: 'some-refused',
    summary: 'vpc KR: 2 terminated, 1 refused',
    words: [APPROVED],
    servers: [
      server({ verdict: 'terminated', statusName: 'gone', reason: 'absent from two lists' }),
      server({ serverInstanceNo: '1002', serverName: '개발-2', verdict: 'terminated', statusName: 'gone' }),
      server({
        serverInstanceNo: '1003',
        serverName: 'dev-db',
        verdict: 'refused',
        guard: 'protected',
        reason: 'termination protection is on',
      }),
    ],
  }),
  'two-hundred': card({ servers: manyServers(200), summary: '200 of 200 servers' }),
};
