/** The words that begin a command, in both languages, and an example of each. */

import { meaning } from '../../text/folding.ts';
import { nearest } from '../../text/nearest.ts';
import type { Language } from '../../wording/language.ts';

export type Verb =
  | 'plan'
  | 'terminate'
  | 'why'
  | 'status'
  | 'cancel'
  | 'keep'
  | 'release'
  | 'holds'
  | 'next'
  | 'pause'
  | 'resume'
  | 'help';

/** As a schedule makes it; those of chats look much the same. */
const RUN_ID = 'nightly-20261123T120000Z';

/** What every answer about a wrong command shows. Right as they stand, in both chats. */
export const EXAMPLES: Record<Language, Record<Verb, string>> = {
  en: {
    plan: 'plan dev-1 dev-2',
    terminate: 'terminate dev-1 dev-2 because the demo is over',
    status: `status ${RUN_ID}`,
    cancel: `cancel ${RUN_ID} because it is still needed`,
    keep: 'keep dev-1 for 3d because of a load test',
    why: 'why dev-1',
    release: 'release dev-1',
    holds: 'holds',
    next: 'next',
    pause: 'pause nightly-dev for 3d because of the release',
    resume: 'resume nightly-dev',
    help: 'help',
  },
  ko: {
    plan: '계획 dev-1 dev-2',
    terminate: '반납 dev-1 dev-2 이유: 데모 종료',
    status: `상태 ${RUN_ID}`,
    cancel: `취소 ${RUN_ID} 이유: 아직 필요함`,
    keep: '유지 dev-1 3일 이유: 부하 시험',
    why: '왜 dev-1',
    release: '해제 dev-1',
    holds: '유지목록',
    next: '일정',
    pause: '일시중지 nightly-dev 3일 이유: 배포 기간',
    resume: '재개 nightly-dev',
    help: '도움말',
  },
};

/** Where it is until when that cannot be understood. */
export const UNTIL_EXAMPLES: Record<Language, string> = {
  en: 'keep dev-1 until 2026-12-31 because of a load test',
  ko: '유지 dev-1 2026-12-31까지 이유: 부하 시험',
};

/** What stands before a command in Slack. */
export const SLASH = '/terminate ';

/** A slash command says `terminate` already. */
export function behindPrefix(prefix: string, example: string): string {
  return `${prefix}${prefix === SLASH ? example.replace(/^(terminate|반납) /, '') : example}`;
}

const ENGLISH: Readonly<Record<string, Verb>> = {
  plan: 'plan',
  terminate: 'terminate',
  status: 'status',
  cancel: 'cancel',
  keep: 'keep',
  why: 'why',
  release: 'release',
  holds: 'holds',
  next: 'next',
  pause: 'pause',
  resume: 'resume',
  help: 'help',
};

const KOREAN: Readonly<Record<string, Verb>> = {
  계획: 'plan',
  반납: 'terminate',
  종료: 'terminate',
  상태: 'status',
  취소: 'cancel',
  // Before 유지, which it begins with.
  유지목록: 'holds',
  유지: 'keep',
  보관: 'keep',
  왜: 'why',
  해제: 'release',
  일정: 'next',
  일시중지: 'pause',
  재개: 'resume',
  도움말: 'help',
};

/** `반납`, `반납해`, `반납해줘`, `반납해주세요`, `반납하기`; not `반납하지`, which begins "do not". */
const ENDING = /^(?:하기|해|해줘|해주세요|해주십시오|할게요|합니다|요청)?$/;

/** The command that a word is; `/terminate` is `terminate`. */
export function verbOf(word: string): { verb: Verb; isKorean: boolean } | undefined {
  const bare = meaning(word).replace(/^\//, '');
  const english = Object.hasOwn(ENGLISH, bare) ? ENGLISH[bare] : undefined;
  if (english !== undefined) return { verb: english, isKorean: false };
  const stem = stemOf(bare);
  const korean = stem === undefined ? undefined : KOREAN[stem];
  return korean !== undefined && ENDING.test(bare.slice(stem?.length)) ? { verb: korean, isKorean: true } : undefined;
}

/** A word among names that may well be meant as a command: taken for a name, it could do what nobody asked for. */
export function soundsLikeCommand(word: string): string | undefined {
  const bare = meaning(word).replace(/^\//, '');
  return Object.hasOwn(ENGLISH, bare) ? bare : stemOf(bare);
}

/** The command that a mistyped word probably was. Hangul is compared letter by letter, not syllable by syllable. */
export function nearestVerb(word: string): { word: string; verb: Verb } | undefined {
  const known = { ...ENGLISH, ...KOREAN };
  const bare = meaning(word).replace(/^\//, '').normalize('NFD');
  const found = nearest(
    bare,
    Object.keys(known).map((one) => one.normalize('NFD')),
  )?.normalize('NFC');
  const verb = found === undefined ? undefined : known[found];
  return found === undefined || verb === undefined ? undefined : { word: found, verb };
}

function stemOf(word: string): string | undefined {
  return Object.keys(KOREAN).find((one) => word.startsWith(one));
}
