import { describe, expect, it } from 'vitest';
import type { Problem } from '../../lib/chat/core/command.ts';
import { MOST_TEXT, parseCommand } from '../../lib/chat/core/commands.ts';
import { behindPrefix } from '../../lib/chat/core/commands-words.ts';
import { endingOf } from '../../lib/chat/core/ending.ts';
import { bothTimes, replies } from '../../lib/chat/core/replies.ts';
import { PROBLEMS } from '../../lib/chat/core/replies-problems.ts';
import type { Replies } from '../../lib/chat/core/reply-sentences.ts';
import { naverWorksText } from '../../lib/chat/naver-works/text.ts';
import type { Hold } from '../../lib/termination/holds.ts';
import { APPROVED, ENDINGS, NO_DURATION, OVER_LIMIT, SERVERS, server } from './cards.ts';

const PREFIX = '/terminate ';
const AT = '2026-11-24T12:00:00.000Z';
const HELD: Hold = {
  serverInstanceNo: '1001',
  serverName: 'dev-1',
  kind: 'keep',
  by: 'mina (slack:U0MINA)',
  reason: 'load test',
  at: AT,
  until: '',
};

/** Every reply once; a new one does not compile until it stands here. */
const SAID: { [Key in keyof Replies]: (say: Replies) => string } = {
  help: (say) => say.help({ prefix: PREFIX, person: 'slack:U0HANA' }),
  wrong: (say) =>
    say.wrong({
      kind: 'wrong',
      problem: 'unknown-command',
      quoted: 'statsu',
      suggestion: 'status',
      example: 'status chat-7f3a',
      prefix: PREFIX,
    }),
  accepted: (say) =>
    (['plan', 'terminate'] as const)
      .map((mode) => say.accepted({ requestId: 'chat-7f3a', policy: 'nightly-dev', mode, prefix: PREFIX }))
      .join('\n'),
  approved: (say) => [0, 1].map((missing) => say.approved({ requestId: 'chat-7f3a', missing })).join('\n'),
  rejected: (say) => [false, true].map((isBegun) => say.rejected({ requestId: 'chat-7f3a', isBegun })).join('\n'),
  expired: (say) => say.expired({ requestId: 'chat-7f3a' }),
  notAsked: (say) => say.notAsked({ requestId: 'chat-7f3a' }),
  kept: (say) =>
    [
      say.kept({ names: ['dev-1'], until: AT, isBegun: false, prefix: PREFIX }),
      say.kept({ names: ['dev-1', '개발 서버'], until: '', isBegun: true, prefix: PREFIX }),
    ].join('\n'),
  released: (say) =>
    [
      say.released({ names: ['dev-1'], others: [] }),
      say.released({ names: [], others: [HELD] }),
      say.released({ names: ['dev-1', 'dev-2'], others: [{ ...HELD, until: AT, reason: '' }] }),
    ].join('\n'),
  holdLine: (say) =>
    [HELD, { ...HELD, serverName: '', until: AT, reason: '' }].map((hold) => say.holdLine(hold)).join('\n'),
  noHolds: (say) => say.noHolds(),
  why: (say) => SERVERS.map((one) => say.why(server(one), AT)).join('\n'),
  nextRun: (say) =>
    [
      say.nextRun({ policy: 'nightly-dev', at: AT, every: '' }),
      say.nextRun({ policy: 'tag-sweep', at: '', every: '6 hours' }),
      say.nextRun({ policy: 'tag-sweep', at: '', every: '1 day' }),
    ].join('\n'),
  noNextRuns: (say) => say.noNextRuns({ days: 7 }),
  paused: (say) => ['', AT].map((until) => say.paused({ policy: 'nightly-dev', until, prefix: PREFIX })).join('\n'),
  resumed: (say) => say.resumed({ policy: 'nightly-dev' }),
  notResumed: (say) =>
    [[], ['mina (slack:U0MINA)']].map((others) => say.notResumed({ policy: 'nightly-dev', others })).join('\n'),
  cancelled: (say) => say.cancelled({ requestId: 'chat-7f3a' }),
  tooLateToCancel: (say) => say.tooLateToCancel({ requestId: 'chat-7f3a', ending: 'Ended: 2 terminated.' }),
  notApprover: (say) => [[], ['slack:U012ABC']].map((approvers) => say.notApprover({ approvers })).join('\n'),
  selfApprovalOff: (say) => say.selfApprovalOff(),
  alreadyDecided: (say) => say.alreadyDecided({ signal: APPROVED }),
  alreadyEnded: (say) => say.alreadyEnded({ requestId: 'chat-7f3a', ending: 'Ended: 2 terminated.' }),
  planChanged: (say) => say.planChanged({ requestId: 'chat-7f3a' }),
  unknownRun: (say) => say.unknownRun({ requestId: 'chat-9999', prefix: PREFIX }),
  begun: (say) => say.begun({ requestId: 'chat-7f3a' }),
  nothingOpen: (say) => say.nothingOpen({ requestId: 'chat-7f3a' }),
  noRuns: (say) => say.noRuns(),
  notMeant: (say) => [['dev-9', 'the', 'demo'], ['prod-1']].map((names) => say.notMeant({ names })).join('\n'),
  unknownPolicy: (say) => say.unknownPolicy({ policy: 'nightly', policies: ['nightly-dev'] }),
  severalPolicies: (say) => say.severalPolicies({ policies: ['nightly-dev', 'weekly-lab'] }),
  notHere: (say) => say.notHere(),
  runLine: (say) => say.runLine({ requestId: 'chat-7f3a', title: 'nightly-dev', state: say.announced({ actsAt: AT }) }),
  notice: (say) =>
    (['terminate', 'stop'] as const)
      .map((act) =>
        say.notice({
          names: ['dev-1'],
          act,
          actsAt: AT,
          requestId: 'chat-7f3a',
          planHash: '0123456789abcdef',
          prefix: PREFIX,
        }),
      )
      .join('\n'),
  failed: (say) => say.failed(),
  title: (say) =>
    [0, 1, 2].map((servers) => say.title({ policy: 'nightly-dev', account: 'default', servers })).join('\n'),
  awaitingApproval: (say) => say.awaitingApproval({ missing: 2, until: AT }),
  announced: (say) => say.announced({ actsAt: AT }),
  working: (say) => [1, 2].map((servers) => say.working({ left: 1, servers })).join('\n'),
  ended: (say) =>
    Object.values(ENDINGS)
      .map((ended) => say.ended(endingOf(ended)))
      .join('\n'),
  frees: (say) =>
    [
      [1, 0],
      [0, 1],
      [2, 3],
    ]
      .map(([volumes = 0, addresses = 0]) => say.frees({ volumes, addresses }))
      .join('\n'),
  refusal: (say) => say.refusal(OVER_LIMIT),
  note: (say) => say.note({ code: 'no-such-name', environment: 'vpc', region: 'KR', name: 'dev-9*' }),
  run: (say) =>
    say.run({ requestId: 'chat-7f3a', policy: 'nightly-dev', account: 'default', planHash: '0123456789abcdef' }),
  askedBy: (say) =>
    say.askedBy({ requestedBy: '', trigger: 'schedule', reason: '' }) +
    ' | ' +
    say.askedBy({ requestedBy: '김하나', trigger: 'chat', reason: 'demo' }),
  server: (say) => SERVERS.map((one) => say.server(server(one), AT)).join('\n'),
  choice: (say) =>
    (['snooze-7d', 'snooze-1d'] as const).map((action) => say.choice({ name: 'dev-1', action })).join('\n'),
  keepOne: (say) => say.keepOne(),
  serverParts: (say) => SERVERS.map((one) => JSON.stringify(say.serverParts(server(one), AT))).join('\n'),
  more: (say) => say.more({ count: 150, link: 'https://banap.example/' }),
  all: (say) => say.all(),
  attention: (say) => say.attention({ serverName: 'dev-9', serverInstanceNo: '1009', reason: NO_DURATION }),
  signal: (say) => say.signal(APPROVED),
  button: (say) =>
    (['approve', 'reject', 'snooze-1d', 'snooze-3d', 'snooze-7d', 'keep', 'cancel'] as const)
      .map((one) => say.button(one))
      .join(' | '),
  confirm: (say) =>
    [0, 2]
      .map((some) => Object.values(say.confirm({ servers: 2, volumes: some, addresses: some })).join(' | '))
      .join('\n'),
  decideHere: (say) => say.decideHere({ link: 'https://banap.example/confirm/token' }),
};

describe.each(['en', 'ko'] as const)('in %s', (language) => {
  const say = replies(language, 'Asia/Seoul');

  it('every sentence is as kept', async () => {
    const all = Object.entries(SAID).map(([key, sentence]) => `## ${key}\n${sentence(say)}\n`);
    await expect(all.join('\n')).toMatchFileSnapshot(`./snapshots/replies.${language}.txt`);
  });

  it('every problem of a command is as kept', async () => {
    const all = Object.entries(PROBLEMS[language]).flatMap(([problem, sentence]) =>
      ['', 'help'].map((suggestion) => `${problem}: ${sentence('dev-1', suggestion)}`),
    );
    await expect(`${[...new Set(all)].join('\n')}\n`).toMatchFileSnapshot(`./snapshots/problems.${language}.txt`);
  });

  it('no sentence lacks a word', () => {
    for (const sentence of Object.values(SAID)) {
      expect(sentence(say)).not.toMatch(/undefined|null|NaN|\[object|\$\{| {2}|`/);
      expect(sentence(say)).toMatch(/\S/);
    }
  });

  it('the help fits into one message of either chat', () => {
    expect(naverWorksText(say.help({ prefix: PREFIX, person: 'slack:U0HANA' }))).toBe(
      say.help({ prefix: PREFIX, person: 'slack:U0HANA' }),
    );
  });

  it.each<[Problem, string]>([
    ['unknown-command', 'statsu x'],
    ['stray-command', 'dev-1 then plan dev-2'],
    ['negated', 'do not terminate dev-1'],
    ['no-names', 'plan'],
    ['too-many-names', Array.from({ length: 51 }, (_, index) => `d${index}`).join(' ')],
    ['long-name', 'x'.repeat(257)],
    ['no-policy', 'dev-1 with'],
    ['no-id', 'cancel'],
    ['one-id', 'cancel a b'],
    ['no-reason', 'dev-1 because'],
    ['long-reason', `dev-1 because ${'x'.repeat(600)}`],
    ['reason-first', 'dev-1 때문에'],
    ['bad-time', 'keep dev-1 for soon'],
    ['bad-date', 'keep dev-1 until yesterday'],
    ['two-times', 'keep dev-1 for 3d until 2026-12-31'],
    ['ends-in-mark', 'q-1?'],
    ['decision', 'approve chat-7f3a'],
    ['past-time', 'keep dev-1 until 2020-01-01'],
    ['unclosed-quote', '"dev-1'],
    ['too-long', 'x'.repeat(MOST_TEXT + 1)],
  ])('says what is wrong, that nothing was done, and what is right: %s', (problem, text) => {
    const command = parseCommand(text, { now: Date.parse(AT), timezone: 'Asia/Seoul' });
    if (command.kind !== 'wrong') throw new Error('the command is right');
    expect(command.problem).toBe(problem);
    const sentence = say.wrong({ ...command, prefix: PREFIX });
    expect(sentence).toContain(`"${behindPrefix(PREFIX, command.example)}"`);
    expect(sentence).toMatch(/Nothing was done|변경된 내용은 없습니다/);
    expect(sentence.length).toBeLessThan(400);
  });
});

it('suggests the nearest command', () => {
  expect(SAID.wrong(replies('en', 'UTC'))).toContain('did you mean "status"?');
  expect(SAID.wrong(replies('ko', 'UTC'))).toContain('혹시 "status"인가요?');
});

it('keeps what people wrote on one short line', () => {
  const name = `a\nb\u202e${'x'.repeat(500)}`;
  const sentence = replies('en', 'UTC').notMeant({ names: Array.from({ length: 50 }, () => name) });
  expect(sentence).not.toMatch(/[\p{Cc}\u202e]/u);
  expect(sentence.length).toBeLessThan(800);
  expect(sentence).toContain('and 40 more');
});

it.each([
  [AT, 'Asia/Seoul', '2026-11-24 21:00 KST (12:00Z)'],
  ['2026-11-24T16:00:00Z', 'Asia/Seoul', '2026-11-25 01:00 KST (2026-11-24 16:00Z)'],
  [AT, 'UTC', '2026-11-24 12:00 UTC (12:00Z)'],
  [AT, 'Asia/Kathmandu', '2026-11-24 17:45 +05:45 (12:00Z)'],
  ['', 'Asia/Seoul', ''],
])('%s in %s is %s', (at, timezone, said) => {
  expect(bothTimes(at, timezone)).toBe(said);
});
