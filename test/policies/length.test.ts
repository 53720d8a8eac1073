import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkPolicies } from '../../lib/policies/check.ts';
import { NOW, policyFile, problemsOf, SELECT } from './written.ts';

const CHAT = 'chat: { slack: C0123456 }';
const approval = (expiresAfter: string): string =>
  `approval: { approvers: [slack:U012ABC, slack:U034DEF], expiresAfter: ${expiresAfter} }`;
const found = (...lines: string[]): string[] => problemsOf(SELECT, 'mode: terminate', CHAT, ...lines);

describe('a run that may outlive its execution', () => {
  it.each<[string, string[], string, string]>([
    [
      'by all of it together',
      [approval('14d'), 'grace: { stopFor: 30d, notify: [1h, 30d, 1d] }', 'deadlineMinutes: 1440'],
      '89 days',
      'twice approval.expiresAfter: 28 days, the longest of grace.notify: 30 days, grace.stopFor: 30 days, deadlineMinutes: 1 day',
    ],
    [
      'by its waiting alone',
      ['grace: { stopFor: 30d, notify: [30d] }'],
      '60 days 1 h',
      'the longest of grace.notify: 30 days, grace.stopFor: 30 days, deadlineMinutes: 1 h',
    ],
    [
      'because people may be asked twice as long',
      [approval('13d'), 'grace: { stopFor: 24d }'],
      '50 days 1 h',
      'twice approval.expiresAfter: 26 days, grace.stopFor: 24 days, deadlineMinutes: 1 h',
    ],
    [
      'by a minute',
      [approval('1d'), 'grace: { stopFor: 30d, notify: [18d] }', 'deadlineMinutes: 1'],
      '50 days 1 min',
      'twice approval.expiresAfter: 2 days, the longest of grace.notify: 18 days, grace.stopFor: 30 days, deadlineMinutes: 1 min',
    ],
  ])('is refused: %s', (_title, lines, sum, parts) => {
    const message = `policies.p: a run may last ${sum} (${parts}), and is cut off after 60 days; expected at most 50 days in all`;
    expect(found(...lines)).toEqual([message]);
  });

  it('is refused while it only plans, too, and shown at its name', () => {
    const lines = [SELECT, CHAT, 'grace: { stopFor: 30d, notify: [30d] }'];
    const { problems } = checkPolicies(policyFile(lines), { now: NOW });
    expect(problems.map(({ line, column, path }) => ({ line, column, path }))).toEqual([
      { line: 3, column: 3, path: 'policies.p' },
    ]);
  });

  it.each([
    [approval('14d'), 'grace: { stopFor: 21d }'],
    [approval('1d'), 'grace: { stopFor: 30d, notify: [17d, 1h] }', 'deadlineMinutes: 1440'],
    ['grace: { stopFor: 30d }'],
    [approval('24h')],
  ])('is none: %s %s %s', (...lines) => {
    expect(found(...lines)).toEqual([]);
  });

  it('is cut off when the deployment says so', () => {
    const [, seconds] = /executionTimeout: (\d+)/.exec(readFileSync('serverless.yml', 'utf8')) ?? [];
    expect(Number(seconds)).toBe(60 * 86_400);
  });
});
