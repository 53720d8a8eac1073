import type { Hold } from '../../termination/holds.ts';
import { isOpen } from '../../termination/status/server-groups.ts';
import { DID, koreanCard, list } from './card-words-korean.ts';
import { clip, MOST_NAME } from './clip.ts';
import { behindPrefix, EXAMPLES } from './commands-words.ts';
import { asTyped, exampleOf, text, who } from './replies-parts.ts';
import { PROBLEMS } from './replies-problems.ts';
import type { Replies, Times } from './reply-sentences.ts';

/** No particle follows a name: which one is right depends on how the name is spoken. */
export function korean(time: Times): Replies {
  const card = koreanCard(time);
  const until = (at: string): string => (at === '' ? '해제할 때까지' : `${time(at)}까지`);
  const held = ({ serverName, serverInstanceNo, by, until: at, reason }: Hold): string =>
    `${clip(serverName || serverInstanceNo, MOST_NAME)} (${clip(by, MOST_NAME)}, ${until(at)}${reason === '' ? '' : `, 사유: ${text(reason)}`})`;
  return {
    ...card,
    help: ({ prefix, person }) => `${help(prefix)}\n정책에서 쓰는 내 ID: ${clip(person, MOST_NAME)}`,
    wrong: (command) =>
      `${PROBLEMS.ko[command.problem](command.quoted, command.suggestion)} 변경된 내용은 없습니다. 예: ${exampleOf(command)}`,
    accepted: ({ requestId, policy, mode, prefix }) =>
      `${mode === 'plan' ? '계획을 확인합니다' : '반납 요청을 접수했습니다'}${policy === '' ? '' : ` (정책: ${policy})`}. 작업 ID: ${requestId}. ` +
      `${mode === 'plan' ? '서버는 반납되지 않습니다.' : '계획을 곧 이곳에 알려 드립니다.'} 확인: "${prefix}상태 ${requestId}"`,
    approved: ({ requestId, missing }) =>
      missing === 0
        ? `승인했습니다 (작업 ${requestId}). 다시 확인한 뒤 진행합니다.`
        : `승인했습니다 (작업 ${requestId}). ${missing}명의 승인이 더 필요합니다.`,
    rejected: ({ requestId, isBegun }) =>
      `거절했습니다 (작업 ${requestId}). ${isBegun ? NOTHING_MORE : '아무것도 반납하지 않습니다.'}`,
    expired: ({ requestId }) =>
      `승인 기한이 지났습니다 (작업 ${requestId}). 반납된 서버는 없습니다. 다시 요청해 주세요.`,
    notAsked: ({ requestId }) => `승인을 기다리는 작업이 아닙니다 (${requestId}). 변경된 내용은 없습니다.`,
    kept: ({ names, until: at, isBegun, prefix }) =>
      `${until(at)} 유지합니다: ${list(names)}. 되돌리기: "${prefix}해제 ${names.slice(0, 5).map(asTyped).join(' ')}"${isBegun ? ` 이미 진행 중인 작업이 있습니다. ${NOTHING_MORE}` : ''}`,
    released: ({ names, others }) =>
      [
        names.length === 0 ? '직접 유지한 서버가 아닙니다.' : `해제했습니다: ${list(names)}.`,
        ...others.map(
          (hold) => `아직 유지 중입니다: ${held(hold)}. 유지한 사람이나 명령줄의 "banap release"로 해제할 수 있습니다.`,
        ),
      ].join(' '),
    holdLine: (hold) => held(hold),
    noHolds: () => '이 채팅에서 유지 중인 서버가 없습니다.',
    why: (server, at) => {
      const parts = card.serverParts(server, at);
      const what = isOpen(server) ? '반납 대상' : parts.rest;
      const rest = isOpen(server) ? [parts.facts, ...parts.loses, parts.rest] : [parts.facts];
      return `${clip(server.serverName || server.serverInstanceNo, MOST_NAME)}: ${[what, ...rest].filter((part) => part !== '').join(' · ')}`;
    },
    nextRun: ({ policy, at, every }) =>
      `${clip(policy, MOST_NAME)}: ${at === '' ? `${everyInKorean(every)}마다` : time(at)}`,
    noNextRuns: ({ days }) => `앞으로 ${days}일 동안 이 채팅의 정책이 자동으로 실행될 예정이 없습니다.`,
    paused: ({ policy, until: at, prefix }) =>
      `정책을 일시 중지했습니다: ${clip(policy, MOST_NAME)} (${at === '' ? '재개할 때까지' : `${time(at)}까지`}). 이 정책의 작업은 다음 조치 전에 기다립니다. 재개: "${prefix}재개 ${policy}"`,
    resumed: ({ policy }) => `정책을 재개했습니다: ${clip(policy, MOST_NAME)}`,
    notResumed: ({ policy, others }) =>
      others.length === 0
        ? `일시 중지된 정책이 아닙니다: ${clip(policy, MOST_NAME)}`
        : `변경된 내용은 없습니다. 일시 중지한 사람: ${list(others)}. 그 사람이나 명령줄의 "banap resume"으로 재개할 수 있습니다.`,
    cancelled: ({ requestId }) => `취소를 요청했습니다 (작업 ${requestId}). ${NOTHING_MORE}`,
    tooLateToCancel: ({ requestId, ending }) => `취소하기에는 늦었습니다 (작업 ${requestId}). ${ending}`,
    notApprover: ({ approvers }) =>
      `이 작업의 승인자가 아닙니다. 변경된 내용은 없습니다. ${approvers.length === 0 ? '' : `승인자: ${list(approvers)}`}`.trim(),
    selfApprovalOff: () => '본인이 요청한 반납은 다른 사람이 승인해야 합니다.',
    alreadyDecided: ({ signal }) => `이미 결정되었습니다: ${time(signal.at)}, ${who(signal)}, ${DID[signal.kind]}.`,
    alreadyEnded: ({ requestId, ending }) => `이미 끝난 작업입니다 (${requestId}). 변경된 내용은 없습니다. ${ending}`,
    planChanged: ({ requestId }) =>
      `그 메시지 이후 계획이 바뀌어 응답이 반영되지 않았습니다 (작업 ${requestId}). 최신 계획을 보고 다시 응답해 주세요.`,
    unknownRun: ({ requestId, prefix }) =>
      `이 채팅에서 볼 수 있는 작업이 없습니다: ${clip(requestId, MOST_NAME)}. 목록: "${prefix}상태"`,
    begun: ({ requestId }) => `접수된 작업입니다 (${requestId}). 계획은 아직 없습니다.`,
    nothingOpen: ({ requestId }) => `대상 서버가 모두 처리된 작업입니다 (${requestId}). 변경된 내용은 없습니다.`,
    noRuns: () => '진행 중인 작업이 없습니다.',
    notMeant: ({ names }) =>
      `해당하는 서버가 없거나, 이곳에서 사용할 수 있는 정책의 대상이 아닙니다: ${list(names)}. 변경된 내용은 없습니다.${names.length === 1 ? '' : ' 사유는 "이유:" 뒤에 적어 주세요.'}`,
    unknownPolicy: ({ policy, policies }) =>
      `이곳에 없는 정책입니다: ${clip(policy, MOST_NAME)}. 사용할 수 있는 정책: ${list(policies)}`,
    severalPolicies: ({ policies }) =>
      `사용할 수 있는 정책이 여러 개입니다: ${list(policies)}. 정책을 지정해 주세요. 예: "정책 ${policies[0] ?? 'nightly-dev'}"`,
    notHere: () => '이 채팅에서 사용할 수 있는 정책이 없습니다. policies.yml의 "chat"에 이 채팅을 지정해 주세요.',
    runLine: ({ requestId, title, state }) => `${requestId}: ${text(title)} · ${text(state)}`,
    notice: ({ names, act, actsAt, requestId, planHash, prefix }) =>
      `${time(actsAt)}에 ${act === 'stop' ? '정지하고 이후 반납합니다' : '반납합니다'}: ${list(names)}. ` +
      `계속 사용하시려면 유지하거나("${prefix}유지 ${names.length === 1 ? asTyped(names[0] ?? '') : '‹이름›'} 3일") 작업을 취소해 주세요("${prefix}취소 ${requestId}"). ` +
      `계획 ${planHash}.`,
    failed: () =>
      '지금은 전부 처리하지 못했습니다. 잠시 후 다시 요청해 주세요. 같은 요청을 반복해도 두 번 처리되지 않습니다.',
  };
}

const NOTHING_MORE = '더 이상 진행하지 않으며, 이미 처리된 내용은 보고서에서 알려 드립니다.';

function help(prefix: string): string {
  const { plan, terminate, status, cancel, keep, pause } = EXAMPLES.ko;
  return [
    'banap은 정책에 따라 먼저 확인한 뒤 서버를 반납합니다.',
    `• "${prefix}${plan}" – 확인만 하고 무엇이 반납될지 알려 드립니다.`,
    `• "${behindPrefix(prefix, terminate)}" – 반납합니다. 정책이 여러 개이면 "정책 ‹이름›"을 덧붙여 주세요.`,
    `• "${prefix}상태" 또는 "${prefix}${status}" – 작업의 진행 상황을 알려 드립니다.`,
    `• "${prefix}${cancel}" – 작업을 멈춥니다. 더 이상 진행하지 않습니다.`,
    `• "${prefix}${keep}" – 반납하지 않고 유지합니다. "2026-12-31까지"나 "계속"처럼 적어도 됩니다. 기간을 적지 않으면 7일 동안 유지합니다. 되돌리기: "${prefix}해제 dev-1"`,
    `• "${prefix}왜 dev-1", "${prefix}유지목록", "${prefix}일정" – 서버가 반납되거나 남는 이유, 유지 중인 서버, 정책의 다음 실행 시각을 알려 드립니다.`,
    `• "${prefix}${pause}", "${prefix}재개 nightly-dev" – 정책의 작업을 기다리게 합니다.`,
    '이름에는 * 와 ? 를 쓸 수 있습니다. 사유는 "이유:"(또는 콜론) 뒤에 적고, 그 앞은 모두 이름입니다. "dev-1을 반납해 주세요"처럼 명령을 뒤에 써도 됩니다. 승인과 거절은 메시지의 버튼이나 개별로 받은 링크로 합니다.',
    '영어도 됩니다: terminate, plan, status, cancel, keep, release, why, holds, next, pause, resume, help.',
  ].join('\n');
}

/** `6 hours`, as schedules write it. */
function everyInKorean(every: string): string {
  const [, count = every, unit = ''] = /^(\d+) (minute|hour|day)s?$/.exec(every) ?? [];
  const units: Readonly<Record<string, string>> = { minute: '분', hour: '시간', day: '일' };
  return `${count}${units[unit] ?? ''}`;
}
