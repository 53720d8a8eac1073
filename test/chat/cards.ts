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
      server({ deletes: ['data'], releases: ['203.0.113.7'] }),
      server({ serverInstanceNo: '1002', serverName: '개발-2', statusName: 'stopped', keeps: ['203.0.113.8'] }),
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
    deletes: [],
    releases: [],
    keeps: [],
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
      server({
        verdict: 'terminated',
        statusName: 'gone',
        reason: 'NCP lists it no more',
        deletes: ['data'],
        releases: ['203.0.113.7'],
      }),
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

const refused = (guard: string, reason: string): RunCard['servers'][number] =>
  server({ verdict: 'refused', guard, reason });
const terminated = server({ verdict: 'terminated', statusName: 'gone', reason: 'NCP lists it no more' });
const said = (kind: 'reject' | 'cancel'): RunCard['words'] => [{ ...APPROVED, kind, name: 'sujin' }];

function ended(servers: RunCard['servers'], given: Partial<RunCard> = {}): RunCard {
  return card({ state: 'ended', status: 'some-refused', summary: 'vpc KR: whatever', servers, ...given });
}

/** Every way in which a run ends. */
export const ENDINGS: Record<string, RunCard> = {
  all: ended([terminated, terminated], { status: 'all-gone' }),
  one: ended([terminated], { status: 'all-gone' }),
  mixed: ended([terminated, terminated, refused('protected', 'termination protection is on')]),
  worst: ended([server({ verdict: 'failed' }), server({ verdict: 'unfinished' }), terminated], { status: 'failed' }),
  rejected: ended([refused('rejected', 'sujin (slack:U012ABC) rejected it'), refused('protected', 'x')], {
    words: said('reject'),
  }),
  'rejected by nobody known': ended([refused('rejected', 'x')]),
  cancelled: ended([refused('cancelled', 'sujin (slack:U012ABC) cancelled it')], { words: said('cancel') }),
  'cancelled in between': ended([terminated, refused('cancelled', 'x')], { words: said('cancel') }),
  'not approved in time': ended([
    refused('unapproved', '0 of 1 people agreed until 2026-11-25 12:00 Asia/Seoul (2026-11-25 03:00Z)'),
  ]),
  'not approved': ended([refused('unapproved', 'the plan changed 5 times while people were asked about it')]),
  unannounced: ended([refused('unannounced', 'its policy wants people told before, and no chat took a notice of it')]),
  limit: ended([refused('limit', 'the whole plan is refused: 60 servers are more than the limit of 50 (maxServers)')]),
  held: ended([refused('held', 'mina holds it until it is released: demo'), refused('held', 'x')]),
  'for several reasons': ended([refused('held', 'x'), refused('protected', 'x')]),
  gone: ended([server({ verdict: 'already-gone' })], { status: 'all-gone' }),
  nothing: ended([], { status: 'all-gone' }),
  looked: ended([server(), server({ verdict: 'refuse', guard: 'kept' })], { status: 'planned' }),
  'broke off': ended([terminated, server({ verdict: 'unfinished' })], {
    status: 'error',
    summary: 'vpc KR: 1 terminated, 1 unfinished; the run broke off: the table does not answer',
  }),
  'broke off before its plan': ended([], { status: 'error', summary: 'getServerInstanceList was denied' }),
};

/** Every kind of line of a server. */
export const SERVERS: Partial<RunCard['servers'][number]>[] = [
  { verdict: 'terminate' },
  { verdict: 'terminate', deletes: ['data'], releases: ['203.0.113.7'] },
  { verdict: 'terminate', deletes: ['a', 'b', 'c', 'd', 'e'], keeps: ['203.0.113.8'] },
  {
    verdict: 'terminate',
    keeps: ['data'],
    reason:
      'nothing is done before 2026-11-25 12:00 Asia/Seoul (2026-11-25 03:00Z); data: detached and kept, as asked; billed until it is deleted',
  },
  {
    verdict: 'wait',
    statusName: 'stopped',
    reason: 'stopped; starting it cancels. Terminated from 2026-11-25 12:00 Asia/Seoul (2026-11-25 03:00Z)',
  },
  { verdict: 'wait', statusName: 'rebooting', reason: 'busy: rebooting (operation RESTA)' },
  { verdict: 'refuse', guard: 'protected', reason: 'termination protection is on' },
  { verdict: 'refused', guard: 'held', reason: 'mina (slack:U0MINA) holds it until it is released: demo: the 2nd' },
  {
    verdict: 'refused',
    guard: 'held',
    reason: 'mina holds it until 2026-11-25 12:00 Asia/Seoul (2026-11-25 03:00Z): demo',
  },
  { verdict: 'refused', guard: 'rejected', reason: 'sujin (slack:U0SUJIN) rejected it: still needed' },
  { verdict: 'refused', guard: 'restarted', reason: 'it was started after the plan (2026-11-25T12:00:00+09:00)' },
  { verdict: 'refused', guard: 'new-guard', reason: 'a reason that is not known here' },
  {
    serverInstanceNo: '1050',
    serverName: '',
    statusName: '',
    verdict: 'refuse',
    guard: 'policy',
    reason: 'its policy does not mean it',
  },
  {
    verdict: 'terminated',
    statusName: 'gone',
    reason: 'NCP lists it no more',
    deletes: ['data'],
    keeps: ['203.0.113.8'],
  },
  { verdict: 'new-verdict', statusName: 'new state' },
];
