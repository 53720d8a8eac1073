/** What is wrong with a command, in one sentence. */

import type { Language } from '../../wording/language.ts';
import type { Problem } from './command.ts';

type Sentences = Record<Problem, (quoted: string, suggestion: string) => string>;

const ENGLISH: Sentences = {
  'unknown-command': (quoted, suggestion) =>
    `"${quoted}" is not a command${suggestion === '' ? '.' : `; did you mean "${suggestion}"?`} For a server of that name, write "terminate" before it.`,
  'stray-command': (quoted, suggestion) =>
    `"${quoted}" is among the names. A command begins with "${suggestion}"; the name of a server goes in quotation marks.`,
  'no-names': () => 'Which server? Write its name.',
  negated: (_, suggestion) => `That sounds like "do not". To keep servers, write "${suggestion}".`,
  'too-many-names': (quoted) => `These are ${quoted} names; at most 50 at once.`,
  'long-name': (quoted) => `The name ${quoted} is too long; at most 256 characters.`,
  'no-policy': () => 'After "with" goes the name of one policy.',
  'no-id': () => 'Which run? Its id is in its message.',
  'one-id': (quoted) => `One run at a time: "${quoted}" is too many. A reason goes after "because".`,
  'no-reason': () => 'The reason is missing; write it after "because".',
  'long-reason': () => 'The reason is too long; at most 500 characters.',
  'reason-first': (quoted) =>
    `It is not clear where the names end in "${quoted}"; write the reason last, after "because".`,
  'bad-time': (quoted) => `"${quoted}" is not a duration.`,
  'bad-date': (quoted) => `"${quoted}" is not a date.`,
  'two-times': (quoted) => `"${quoted}" is a second time; one is enough.`,
  'ends-in-mark': (quoted, suggestion) =>
    `It is not clear what "${quoted}" names: did you mean ${suggestion}? A name or pattern that ends like this goes in quotation marks.`,
  decision: () =>
    'Commands cannot approve or reject: use the buttons of the message, or the link that was sent to you.',
  'past-time': (quoted) => `"${quoted}" has already passed.`,
  'unclosed-quote': (quoted) => `A quotation mark is not closed, or has no space around it: ${quoted}`,
  'too-long': () => 'That is too long; at most 2,000 characters.',
};

const KOREAN: Sentences = {
  'unknown-command': (quoted, suggestion) =>
    `없는 명령입니다: "${quoted}".${suggestion === '' ? '' : ` 혹시 "${suggestion}"인가요?`} 서버 이름이라면 앞에 "반납"을 붙여 주세요.`,
  'stray-command': (quoted, suggestion) =>
    `이름 사이에 명령이 있습니다: "${quoted}". 명령은 맨 앞이나 맨 뒤에 "${suggestion}"처럼 적고, 서버 이름이라면 따옴표로 묶어 주세요.`,
  'no-names': () => '대상 서버 이름을 적어 주세요.',
  negated: (_, suggestion) =>
    `반납하지 말라는 뜻으로 이해했습니다. 서버를 유지하려면 "${suggestion.replace(/^keep/, '유지')}"처럼 적어 주세요.`,
  'too-many-names': (quoted) => `이름이 ${quoted}개입니다. 한 번에 50개까지 입력할 수 있습니다.`,
  'long-name': (quoted) => `이름이 너무 깁니다: ${quoted}. 256자까지 입력할 수 있습니다.`,
  'no-policy': () => '"정책" 뒤에 정책 이름 하나를 적어 주세요.',
  'no-id': () => '작업 ID를 적어 주세요. ID는 작업 메시지에 있습니다.',
  'one-id': (quoted) => `작업은 한 번에 하나만 지정할 수 있습니다: "${quoted}". 사유는 "이유:" 뒤에 적어 주세요.`,
  'no-reason': () => '사유가 없습니다. "이유:" 뒤에 적어 주세요.',
  'long-reason': () => '사유가 너무 깁니다. 500자까지 입력할 수 있습니다.',
  'reason-first': (quoted) =>
    `어디까지가 이름인지 알 수 없습니다: "${quoted}". 사유는 맨 뒤에 "이유:"를 붙여 적어 주세요.`,
  'bad-time': (quoted) => `기간을 알 수 없습니다: "${quoted}".`,
  'bad-date': (quoted) => `날짜를 알 수 없습니다: "${quoted}".`,
  'two-times': (quoted) => `기간은 하나만 적어 주세요: "${quoted}".`,
  'ends-in-mark': (quoted, suggestion) =>
    `이름이 분명하지 않습니다: "${quoted}". 혹시 ${suggestion}인가요? 부호로 끝나는 이름이나 패턴은 "${quoted}"처럼 따옴표로 묶어 주세요.`,
  decision: () => '승인과 거절은 명령으로 할 수 없습니다. 메시지의 버튼이나 개별로 받은 링크를 사용해 주세요.',
  'past-time': (quoted) => `이미 지난 시각입니다: "${quoted}".`,
  'unclosed-quote': (quoted) => `따옴표가 닫히지 않았거나 다른 글자와 붙어 있습니다: ${quoted}`,
  'too-long': () => '너무 깁니다. 2,000자까지 입력할 수 있습니다.',
};

export const PROBLEMS: Record<Language, Sentences> = { en: ENGLISH, ko: KOREAN };
