/**
 * In Korean, what the domain says in English: why a server is left alone or waited for, and in which state it is. What is
 * not known here is shown as it is, behind a sentence of its guard, so that no name and no time is lost.
 */

import type { Guard } from '../termination/model.ts';

/** `반납 보호가 설정되어 있습니다`, `유지 중입니다 · hana (slack:U0HANA), 해제할 때까지: demo`. */
export function guardInKorean(guard: string, reason: string): string {
  const known = translated(reason);
  if (known !== undefined) return known;
  const sentence = new Map<string, string>(Object.entries(GUARDS)).get(guard) ?? guard;
  return reason === '' ? sentence : `${sentence} · ${reason}`;
}

/** Of a server that is not left alone; several things stand one after another. */
export function reasonInKorean(reason: string): string {
  return translated(reason) ?? reason;
}

export function statusInKorean(statusName: string): string {
  return Object.hasOwn(STATUSES, statusName) ? (STATUSES[statusName] ?? statusName) : statusName;
}

export function triggerInKorean(trigger: string): string {
  return Object.hasOwn(TRIGGERS, trigger) ? (TRIGGERS[trigger] ?? trigger) : trigger;
}

const GUARDS: Record<Guard, string> = {
  identity: '계획한 서버와 다른 서버입니다',
  protected: '반납 보호가 설정되어 있습니다',
  held: '유지 중인 서버입니다',
  kept: '태그로 유지 중인 서버입니다',
  policy: '정책의 대상이 아닙니다',
  'not-due': '아직 반납할 때가 아닙니다',
  rejected: '거절되었습니다',
  unapproved: '승인되지 않았습니다',
  unannounced: '미리 알릴 수 없었습니다',
  cancelled: '취소되었습니다',
  'other-run': '다른 작업이 처리하고 있습니다',
  duplicate: '같은 요청을 이미 처리하고 있습니다',
  storage: '추가 스토리지가 연결되어 있습니다',
  drift: '계획 이후 서버 구성이 바뀌었습니다',
  restarted: '계획 이후 서버가 다시 시작되었습니다',
  'failed-state': '서버에 장애가 있어 확인이 필요합니다',
  'unknown-state': '알 수 없는 상태입니다',
  elsewhere: '이 리전에 없는 서버입니다',
  'not-found': '그런 번호의 서버가 없습니다. 번호를 확인해 주세요',
  limit: '한도를 넘습니다',
};

/** As the console of NCP calls them; `gone` and `absent` are our own. */
const STATUSES: Readonly<Record<string, string>> = {
  init: '생성 중',
  creating: '생성 중',
  booting: '부팅 중',
  'setting up': '설정 중',
  running: '운영 중',
  rebooting: '재부팅 중',
  'hard rebooting': '강제 재부팅 중',
  'shutting down': '정지 중',
  'hard shutting down': '강제 정지 중',
  stopped: '정지',
  terminating: '반납 중',
  changingSpec: '스펙 변경 중',
  copying: '복사 중',
  migrating: '이전 중',
  repairing: '장애 복구 중',
  gone: '삭제됨',
  absent: '없음',
};

const TRIGGERS: Readonly<Record<string, string>> = {
  chat: '채팅',
  schedule: '예약',
  event: '이벤트',
  webhook: '웹훅',
  cli: '명령줄',
};

type Sentence = [pattern: RegExp, korean: (...said: string[]) => string];

const behind = (reason: string): string => (reason === '' ? '' : `: ${reason}`);

/** Whole sentences of `lib/termination`, and what they say of people, names and times. */
const SENTENCES: readonly Sentence[] = [
  [/^termination protection is on$/, () => GUARDS.protected],
  [/^termination protection was turned on after the plan$/, () => '계획 이후 반납 보호가 설정되었습니다'],
  [/^its policy does not mean it$/, () => GUARDS.policy],
  [/^whether its policy means it is looked at again$/, () => '정책의 대상인지 다시 확인합니다'],
  [/^its policy wants people told before, and .+$/, () => GUARDS.unannounced],
  [
    /^(.+?) holds it until it is released(?:: (.*))?$/,
    (by, why) => `유지 중입니다 · ${by}, 해제할 때까지${behind(why)}`,
  ],
  [/^(.+?) holds it until (.+?)(?:: (.*))?$/, (by, until, why) => `유지 중입니다 · ${by}, ${until}까지${behind(why)}`],
  [/^(.+?) cancelled it(?:: (.*))?$/, (by, why) => `${by}님이 취소했습니다${behind(why)}`],
  [/^(.+?) rejected it(?:: (.*))?$/, (by, why) => `${by}님이 거절했습니다${behind(why)}`],
  [
    /^(\d+) of (\d+) people agreed until (.+)$/,
    (some, all, until) => `${until}까지 ${all}명 중 ${some}명이 승인했습니다`,
  ],
  [/^run (\S+) has been at it since (.+)$/, (run, since) => `다른 작업이 처리하고 있습니다 · ${run}, ${since}부터`],
  [/^additional block storage is attached \((.+)\); .+$/, (names) => `추가 스토리지가 연결되어 있습니다 · ${names}`],
  [/^policy (\S+) does not mean it: (.+)$/, (policy, why) => `정책 ${policy}의 대상이 아닙니다 · ${why}`],
  [/^(.+) ends it at (.+)$/, (tag, at) => `아직 반납할 때가 아닙니다 · ${tag}, ${at}`],
  [/^no tag says when it is to end$/, () => '반납 시각을 정한 태그가 없습니다'],
  [/^NCP lists it no more$/, () => 'NCP 목록에 더 이상 없습니다'],
  [/^it was there before, and NCP lists it no longer$/, () => 'NCP에 더 이상 없는 서버입니다'],
  [/^NCP does not list it; looking once more$/, () => 'NCP 목록에 보이지 않아 한 번 더 확인합니다'],
  [/^NCP has no server with this number, .+$/, () => GUARDS['not-found']],
  [/^busy: (.+) \(operation \S+\)$/, (state) => `${statusInKorean(state)}이어서 기다립니다`],
  [/^not ready yet: (.+)$/, (state) => `아직 준비되지 않았습니다 (${statusInKorean(state)})`],
  [/^terminating$/, () => '반납 중'],
  [
    /^stopped; starting it cancels\. Terminated from (.+)$/,
    (at) => `정지했습니다. 다시 시작하면 반납하지 않습니다 · ${at}부터 반납`,
  ],
  [
    /^outside the window of policy (\S+) \(.+\); nothing is done before (.+)$/,
    (policy, at) => `정책 ${policy}의 작업 시간이 아닙니다 · ${at}부터 진행`,
  ],
];

/** Of a plan: times, and what stays. */
const PARTS: readonly Sentence[] = [
  [/^nothing is done before (.+)$/, (at) => `${at}부터 진행`],
  [/^terminated from (.+)$/, (at) => `${at}부터 반납`],
  [/^terminated not before (.+)$/, (at) => `${at} 이후 반납`],
  [/^(.+): detached and kept, as asked$/, (name) => `${name} 분리 후 유지`],
  [/^(.+): kept, as asked$/, (name) => `${name} 유지`],
  [/^billed until it is (?:deleted|released)$/, () => '계속 과금'],
  [/^(.+): its own return protection is on$/, (name) => `${name} 유지 (반납 보호 설정됨)`],
];

function translated(reason: string): string | undefined {
  const whole = inKorean(reason, SENTENCES);
  if (whole !== undefined || reason === '') return whole;
  const parts = reason.split('; ').map((part) => inKorean(part, PARTS));
  return parts.every((part) => part !== undefined) ? parts.join(', ') : undefined;
}

function inKorean(text: string, sentences: readonly Sentence[]): string | undefined {
  for (const [pattern, korean] of sentences) {
    const said = pattern.exec(text);
    if (said !== null) return korean(...said.slice(1).map((one) => one ?? ''));
  }
  return undefined;
}
