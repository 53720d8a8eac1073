/** What the confirm page says, in both languages. */

import type { RunCard } from '../termination/run-card.ts';

export type ConfirmLanguage = 'en' | 'ko';

/** Why there is nothing to decide, or no more. */
export type ConfirmNote =
  | 'forged'
  | 'expired'
  | 'unknown'
  | 'other-plan'
  | 'not-waiting'
  | 'ended'
  | 'no-approver'
  | 'own-run'
  | 'approved'
  | 'rejected'
  | 'rejected-by-other'
  | 'bad-form'
  | 'later';

interface ConfirmWords {
  title: string;
  /** Where nothing is to be decided. */
  runTitle: string;
  /** `%` stands for the person's name. */
  asked: string;
  policy: string;
  requestedBy: string;
  reason: string;
  plan: string;
  until: string;
  actsAt: string;
  state: string;
  states: Record<RunCard['state'], string>;
  /** Servers by their verdicts, in the order in which they are shown. */
  groups: Record<string, { title: string; verdicts: readonly string[] }>;
  yourReason: string;
  approve: string;
  reject: string;
  once: string;
  run: string;
  notes: Record<ConfirmNote, string>;
}

export const CONFIRM_WORDS: Readonly<Record<ConfirmLanguage, ConfirmWords>> = {
  en: {
    title: 'Terminate these servers?',
    runTitle: 'Termination of servers',
    asked: '%, your approval is asked for.',
    policy: 'Policy',
    requestedBy: 'Asked for by',
    reason: 'Reason',
    plan: 'Plan',
    until: 'Decide until',
    actsAt: 'Begins at',
    state: 'State',
    states: {
      'awaiting-approval': 'waits for approval',
      announced: 'announced',
      working: 'at work',
      ended: 'ended',
    },
    groups: {
      failed: { title: 'Failed, or not finished', verdicts: ['failed', 'unfinished'] },
      meant: { title: 'To be terminated', verdicts: ['terminate', 'wait'] },
      gone: { title: 'Terminated', verdicts: ['terminated'] },
      alone: { title: 'Left alone', verdicts: ['refuse', 'refused'] },
      before: { title: 'Gone before', verdicts: ['already-gone'] },
    },
    yourReason: 'Your reason (optional)',
    approve: 'Approve',
    reject: 'Reject',
    once: 'Nothing happens until you press a button. A terminated server cannot be brought back.',
    run: 'Run',
    notes: {
      forged: 'This link is not valid. Nothing was changed. Open it again from the message that it came with.',
      expired: 'This link has expired. Nothing was changed.',
      unknown: 'There is no such run, or no longer. Nothing was changed.',
      'other-plan': 'The plan has changed since this link was sent. Nothing was changed; decide by the newer message.',
      'not-waiting': 'This run waits for nobody any more. Nothing was changed.',
      ended: 'This run has ended already. Nothing was changed.',
      'no-approver': 'You are not one of those who may decide about this run. Nothing was changed.',
      'own-run': 'You asked for this run, so somebody else must approve it. Nothing was changed.',
      approved: 'Your approval has been noted.',
      rejected: 'Your rejection has been noted. Nothing of this plan will be done that was not done before.',
      'rejected-by-other': 'Somebody else has rejected this plan. Nothing of it will be done that was not done before.',
      'bad-form': 'The form did not arrive as it was sent. Nothing was changed. Open the link again.',
      later: 'This could not be read or noted now, or not all of it. Try again in a minute; that does nothing twice.',
    },
  },
  ko: {
    title: '이 서버들을 반납할까요?',
    runTitle: '서버 반납',
    asked: '%님의 승인이 필요합니다.',
    policy: '정책',
    requestedBy: '요청자',
    reason: '사유',
    plan: '계획',
    until: '결정 기한',
    actsAt: '시작 시각',
    state: '상태',
    states: {
      'awaiting-approval': '승인 대기',
      announced: '예고됨',
      working: '진행 중',
      ended: '종료',
    },
    groups: {
      failed: { title: '실패 또는 미완료', verdicts: ['failed', 'unfinished'] },
      meant: { title: '반납 대상', verdicts: ['terminate', 'wait'] },
      gone: { title: '반납됨', verdicts: ['terminated'] },
      alone: { title: '반납하지 않는 서버', verdicts: ['refuse', 'refused'] },
      before: { title: '이미 없던 서버', verdicts: ['already-gone'] },
    },
    yourReason: '사유 (선택)',
    approve: '승인',
    reject: '거절',
    once: '버튼을 누르기 전에는 아무 일도 일어나지 않습니다. 반납한 서버는 되돌릴 수 없습니다.',
    run: '실행',
    notes: {
      forged: '올바르지 않은 링크입니다. 변경된 것은 없습니다. 받은 메시지에서 다시 열어 주세요.',
      expired: '만료된 링크입니다. 변경된 것은 없습니다.',
      unknown: '해당 실행을 찾을 수 없습니다. 변경된 것은 없습니다.',
      'other-plan': '링크를 보낸 뒤에 계획이 바뀌었습니다. 변경된 것은 없습니다. 새 메시지에서 결정해 주세요.',
      'not-waiting': '이 실행은 더 이상 승인을 기다리지 않습니다. 변경된 것은 없습니다.',
      ended: '이미 끝난 실행입니다. 변경된 것은 없습니다.',
      'no-approver': '이 실행을 결정할 권한이 없습니다. 변경된 것은 없습니다.',
      'own-run': '본인이 요청한 실행은 다른 사람이 승인해야 합니다. 변경된 것은 없습니다.',
      approved: '승인을 기록했습니다.',
      rejected: '거절을 기록했습니다. 이 계획은 더 이상 진행되지 않습니다.',
      'rejected-by-other': '다른 승인자가 이 계획을 거절했습니다. 이 계획은 더 이상 진행되지 않습니다.',
      'bad-form': '양식이 올바르게 전달되지 않았습니다. 변경된 것은 없습니다. 링크를 다시 열어 주세요.',
      later: '지금은 읽거나 기록할 수 없습니다. 잠시 후 다시 시도해 주세요.',
    },
  },
};
