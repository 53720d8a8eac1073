import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCommand } from '../../lib/chat/core/commands.ts';
import { MOST_NAMES } from '../../lib/chat/core/commands-servers.ts';
import { EXAMPLES, UNTIL_EXAMPLES } from '../../lib/chat/core/commands-words.ts';
import { languageOf } from '../../lib/wording/language.ts';

const NOW = Date.parse('2026-11-24T03:00:00Z');
const CONTEXT = { now: NOW, timezone: 'Asia/Seoul' };
const parse = (text: string): ReturnType<typeof parseCommand> => parseCommand(text, CONTEXT);

describe('terminate', () => {
  it.each<[string, string[], string, string]>([
    ['dev-1', ['dev-1'], '', ''],
    ['dev-1 dev-2', ['dev-1', 'dev-2'], '', ''],
    ['dev-1, dev-2,dev-1', ['dev-1', 'dev-2'], '', ''],
    ['terminate dev-1', ['dev-1'], '', ''],
    ['/terminate dev-1', ['dev-1'], '', ''],
    ['TERMINATE Dev-1', ['Dev-1'], '', ''],
    ['dev-* web-?', ['dev-*', 'web-?'], '', ''],
    ['dev-1 because the demo is over', ['dev-1'], '', 'the demo is over'],
    ['dev-1 Because: the demo is over', ['dev-1'], '', 'the demo is over'],
    ['dev-1: the demo is over', ['dev-1'], '', 'the demo is over'],
    ['dev-1 : the demo is over', ['dev-1'], '', 'the demo is over'],
    ['dev-1 :the demo is over', ['dev-1'], '', 'the demo is over'],
    ["dev-1 because it's 'done', and plan b", ['dev-1'], '', "it's 'done', and plan b"],
    ['dev-1 with nightly-dev because done', ['dev-1'], 'nightly-dev', 'done'],
    ['with nightly-dev dev-1', ['dev-1'], 'nightly-dev', ''],
    [
      '"dev 1" \'dev 2\' “dev 3” ‘dev 4’ `dev 5` 「dev 6」',
      ['dev 1', 'dev 2', 'dev 3', 'dev 4', 'dev 5', 'dev 6'],
      '',
      '',
    ],
    ['"because" "with" "plan"', ['because', 'with', 'plan'], '', ''],
    ['terminate plans', ['plans'], '', ''],
    ['개발-서버 dev-1', ['개발-서버', 'dev-1'], '', ''],
    ['반납 dev-1', ['dev-1'], '', ''],
    ['반납: dev-1 이유: 데모 종료', ['dev-1'], '', '데모 종료'],
    ['종료 dev-1 사유: 데모 종료', ['dev-1'], '', '데모 종료'],
    ['dev-1 반납', ['dev-1'], '', ''],
    ['dev-1 dev-2 반납해 주세요 이유: 데모 종료', ['dev-1', 'dev-2'], '', '데모 종료'],
    ['dev-1 반납해줘', ['dev-1'], '', ''],
    ['dev-1 이유 데모 종료', ['dev-1'], '', '데모 종료'],
    ['dev-1 이유는 데모 종료', ['dev-1'], '', '데모 종료'],
    ['데모가 끝났기 때문에 dev-1 반납', ['dev-1'], '', '데모가 끝났기 때문에'],
    ['반납 데모 때문에 dev-1', ['dev-1'], '', '데모 때문에'],
    ['dev-1 정책 nightly-dev 이유: 끝', ['dev-1'], 'nightly-dev', '끝'],
    ['nightly-dev 정책으로 dev-1 반납', ['dev-1'], 'nightly-dev', ''],
    ['<http://dev-1.example.com|dev-1.example.com>', ['dev-1.example.com'], '', ''],
    ['dev-1 because load &lt; 5 &amp;&amp; &amp;lt; cost &gt; 3', ['dev-1'], '', 'load < 5 && &lt; cost > 3'],
    ['dev\u200b-1 \ufeffdev-2', ['dev-1', 'dev-2'], '', ''],
    ['dev-1\nbecause the demo\nis over', ['dev-1'], '', 'the demo is over'],
    ['한글'.normalize('NFD'), ['한글'], '', ''],
  ])('%j names %j', (text, names, policy, reason) => {
    expect(parse(text)).toEqual({ kind: 'terminate', names, policy, reason });
  });

  it.each<[string, string[]]>([
    ['dev-1을 반납해 주세요', ['dev-1']],
    ['dev-1과 dev-2를 반납해 주세요', ['dev-1', 'dev-2']],
    ['dev-1 및 dev-2 서버를 좀 반납해 주세요', ['dev-1', 'dev-2']],
    ['서버 dev-*는 반납', ['dev-*']],
    ['dev-1서버를 반납', ['dev-1']],
    ['dev-1만 반납 부탁드립니다.', ['dev-1']],
    ['개발-가 반납', ['개발-가']],
    ['"dev-1을" 반납', ['dev-1을']],
    ['"서버" 반납', ['서버']],
    ['반납 "delete" "q-1?"', ['delete', 'q-1?']],
    ['terminate delete', ['delete']],
    ['web-? *?', ['web-?', '*?']],
    // In quotation marks, or with more marks than formatting has, it is taken literally.
    ['"*review-1*" “_x_”', ['*review-1*', '_x_']],
    ['`review-1`', ['review-1']],
    ['review-1* *-web', ['review-1*', '*-web']],
    ['*dev*-1* *dev-?*', ['*dev*-1*', '*dev-?*']],
    ['dev_1 a~b', ['dev_1', 'a~b']],
    ['ＴＥＲＭＩＮＡＴＥ dev-1', ['dev-1']],
    ['ter\u00adminate dev-1\u2060', ['dev-1']],
  ])('%j leaves out what is grammar, and names %j', (text, names) => {
    expect(parse(text)).toMatchObject({ kind: 'terminate', names });
  });

  it('takes everything for a name where no word begins a reason', () => {
    expect(parse('dev-1 the demo is over')).toMatchObject({ names: ['dev-1', 'the', 'demo', 'is', 'over'] });
  });

  it('leaves a mark that turns the direction of writing in the name, which then belongs to no server', () => {
    expect(parse('dev\u202e-1')).toMatchObject({ names: ['dev\u202e-1'] });
  });

  it('does nothing with bare names where only the text says that banap is meant', () => {
    expect(parseCommand('dev-1 dev-2', { ...CONTEXT, needsVerb: true })).toMatchObject({ problem: 'unknown-command' });
    expect(parseCommand('반납 dev-1', { ...CONTEXT, needsVerb: true })).toMatchObject({ kind: 'terminate' });
    expect(parseCommand('dev-1 반납', { ...CONTEXT, needsVerb: true })).toMatchObject({ kind: 'terminate' });
  });
});

describe('plan, status, cancel and help', () => {
  it.each([
    ['plan dev-1', { kind: 'plan', names: ['dev-1'], policy: '', reason: '' }],
    ['ｐｌａｎ dev-1', { kind: 'plan', names: ['dev-1'], policy: '', reason: '' }],
    ['plan: dev-1', { kind: 'plan', names: ['dev-1'], policy: '', reason: '' }],
    ['terminate plan dev-1', { kind: 'plan', names: ['dev-1'], policy: '', reason: '' }],
    ['계획 dev-*', { kind: 'plan', names: ['dev-*'], policy: '', reason: '' }],
    ['반납 계획 dev-1', { kind: 'plan', names: ['dev-1'], policy: '', reason: '' }],
    ['dev-1 반납 계획', { kind: 'plan', names: ['dev-1'], policy: '', reason: '' }],
    ['status', { kind: 'status', requestId: '' }],
    ['status chat-7f3a', { kind: 'status', requestId: 'chat-7f3a' }],
    ['상태', { kind: 'status', requestId: '' }],
    ['chat-7f3a 상태', { kind: 'status', requestId: 'chat-7f3a' }],
    ['cancel chat-7f3a', { kind: 'cancel', requestId: 'chat-7f3a', reason: '' }],
    ['cancel chat-7f3a because needed', { kind: 'cancel', requestId: 'chat-7f3a', reason: 'needed' }],
    ['취소 webhook:ci/42 이유: 필요함', { kind: 'cancel', requestId: 'webhook:ci/42', reason: '필요함' }],
    ['chat-7f3a 취소해 주세요', { kind: 'cancel', requestId: 'chat-7f3a', reason: '' }],
    ['chat-7f3a를 취소해 주세요', { kind: 'cancel', requestId: 'chat-7f3a', reason: '' }],
    ['status chat-7f3a?', { kind: 'status', requestId: 'chat-7f3a' }],
    ['계획 dev-1 nightly-dev로 정책으로', { kind: 'plan', names: ['dev-1'], policy: 'nightly-dev', reason: '' }],
    ['', { kind: 'help' }],
    ['  ', { kind: 'help' }],
    ['?', { kind: 'help' }],
    ['help', { kind: 'help' }],
    ['반납 도움말', { kind: 'help' }],
    ['도움말', { kind: 'help' }],
  ])('%j', (text, command) => {
    expect(parse(text)).toEqual(command);
  });
});

describe('keep', () => {
  it.each([
    ['keep dev-1 for 3d because of a test', '2026-11-27T03:00:00.000Z', 'of a test'],
    ['keep dev-1 for 3 days because of a test', '2026-11-27T03:00:00.000Z', 'of a test'],
    ['keep dev-1 for a week', '2026-12-01T03:00:00.000Z', ''],
    ['keep for 36h dev-1', '2026-11-25T15:00:00.000Z', ''],
    ['keep dev-1 for PT90M', '2026-11-24T04:30:00.000Z', ''],
    ['keep dev-1 for 1 month', '2026-12-24T03:00:00.000Z', ''],
    ['keep dev-1 until 2026-12-31', '2026-12-31T15:00:00.000Z', ''],
    ['keep dev-1 until 2026-12-31T18:00+09:00', '2026-12-31T09:00:00.000Z', ''],
    ['keep dev-1 until 9999-12-31', '9999-12-31T15:00:00.000Z', ''],
    ['keep dev-1', '2026-12-01T03:00:00.000Z', ''],
    ['keep dev-1 because it is the master', '2026-12-01T03:00:00.000Z', 'it is the master'],
    ['keep dev-1 for ever', '', ''],
    ['keep dev-1 for ever because it is the master', '', 'it is the master'],
    ['유지 dev-1 3일 이유: 부하 시험', '2026-11-27T03:00:00.000Z', '부하 시험'],
    ['보관 dev-1 3일 동안 사유: 부하 시험', '2026-11-27T03:00:00.000Z', '부하 시험'],
    ['dev-1 3일간 유지해 주세요', '2026-11-27T03:00:00.000Z', ''],
    ['dev-1 3 일 동안 유지', '2026-11-27T03:00:00.000Z', ''],
    ['dev-1을 3일만 유지해 주세요', '2026-11-27T03:00:00.000Z', ''],
    ['유지 dev-1 2026-12-31까지만', '2026-12-31T15:00:00.000Z', ''],
    ['유지 dev-1 12시간', '2026-11-24T15:00:00.000Z', ''],
    ['유지 dev-1 2주', '2026-12-08T03:00:00.000Z', ''],
    ['유지 dev-1 일주일', '2026-12-01T03:00:00.000Z', ''],
    ['유지 dev-1 1개월', '2026-12-24T03:00:00.000Z', ''],
    ['dev-1 2026-12-31까지 유지', '2026-12-31T15:00:00.000Z', ''],
    ['dev-1 2026-12-31 까지 유지', '2026-12-31T15:00:00.000Z', ''],
    ['dev-1 하루 동안 유지', '2026-11-25T03:00:00.000Z', ''],
    ['유지 dev-1 계속 이유: 마스터', '', '마스터'],
  ])('%j is until %j', (text, until, reason) => {
    expect(parse(text)).toEqual({ kind: 'keep', names: ['dev-1'], policy: '', until, reason });
  });

  it('takes a day as that of the zone', () => {
    expect(parseCommand('keep dev-1 until 2026-12-31', { now: NOW, timezone: 'America/New_York' })).toMatchObject({
      until: '2027-01-01T05:00:00.000Z',
    });
  });

  it('takes a quoted time for a name', () => {
    expect(parse('유지 "3일" 2일')).toMatchObject({ names: ['3일'], until: '2026-11-26T03:00:00.000Z' });
  });
});

describe('a wrong command', () => {
  it.each([
    ['statsu chat-1', 'unknown-command', 'status'],
    ['plna dev-1', 'unknown-command', 'plan'],
    ['/hlep', 'unknown-command', 'help'],
    ['cancle chat-1', 'unknown-command', 'cancel'],
    ['kepp dev-1', 'unknown-command', 'keep'],
    ['terminat dev-1', 'unknown-command', 'terminate'],
    ['상테', 'unknown-command', '상태'],
    ['반낭 dev-1', 'unknown-command', '반납'],
    ['dev-1 then plan dev-2', 'stray-command', 'plan'],
    ['do not terminate dev-1', 'negated', 'keep dev-1'],
    ["don't delete dev-1 and dev-2 please", 'negated', 'keep dev-1 and dev-2'],
    ['don’t terminate "개발 서버"', 'negated', 'keep 개발 서버'],
    ['dev-1 반납하지 마세요', 'negated', 'keep dev-1'],
    ['dev-1은 절대 삭제하지 말아주세요', 'negated', 'keep dev-1'],
    ['dev-1 반납 금지', 'negated', 'keep dev-1'],
    ['pause nightly-dev', 'no-reason', ''],
    ['pause a b because of the release', 'no-policy', ''],
    ['pause nightly-dev for 3 bananas because x', 'bad-time', ''],
    ['dev-1 반납 취소하지 마', 'stray-command', '반납'],
    ['plan', 'no-names', ''],
    ['terminate with nightly-dev', 'no-names', ''],
    ['because I say so', 'no-names', ''],
    ['dev-1 with', 'no-policy', ''],
    ['dev-1 with a with b', 'no-policy', ''],
    ['cancel', 'no-id', ''],
    ['cancel a b', 'one-id', ''],
    ['status a b', 'one-id', ''],
    ['dev-1 because', 'no-reason', ''],
    ['dev-1:', 'no-reason', ''],
    ['keep dev-1 for soon', 'bad-time', ''],
    ['keep dev-1 for', 'bad-time', ''],
    ['keep dev-1 for 99 years', 'bad-time', ''],
    ['keep dev-1 for -3d', 'bad-time', ''],
    ['keep dev-1 for 0d', 'bad-time', ''],
    ['keep dev-1 for 11111111111111d', 'bad-time', ''],
    ['keep dev-1 for 3d until 2026-12-31', 'two-times', ''],
    ['keep dev-1 until 2026-02-29', 'bad-date', ''],
    ['keep dev-1 until 2026-12-31T18:00', 'bad-date', ''],
    ['keep dev-1 until', 'bad-date', ''],
    ['유지 dev-1 12월 31일까지', 'bad-date', ''],
    ['keep dev-1 until 2026-11-23', 'past-time', ''],
    ['dev-1 데모 때문에 dev-2 반납', 'reason-first', ''],
    ['dev-1 때문에 데모 종료', 'reason-first', ''],
    ['유지 dev-1 어제까지', 'bad-date', ''],
    ['유지 dev-1 3바나나', 'bad-time', ''],
    ['keep dev-1 for 3 bananas', 'bad-time', ''],
    ['반납해 주세요', 'no-names', ''],
    ['서버 좀 반납해 주세요', 'no-names', ''],
    ['delete dev-1', 'unknown-command', 'terminate'],
    ['dev-1 삭제해 주세요', 'unknown-command', '반납'],
    ['stop dev-1', 'unknown-command', ''],
    ['hello', 'unknown-command', 'help'],
    ['안녕하세요', 'unknown-command', '도움말'],
    ['list', 'unknown-command', 'status'],
    ['approve chat-7f3a', 'decision', ''],
    ['reject chat-7f3a because it is needed', 'decision', ''],
    ['승인 chat-7f3a', 'decision', ''],
    ['chat-7f3a 거절해 주세요', 'decision', ''],
    ['terminate q-1?', 'ends-in-mark', 'q-1'],
    ['q-1 ?', 'ends-in-mark', 'q-1'],
    ['terminate * dev-1', 'ends-in-mark', 'dev-1'],
    ['terminate dev-1 *', 'ends-in-mark', 'dev-1'],
    ['plan dev-1 q-1??', 'ends-in-mark', 'q-1'],
    ['dev-1!', 'ends-in-mark', 'dev-1'],
    ['keep dev-1. for 3d', 'ends-in-mark', 'dev-1'],
    // What is bold, italic or struck through in Slack's composer arrives with its marks.
    ['*review-1*', 'ends-in-mark', 'review-1'],
    ['terminate *review-1* because the branch was merged', 'ends-in-mark', 'review-1'],
    ['plan **review-1**', 'ends-in-mark', 'review-1'],
    ['terminate dev-1 _review-1_', 'ends-in-mark', 'review-1'],
    ['~review-1~', 'ends-in-mark', 'review-1'],
    ['*_review-1_*', 'ends-in-mark', 'review-1'],
    ['_*review-1*_', 'ends-in-mark', 'review-1'],
    ['*review-1*?', 'ends-in-mark', 'review-1'],
    ['*"review-1"*', 'ends-in-mark', 'review-1'],
    ['*review-*', 'ends-in-mark', 'review-'],
    ['*review-1 review-2*', 'ends-in-mark', 'review-1'],
    ['*review-1 because it is over*', 'ends-in-mark', 'review-1'],
    ['*review-1 with nightly-dev*', 'ends-in-mark', 'review-1'],
    ['*review-1\u00a0*', 'ends-in-mark', 'review-1'],
    ['keep *review-1* for 3d', 'ends-in-mark', 'review-1'],
    ['review-1 *because it is over*', 'ends-in-mark', 'because'],
    ['*review-1*을 반납해 주세요', 'ends-in-mark', 'review-1'],
    ['반납 *review-1*', 'ends-in-mark', 'review-1'],
    ['terminate (*review-1*)', 'ends-in-mark', 'review-1'],
    ['terminate *review-1*;', 'ends-in-mark', 'review-1'],
    ['terminate •*review-1*', 'ends-in-mark', 'review-1'],
    ['*review-1*은 반납해 주세요', 'ends-in-mark', 'review-1'],
    ['*terminate* review-1', 'unknown-command', 'terminate'],
    ['"dev-1', 'unclosed-quote', ''],
    ['"dev"-1', 'unclosed-quote', ''],
    ["dev-1 'tis", 'unclosed-quote', ''],
    ['x'.repeat(257), 'long-name', ''],
    [`dev-1 because ${'x'.repeat(501)}`, 'long-reason', ''],
    ['x'.repeat(2_001), 'too-long', ''],
  ])('%j: %s', (text, problem, suggestion) => {
    const command = parse(text);
    expect(command).toMatchObject({ kind: 'wrong', problem, suggestion });
    expect(command).toHaveProperty('example', expect.stringMatching(/\S/));
  });

  it('is one with more than 50 names, and not with 50', () => {
    const names = Array.from({ length: MOST_NAMES }, (_, index) => `d${index}`);
    expect(parse(names.join(' '))).toMatchObject({ kind: 'terminate', names });
    expect(parse([...names, 'one-more'].join(' '))).toMatchObject({ problem: 'too-many-names', quoted: '51' });
  });

  it.each([
    ['keep dev-1 for 3 bananas', '3 bananas'],
    ['유지 dev-web 3바나나', '3바나나'],
    ['유지 dev-1 12월 31일까지', '12월 31일까지'],
  ])('%j quotes the whole of what is no time: %j', (text, quoted) => {
    expect(parse(text)).toMatchObject({ quoted });
  });

  it('has an example with a date where the date is wrong', () => {
    expect(parse('유지 dev-1 어제까지')).toMatchObject({ example: UNTIL_EXAMPLES.ko });
    expect([parse(UNTIL_EXAMPLES.ko), parse(UNTIL_EXAMPLES.en)]).toMatchObject([{ kind: 'keep' }, { kind: 'keep' }]);
  });

  it('gets an example in its language', () => {
    expect(parse('계획')).toMatchObject({ example: EXAMPLES.ko.plan });
    expect(parse('plan')).toMatchObject({ example: EXAMPLES.en.plan });
  });

  it('is quoted back on one short line', () => {
    expect(parse('keep dev-1 for so\u0007on\u202e')).toMatchObject({ problem: 'bad-time', quoted: 'so on' });
    const long = parse(`keep dev-1 for ${'x'.repeat(300)}`);
    expect(long).toMatchObject({ problem: 'bad-time', quoted: `${'x'.repeat(59)}…` });
  });
});

it.each([...Object.entries(EXAMPLES.en), ...Object.entries(EXAMPLES.ko)])(
  'has a right example of %s: %s',
  (verb, example) => {
    expect(parse(example)).toMatchObject({ kind: verb });
  },
);

it.each([
  ['plan dev-1', 'en'],
  ['', 'en'],
  ['сервер', 'en'],
  ['계획 dev-1', 'ko'],
  ['dev-1 because 데모', 'ko'],
  ['ㅇㅋ', 'ko'],
])('%j is answered in %s', (text, language) => {
  expect(languageOf(text)).toBe(language);
});

describe('any text', () => {
  const word = fc.oneof(
    fc.constantFrom(
      'valueOf',
      'constructor',
      '__proto__',
      'plan',
      'terminate',
      'keep',
      'for',
      '3d',
      'until',
      'because',
      'with',
      ':',
      '반납',
      '유지',
      '3일',
      '때문에',
      '"',
      '<',
      '|',
      '>',
      '&lt;',
      '이유:',
      '까지',
    ),
    fc.string({ unit: 'binary', maxLength: 8 }),
  );

  it('is a command or a wrong one, never an error', () => {
    fc.assert(
      fc.property(fc.array(word, { maxLength: 12 }), (words) => {
        expect(parse(words.join(' '))).toHaveProperty('kind');
      }),
    );
  });

  it('has a name of a server only where a whole word of it stands there', () => {
    fc.assert(
      fc.property(fc.array(word, { maxLength: 12 }), (words) => {
        const command = parse(words.join(' '));
        if (!('names' in command)) return;
        expect(command.names.length).toBeGreaterThan(0);
        expect(command.names.length).toBeLessThanOrEqual(MOST_NAMES);
        expect(command.names.every((name) => name !== '' && name.length <= 256)).toBe(true);
        expect(command.reason.length).toBeLessThanOrEqual(500);
      }),
    );
  });

  it('says the same with blanks around it', () => {
    fc.assert(
      fc.property(fc.array(word, { maxLength: 12 }), (words) => {
        const text = words.join(' ');
        expect(parse(`  ${text}\n`)).toEqual(parse(text));
      }),
    );
  });
});

describe('commands about holds and policies', () => {
  it.each([
    ['release dev-1', { kind: 'release', names: ['dev-1'], policy: '', reason: '' }],
    ['dev-1 해제', { kind: 'release', names: ['dev-1'], policy: '', reason: '' }],
    ['why dev-1 with nightly-dev', { kind: 'why', names: ['dev-1'], policy: 'nightly-dev', reason: '' }],
    ['왜 dev-1', { kind: 'why', names: ['dev-1'], policy: '', reason: '' }],
    ['holds', { kind: 'holds' }],
    ['유지목록', { kind: 'holds' }],
    ['next', { kind: 'next' }],
    ['일정', { kind: 'next' }],
    [
      'pause nightly-dev for 3d because of the release',
      { kind: 'pause', policy: 'nightly-dev', until: '2026-11-27T03:00:00.000Z', reason: 'of the release' },
    ],
    ['pause because of an incident', { kind: 'pause', policy: '', until: '', reason: 'of an incident' }],
    ['일시중지 nightly-dev 이유: 배포', { kind: 'pause', policy: 'nightly-dev', until: '', reason: '배포' }],
    ['resume nightly-dev', { kind: 'resume', policy: 'nightly-dev' }],
    ['재개', { kind: 'resume', policy: '' }],
    ['please plan dev-1', { kind: 'plan', names: ['dev-1'], policy: '', reason: '' }],
  ])('%s', (text, expected) => {
    expect(parse(text)).toEqual(expected);
  });
});
