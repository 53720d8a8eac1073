/** Every reason in Korean, one sentence per code. The words of NCP and AWS stay as they are, after `·` or in brackets. */

import type { Weekday } from '../calendar/window.ts';
import type { ActionName, Resource } from '../termination/actions.ts';
import type { CallIds, Failure, FailureKind, UnreadPlace } from '../termination/failure.ts';
import type { Guard, WhyUnknownTags } from '../termination/model.ts';
import type { Criterion, NotMeant, OverLimit, Source, TimeProblem } from '../termination/reasons.ts';
import { because, idsIn, type Sentences, type Words, who, written } from './sentences.ts';

/** A name may end in any sound, so no particle that depends on the sound before it follows one. */
const REASONS: Sentences = {
  renamed: ({ serverName, planned }) => `계획한 서버와 다른 서버입니다 · 계획: ${planned}, 지금: ${serverName}`,
  'created-anew': ({ createDate, planned }) =>
    `계획한 서버와 다른 서버입니다 · 계획한 서버의 생성 일시: ${planned}, 지금: ${createDate}`,
  replaced: ({ serverName, createDate, planned }) =>
    `계획한 서버와 다른 서버입니다 · 계획: ${planned}, 지금: ${serverName} (생성 ${createDate})`,
  'came-back': () => '작업을 시작할 때는 없던 서버가 다시 보입니다',
  'not-found-again': () => '승인 이후 다시 확인했으나 서버를 찾지 못했습니다',
  elsewhere: ({ environment, region, serverName }) =>
    `이 리전에 없고 ${environment} ${region}에 있습니다 · ${serverName}. 그 환경과 리전을 지정해 주세요`,
  'perhaps-elsewhere': ({ places }) =>
    `이 리전에 없고, 다른 곳은 확인하지 못했습니다 · ${places.map(placeOf).join(' / ')}`,
  'no-such-number': () => '그런 번호의 서버가 없습니다. 번호를 확인해 주세요',
  'gone-before': () => 'NCP에 더 이상 없는 서버입니다',

  protected: () => '반납 보호가 설정되어 있습니다',
  'protected-after-plan': () => '계획 이후 반납 보호가 설정되었습니다',
  'protected-again': () => '반납 보호 해제를 요청했으나 설정되어 있습니다. 누군가 다시 설정했을 수 있습니다',
  'protected-says-ncp': ({ returnMessage }) => `반납 보호가 설정되어 있습니다 · ${returnMessage}`,

  'perhaps-lifted': ({ requestId }) =>
    `작업 ${requestId}에서 반납 보호를 해제한 뒤 되돌리지 않았을 수 있습니다. 보호를 다시 설정하거나 유지를 해제해 주세요`,
  held: ({ by, until, reason }, say) =>
    `유지 중입니다 · ${by}, ${until === '' ? '해제할 때까지' : `${say.time(until)}까지`}${because(reason)}`,
  'server-held': ({ by }) => `서버를 유지 중입니다 · ${by}`,
  cancelled: (said) => `${who(said)}님이 취소했습니다${because(said.reason)}`,
  rejected: (said) => `${who(said)}님이 거절했습니다${because(said.reason)}`,
  paused: ({ by, account, policy, until, reason }, say) => {
    const what = policy === '' ? (account === '' ? '모든 작업' : `계정 ${account}`) : `정책 ${policy}`;
    return `일시 중지됨 · ${what}, ${by}, ${until === '' ? '재개할 때까지' : `${say.time(until)}까지`}${because(reason)}`;
  },
  'too-few-approvals': ({ agreed, needed, until }, say) =>
    `승인이 부족합니다 · ${say.time(until)}까지 ${needed}명 중 ${agreed}명 승인`,
  'changed-too-often': ({ times }) => `승인을 기다리는 동안 계획이 ${times}번 바뀌었습니다`,
  'nobody-to-ask': () =>
    '승인이 필요하지만 여기서는 승인을 받을 수 없습니다. 정책의 채팅방이나 웹훅, 이벤트로 요청해 주세요',
  unannounced: ({ why }) => `정책에 따라 미리 알려야 하지만 ${UNANNOUNCED[why]}`,

  kept: ({ key, until, reason }, say) =>
    `유지 중입니다 · 태그 ${key}${until === '' ? '' : ` · ${say.time(until)}까지`}${because(reason)}`,
  'ends-later': ({ by, at }, say) => `아직 반납할 때가 아닙니다 · ${by}, ${say.time(at)}`,
  'no-end': () => '반납 시각을 정한 태그가 없습니다',
  'tags-unclear': ({ problems }, say) => problems.map(say.reason).join(' / '),
  'tags-unread': ({ why }) => `태그를 알 수 없습니다${why ? ` · ${unknownTags(why)}` : ''}`,
  'tag-unreadable': ({ key, problem }) => `태그 ${key}의 값을 이해할 수 없습니다 · ${timeProblem(problem)}`,
  'before-creation': ({ key, value }) => `태그 ${key} ${value}: 서버 생성 일시보다 빠릅니다. 연도를 확인해 주세요`,
  'no-creation-date': ({ key }) => `태그 ${key}: NCP가 생성 일시를 알려 주지 않습니다`,
  'tag-misspelled': ({ tag, key }) =>
    `태그 키의 표기가 다릅니다 · ${written(tag)}. 반납 태그라면 키를 고쳐 주세요: ${key}`,
  'tags-differ': ({ tags, key }) =>
    `태그 ${tags.map(written).join(', ')}의 값이 서로 다릅니다. 키 ${key} 하나만 남겨 주세요`,
  'tag-mistyped': ({ name, key }) =>
    `태그 ${JSON.stringify(name)}: 혹시 ${key}의 오타인가요? 키를 고치거나 다른 키를 써 주세요`,
  'kept-for-ever': ({ key, value, why }) =>
    `태그 ${key} "${value}" 때문에 계속 유지합니다 · ${typeof why === 'string' ? FOR_EVER[why] : timeProblem(why)}`,

  'policy-removed': ({ policy }) => `작업을 시작한 뒤 정책이 삭제되었습니다 · ${policy}`,
  'not-meant': ({ policy, isChanged, why }) =>
    `${isChanged ? `작업을 시작한 뒤 바뀐 정책 ${policy}` : `정책 ${policy}`}의 대상이 아닙니다 · ${notMeant(why)}`,
  'not-meant-here': () => '정책의 대상이 아닙니다',
  'not-known-here': () => '정책의 대상인지 다시 확인합니다',
  'more-approvals': ({ policy, agreed, needed }) =>
    `작업을 시작한 뒤 바뀐 정책 ${policy}에 따라 현재 승인자 중 ${needed}명의 승인이 필요하지만 ${agreed}명만 승인했습니다`,
  'window-closed': ({ policy, opensAt, because: why }, say) =>
    `정책 ${policy}의 작업 시간이 아닙니다 (${say.closed(why)}) · ${say.time(opensAt)}부터 진행`,
  'window-never-opens': ({ policy, because: why }, say) => `정책 ${policy}의 작업 시간이 없습니다 · ${say.closed(why)}`,
  'window-too-short': () => '남은 작업 시간이 짧아, 중간에 멈출 수 없는 작업은 다음 작업 시간에 시작합니다',
  'over-limits': ({ limits }) => `한도를 넘어 진행하지 않습니다 · ${overLimits(limits)}`,
  later: ({ startsAt, terminatesAt, mayBecomeLater }, say) =>
    [
      ...(startsAt === '' ? [] : [`${say.time(startsAt)}부터 진행`]),
      ...(terminatesAt === '' ? [] : [`${say.time(terminatesAt)}${mayBecomeLater ? ' 이후' : '부터'} 반납`]),
    ].join(', '),
  'plan-changed': () => '승인한 뒤 서버가 바뀌었습니다. 다시 확인해 주세요',

  'other-run': ({ requestId, since, until }, say) =>
    `다른 작업이 처리하고 있습니다 · ${requestId}, ${say.time(since)}부터 (${say.time(until)}까지 점유, 작업이 계속되는 동안 연장)`,
  'claim-forgotten': () => '이 작업이 오래 멈춰 있어 그사이 다른 작업이 이 서버를 맡았을 수 있습니다',
  duplicate: ({ owner, since }, say) =>
    `같은 요청을 이미 처리하고 있습니다 · ${owner}${since === '' ? '' : `, ${say.time(since)}부터`}`,

  attached: ({ names }) =>
    `추가 스토리지가 연결되어 있습니다 · ${names.join(', ')}. 계속하려면 detach나 delete를 지정해 주세요`,
  'attached-again': ({ name }) => `분리한 뒤 다시 연결되었습니다 · ${name}`,
  'attached-after-plan': ({ resource, name }) => `계획 이후 ${RESOURCES[resource]} ${name} 연결됨`,
  'perhaps-taken-off': ({ name }) => `서버에 보이지 않아 한 번 더 확인합니다 · ${name}`,
  'taken-off-after-plan': ({ name }) => `계획 이후 서버에서 분리되었습니다 · ${name}`,

  'started-after-plan': ({ uptime, isStopped }) =>
    `계획 이후 서버가 시작되었습니다${isStopped ? ' (다시 정지됨)' : ''} · ${uptime || '시각 알 수 없음'}`,
  restarted: ({ uptime, since }) =>
    `${since === 'plan' ? '계획 이후' : '기다리는 동안'} 서버가 시작되었다가 다시 정지되었습니다 · ${uptime}`,
  'started-again': () => '정지한 뒤 서버가 다시 시작되었습니다',
  'failed-state': (state) => `서버에 장애가 있어 확인이 필요합니다 · ${stateOf(state)}`,
  'unknown-state': (state) => `알 수 없는 상태입니다 · ${stateOf(state)}`,
  busy: ({ statusName, operation }) => `다른 작업이 끝나기를 기다립니다 · ${statusInKorean(statusName)} (${operation})`,
  'not-ready': ({ statusName }) => `아직 준비되지 않았습니다 (${statusInKorean(statusName)})`,
  terminating: () => '반납 중',
  'stopped-until': ({ until }, say) => `정지했습니다. 다시 시작하면 반납하지 않습니다 · ${say.time(until)}부터 반납`,
  'resource-busy': ({ resource, name, operation }) =>
    `${RESOURCES[resource]} ${name} 처리 중이어서 기다립니다 (${operation})`,

  asked: ({ action }) => `${ACTIONS[action]} 요청 후 결과를 기다립니다`,
  'no-effect': ({ action, times }) => `${ACTIONS[action]}: ${times}번 요청했지만 바뀌지 않았습니다`,
  'ncp-refused': ({ action }) => `${ACTIONS[action]}: NCP가 거부했습니다`,
  'answer-lost': ({ failure }) => `결과를 알 수 없습니다 · ${failed(failure)}`,
  'process-died': () => '응답을 확인하기 전에 프로세스가 종료되었습니다',
  'perhaps-bare': ({ failure }) => `반납 보호가 아직 해제되어 있을 수 있습니다 · ${failed(failure)}`,
  'answers-too-slow': ({ seconds, most }) =>
    `확인하는 데 ${seconds}초가 걸려 진행하지 않습니다 (${most}초 이내의 정보만 사용)`,
  'ncp-error': ({ failure }) => failed(failure),

  unread: ({ what, failure }) => `${SOURCES[what]} 읽지 못했습니다 · ${failed(failure)}`,
  contradiction: () => '리전 목록에는 있으나 번호로는 조회되지 않아 확인하지 못했습니다',
  'not-listed': () => 'NCP 목록에 보이지 않아 한 번 더 확인합니다',
  'too-many-steps': () => '단계가 너무 많습니다',

  gone: () => 'NCP 목록에 더 이상 없습니다',
  vanished: () => '서버가 없어졌습니다. 다른 사람이 반납했거나, 이 작업이 중단되기 직전에 반납했습니다',
  'gone-and-cut-short': ({ why }, say) => `NCP 목록에 더 이상 없습니다 · ${say.reason(why)}`,
  'cut-short': ({ why, statusName, isListed, next, last }, say) => {
    const seen = statusName === '' ? '상태를 확인하지 못함' : `마지막 상태: ${statusInKorean(statusName)}`;
    const state = isListed ? seen : '마지막으로 확인했을 때 NCP 목록에 없음';
    return [say.reason(why), state, say.reason(next), ...(last === null ? [] : [failed(last)])].join(' · ');
  },
  'time-is-over': () => '작업 제한 시간이 지났습니다',
  interrupted: () => '작업이 중단되었습니다',
  'too-many-looks': () => '최대 확인 횟수를 넘었습니다',
  'comes-next': ({ action }) => `다음 순서: ${ACTIONS[action]}`,
  'nothing-asked': () => 'NCP에 더 요청한 것은 없습니다',
  'nothing-done': ({ because: why }, say) => `아무것도 하지 않았습니다 · ${say.reason(why)}`,
  'not-reached': () => '이 서버 차례가 오기 전에 작업이 끝났습니다',

  'gone-waits': ({ because: why }, say) => `서버는 없어졌습니다 · ${say.reason(why)}`,
  'attached-elsewhere': ({ serverInstanceNo }) => `지금은 서버 ${serverInstanceNo}에 연결되어 있습니다`,
  'resource-not-listed': ({ name }) => `${name} 항목이 조회되지 않아 한 번 더 확인합니다`,
  'was-used': ({ resource }) => `계획 이후 다른 사람이 사용한 적이 있는 ${RESOURCES[resource]}입니다`,
  'not-watched': ({ resource }) =>
    `서버에서 분리한 뒤 한동안 상태를 확인하지 못해, 그사이 다른 사람이 사용했을 수 있는 ${RESOURCES[resource]}입니다`,
  'kept-as-asked': ({ isDetached }) => `요청대로 ${isDetached ? '분리 후 ' : ''}유지, 계속 과금`,
  'not-of-plan': ({ resource }) => `계획에 있던 ${RESOURCES[resource]}가 아닙니다`,
  'return-protected': () => '반납 보호가 설정되어 있어 유지합니다',
  'still-busy': ({ operation }) => `아직 처리 중입니다 (${operation})`,
  'to-be-freed': ({ resource }) => `${FREED[resource]} 예정`,
  'not-freed': ({ because: why }, say) => `유지합니다 · ${say.reason(why)}`,
  'no-free-try-left': ({ times, last }) =>
    `${times}번 시도했지만 정리하지 못했습니다${last === null ? '' : ` · ${failed(last)}`}`,
  'left-unread': ({ because: why }, say) => `아직 있는지 확인하지 못했습니다 · ${say.reason(why)}`,
  'left-cut-short': ({ why }, say) => say.reason(why),
  'taken-off': ({ isSure }) => `banap이 분리했${isSure ? '습니다' : '을 수 있습니다'}. 서버는 아직 있습니다`,
  'not-ours': () => '다른 사람이 서버를 반납했고, 일부러 남겨 두었을 수 있습니다',
  'not-sure': () => '이 작업이 서버를 반납했는지 NCP가 확인해 주지 않아 남겨 둡니다',
  'policy-keeps': ({ policy, why }) =>
    why === 'unwanted'
      ? '정책에 따라 유지합니다'
      : why === 'changed'
        ? '그 사이 정책이 바뀌었습니다'
        : `그 사이 정책이 삭제되었거나 바뀌었습니다 · ${policy}`,
  'still-there': ({ statusName, isListed, stop, isPerhapsBare }) => {
    const stopped = { no: '', asked: ', 정지를 요청함', seen: ', banap이 정지함' }[stop];
    const where = isListed
      ? `아직 있습니다 (${statusName === '' ? '상태 알 수 없음' : statusInKorean(statusName)}${stopped})`
      : `아직 있을 수 있습니다 (마지막으로 확인했을 때 NCP 목록에 없음${stopped})`;
    return `${where}${isPerhapsBare ? ' · 반납 보호가 해제되어 있을 수 있습니다' : ''}`;
  },

  planned: ({ mode, servers, hash }) => `${mode === 'plan' ? '확인만' : '반납'}: 서버 ${servers}대, 계획 ${hash}`,
  'broke-off': ({ failure }) => failed(failure),
  on: ({ numbers }) => numbers.join(', '),
  about: ({ resource, name }) => `${RESOURCES[resource]} ${name}`,
  'ncp-said': (said) => `${said.returnCode} ${said.returnMessage}${idsOf(said)}`,
  said: ({ reason }) => reason,

  'given-twice': ({ serverInstanceNo }) => `같은 서버 번호가 여러 번 입력되어 한 번만 처리합니다 · ${serverInstanceNo}`,
  'no-such-name': ({ environment, region, name }) => `${environment} ${region}에 이름이 ${name}인 서버가 없습니다`,
  'not-looked-in': ({ place }) =>
    `없는 서버를 ${place.environment}에서는 찾아보지 못했습니다 · ${failed(place.failure)}`,
  'first-servers': ({ count, listed }) => `서버 ${count}대가 선택되어 처음 ${listed}대만 표시합니다`,
  'first-attention': ({ count, listed }) => `태그를 확인해야 하는 서버가 ${count}대여서 처음 ${listed}대만 표시합니다`,
  'when-window-opens': ({ because: why }, say) => `지금 상태로 작업 시간이 되면 다음과 같습니다 · ${say.reason(why)}`,
  'not-counted': ({ failure }) => `최근 24시간 동안 반납한 서버 수를 세지 못했습니다 · ${failed(failure)}`,
  'only-plans': ({ policy }) => `확인만 하는 정책입니다 (mode: plan) · ${policy}`,
  'must-agree': (approval) => `시작하려면 승인이 필요합니다 · ${mustAgree(approval)}`,
};

const UNANNOUNCED = {
  'nobody-to-tell': '여기서는 알릴 수 없습니다',
  'too-late': '제때 알리지 못했습니다',
  'not-taken': '알림을 받은 채팅방이 없습니다',
};

function unknownTags(why: WhyUnknownTags): string {
  switch (why.kind) {
    case 'not-listed':
      return 'Resource Manager 목록에 없습니다. 태그를 하나 붙이거나, 새 서버라면 목록에 나타날 때까지 기다려 주세요';
    case 'listed-twice':
      return 'Resource Manager 목록에 두 번 있습니다. NCP 고객 지원에 문의해 주세요';
    case 'null':
    case 'missing':
      return `Resource Manager 응답에 ${NO_TAG[why.kind]}. 태그를 하나 붙이거나, 태그가 없다는 뜻이면 NCLOUD_UNTAGGED=empty,${why.kind}로 설정해 주세요`;
    case 'unreadable':
      return '읽을 수 없는 태그가 있습니다';
    case 'key-twice':
      return '같은 키의 태그가 두 개 있습니다. 하나를 지워 주세요';
    case 'other-region':
      return why.shown === ''
        ? 'Resource Manager 응답에 리전이 없습니다'
        : `Resource Manager에는 ${why.shown} 리전의 서버로 나옵니다`;
    case 'other-type':
      return `Resource Manager에는 서버 번호가 다른 자원${why.shown === '' ? '' : `(${why.shown})`}으로 나옵니다`;
  }
}

const NO_TAG = { null: 'tag 값이 null입니다', missing: 'tag 항목이 없습니다' };

const FOR_EVER = {
  'a-no': '반납하려면 태그를 지워 주세요',
  'several-dates': '날짜만 쓰거나 demo 같은 말만 덧붙여 주세요. 예: 2026-12-31_demo',
  'unclear-words':
    '날짜 뒤의 말에 다른 뜻이 있을 수 있습니다. 날짜만 쓰거나 demo 같은 말만 덧붙여 주세요. 예: 2026-12-31_demo',
};

/** The English message is for logs and reports. */
const FAILURES: Record<FailureKind, string> = {
  'no-keys': 'NCP 인증 키를 가져오지 못했습니다',
  'not-authenticated': 'NCP 인증에 실패했습니다',
  'not-permitted': 'NCP 인증 키에 권한이 없습니다',
  'may-not-read-tags':
    'VPC 서버의 태그를 읽을 권한이 없습니다. 서브 계정에 Resource Manager 조회 권한(View/getResourceList)을 추가해 주세요',
  throttled: '호출 한도를 넘었습니다',
  unreachable: '연결하지 못했습니다',
  'no-answer': '응답을 끝까지 받지 못했습니다',
  unreadable: '응답을 이해할 수 없습니다',
  'too-slow': 'NCP의 응답이 너무 느립니다',
  'not-listed': 'NCP 목록에 보이지 않습니다',
  'unreadable-policy': '정책 내용을 이해할 수 없습니다',
  'not-now': '지금은 처리할 수 없습니다',
  unusable: '처리할 수 없습니다',
  unexpected: '예상하지 못한 오류가 발생했습니다',
};

function failed(failure: Failure): string {
  return `${whatFailed(failure)}${idsOf(failure)}`;
}

function whatFailed(failure: Failure): string {
  if (failure.kind === 'refused') {
    const { of, returnCode, returnMessage } = failure;
    return `NCP가 거부했습니다: ${[of, returnCode, returnMessage].filter((part) => part !== '').join(' ')}`;
  }
  const about = [failure.of, failure.code].filter((part) => part !== '').join(', ');
  const kind = Object.hasOwn(FAILURES, failure.kind) ? FAILURES[failure.kind] : FAILURES.unexpected;
  return `${kind}${about === '' ? '' : ` (${about})`}`;
}

function idsOf({ ids }: { ids?: CallIds | undefined }): string {
  return ids === undefined ? '' : ` (${idsIn(ids, { requestId: 'NCP 요청 ID', traceId: '추적 ID' })})`;
}

function placeOf({ environment, failure }: UnreadPlace): string {
  return `${environment}: ${failed(failure)}`;
}

const DURATION = '10년 이하의 기간을 숫자와 m, h, d, w 또는 ISO 8601 형식으로 적어 주세요. 예: 36h, 7d, P1DT12H';
const WHEN = '예: 20261124T090000+0900, 날짜는 2026-11-24';

const TIME_PROBLEMS: Record<TimeProblem['kind'], string> = {
  'not-a-duration': `기간이 아닙니다. ${DURATION}`,
  negative: `음수입니다. ${DURATION}`,
  zero: `기간이 0입니다. ${DURATION}`,
  'fraction-of-a-second': `1초보다 작은 단위가 있습니다. ${DURATION}`,
  'over-ten-years': `10년이 넘습니다. ${DURATION}`,
  'neither-instant-nor-date': `시각도 날짜도 아닙니다. 0001년부터 9999년 사이의 시각이나 날짜를 적어 주세요. ${WHEN}`,
  'no-such-day': `없는 날짜입니다. 0001년부터 9999년 사이의 날짜를 적어 주세요. ${WHEN}`,
  'leap-second': `윤초는 쓸 수 없습니다. 초는 00부터 59까지 적어 주세요. ${WHEN}`,
  'no-such-time': `없는 시각입니다. 시는 00부터 23까지, 분과 초는 00부터 59까지 적어 주세요. ${WHEN}`,
  'no-time-zone': `시간대가 없습니다. 뒤에 Z나 오프셋을 붙여 주세요. ${WHEN}`,
  'bad-offset': `오프셋을 이해할 수 없습니다. Z나 -2359부터 +2359까지의 오프셋을 적어 주세요. ${WHEN}`,
};

function timeProblem({ kind, text }: TimeProblem): string {
  return `${JSON.stringify(text)}: ${TIME_PROBLEMS[kind]}`;
}

const ACTIONS: Record<ActionName, string> = {
  stop: '정지',
  detach: '스토리지 분리',
  disassociate: '공인 IP 해제',
  liftProtection: '반납 보호 해제',
  terminate: '반납',
  releasePublicIp: '공인 IP 반납',
  deleteStorage: '스토리지 삭제',
  restoreProtection: '반납 보호 재설정',
};

/** With its particle. */
const SOURCES: Record<Source, string> = {
  server: '서버 정보를',
  tags: '태그를',
  holds: '유지 목록을',
  pauses: '일시 중지 목록을',
  policy: '정책을',
  signals: '승인과 취소 내역을',
  limits: '한도에 드는 서버 수를',
  claims: '다른 작업이 맡은 서버를',
  leftovers: '남은 스토리지와 공인 IP를',
};

const RESOURCES: Record<Resource, string> = { publicIp: '공인 IP', blockStorage: '추가 스토리지' };
const FREED: Record<Resource, string> = { publicIp: '반납', blockStorage: '삭제' };

const DAYS: Record<Weekday, string> = {
  MON: '월요일',
  TUE: '화요일',
  WED: '수요일',
  THU: '목요일',
  FRI: '금요일',
  SAT: '토요일',
  SUN: '일요일',
};

const CRITERIA: Record<Criterion['by'], string> = {
  zone: '존',
  vpc: 'VPC',
  name: '이름',
  status: '상태',
  tag: '태그',
  createDate: '생성 일시',
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

export function statusInKorean(statusName: string): string {
  return Object.hasOwn(STATUSES, statusName) ? (STATUSES[statusName] ?? statusName) : statusName;
}

const TRIGGERS: Readonly<Record<string, string>> = {
  chat: '채팅',
  schedule: '예약',
  event: '이벤트',
  webhook: '웹훅',
  cli: '명령줄',
};

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

/** Where only the guard is known. */
export function guardInKorean(guard: string): string {
  return new Map<string, string>(Object.entries(GUARDS)).get(guard) ?? guard;
}

function criterion({ by, value }: Criterion): string {
  return value === '' ? `${CRITERIA[by]} 알 수 없음` : `${CRITERIA[by]} ${value}`;
}

function notMeant(why: NotMeant): string {
  switch (why.kind) {
    case 'tags-unknown':
      return '태그를 알 수 없음';
    case 'not-selected':
      return `${criterion(why)}: select에 맞지 않음`;
    case 'excepted':
      return `예외 (unless ${why.unless})`;
    case 'perhaps-excepted':
      return `${criterion(why)}: 예외일 수 있음 (unless ${why.unless})`;
    case 'only-plans':
      return '확인만 하는 정책';
    case 'elsewhere':
      return `계정 ${why.account}의 ${why.environment} ${why.region}에 대한 정책`;
  }
}

function overLimits(limits: readonly OverLimit[]): string {
  return limits.map(overLimit).join(', ');
}

function overLimit(over: OverLimit): string {
  const { servers, most } = over;
  if (over.limit === 'request') return `서버 ${servers}대 선택, 한 번에 최대 ${most}대`;
  const within = over.now === null ? '' : `최근 24시간 (지금 ${over.now}대 포함) `;
  if (over.limit === 'maxServers') return `${within}서버 ${servers}대, 한도 ${most}대 (maxServers)`;
  return `${within}계정의 서버 ${over.holds}대 중 ${servers}대 (${over.percent}%), 한도 ${most}% (maxPercent)`;
}

function mustAgree({ aboveServers, twoAboveServers: two }: { aboveServers: number; twoAboveServers: number | null }) {
  if (two !== null && two <= aboveServers) return `${above(aboveServers)}2명`;
  return `${above(aboveServers)}1명${two === null ? '' : `, ${above(two)}2명`}`;
}

function above(servers: number): string {
  return servers === 0 ? '' : `${servers}대 초과 시 `;
}

function stateOf({ status, operation, statusName }: { status: string; operation: string; statusName: string }): string {
  return `${status}/${operation}, ${statusInKorean(statusName)}`;
}

export const KOREAN: Words = {
  reasons: REASONS,
  actions: ACTIONS,
  timeProblem,
  overLimits,
  mustAgree,
  closed: (why) => {
    switch (why.kind) {
      case 'holiday':
        return `${why.date} ${why.name}`;
      case 'own-date':
        return `${why.date} 정책에서 정한 휴일`;
      case 'unknown-year':
        return `${why.year}년 공휴일을 알 수 없음 (${why.known.from}–${why.known.to}년만 가능)`;
      case 'hours':
        return `${why.from}–${why.to} 이외의 시간`;
      case 'day':
        return DAYS[why.day];
      case 'night':
        return `${DAYS[why.from]}에서 ${DAYS[why.to]}로 넘어가는 밤`;
    }
  },
};
