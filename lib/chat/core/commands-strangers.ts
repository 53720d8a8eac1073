/** Words that people try, though banap has no such command, and what they add for courtesy. */

import { meaning } from '../../text/folding.ts';
import type { Wrong, WrongCommand } from './command.ts';
import type { Token } from './commands-tokens.ts';
import type { Verb } from './commands-words.ts';

/** `delete dev-1`, `dev-1 삭제해 주세요`: in front, or behind as Korean has it. */
export function strangerAmong(tokens: readonly Token[], wrong: Wrong): WrongCommand | undefined {
  const ends = [...tokens.slice(0, 1), ...tokens.slice(1).slice(-1)];
  for (const [at, token] of ends.entries()) {
    const stranger = at === 0 || /[가-힣]/.test(token.text) ? strangerIn(token) : undefined;
    if (stranger?.kind === 'decision') return wrong('decision', token.text, 'status');
    if (stranger !== undefined) return wrong('unknown-command', token.text, stranger.verb, stranger.word);
  }
  return undefined;
}

/** `서버를`, `좀`, `주세요`: they name nothing. Who has a server of such a name puts it in quotation marks. */
export function isCourtesy({ text, isQuoted }: Token): boolean {
  return !isQuoted && COURTESY.test(text);
}

/**
 * `dev-1을`, `dev-*는`, `dev-1서버를`: no name of NCP's goes from Latin letters to a particle. What is Hangul itself may end
 * in one.
 */
export function withoutParticle(token: Token): Token {
  const [, bare] = (token.isQuoted ? null : WITH_PARTICLE.exec(token.text)) ?? [];
  return bare === undefined ? token : { ...token, text: bare };
}

type Stranger =
  /** Done by a button or a link, never by a command. */
  | { kind: 'decision' }
  /** `word` is our own command for it; empty where there is none. */
  | { kind: 'other'; verb: Verb; word: string };

/** Undefined: it may be the name of a server. */
function strangerIn({ text, isQuoted }: Token): Stranger | undefined {
  if (isQuoted) return undefined;
  const bare = meaning(text)
    .replace(/^\//, '')
    .replace(/[!.?]+$/, '');
  if (DECISIONS.test(bare)) return { kind: 'decision' };
  const found = OTHERS.find(({ pattern }) => pattern.test(bare));
  return found === undefined ? undefined : { kind: 'other', verb: found.verb, word: found.word };
}

const ENDING = '(?:하기|해|해줘|해줘요|해주세요|해주십시오|해라|할게요|합니다|요청)?';

const DECISIONS = new RegExp(`^(?:approved?|reject(?:ed)?|deny|승인${ENDING}|거절${ENDING}|반려${ENDING})$`);

const OTHERS: readonly { pattern: RegExp; verb: Verb; word: string }[] = [
  { pattern: /^(?:delete|remove|destroy|kill|drop|return|decommission)$/, verb: 'terminate', word: 'terminate' },
  { pattern: new RegExp(`^(?:삭제|제거|회수|폐기)${ENDING}$`), verb: 'terminate', word: '반납' },
  { pattern: /^(?:list|ls|show|runs)$/, verb: 'status', word: 'status' },
  { pattern: new RegExp(`^(?:목록|조회|확인)${ENDING}$`), verb: 'status', word: '상태' },
  { pattern: /^(?:abort|undo)$/, verb: 'cancel', word: 'cancel' },
  { pattern: new RegExp(`^(?:철회)${ENDING}$`), verb: 'cancel', word: '취소' },
  { pattern: /^(?:hold|snooze|extend|protect)$/, verb: 'keep', word: 'keep' },
  { pattern: new RegExp(`^(?:연장|보류)${ENDING}$`), verb: 'keep', word: '유지' },
  { pattern: /^(?:hello|hi|hey|ping|commands)$/, verb: 'help', word: 'help' },
  { pattern: /^(?:안녕|안녕하세요|명령|명령어|사용법)$/, verb: 'help', word: '도움말' },
  // To stop a server is not to terminate it, and banap does neither by itself.
  { pattern: /^(?:stop|shutdown|halt|start|restart|reboot)$/, verb: 'help', word: '' },
  { pattern: new RegExp(`^(?:정지|중지|시작|재시작|재부팅)${ENDING}$`), verb: 'help', word: '' },
];

const COURTESY =
  /^(?:please|서버(?:들)?(?:을|를|은|는|도|만)?|좀|및|그리고|주세요|주십시오|줘|줘요|바랍니다|부탁(?:해요|합니다|드려요|드립니다)?)[.!]?$/;

const WITH_PARTICLE = /^([A-Za-z0-9._*?-]+)(?=[가-힣])(?:서버(?:들)?)?(?:을|를|은|는|이|가|과|와|도|만|랑|이랑|하고)?$/;

/**
 * The names in a sentence that means "do not": `don't delete dev-1`, `dev-1 반납하지 마세요`, `dev-1 삭제 금지`. Undefined where
 * nothing says no.
 */
export function negatedAmong(tokens: readonly Token[]): string[] | undefined {
  const open = tokens.map(({ text, isQuoted }) => (isQuoted ? '' : meaning(text).replaceAll('’', "'")));
  if (!open.some((word) => NEGATIONS.test(word)) || open.some((word) => OTHER_WISHES.test(word))) return undefined;
  return tokens
    .filter((token, at) => token.isQuoted || !(NO_NAMES.test(open[at] ?? '') || NEGATIONS.test(open[at] ?? '')))
    .map((token) => withoutParticle(token).text)
    .filter((name) => name !== '');
}

const NEGATIONS =
  /^(?:don'?t|not|never|금지|.*하지(?:는|도)?(?:[마말않].*)?|(?:마|마세요|말아.*|말고|않게|않도록)[.!]*)$/;

/** `do not cancel it` is no wish to keep a server. */
const OTHER_WISHES =
  /^(?:cancel|keep|plan|status|help|hold|release|pause|resume|(?:취소|유지|보관|계획|상태|해제|재개).*)$/;

/** Words that stand around the names in such sentences. */
const NO_NAMES =
  /^(?:please|do|the|servers?|terminate|delete|remove|destroy|kill|stop|touch|(?:반납|삭제|제거|종료).*|주세요|제발|절대)$/;
