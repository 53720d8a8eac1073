import type { RunView } from '../termination/status/run-view.ts';
import type { ServerGroup } from '../termination/status/server-groups.ts';

export type ConfirmLanguage = 'en' | 'ko';

interface ConfirmWords {
  /** If there is something to approve. */
  title: string;
  /** If there is nothing to decide, and nothing happened. */
  runTitle: string;
  asked: string;
  policy: string;
  requestedBy: string;
  reason: string;
  plan: string;
  until: string;
  actsAt: string;
  state: string;
  states: Record<Exclude<RunView['state'], 'ended'>, string>;
  /** What is lost besides the servers. */
  frees: string;
  groups: Record<ServerGroup, string>;
  /** Before who the holder of the link is. */
  decideAs: string;
  /** Before what others said. */
  signals: string;
  missing: (count: number) => string;
  /** The button that opens the last step. */
  approveNext: (servers: number) => string;
  /** Of the field above a long list. */
  search: string;
  timeline: string;
  yourReason: string;
  approve: string;
  reject: string;
  once: string;
  run: string;
}

export const CONFIRM_WORDS: Readonly<Record<ConfirmLanguage, ConfirmWords>> = {
  en: {
    title: 'Terminate these servers?',
    runTitle: 'Server termination',
    asked: 'Your approval is needed.',
    policy: 'Policy',
    requestedBy: 'Asked for by',
    reason: 'Reason',
    plan: 'Plan',
    until: 'Decide until',
    actsAt: 'Begins at',
    state: 'State',
    states: { 'awaiting-approval': 'waits for approval', announced: 'announced', working: 'at work' },
    frees: 'Besides',
    groups: {
      failed: 'Failed, or not finished',
      meant: 'To be terminated',
      gone: 'Terminated',
      kept: 'Kept',
      barred: 'Cannot be terminated',
      before: 'Gone before',
    },
    decideAs: 'You decide as',
    signals: 'What others said',
    missing: (count) => (count === 1 ? '1 approval is missing.' : `${count} approvals are missing.`),
    approveNext: (servers) => `Approve ${servers} …`,
    search: 'Find a server',
    timeline: 'Timeline',
    yourReason: 'Your reason (optional)',
    approve: 'Approve',
    reject: 'Reject',
    once: 'Nothing happens until you press a button. A terminated server cannot be brought back.',
    run: 'Run',
  },
  ko: {
    title: '이 서버들을 반납할까요?',
    runTitle: '서버 반납',
    asked: '승인이 필요합니다.',
    policy: '정책',
    requestedBy: '요청자',
    reason: '사유',
    plan: '계획',
    until: '결정 기한',
    actsAt: '시작 시각',
    state: '상태',
    states: { 'awaiting-approval': '승인 대기', announced: '예고됨', working: '진행 중' },
    frees: '함께 사라지는 것',
    groups: {
      failed: '실패 또는 미완료',
      meant: '반납 대상',
      gone: '반납됨',
      kept: '유지되는 서버',
      barred: '반납할 수 없는 서버',
      before: '이미 없던 서버',
    },
    decideAs: '결정하는 사람',
    signals: '다른 사람의 응답',
    missing: (count) => `승인이 ${count}건 더 필요합니다.`,
    approveNext: (servers) => `${servers}대 승인 …`,
    search: '서버 찾기',
    timeline: '진행 시각',
    yourReason: '사유 (선택)',
    approve: '승인',
    reject: '거절',
    once: '버튼을 누르기 전에는 아무 일도 일어나지 않습니다. 반납한 서버는 되돌릴 수 없습니다.',
    run: '작업 ID',
  },
};
