import type { Reason } from '../../termination/reasons.ts';
import type { ServerView } from '../../termination/status/run-view.ts';
import { ageIn, bytesInWords, sizeInWords } from '../../wording/facts.ts';
import { guardInKorean, statusInKorean, triggerInKorean } from '../../wording/korean.ts';
import { sayIn, wordsIn } from '../../wording/say.ts';
import type { Say } from '../../wording/sentences.ts';
import type { CardWords, Freed, ServerParts } from './card-words.ts';
import { clip, clipList, MOST_NAME } from './clip.ts';
import type { Ending } from './ending.ts';
import { factsOf, isGone, restOf, serverLine, text, who } from './replies-parts.ts';
import type { Times } from './reply-sentences.ts';

/** A server is 반납 (returned), never 종료, which in the cloud is its end; a run that has ended is 완료. */
export function koreanCard(time: Times): CardWords {
  const say = sayIn('ko', time);
  return {
    title: ({ policy, account, servers }) =>
      `${clip(policy || account, MOST_NAME)}: ${servers === 0 ? '반납할 서버 없음' : `서버 ${servers}대 반납`}`,
    awaitingApproval: ({ missing, until }) =>
      `${time(until)}까지 ${missing}명의 승인이 필요합니다. 승인 전에는 아무것도 반납하지 않습니다.`,
    announced: ({ actsAt }) => `${time(actsAt)}에 시작합니다.`,
    working: ({ left, servers }) => `진행 중: 서버 ${servers}대 중 ${left}대가 남았습니다.`,
    ended: (ending) => ended(ending, say),
    frees: (freed) => (freed.volumes + freed.addresses === 0 ? '' : `서버와 함께 ${goods(freed)}.`),
    run: ({ requestId, policy, account, planHash }) =>
      [
        `작업 ${requestId}`,
        ...(policy === '' ? [] : [`정책 ${policy}`]),
        `계정 ${account}`,
        ...(planHash === '' ? [] : [`계획 ${clip(planHash, 16)}`]),
      ].join(' · '),
    askedBy: ({ requestedBy, trigger, reason }) =>
      `요청: ${clip(requestedBy, MOST_NAME) || triggerInKorean(trigger)}${reason === '' ? '' : ` · 사유: ${text(reason)}`}`,
    server: (server, at) => serverLine(server, partsOf(server, at, say)),
    serverParts: (server, at) => partsOf(server, at, say),
    refusal: (reason) => text(say.reason(reason)),
    note: (note) => text(say.reason(note)),
    more: ({ count, link }) => `… 외 ${count}대${link === '' ? '' : `: ${link}`}`,
    all: () => '전체 보기',
    attention: ({ serverName, serverInstanceNo, reason }) =>
      `확인 필요: ${clip(serverName, MOST_NAME)} (${clip(serverInstanceNo, 20)}): ${text(say.reason(reason))}`,
    signal: (signal) =>
      `${time(signal.at)}: ${who(signal)} · ${DID[signal.kind]}${signal.reason === '' ? '' : `: ${text(signal.reason)}`}`,
    button: (action) => BUTTONS[action],
    choice: ({ name, action }) => `${clip(name, 50)}: ${LENGTHS[action] ?? BUTTONS[action]}`,
    keepOne: () => '서버 하나 유지',
    confirm: ({ servers, ...freed }) => ({
      title: `서버 ${servers}대를 반납할까요?`,
      text: `반납한 서버와 기본 디스크는 복구할 수 없습니다.${freed.volumes + freed.addresses === 0 ? '' : ` 서버와 함께 ${goods(freed)}. 이 또한 복구할 수 없습니다.`} 시작하기 전에 한 번 더 확인합니다.`,
      yes: '승인',
      no: '돌아가기',
    }),
    decideHere: ({ link }) => `승인 또는 거절: ${link}`,
  };
}

/** `추가 스토리지 data(100 GB) 삭제`, `공인 IP 203.0.113.7 반납`: the same before and after it is done. */
function partsOf(server: ServerView, at: string, say: Say): ServerParts {
  const { statusName, createDate, about, verdict, guard, reason, deletes, deletesBytes, releases, keeps } = server;
  const owner = about.owner === '' ? '' : `담당 ${clip(about.owner, MOST_NAME)}`;
  const size = deletesBytes === 0 ? '' : `(${bytesInWords(deletesBytes)})`;
  const why = reason === null ? (guard === '' ? '' : guardInKorean(guard)) : text(say.reason(reason));
  const stays = keeps.length === 0 ? '' : `${few(keeps)} 유지(계속 과금)`;
  return {
    facts: factsOf([
      clip(statusInKorean(statusName), 30),
      ...(isGone(server) ? [] : [ageIn('ko', createDate, Date.parse(at)), sizeInWords(about.size), owner]),
    ]),
    loses: [
      ...(deletes.length === 0 ? [] : [`추가 스토리지 ${few(deletes)}${size} 삭제`]),
      ...(releases.length === 0 ? [] : [`공인 IP ${few(releases)} 반납`]),
    ],
    rest: restOf({ what: VERDICTS[verdict] ?? clip(verdict, 30), stays, why }),
  };
}

function ended({ how, counts, why, who: by, reason, failure }: Ending, say: Say): string {
  const { terminated, unfinished, failed, alone, gone, open } = counts;
  if (how === 'looked')
    return `확인만 했습니다. 반납 대상은 서버 ${open + alone + gone}대 중 ${open}대입니다.${open === 0 ? '' : ' 유지하려면 "유지"와 서버 이름을 적어 주세요.'}`;
  const all = [
    ...some(failed, '실패'),
    ...some(unfinished + open, '미완료'),
    ...some(terminated, '반납'),
    ...some(alone, '제외'),
    ...some(gone, '이미 없음'),
  ].join(', ');
  const isDone = terminated + unfinished + failed + open > 0;
  if (how === 'broke-off') {
    const error = failure === null ? '' : `: ${text(say.reason({ code: 'broke-off', failure }))}`;
    return `중단되었습니다${error}. ${isDone ? `${all}.` : NOTHING}`;
  }
  const because = BECAUSE[why]?.(clip(by, MOST_NAME), reason, say) ?? '';
  if (isDone) return `${because === '' ? '' : `${because} `}완료: ${all}.`;
  if (because !== '') return `${because} ${NOTHING}`;
  if (alone > 0) return `${NOTHING} ${alone}대 제외${why === '' ? '' : `: ${guardInKorean(why)}`}.`;
  return gone > 0 ? `${NOTHING} 대상 서버가 이미 모두 없습니다.` : `대상 서버가 없습니다. ${NOTHING}`;
}

function some(servers: number, what: string): string[] {
  return servers === 0 ? [] : [`${servers}대 ${what}`];
}

const NOTHING = '반납한 서버는 없습니다.';

/** What ended the run as a whole. */
const BECAUSE: Readonly<Record<string, (by: string, reason: Reason | null, say: Say) => string>> = {
  rejected: (by) => (by === '' ? '거절되었습니다.' : `${by}님이 거절했습니다.`),
  cancelled: (by) => (by === '' ? '취소되었습니다.' : `${by}님이 취소했습니다.`),
  unapproved: (_, reason, say) =>
    reason === null || reason.code === 'too-few-approvals'
      ? '기한 내에 승인되지 않았습니다.'
      : `승인되지 않았습니다: ${text(say.reason(reason))}.`,
  unannounced: () => '미리 알릴 수 없었습니다.',
  limit: (_, reason) =>
    reason?.code === 'over-limits'
      ? `한도를 넘어 진행하지 않았습니다: ${text(wordsIn('ko').overLimits(reason.limits))}.`
      : '한도를 넘어 진행하지 않았습니다.',
};

/** With its verb, so that a full stop may follow. */
function goods({ volumes, addresses }: Freed): string {
  if (addresses === 0) return `추가 스토리지 ${volumes}개가 데이터와 함께 삭제됩니다`;
  if (volumes === 0) return `공인 IP ${addresses}개가 반납됩니다`;
  return `추가 스토리지 ${volumes}개가 데이터와 함께 삭제되고 공인 IP ${addresses}개가 반납됩니다`;
}

export const DID = { approve: '승인', reject: '거절', cancel: '취소' };

const BUTTONS = {
  approve: '승인',
  reject: '거절',
  'snooze-1d': '전체 1일 유지',
  'snooze-3d': '전체 3일 유지',
  'snooze-7d': '전체 7일 유지',
  keep: '전체 유지',
  cancel: '반납 취소',
};

const LENGTHS: Readonly<Partial<Record<string, string>>> = {
  'snooze-1d': '1일',
  'snooze-3d': '3일',
  'snooze-7d': '7일',
};

const VERDICTS: Readonly<Record<string, string>> = {
  // The title says so.
  terminate: '',
  wait: '대기 후 반납',
  refuse: '반납하지 않음',
  refused: '반납하지 않음',
  'already-gone': '이미 없음',
  terminated: '반납됨',
  unfinished: '미완료',
  failed: '실패',
};

export function list(names: readonly string[]): string {
  return clipList(names, (left) => `외 ${left}`);
}

/** What is attached to one server. */
function few(names: readonly string[]): string {
  return clipList(names, (left) => `외 ${left}`, 3);
}
