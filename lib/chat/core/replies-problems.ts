/** What is wrong with a command, in one sentence. */

import type { Language } from '../../wording/language.ts';
import type { Problem } from './command.ts';

type Sentences = Record<Problem, (said: string, suggestion: string) => string>;

const ENGLISH: Sentences = {
  'unknown-command': (said, suggestion) =>
    `"${said}" is not a command${suggestion === '' ? '.' : `; did you mean "${suggestion}"?`} For a server of that name, write "terminate" before it.`,
  'stray-command': (said, suggestion) =>
    `"${said}" is among the names. A command begins with "${suggestion}"; the name of a server goes in quotation marks.`,
  'no-names': () => 'Which server? Write its name.',
  'too-many-names': (said) => `These are ${said} names; at most 50 at once.`,
  'long-name': (said) => `The name ${said} is too long; at most 256 characters.`,
  'no-policy': () => 'After "with" goes the name of one policy.',
  'no-id': () => 'Which run? Its id is in its message.',
  'one-id': (said) => `One run at a time: "${said}" is too many. A reason goes after "because".`,
  'no-reason': () => 'The reason is missing; write it after "because".',
  'long-reason': () => 'The reason is too long; at most 500 characters.',
  'reason-first': (said) => `It is not clear where the names end in "${said}"; write the reason last, after "because".`,
  'bad-time': (said) => `"${said}" is not a duration.`,
  'bad-date': (said) => `"${said}" is not a date.`,
  'two-times': (said) => `"${said}" is a second time; one is enough.`,
  'ends-in-mark': (said, suggestion) =>
    `It is not clear what "${said}" names: did you mean ${suggestion}? A name or pattern that ends like this goes in quotation marks.`,
  decision: () =>
    'Commands cannot approve or reject: use the buttons of the message, or the link that was sent to you.',
  'past-time': (said) => `"${said}" has already passed.`,
  'unclosed-quote': (said) => `A quotation mark is not closed, or has no space around it: ${said}`,
  'too-long': () => 'That is too long; at most 2,000 characters.',
};

const KOREAN: Sentences = {
  'unknown-command': (said, suggestion) =>
    `없는 명령입니다: "${said}".${suggestion === '' ? '' : ` 혹시 "${suggestion}"인가요?`} 서버 이름이라면 앞에 "반납"을 붙여 주세요.`,
  'stray-command': (said, suggestion) =>
    `이름 사이에 명령이 있습니다: "${said}". 명령은 맨 앞이나 맨 뒤에 "${suggestion}"처럼 적고, 서버 이름이라면 따옴표로 묶어 주세요.`,
  'no-names': () => '대상 서버 이름을 적어 주세요.',
  'too-many-names': (said) => `이름이 ${said}개입니다. 한 번에 50개까지 입력할 수 있습니다.`,
  'long-name': (said) => `이름이 너무 깁니다: ${said}. 256자까지 입력할 수 있습니다.`,
  'no-policy': () => '"정책" 뒤에 정책 이름 하나를 적어 주세요.',
  'no-id': () => '작업 ID를 적어 주세요. ID는 작업 메시지에 있습니다.',
  'one-id': (said) => `작업은 한 번에 하나만 지정할 수 있습니다: "${said}". 사유는 "이유:" 뒤에 적어 주세요.`,
  'no-reason': () => '사유가 없습니다. "이유:" 뒤에 적어 주세요.',
  'long-reason': () => '사유가 너무 깁니다. 500자까지 입력할 수 있습니다.',
  'reason-first': (said) => `어디까지가 이름인지 알 수 없습니다: "${said}". 사유는 맨 뒤에 "이유:"를 붙여 적어 주세요.`,
  'bad-time': (said) => `기간을 알 수 없습니다: "${said}".`,
  'bad-date': (said) => `날짜를 알 수 없습니다: "${said}".`,
  'two-times': (said) => `기간은 하나만 적어 주세요: "${said}".`,
  'ends-in-mark': (said, suggestion) =>
    `이름이 분명하지 않습니다: "${said}". 혹시 ${suggestion}인가요? 부호로 끝나는 이름이나 패턴은 "${said}"처럼 따옴표로 묶어 주세요.`,
  decision: () => '승인과 거절은 명령으로 할 수 없습니다. 메시지의 버튼이나 개별로 받은 링크를 사용해 주세요.',
  'past-time': (said) => `이미 지난 시각입니다: "${said}".`,
  'unclosed-quote': (said) => `따옴표가 닫히지 않았거나 다른 글자와 붙어 있습니다: ${said}`,
  'too-long': () => '너무 깁니다. 2,000자까지 입력할 수 있습니다.',
};

export const PROBLEMS: Record<Language, Sentences> = { en: ENGLISH, ko: KOREAN };
