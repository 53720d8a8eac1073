import { expect, it } from 'vitest';
import { beforeActing } from '../../lib/cli/policies.ts';
import { approvalOf, requestFor } from '../../lib/policies/resolve.ts';
import { policiesSchema } from '../../lib/policies/schema.ts';
import type { Trigger } from '../../lib/termination/request.ts';
import { worded } from '../wording/worded.ts';

const approvers = ['slack:U01', 'slack:U02'];

function policiesWith(approval: object) {
  const select = { environment: 'vpc', names: ['dev-*'] };
  return policiesSchema.parse({ version: 1, policies: { p: { mode: 'terminate', select, approval } } });
}

it.each([
  [{ approvers }, '1 person'],
  [{ approvers, twoAboveServers: 0 }, '2 people'],
  [{ approvers, twoAboveServers: 5 }, '1 person, 2 people above 5 servers'],
  [{ approvers, when: 'above', aboveServers: 1 }, '1 person above 1 server'],
  [
    { approvers, when: 'above', aboveServers: 3, twoAboveServers: 5 },
    '1 person above 3 servers, 2 people above 5 servers',
  ],
  [{ approvers, when: 'above', aboveServers: 3, twoAboveServers: 3 }, '2 people above 3 servers'],
])('%j asks %s', (approval, words) => {
  const asked = approvalOf(policiesWith(approval).policies['p'] ?? {});
  expect(beforeActing(asked, ['24h', '1h'])).toEqual([`asks ${words}`, 'gives notice 24h and 1h before']);
});

it('a policy without approval and notices says nothing about them', () => {
  expect(beforeActing(null, [])).toEqual([]);
});

it.each([
  ['cli', 'plan', ['approval is required before anything is done: 1 person']],
  ['cli', 'terminate', []],
  ['chat', 'plan', []], // there they are asked, and see it
] as const)('%s, mode %s, has the notes %j', (trigger: Trigger, mode, notes) => {
  const ask = { policy: 'p', servers: [], mode, reason: '', requestedBy: '' };
  const order = { requestId: 'r', trigger, ask: { kind: 'policy', ask } } as const;
  expect(worded(requestFor(order, policiesWith({ approvers })).notes)).toEqual(notes);
});
