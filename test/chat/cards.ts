import type { Reason } from '../../lib/termination/reasons.ts';
import type { RunView, ServerView } from '../../lib/termination/status/run-view.ts';
import { serverView } from '../termination/builders.ts';
import { saying } from '../wording/worded.ts';

const PROTECTED: Reason = { code: 'protected' };

/** A run as others see it; what is not given is that of a run which waits for approval. */
export function card(given: Partial<RunView> = {}): RunView {
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
    failure: null,
    refusal: null,
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
        reason: PROTECTED,
      }),
      server({ deletes: ['data'], releases: ['203.0.113.7'] }),
      server({ serverInstanceNo: '1002', serverName: '개발-2', statusName: 'stopped', keeps: ['203.0.113.8'] }),
    ],
    attention: [],
    signals: [],
    ...given,
  };
}

export const server = serverView;

export function manyServers(count: number): ServerView[] {
  return Array.from({ length: count }, (_, index) =>
    server({ serverInstanceNo: String(2_000_000 + index), serverName: `dev-batch-worker-${index + 1}` }),
  );
}

export const APPROVED: RunView['signals'][number] = {
  kind: 'approve',
  planHash: '0123456789abcdef',
  by: 'slack:U012ABC',
  name: '이둘',
  at: '2026-11-24T03:10:00.000Z',
  reason: '',
};

const NOON = '2026-11-25T03:00:00.000Z';
export const OVER_LIMIT: Reason = {
  code: 'over-limits',
  limits: [{ limit: 'maxServers', servers: 60, most: 50, now: null }],
};
export const NO_DURATION: Reason = {
  code: 'tag-unreadable',
  key: 'ttl',
  problem: { kind: 'not-a-duration', text: 'soon' },
};

/** The cards of the snapshots. */
export const SNAPSHOTS: Record<string, RunView> = {
  'awaiting-approval': card({
    attention: [{ serverInstanceNo: '1009', serverName: 'dev-9', reason: NO_DURATION }],
  }),
  announced: card({ state: 'announced', actsAt: '2026-11-24T12:00:00.000Z', signals: [APPROVED] }),
  working: card({ state: 'working', signals: [APPROVED] }),
  ended: card({
    state: 'ended',
    status: 'some-refused',
    signals: [APPROVED],
    servers: [
      server({
        verdict: 'terminated',
        statusName: 'gone',
        reason: { code: 'gone' },
        deletes: ['data'],
        releases: ['203.0.113.7'],
      }),
      server({ serverInstanceNo: '1002', serverName: '개발-2', verdict: 'terminated', statusName: 'gone' }),
      server({
        serverInstanceNo: '1003',
        serverName: 'dev-db',
        verdict: 'refused',
        guard: 'protected',
        reason: PROTECTED,
      }),
    ],
  }),
  'two-hundred': card({ servers: manyServers(200) }),
};

const refused = (guard: string, reason: Reason): RunView['servers'][number] =>
  server({ verdict: 'refused', guard, reason });
const terminated = server({ verdict: 'terminated', statusName: 'gone', reason: { code: 'gone' } });
const wordsOf = (kind: 'reject' | 'cancel'): RunView['signals'] => [{ ...APPROVED, kind, name: 'sujin' }];

function ended(servers: RunView['servers'], given: Partial<RunView> = {}): RunView {
  return card({ state: 'ended', status: 'some-refused', servers, ...given });
}

/** Every way in which a run ends. */
export const ENDINGS: Record<string, RunView> = {
  all: ended([terminated, terminated], { status: 'all-gone' }),
  one: ended([terminated], { status: 'all-gone' }),
  mixed: ended([terminated, terminated, refused('protected', PROTECTED)]),
  worst: ended([server({ verdict: 'failed' }), server({ verdict: 'unfinished' }), terminated], { status: 'failed' }),
  rejected: ended(
    [
      refused('rejected', { code: 'rejected', by: 'slack:U012ABC', name: 'sujin', reason: '' }),
      refused('protected', saying('x')),
    ],
    {
      signals: wordsOf('reject'),
    },
  ),
  'rejected by nobody known': ended([refused('rejected', saying('x'))]),
  cancelled: ended([refused('cancelled', { code: 'cancelled', by: 'slack:U012ABC', name: 'sujin', reason: '' })], {
    signals: wordsOf('cancel'),
  }),
  'cancelled in between': ended([terminated, refused('cancelled', saying('x'))], { signals: wordsOf('cancel') }),
  'not approved in time': ended([
    refused('unapproved', { code: 'too-few-approvals', agreed: 0, needed: 1, until: NOON }),
  ]),
  'not approved': ended([refused('unapproved', { code: 'changed-too-often', times: 5 })]),
  unannounced: ended([refused('unannounced', { code: 'unannounced', why: 'not-taken' })]),
  limit: ended([refused('limit', OVER_LIMIT)]),
  held: ended([refused('held', { code: 'held', by: 'mina', until: '', reason: 'demo' }), refused('held', saying('x'))]),
  'for several reasons': ended([refused('held', saying('x')), refused('protected', saying('x'))]),
  gone: ended([server({ verdict: 'already-gone' })], { status: 'all-gone' }),
  nothing: ended([], { status: 'all-gone' }),
  looked: ended([server(), server({ verdict: 'refuse', guard: 'kept' })], { status: 'planned' }),
  'broke off': ended([terminated, server({ verdict: 'unfinished' })], {
    status: 'error',
    failure: { kind: 'not-now', of: 'banap', code: 'ThrottlingException', message: 'the table does not answer' },
  }),
  'broke off before its plan': ended([], {
    status: 'error',
    failure: {
      kind: 'not-permitted',
      of: 'getServerInstanceList',
      code: '210',
      message: 'getServerInstanceList was denied',
    },
  }),
  'broke off, and nobody knows why': ended([], { status: 'error' }),
};

/** Every kind of line of a server. */
export const SERVERS: Partial<RunView['servers'][number]>[] = [
  { verdict: 'terminate' },
  { verdict: 'terminate', deletes: ['data'], releases: ['203.0.113.7'] },
  { verdict: 'terminate', deletes: ['a', 'b', 'c', 'd', 'e'], keeps: ['203.0.113.8'] },
  {
    verdict: 'terminate',
    keeps: ['data'],
    reason: { code: 'later', startsAt: NOON, terminatesAt: '', mayBecomeLater: false },
  },
  {
    verdict: 'wait',
    statusName: 'stopped',
    reason: { code: 'stopped-until', until: NOON },
  },
  { verdict: 'wait', statusName: 'rebooting', reason: { code: 'busy', statusName: 'rebooting', operation: 'RESTA' } },
  { verdict: 'refuse', guard: 'protected', reason: PROTECTED },
  {
    verdict: 'refused',
    guard: 'held',
    reason: { code: 'held', by: 'mina (slack:U0MINA)', until: '', reason: 'demo: the 2nd' },
  },
  {
    verdict: 'refused',
    guard: 'held',
    reason: { code: 'held', by: 'mina', until: NOON, reason: 'demo' },
  },
  {
    verdict: 'refused',
    guard: 'rejected',
    reason: { code: 'rejected', by: 'slack:U0SUJIN', name: 'sujin', reason: 'still needed' },
  },
  {
    verdict: 'refused',
    guard: 'restarted',
    reason: { code: 'started-after-plan', uptime: '2026-11-25T12:00:00+09:00', isStopped: false },
  },
  { verdict: 'refused', guard: 'new-guard', reason: saying('a reason that is not known here') },
  {
    serverInstanceNo: '1050',
    serverName: '',
    statusName: '',
    verdict: 'refuse',
    guard: 'policy',
    reason: { code: 'not-meant-here' },
  },
  {
    verdict: 'terminated',
    statusName: 'gone',
    reason: { code: 'gone' },
    deletes: ['data'],
    keeps: ['203.0.113.8'],
  },
  { verdict: 'new-verdict', statusName: 'new state' },
];
