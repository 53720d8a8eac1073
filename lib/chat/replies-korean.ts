import { clip, clipList, MOST_NAME } from './clip.ts';
import { behindPrefix, EXAMPLES } from './commands-words.ts';
import type { Replies, Times } from './replies.ts';
import { exampleOf, serverLine, text, who } from './replies-parts.ts';
import { PROBLEMS } from './replies-problems.ts';

/** No particle follows a name: which one is right depends on how the name is spoken. */
export function korean(time: Times): Replies {
  const until = (at: string): string => (at === '' ? '해제할 때까지' : `${time(at)}까지`);
  return {
    help: ({ prefix, person }) => `${help(prefix)}\n정책에서 쓰는 내 ID: ${clip(person, MOST_NAME)}`,
    wrong: (command) =>
      `${PROBLEMS.ko[command.problem](command.said, command.suggestion)} 아무 작업도 하지 않았습니다. 예: ${exampleOf(command)}`,
    accepted: ({ requestId, policy, mode, prefix }) =>
      `${mode === 'plan' ? '계획을 확인합니다' : '반납 요청을 접수했습니다'}${policy === '' ? '' : ` (정책: ${policy})`}. 실행 ID: ${requestId}. ` +
      `${mode === 'plan' ? '서버는 반납되지 않습니다.' : '계획을 곧 이곳에 알려 드립니다.'} 확인: "${prefix}상태 ${requestId}"`,
    approved: ({ requestId, missing }) =>
      missing === 0
        ? `승인했습니다 (실행 ${requestId}). 다시 확인한 뒤 진행합니다.`
        : `승인했습니다 (실행 ${requestId}). ${missing}명의 승인이 더 필요합니다.`,
    rejected: ({ requestId, isBegun }) =>
      `거절했습니다 (실행 ${requestId}). ${isBegun ? NOTHING_MORE : '아무것도 반납하지 않습니다.'}`,
    expired: ({ requestId }) =>
      `승인 기한이 지났습니다 (실행 ${requestId}). 반납된 서버는 없습니다. 다시 요청해 주세요.`,
    notAsked: ({ requestId }) => `승인을 기다리는 실행이 아닙니다 (${requestId}). 변경된 내용은 없습니다.`,
    kept: ({ names, until: at, isBegun }) =>
      `${until(at)} 유지합니다: ${list(names)}.${isBegun ? ` 이미 진행 중인 실행이 있습니다. ${NOTHING_MORE}` : ''}`,
    cancelled: ({ requestId }) => `취소를 요청했습니다 (실행 ${requestId}). ${NOTHING_MORE}`,
    tooLateToCancel: ({ requestId, summary }) => `취소하기에는 늦었습니다 (실행 ${requestId}): ${text(summary)}`,
    notApprover: ({ approvers }) =>
      `이 실행의 승인자가 아닙니다. 변경된 내용은 없습니다. ${approvers.length === 0 ? '' : `승인자: ${list(approvers)}`}`.trim(),
    selfApprovalOff: () => '본인이 요청한 반납은 다른 사람이 승인해야 합니다.',
    alreadyDecided: ({ word }) => `이미 결정되었습니다: ${time(word.at)}, ${who(word)}, ${DID[word.kind]}.`,
    alreadyEnded: ({ requestId, summary }) =>
      `이미 끝난 실행입니다 (${requestId}): ${text(summary)}. 변경된 내용은 없습니다.`,
    planChanged: ({ requestId }) =>
      `그 메시지 이후 계획이 바뀌어 응답이 반영되지 않았습니다 (실행 ${requestId}). 최신 계획을 보고 다시 응답해 주세요.`,
    unknownRun: ({ requestId, prefix }) =>
      `이 채팅에서 볼 수 있는 실행이 없습니다: ${clip(requestId, MOST_NAME)}. 목록: "${prefix}상태"`,
    begun: ({ requestId }) => `접수된 실행입니다 (${requestId}). 계획은 아직 없습니다.`,
    nothingOpen: ({ requestId }) => `대상 서버가 모두 처리된 실행입니다 (${requestId}). 변경된 내용은 없습니다.`,
    noRuns: () => '진행 중인 실행이 없습니다.',
    unknownNames: ({ names }) =>
      `이름이 일치하는 서버가 없습니다: ${list(names)}. 아무 작업도 하지 않았습니다. 사유는 "이유:" 뒤에 적어 주세요.`,
    noPolicy: ({ names }) =>
      `이곳에서 사용할 수 있는 정책 중 이 서버에 허용되는 정책이 없습니다: ${list(names)}. 아무 작업도 하지 않았습니다.`,
    unknownPolicy: ({ policy, policies }) =>
      `이곳에 없는 정책입니다: ${clip(policy, MOST_NAME)}. 사용할 수 있는 정책: ${list(policies)}`,
    severalPolicies: ({ policies }) =>
      `사용할 수 있는 정책이 여러 개입니다: ${list(policies)}. 정책을 지정해 주세요. 예: "정책 ${policies[0] ?? 'nightly-dev'}"`,
    notHere: () => '이 채팅에서 사용할 수 있는 정책이 없습니다. policies.yml의 "chat"에 이 채팅을 지정해 주세요.',
    runLine: ({ requestId, title, state }) => `${requestId}: ${text(title)} · ${text(state)}`,
    notice: ({ names, act, actsAt, requestId, prefix }) =>
      `${time(actsAt)}에 ${act === 'stop' ? '정지하고 이후 반납합니다' : '반납합니다'}: ${list(names)}. ` +
      `계속 사용하시려면 유지하거나("${prefix}유지 이름 3일 이유: …") 실행을 취소해 주세요("${prefix}취소 ${requestId}").`,
    failed: () =>
      '지금은 전부 처리하지 못했습니다. 잠시 후 다시 요청해 주세요. 같은 요청을 반복해도 두 번 처리되지 않습니다.',

    title: ({ policy, account, servers }) => `${clip(policy || account, MOST_NAME)}: 서버 ${servers}대 반납`,
    awaitingApproval: ({ missing, approvers, until: at }) =>
      `${time(at)}까지 ${missing}명의 승인을 기다립니다 (승인자: ${list(approvers)}). 그 전에는 아무 작업도 하지 않습니다.`,
    announced: ({ actsAt }) => `${time(actsAt)}에 시작합니다.`,
    working: ({ summary }) => `진행 중: ${text(summary)}`,
    ended: ({ status, summary }) => `종료 (${STATUS[status] ?? status}): ${text(summary)}`,
    run: ({ requestId, policy, account, planHash }) =>
      [
        `실행 ${requestId}`,
        ...(policy === '' ? [] : [`정책 ${policy}`]),
        `계정 ${account}`,
        ...(planHash === '' ? [] : [`계획 ${clip(planHash, 16)}`]),
      ].join(' · '),
    askedBy: ({ requestedBy, trigger, reason }) =>
      `요청: ${clip(requestedBy, MOST_NAME) || trigger}${reason === '' ? '' : ` · 사유: ${text(reason)}`}`,
    server: (server) => serverLine(server, VERDICTS),
    more: ({ count, link }) => `… 외 ${count}대${link === '' ? '' : `: ${link}`}`,
    all: () => '전체 보기',
    attention: ({ serverName, serverInstanceNo, reason }) =>
      `확인 필요: ${clip(serverName, MOST_NAME)} (${clip(serverInstanceNo, 20)}): ${text(reason)}`,
    said: (word) =>
      `${time(word.at)}: ${who(word)} · ${DID[word.kind]}${word.reason === '' ? '' : `: ${text(word.reason)}`}`,
    button: (action) => BUTTONS[action],
    confirm: ({ servers }) => ({
      title: `서버 ${servers}대를 반납할까요?`,
      text: '반납한 서버와 기본 디스크는 복구할 수 없습니다. 시작하기 전에 한 번 더 확인합니다.',
      yes: '승인',
      no: '돌아가기',
    }),
    decideHere: ({ link }) => `승인 또는 거절: ${link}`,
  };
}

const NOTHING_MORE = '새 작업은 시작하지 않으며, 이미 처리된 내용은 보고서에서 알려 드립니다.';

const BUTTONS = {
  approve: '승인',
  reject: '거절',
  'snooze-1d': '1일 미루기',
  'snooze-3d': '3일 미루기',
  'snooze-7d': '7일 미루기',
  keep: '유지',
  cancel: '취소',
};

const DID = { approve: '승인', reject: '거절', cancel: '취소' };

const VERDICTS: Readonly<Record<string, string>> = {
  terminate: '반납 예정',
  wait: '대기 후 반납',
  refuse: '반납하지 않음',
  refused: '반납하지 않음',
  'already-gone': '이미 없음',
  terminated: '반납됨',
  unfinished: '끝나지 않음',
  failed: '실패',
};

const STATUS: Readonly<Record<string, string>> = {
  'all-gone': '모두 반납됨',
  'some-refused': '일부 반납하지 않음',
  unfinished: '끝나지 않음',
  failed: '실패',
  planned: '반납하지 않음',
  error: '중단됨',
};

function help(prefix: string): string {
  const { plan, terminate, status, cancel, keep } = EXAMPLES.ko;
  return [
    'banap은 정책에 따라 먼저 확인한 뒤 서버를 반납합니다.',
    `• ${prefix}${plan}: 확인만 하고 무엇이 반납될지 알려 드립니다`,
    `• ${behindPrefix(prefix, terminate)}: 반납합니다 (정책이 여러 개이면 "정책 이름"을 덧붙여 주세요)`,
    `• ${prefix}상태, ${prefix}${status}: 진행 상황을 알려 드립니다`,
    `• ${prefix}${cancel}: 실행을 멈춥니다. 새 작업은 시작하지 않습니다`,
    `• ${prefix}${keep}: 반납하지 않습니다 ("2026-12-31까지"도 됩니다. 기간이 없으면 해제할 때까지입니다)`,
    '이름에는 * 와 ? 를 쓸 수 있고 따옴표로 묶어도 됩니다. "이유:"(또는 콜론) 앞은 모두 이름입니다. "dev-1 반납해 주세요"처럼 명령을 뒤에 써도 됩니다. 영어도 됩니다: terminate, plan, status, cancel, keep, help.',
  ].join('\n');
}

function list(names: readonly string[]): string {
  return clipList(names, (left) => `외 ${left}`);
}
