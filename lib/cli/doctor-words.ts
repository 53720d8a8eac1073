/** What the doctor found, in a sentence each, with what to do where something is wrong. */

import type { Finding, FindingCode, Permitted, State, Unknown } from '../doctor/finding.ts';
import { inEnglish } from '../wording/say.ts';

export const STATE_MARKS: Readonly<Record<State, string>> = { ok: '✓', wrong: '✗', open: '–' };

type Words = { [Code in FindingCode]: (finding: Finding<Code>) => string };

/** What NCP answers alike, as far as its documents tell. */
const SECOND_HALF =
  "that the secret key belongs to it, that the key is active (in NCP's console, where it was made, or in Sub Account), and that the sub account may call the API from this address (Sub Account, API access)";

const WORDS: Words = {
  'policies-sound': ({ file, policies, accounts }) =>
    `${file} has ${counted(policies, 'policy', 'policies')} for ${counted(accounts, 'account')}`,
  'policies-wrong': ({ problem }) => problem,
  'policies-doubtful': ({ problem }) => `warning: ${problem}`,
  'no-policies': () => 'there is no policies.yml here; "banap init" writes one',

  'no-keys': ({ problem }) => problem,
  'keys-accepted': ({ endpoint }) => `NCP accepts the keys (${endpoint})`,
  'keys-refused': ({ endpoint, problem }) =>
    `NCP does not accept the keys, and does not tell why: ${problem}; check, in this order, that the access key is whole and of this NCP (${endpoint}), ${SECOND_HALF}`,
  'secret-key-refused': ({ problem }) =>
    `NCP knows the access key, and does not accept the call: ${problem}; check ${SECOND_HALF}`,
  'keys-shut-out': ({ problem }) =>
    `NCP accepts the keys, and lets them do nothing: ${problem}; check that the sub account is active, may use the API from this address (Sub Account, API access), and has a policy such as NCP_VPC_SERVER_VIEWER`,
  'ncp-unreached': ({ endpoint, problem }) =>
    `${endpoint} cannot be reached: ${problem}; check the network, a firewall, and NCLOUD_API_GW or NCLOUD_SITE`,
  'ncp-trouble': ({ endpoint, problem }) =>
    `${endpoint} did not answer as NCP does: ${problem}; try again, and check NCLOUD_API_GW`,

  'clock-right': ({ seconds }) => `right to ${counted(Math.max(1, Math.abs(seconds)), 'second')} by NCP's`,
  'clock-off': ({ seconds }) =>
    `${counted(Math.abs(seconds), 'second')} ${seconds > 0 ? 'ahead of' : 'behind'} NCP's, which refuses calls from 300 on; set the clock of this machine (NTP)`,
  'clock-refused': ({ problem }) =>
    `NCP does not accept the time of this machine's clock: ${problem}; set the clock (NTP), and then look at the keys again`,
  'clock-not-told': () => 'not known, because no answer of NCP told its time',

  'regions-exist': ({ environment, regions }) => `${environment} has ${regions.join(', ')}`,
  'no-such-region': ({ environment, region, known }) =>
    `${environment} has no region ${region}; expected ${known.join(' or ')}, as region in policies.yml or NCLOUD_REGION`,

  'may-read': (permitted) => `may call ${named(permitted)}`,
  'may-not-read': (permitted) =>
    `may not call ${named(permitted)}: ${permitted.problem}; let the sub account do it${permitted.permission === '' ? '' : ` with ${permitted.permission}`}, or give it ${managedFor(permitted)}`,
  unread: ({ action, problem }) =>
    `${action} could not be read: ${problem}; try again, and send the replies (--save) to NCP's support if it stays`,
  'acts-untried': ({ environment, acts }) =>
    `what changes something cannot be checked without acting; in ${environment} the policies need ${acts.map(({ action }) => action).join(', ')} (${environment === 'vpc' ? 'NCP_VPC_SERVER_MANAGER holds what manages servers; ' : ''}the names of the single permissions are not verified)`,

  'no-servers': ({ environment, region }) =>
    `no server in ${environment} ${region}, so nothing is known of how tags look`,
  'tags-known': ({ environment, region, servers, looks }) =>
    `known of all ${servers} in ${environment} ${region}${shown(looks)}`,
  'tags-unknown': ({ environment, region, servers, unknown, looks }) =>
    `unknown of ${unknown.reduce((sum, one) => sum + one.servers, 0)} of ${servers} in ${environment} ${region}, which banap keeps: ${unknown.map(unknownWords).join('; ')}${shown(looks)}; send the replies (--save) with an issue`,

  'no-secrets': () => 'neither settings nor policies name one',
  'no-aws': ({ secrets }) =>
    `skipped, because no AWS is configured here (AWS_PROFILE, AWS_REGION): ${secrets.join(', ')}`,
  'secret-right': ({ secret }) => `${secret} is there and as it has to be`,
  'secret-wrong': ({ problem }) => problem,

  'memory-reached': ({ name }) => `${name} can be read`,
  'memory-new': ({ name }) => `${name} will be made by the first command that remembers something`,
  'memory-wrong': ({ problem }) => problem,

  'no-chats': () => 'none is set up (SLACK_SECRET_ID, NAVER_WORKS_SECRET_ID)',
  'chat-works': ({ chat, as }) =>
    `${chat} takes the token, as ${as}; whether the bot is in its rooms shows by the first message`,
  'chat-scopes-missing': ({ chat, missing }) =>
    `${chat} takes the token, but it lacks ${missing.join(' and ')}; add that to the app's bot scopes and install the app again`,
  'chat-scopes-untold': ({ chat, as }) => `${chat} takes the token, as ${as}, and does not tell what it may do`,
  'chat-wrong': ({ chat, problem }) => `${problem}; check the secret of ${chat}, and that its app is installed`,

  'no-webhook': () => 'none is set up (REPORT_WEBHOOK_SECRET_ID, or BANAP_WEBHOOK_URL here)',
  'webhook-there': ({ host, status }) => `${host} is there (it answered ${status} to a HEAD; nothing was posted)`,
  'webhook-wrong': ({ problem }) => problem,

  'not-looked': ({ because }) => `not checked, because of ${because} above`,
  interrupted: () => 'not checked: interrupted',
};

export function inWords<Code extends FindingCode>(finding: Finding<Code>): string {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the row of the finding's own code
  const say = WORDS[finding.code] as (of: Finding<Code>) => string;
  return say(finding);
}

export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

function named({ environment, action, permission }: Permitted): string {
  return `${action} in ${environment} (${permission === '' ? "Sub Account's name for it is not verified" : permission})`;
}

function managedFor({ environment, action }: Permitted): string {
  if (action === 'GetResourceList') return "a policy for Resource Manager's views";
  return environment === 'vpc' ? 'NCP_VPC_SERVER_VIEWER' : 'a policy that may view servers of Classic';
}

function unknownWords({ why, servers, example }: Unknown): string {
  return `${counted(servers, 'server')} such as ${example}: ${inEnglish({ code: 'tags-unread', why }, 'UTC')}`;
}

function shown(looks: readonly string[]): string {
  return looks.length === 0 ? '' : ` (Resource Manager: ${looks.join(', ')})`;
}
