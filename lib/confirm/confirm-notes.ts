/** What happened, and why there is nothing (more) to decide: the confirm page's title and a sentence or two. */

import type { ConfirmLanguage } from './confirm-words.ts';

export const CONFIRM_NOTES: Readonly<Record<ConfirmLanguage, Record<ConfirmNote, NoteWords>>> = {
  en: {
    forged: {
      title: 'This link is not valid',
      text: 'Nothing was changed. Open it again from the message that it came with.',
    },
    expired: {
      title: 'This link has expired',
      text: 'Nothing was changed. Request the run again if it is still wanted.',
    },
    unknown: { title: 'There is no such run', text: 'It does not exist, or is no longer kept. Nothing was changed.' },
    'other-plan': {
      title: 'The plan has changed',
      text: 'It changed after this link was sent. Your decision was not recorded; use the newer message.',
    },
    'not-waiting': {
      title: 'No approval is needed any more',
      text: 'This run waits for no approval. Nothing was changed.',
    },
    ended: { title: 'This run has ended', text: 'There is nothing left to decide.' },
    'no-approver': {
      title: 'You may not decide this',
      text: 'You are not an approver of this run. Nothing was changed.',
    },
    'own-run': {
      title: 'Somebody else must approve this',
      text: 'You asked for this run, so your own approval does not count. Nothing was changed.',
    },
    approved: { title: 'You approved this', text: 'You approved this at %.' },
    rejected: {
      title: 'You rejected this',
      text: 'You rejected this at %. Nothing more of this plan will be done.',
    },
    'rejected-by-other': {
      title: 'Somebody else rejected this',
      text: 'It was rejected at %. Nothing more of this plan will be done.',
    },
    'bad-form': {
      title: 'The form did not arrive intact',
      text: 'Nothing was changed. Open the link again.',
    },
    later: {
      title: 'Try again in a minute',
      text: 'This could not be read or recorded now, or only in part. It is safe to send it again.',
    },
  },
  ko: {
    forged: {
      title: '올바르지 않은 링크입니다',
      text: '변경된 내용은 없습니다. 받은 메시지에서 다시 열어 주세요.',
    },
    expired: {
      title: '링크가 만료되었습니다',
      text: '변경된 내용은 없습니다. 아직 반납이 필요하면 다시 요청해 주세요.',
    },
    unknown: { title: '작업을 찾을 수 없습니다', text: '없거나 더 이상 남아 있지 않습니다. 변경된 내용은 없습니다.' },
    'other-plan': {
      title: '계획이 바뀌었습니다',
      text: '링크를 보낸 뒤에 계획이 바뀌었습니다. 결정은 반영되지 않았습니다. 새 메시지에서 결정해 주세요.',
    },
    'not-waiting': {
      title: '승인을 기다리지 않습니다',
      text: '더 이상 승인이 필요하지 않습니다. 변경된 내용은 없습니다.',
    },
    ended: { title: '이미 끝난 작업입니다', text: '더 이상 결정할 것이 없습니다.' },
    'no-approver': { title: '결정할 권한이 없습니다', text: '이 작업의 승인자가 아닙니다. 변경된 내용은 없습니다.' },
    'own-run': {
      title: '다른 사람의 승인이 필요합니다',
      text: '본인이 요청한 반납은 다른 사람이 승인해야 합니다. 변경된 내용은 없습니다.',
    },
    approved: { title: '승인했습니다', text: '승인한 시각: %' },
    rejected: { title: '거절했습니다', text: '거절한 시각: %. 이 계획은 더 이상 진행되지 않습니다.' },
    'rejected-by-other': {
      title: '다른 승인자가 거절했습니다',
      text: '거절된 시각: %. 이 계획은 더 이상 진행되지 않습니다.',
    },
    'bad-form': {
      title: '양식이 올바르게 전달되지 않았습니다',
      text: '변경된 내용은 없습니다. 링크를 다시 열어 주세요.',
    },
    later: {
      title: '잠시 후 다시 시도해 주세요',
      text: '지금은 읽거나 기록할 수 없습니다. 다시 보내도 두 번 처리되지 않습니다.',
    },
  },
};

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

interface NoteWords {
  title: string;
  /** `%` stands for the time of the signal. */
  text: string;
}
