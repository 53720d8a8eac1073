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

it('a request for more than the policy does is refused with the reason', () => {
  const ask = { policy: 'plan', servers: [], mode: 'terminate' as const, reason: '', requestedBy: 'mina' };
  const { notes } = requestFor({ requestId: 'one', trigger: 'webhook', ask: { kind: 'policy', ask } }, POLICIES);
  expect(worded(notes)).toEqual(['policy plan only plans (mode: plan)']);
});
