/** What a trigger may ask for under a policy, and what comes of it. */

import { describe, expect, it } from 'vitest';
import { requestFor } from '../../lib/policies/resolve.ts';
import { policiesSchema } from '../../lib/policies/schema.ts';
import type { Trigger } from '../../lib/termination/request.ts';
import { worded } from '../wording/worded.ts';

const select = { environment: 'vpc', names: ['dev-*'] };
const POLICIES = policiesSchema.parse({
  version: 1,
  policies: { plan: { mode: 'plan', select }, silent: { select }, terminate: { mode: 'terminate', select } },
});

const TRIGGERS = ['schedule', 'event', 'webhook', 'chat', 'invocation'] as const;

function modeOf(trigger: Trigger, policy: string, mode: 'plan' | 'terminate' | undefined): string {
  const ask = { policy, servers: ['1001'], mode, reason: '', requestedBy: 'mina' };
  return requestFor({ requestId: 'one', trigger, ask: { kind: 'policy', ask } }, POLICIES).mode;
}

describe.each(TRIGGERS)('%s', (trigger) => {
  it.each([
    ['plan', 'terminate', 'plan'],
    ['plan', undefined, 'plan'],
    ['plan', 'plan', 'plan'],
    ['silent', 'terminate', 'plan'],
    ['silent', undefined, 'plan'],
    ['silent', 'plan', 'plan'],
    ['terminate', 'terminate', 'terminate'],
    ['terminate', undefined, 'terminate'],
    ['terminate', 'plan', 'plan'],
  ] as const)('under a policy with mode %s that is asked to %s does %s: less, never more', (policy, asked, done) => {
    expect(modeOf(trigger, policy, asked)).toBe(done);
  });
});

describe('at the command line', () => {
  it.each([
    ['plan', 'terminate', 'terminate'],
    ['plan', undefined, 'plan'],
    ['plan', 'plan', 'plan'],
    ['terminate', 'terminate', 'terminate'],
    ['terminate', undefined, 'plan'],
    ['terminate', 'plan', 'plan'],
  ] as const)('a policy with mode %s, asked to %s by a person who saw the plan, does %s', (policy, asked, done) => {
    expect(modeOf('cli', policy, asked)).toBe(done);
  });
});

it.each([
  [{ environment: 'vpc', servers: ['1'] }, 'KR'],
  [{ environment: 'vpc', servers: ['1'], account: 'fin' }, 'FKR'],
  [{ environment: 'vpc', servers: ['1'], account: 'fin', region: 'KR' }, 'KR'],
])('a request %j without a policy means region %s', (input, region) => {
  const accounts = { default: { secret: 'a' }, fin: { secret: 'b', site: 'fin' } };
  const policies = policiesSchema.parse({ version: 1, accounts, requests: { default: {}, fin: {} }, policies: {} });
  expect(requestFor({ requestId: 'one', trigger: 'event', ask: { kind: 'request', input } }, policies)).toMatchObject({
    region,
  });
});

it('a request for more than the policy does is refused with the reason', () => {
  const ask = { policy: 'plan', servers: [], mode: 'terminate' as const, reason: '', requestedBy: 'mina' };
  const { notes } = requestFor({ requestId: 'one', trigger: 'webhook', ask: { kind: 'policy', ask } }, POLICIES);
  expect(worded(notes)).toEqual(['policy plan only plans (mode: plan)']);
});

describe('an approver who asks', () => {
  const approvers = [['slack:U4HANA7QX', 'naver-works:4f1c9e02-6d3a-4b7e-9c15-0a8b2d6e7f31'], 'slack:U0MINA'];
  const asking = (selfApproval: boolean, requestedBy: string, askedBy: string) => {
    const policies = policiesSchema.parse({
      version: 1,
      policies: { dev: { select, approval: { approvers, selfApproval } } },
    });
    const ask = { policy: 'dev', servers: [], mode: undefined, reason: '', requestedBy, askedBy };
    return requestFor({ requestId: 'one', trigger: 'webhook', ask: { kind: 'policy', ask } }, policies);
  };

  it.each(['webhook:ci for Hana (U4HANA7QX)', 'AWS account 111122223333 for Hana <@U4HANA7QX>', 'Mina, u0mina'])(
    'is named by id or not at all, because %j would let them agree to it',
    (requestedBy) => {
      expect(() => asking(false, requestedBy, 'webhook:ci')).toThrow(
        /^requestedBy: names slack:U\w+, who may have to approve this; expected the id of who asks and nothing else/,
      );
      expect(asking(true, requestedBy, 'webhook:ci')).toMatchObject({ requestedBy });
    },
  );

  it('may be named in any way beside the id that counts, by any of their own', () => {
    expect(asking(false, 'hana (slack:U4HANA7QX)', 'slack:U4HANA7QX')).toMatchObject({ askedBy: 'slack:U4HANA7QX' });
    expect(asking(false, 'U4HANA7QX', 'naver-works:4f1c9e02-6d3a-4b7e-9c15-0a8b2d6e7f31').approval).not.toBeNull();
    expect(asking(false, 'webhook:ci for the nightly build', 'webhook:ci')).toMatchObject({ askedBy: 'webhook:ci' });
  });
});
