import { describe, expect, it } from 'vitest';
import { checkPolicies } from '../../lib/policies/check.ts';
import { approvalOf, notifySecondsOf, requestFor } from '../../lib/policies/resolve.ts';
import { inWords, NOW, policyFile, problemsOf, SELECT, sound, soundPolicy } from './written.ts';

const CHAT = 'chat: { slack: C0123456, naverWorks: 12345a12-b12c }';
const SUJIN = 'naver-works:c72af563-0f21-4736-8ca2-dc4f5e9cbe5e';
/** One person, in both chats. */
const BOTH = `[slack:U034DEF, ${SUJIN}]`;
const TWO = `approvers: [slack:U012ABC, ${SUJIN}]`;
const acting = (...lines: string[]): string[] => [SELECT, 'mode: terminate', CHAT, ...lines];
const found = (...lines: string[]): string[] => problemsOf(...acting(...lines));
const warned = (...lines: string[]): string[] =>
  checkPolicies(policyFile(lines), { now: NOW }).warnings.map(
    ({ path, message }) => `${path.replace('policies.p.', '')}: ${message}`,
  );

describe('an approval', () => {
  it.each([
    `{ ${TWO} }`,
    `{ when: always, ${TWO}, expiresAfter: 5m }`,
    '{ when: above, aboveServers: 3, approvers: [slack:U01, slack:U02, slack:U03], twoAboveServers: 3, expiresAfter: 14d }',
    `{ ${TWO}, twoAboveServers: 0, selfApproval: true }`,
    '{ approvers: [slack:W012ABC], selfApproval: true }',
    `{ approvers: [${SUJIN}], selfApproval: true }`,
    `{ approvers: [slack:U012ABC, ${BOTH}], twoAboveServers: 3, selfApproval: true }`,
    '{ approvers: [[slack:U012ABC], [slack:U034DEF, slack:W034DEF, slack:U056GHI]] }',
  ])('%s is taken without a word', (approval) => {
    expect(found(`approval: ${approval}`)).toEqual([]);
    expect(warned(...acting(`approval: ${approval}`))).toEqual([]);
  });

  it.each<[string, string]>([
    ['{}', 'approval.approvers: missing; a list is expected, for example approvers: ['],
    ['{ approvers: [] }', 'approval.approvers: nobody could ever approve'],
    ['{ approvers: [U012ABC] }', 'approval.approvers.0: "U012ABC": expected slack: and the member id, or naver-works:'],
    ['{ approvers: [webhook:ci] }', 'approval.approvers.0: "webhook:ci": expected slack: and the member id'],
    ['{ approvers: [5] }', 'approval.approvers.0: 5: expected an id, or a list of the ids of one person, for example'],
    ['{ approvers: [slack:U012, slack:U012] }', 'approval.approvers: slack:U012 is listed twice'],
    [
      `{ approvers: [slack:U012, [slack:U034, slack:U012]] }`,
      'approval.approvers: slack:U012 is listed twice; name each person once, with all of their ids in one list',
    ],
    [`{ approvers: [slack:U034, [slack:U012, slack:U012]] }`, 'approval.approvers: slack:U012 is listed twice'],
    ['{ approvers: [slack:U034, slack:U012, []] }', 'approval.approvers.2: empty; name the ids of one person'],
    ['{ approvers: [slack:U012, [slack:U034, slack:mina]] }', 'approval.approvers.1.1: "slack:mina": expected behind'],
    ['{ approvers: [slack:U012, [slack:U034, 5]] }', 'approval.approvers.1.1: 5 where text is expected'],
    ['{ approvers: [slack:U012, [[slack:U034]]] }', 'approval.approvers.1.0: a list where text is expected'],
    ['{ approvers: [{ id: 5 }] }', 'approval.approvers.0: a map: expected an id, or a list of the ids of one person'],
    [
      `{ twoAboveServers: 3, approvers: [${BOTH}], selfApproval: true }`,
      `two people must agree above 3 servers, but only slack:U034DEF (also ${SUJIN}) may; name another`,
    ],
    [`{ when: above, ${TWO} }`, 'approval.aboveServers: missing with when: above'],
    [`{ aboveServers: 3, ${TWO} }`, 'approval.aboveServers: means nothing with when: always'],
    [`{ when: always, aboveServers: 3, ${TWO} }`, 'approval.aboveServers: means nothing with when: always'],
    [`{ when: above, aboveServers: 0, ${TWO} }`, 'approval.aboveServers: expected at least 1'],
    [`{ when: above, aboveServers: 201, ${TWO} }`, 'approval.aboveServers: expected at most 200'],
    [
      `{ when: above, aboveServers: 3, twoAboveServers: 2, ${TWO} }`,
      'approval.twoAboveServers: 2 is below aboveServers (3)',
    ],
    [
      '{ twoAboveServers: 3, approvers: [slack:U012], selfApproval: true }',
      'approval.approvers: two people must agree above 3 servers, but only slack:U012 may; name another',
    ],
    [`{ ${TWO}, expiresAfter: 4m }`, 'approval.expiresAfter: 4m is too short; expected 5m to 14d, for example 24h'],
    [`{ ${TWO}, expiresAfter: 15d }`, 'approval.expiresAfter: 15d is too long'],
    [`{ ${TWO}, expiresAfter: P1M }`, 'approval.expiresAfter: P1M has months or years'],
    [`{ ${TWO}, expiresAfter: soon }`, 'approval.expiresAfter: "soon" is no duration'],
    [`{ ${TWO}, expiry: 1d }`, 'approval.expiry: unknown key'],
    [`{ ${TWO}, when: never }`, 'approval.when: "never": expected always or above'],
    [`{ ${TWO}, selfApproval: 'yes' }`, 'approval.selfApproval: "yes" where true or false is expected'],
  ])('%s is refused', (approval, message) => {
    const problems = found(`approval: ${approval}`);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(message);
  });

  it.each([
    'naver-works:mina@example.com',
    'naver-works:mina',
    SUJIN.toUpperCase().replace('NAVER-WORKS', 'naver-works'),
    SUJIN.replaceAll('-', '').replace('naverworks', 'naver-works'),
    `${SUJIN}0`,
    `${SUJIN} `,
    'naver-works:',
  ])('by %s is refused, and told where the id is found', (id) => {
    const given = JSON.stringify(id);
    expect(found(`approval: { approvers: [${given}] }`)).toEqual([
      `approval.approvers.0: ${given}: expected behind naver-works: the user id, a UUID in small letters that the bot tells whoever types help, for example ${SUJIN}`,
    ]);
  });

  it.each(['slack:mina', 'slack:u012abc', 'slack:U012abc', 'slack:C012ABC', 'slack:U012ABC ', 'slack:@mina'])(
    'by %s is refused, and told where the id is found',
    (id) => {
      const given = JSON.stringify(id);
      expect(found(`approval: { approvers: [${given}] }`)).toEqual([
        `approval.approvers.0: ${given}: expected behind slack: the member id in capital letters (in Slack: profile, Copy member ID), for example slack:U012ABC`,
      ]);
    },
  );

  it.each<[string, string, string[]]>([
    ['no chat', '', ['slack:U012ABC, slack:U056GHI (also slack:W056GHI) would never be asked']],
    ['Slack', 'chat: { slack: C0123456 }', []],
    [
      'NAVER WORKS',
      'chat: { naverWorks: abc }',
      ['slack:U012ABC, slack:U056GHI (also slack:W056GHI) would never be asked'],
    ],
  ])('with %s is refused for those who would never be asked', (_title, chat, expected) => {
    const approval = `approval: { approvers: [slack:U012ABC, [slack:U056GHI, slack:W056GHI], ${BOTH}, ${SUJIN.replace('c72a', 'd72a')}] }`;
    const problems = problemsOf(SELECT, 'mode: terminate', ...(chat === '' ? [] : [chat]), approval);
    expect(problems).toEqual(
      expected.map((one) => `approval.approvers: ${one}: the policy has no chat.slack; add it, or take them out`),
    );
  });

  it.each<[string, string[], string, boolean]>([
    ['where the chat is Slack', ['chat: { slack: C0123456 }'], `slack:U012ABC, ${SUJIN}`, true],
    ['where there is no chat', [], SUJIN, true],
    ['but not with an id in the chat as well', ['chat: { slack: C0123456 }'], `slack:U012ABC, ${BOTH}`, false],
  ])('of somebody who is only sent a link is taken with a warning %s', (_title, chat, approvers, isWarned) => {
    const lines = [SELECT, 'mode: terminate', ...chat, `approval: { approvers: [${approvers}], selfApproval: true }`];
    const warning = `approval.approvers: ${SUJIN} would be asked by a personal link alone, and only in a deployment with naverWorksSecretId and confirmSecretId: the policy has no chat.naverWorks`;
    expect(problemsOf(...lines)).toEqual([]);
    expect(warned(...lines)).toEqual(isWarned ? [warning] : []);
  });

  it.each<[string, string[], string]>([
    [
      'under mode: plan',
      [SELECT, CHAT, `approval: { ${TWO} }`],
      'approval: is never asked for: a policy with mode: plan',
    ],
    [
      'above more servers than may be touched',
      acting(`approval: { when: above, aboveServers: 10, ${TWO} }`),
      'approval.aboveServers: is never asked for: limits.maxServers (10)',
    ],
    [
      'of two above more servers than may be touched',
      acting('approval: { twoAboveServers: 10, approvers: [slack:U012], selfApproval: true }'),
      'approval.twoAboveServers: two are never needed: limits.maxServers (10)',
    ],
    [
      'that one person alone may give, if it is not asked for by that one',
      acting('approval: { approvers: [slack:U012] }'),
      'approval.approvers: what slack:U012 requests cannot be approved',
    ],
    [
      'that two give, and no third one may',
      acting(`approval: { ${TWO}, twoAboveServers: 2 }`),
      `approval.approvers: what slack:U012ABC or ${SUJIN} requests cannot be approved`,
    ],
  ])('%s is taken with a warning', (_title, lines, message) => {
    expect(problemsOf(...lines)).toEqual([]);
    const warnings = warned(...lines);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(message);
  });

  it('is fine under a sweep by tags, every hour', () => {
    expect(found('expiry: tags', 'schedule: rate(1 hour)', `approval: { ${TWO} }`)).toEqual([]);
  });

  it('is handed over with everything filled in', () => {
    const chat = ['mode: terminate', CHAT];
    expect(approvalOf(soundPolicy(SELECT, ...chat, `approval: { ${TWO} }`))).toEqual({
      aboveServers: 0,
      twoAboveServers: undefined,
      approvers: ['slack:U012ABC', SUJIN],
      persons: [],
      selfApproval: false,
      expiresAfterSeconds: 86_400,
    });
    const above = `{ when: above, aboveServers: 3, twoAboveServers: 5, ${TWO}, expiresAfter: 2h, selfApproval: true }`;
    expect(approvalOf(soundPolicy(SELECT, ...chat, `approval: ${above}`))).toMatchObject({
      aboveServers: 3,
      twoAboveServers: 5,
      selfApproval: true,
      expiresAfterSeconds: 7_200,
    });
    expect(approvalOf(soundPolicy(SELECT))).toBeNull();
  });

  it('is handed over with every id, and with whose several are', () => {
    const approvers = `approvers: [slack:U012ABC, ${BOTH}, [slack:U056GHI]]`;
    expect(approvalOf(soundPolicy(SELECT, 'mode: terminate', CHAT, `approval: { ${approvers} }`))).toMatchObject({
      approvers: ['slack:U012ABC', 'slack:U034DEF', SUJIN, 'slack:U056GHI'],
      persons: [['slack:U034DEF', SUJIN]],
    });
  });
});

describe('notices', () => {
  it.each(['[24h, 1h]', '[1m]', '[30d, 7d, 24h, 1h, 5m]'])('%s are taken', (notify) => {
    expect(found(`grace: { notify: ${notify} }`)).toEqual([]);
    expect(warned(...acting(`grace: { stopFor: 7d, notify: ${notify} }`))).toEqual([]);
  });

  it.each<[string, string]>([
    ['[]', 'grace.notify: expected at least one item'],
    ['[1d, 2d, 3d, 4d, 5d, 6d]', 'grace.notify: expected at most 5 items'],
    ['[59s]', 'grace.notify.0: "59s" is no duration'],
    ['[PT59S]', 'grace.notify.0: PT59S is too short; expected 1m to 30d'],
    ['[24h, 31d]', 'grace.notify.1: 31d is too long'],
    ['[P1M]', 'grace.notify.0: P1M has months or years'],
    ['[24h, 1d]', 'grace.notify: 24h and 1d are the same time; name each once'],
    ['24h', 'grace.notify: "24h" where a list is expected'],
  ])('%s are refused', (notify, message) => {
    const problems = found(`grace: { notify: ${notify} }`);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(message);
  });

  it.each(['terminate', 'plan'])('that can reach nobody are refused with mode: %s', (mode) => {
    const lines = [SELECT, `mode: ${mode}`, 'grace: { stopFor: 7d, notify: [1h] }'];
    expect(problemsOf(...lines)).toEqual([
      'grace.notify: nobody would be told: the policy has no chat; name a channel, for example chat: {slack: C0123456}, or leave notify out',
    ]);
    expect(problemsOf(...lines, 'chat: {}')).toEqual([expect.stringContaining('chat: empty; name a channel')]);
    expect(problemsOf(...lines, 'chat: { slack: C0123456 }')).toEqual([]);
  });

  it('are not reported as reaching nobody if only the chat is misspelled', () => {
    expect(problemsOf(SELECT, 'mode: terminate', 'chat: C0123456', 'grace: { notify: [1h] }')).toEqual([
      expect.stringMatching(/^chat: "C0123456" where a map is expected/),
    ]);
  });

  it('of what only plans are worth a warning', () => {
    expect(warned(SELECT, CHAT, 'grace: { notify: [1h] }')).toEqual([
      'grace.notify: nobody is notified: a policy with mode: plan only looks',
    ]);
  });

  it('are handed over in seconds, the longest first', () => {
    const policy = soundPolicy(...acting('grace: { stopFor: 7d, notify: [5m, 2d, 1h] }'));
    expect(notifySecondsOf(policy)).toEqual([172_800, 3_600, 300]);
    expect(notifySecondsOf(soundPolicy(SELECT, 'grace: { stopFor: 7d }'))).toEqual([]);
    expect(notifySecondsOf(soundPolicy(SELECT))).toEqual([]);
  });
});

describe('a chat', () => {
  it.each<[string, string]>([
    ['{}', 'chat: empty; name a channel'],
    ['{ slack: "#ops" }', 'chat.slack: "#ops": expected id (not name) of a Slack channel, for example slack: C0123456'],
    ['{ slack: U0123456 }', 'chat.slack: "U0123456": expected id'],
    ['{ naverWorks: "a b" }', 'chat.naverWorks: "a b": expected channel id'],
    ['{ teams: x }', 'chat.teams: unknown key; expected one of slack, naverWorks'],
  ])('%s is refused', (chat, message) => {
    const problems = problemsOf(SELECT, `chat: ${chat}`);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(message);
  });
});

function callerProblems(callers: string): string[] {
  const text = `version: 1\ncallers: ${callers}\n${policyFile([SELECT]).replace('version: 1\n', '')}`;
  return inWords(checkPolicies(text, { now: NOW }));
}

describe('a caller', () => {
  it('is taken with a secret and policies', () => {
    expect(
      callerProblems('{ ci: { secret: banap/dev/caller-ci, policies: [p] }, alerts: { secret: b, policies: [p] } }'),
    ).toEqual([]);
  });

  it.each<[string, string]>([
    ['{}', 'callers: empty; name a caller'],
    ['{ ci: { secret: a } }', 'callers.ci.policies: missing; a list is expected, for example policies: [nightly-dev]'],
    ['{ ci: { secret: a, policies: [] } }', 'callers.ci.policies: expected at least one item'],
    ['{ ci: { secret: a, policies: [q] } }', 'callers.ci.policies.0: there is no policy q'],
    ['{ ci: { secret: a, policies: [p, p] } }', 'callers.ci.policies: p is listed twice'],
    [
      '{ ci: { policies: [p] } }',
      'callers.ci.secret: missing; text is expected, for example secret: banap/dev/caller-ci',
    ],
    ['{ CI: { secret: a, policies: [p] } }', 'callers.CI: "CI" is no name here'],
    [
      '{ ci: { secret: a, policies: [p] }, cd: { secret: a, policies: [p] } }',
      'callers.cd.secret: is that of ci already; give each caller a secret of its own',
    ],
    ['{ ci: { secret: a, policies: [p], key: x } }', 'callers.ci.key: unknown key; expected one of secret, policies'],
  ])('%s is refused', (callers, message) => {
    const problems = callerProblems(callers);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(message);
  });

  it('whose secret is a key instead of a name is refused, and the key is not repeated', () => {
    const problems = callerProblems('{ ci: { secret: "whsec_c2Vj cmV0", policies: [p] } }');
    expect(problems).toEqual([
      expect.stringMatching(/^callers.ci.secret: what stands here: expected name \(not ARN\)/),
    ]);
    expect(problems.join()).not.toContain('whsec_c2Vj');
  });
});

it('a request under a policy says who has to agree, when people are told, and who asked', () => {
  const policies = sound(policyFile(acting(`approval: { ${TWO} }`, 'grace: { notify: [1h] }')));
  const ask = { policy: 'p', servers: [], mode: undefined, reason: '', requestedBy: 'Mina' };
  const order = { requestId: 'r-1', trigger: 'event' as const };
  const asked = { kind: 'policy' as const, ask: { ...ask, askedBy: 'slack:U012ABC' } };
  expect(requestFor({ ...order, ask: asked }, policies)).toMatchObject({
    approval: { approvers: ['slack:U012ABC', SUJIN] },
    notifySeconds: [3_600],
    askedBy: 'slack:U012ABC',
    stopForSeconds: 0,
  });
  expect(requestFor({ ...order, ask: { kind: 'policy', ask } }, policies)).toMatchObject({ askedBy: '' });
});
