/**
 * A termination request: what every trigger is turned into, whatever it came from. The schema is the one definition:
 * it checks events and the command line, and its JSON Schema stands in `schemas/`.
 */

import * as z from 'zod';
import { type Scope } from './model.ts';
import { oneLine } from './one-line.ts';
import { requestedBySchema } from './person.ts';
import type { Reason } from './reasons.ts';
import { DEFAULT_TAG_KEYS, DEFAULT_TIMEZONE, type Rules, type TagKeys } from './rules.ts';
import type { Approval } from './signals.ts';

/** This many servers in one request keep a plan well under the 256 KB of a durable checkpoint (a test measures it). */
export const MOST_SERVERS = 200;

const serverInstanceNo = z
  .string()
  .regex(/^[1-9][0-9]{0,18}$/, 'expected a server number in quotes, digits only, for example "1088217"');

const accountName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,30}$/, 'expected the name of an account, for example "default"');

const nameGlob = z.string().min(1).max(256);

export const requestSchema = z
  .strictObject({
    account: accountName.default('default').describe('Which NCP account; its keys are those of policies.yml.'),
    environment: z.enum(['classic', 'vpc']).describe('Which NCP platform the servers are on.'),
    region: z
      .string()
      .regex(/^[A-Z]{2,8}$/, 'expected a region code, for example "KR"')
      .default('KR')
      .describe("NCP's region code."),
    servers: z.array(serverInstanceNo).default([]).describe('Server numbers (serverInstanceNo).'),
    names: z.array(nameGlob).default([]).describe('Server names; * and ? stand for anything, as in "dev-*".'),
    mode: z
      .enum(['plan', 'terminate'])
      .default('plan')
      .describe('plan: look and report only. Acting must be asked for.'),
    storage: z
      .enum(['refuse', 'detach', 'delete'])
      .default('refuse')
      .describe('What to do with additional block storage; refuse leaves such servers alone.'),
    publicIp: z
      .enum(['keep', 'release'])
      .default('keep')
      .describe('What to do with public IPs once the server is gone.'),
    overrideProtection: z
      .boolean()
      .default(false)
      .describe('Lift termination protection that was on when the plan was made, just before the act.'),
    limits: z
      .strictObject({
        maxServers: z.int().min(1).max(MOST_SERVERS).default(10),
        maxPercent: z.number().gt(0).max(100).default(20),
      })
      .prefault({})
      .describe(
        'Over either, the whole plan is refused. Counted within the plan and over 24 hours; percent of what the account holds.',
      ),
    deadlineMinutes: z
      .number()
      .gt(0)
      .max(24 * 60)
      .default(60)
      .describe('What is not gone by then is reported as unfinished.'),
    reason: z.string().max(500).default('').describe('Why, for those who read the report.'),
    requestedBy: requestedBySchema(200).describe('Who, for those who read the report.'),
  })
  .refine((request) => request.servers.length + request.names.length > 0, {
    message: 'expected at least one server in servers or names, for example {"servers": ["1088217"]}',
    path: ['servers'],
  });

/** Input of {@link requestSchema}: what people and events write. */
export type RequestInput = z.input<typeof requestSchema>;

/** A checked request with every default filled in. */
export interface TerminationRequest extends Scope, Rules {
  /** Names the run in reports and logs. */
  requestId: string;
  /** Where it came from. */
  trigger: Trigger;
  /** Whose keys; an entry of `accounts` in policies.yml. */
  account: string;
  /** Empty without a policy. */
  policy: string;
  /** Names the policy's content as the run began with it; empty without a policy. */
  policyVersion: string;
  /** Secrets Manager names of where the report goes; empty: where the deployment sends reports. */
  report: string[];
  /** Who has to agree before anything is done; null: nobody. */
  approval: Approval | null;
  /** Seconds before the first act at which it is announced. */
  notifySeconds: number[];
  /** Who asked, as channel and id, for example `slack:U012ABC`; empty if nobody did. */
  askedBy: string;
  /** Server numbers and names that are meant; with a policy and both empty, all that the policy means. */
  servers: string[];
  names: string[];
  mode: 'plan' | 'terminate';
  limits: { maxServers: number; maxPercent: number };
  deadlineMinutes: number;
  reason: string;
  requestedBy: string;
  /** What was changed on the way in, for example that duplicates were collapsed. */
  notes: Reason[];
}

export type Trigger = 'cli' | 'schedule' | 'event' | 'invocation' | 'webhook' | 'chat';

/** What is wrong with one value: where it stands in the request, empty for the whole of it. */
export interface Problem {
  path: readonly PropertyKey[];
  message: string;
}

/** Bad input. The message is one line that names every problem. */
export class RequestError extends Error {
  readonly problems: readonly string[];
  /** The same by place, for who calls the places something else. */
  readonly places: readonly Problem[];

  constructor(problems: readonly (string | Problem)[]) {
    const places = problems.map((one) => (typeof one === 'string' ? { path: [], message: one } : one));
    const lines = places.map(({ path, message }) =>
      oneLine([path.map(String).join('.'), message].filter(Boolean).join(': ')),
    );
    super(lines.join('; '));
    this.name = 'RequestError';
    this.problems = lines;
    this.places = places;
  }
}

/** What a request without a policy is judged by. */
const NO_POLICY = {
  policy: '',
  policyVersion: '',
  approval: null,
  askedBy: '',
  stopForSeconds: 0,
  expiry: 'none',
  policyTerms: null,
  timezone: DEFAULT_TIMEZONE,
} as const;

/**
 * Check what somebody wrote, without a policy. NCP refuses a number given twice, so duplicates are collapsed here, and
 * said. `tagKeys`: tags count on every path.
 */
export function parseRequest(
  input: unknown,
  origin: { requestId: string; trigger: Trigger },
  tagKeys: TagKeys = DEFAULT_TAG_KEYS,
): TerminationRequest {
  const parsed = requestSchema.safeParse(input);
  if (!parsed.success) throw new RequestError(parsed.error.issues.map(problem));
  const { data } = parsed;
  const servers = [...new Set(data.servers)];
  const names = [...new Set(data.names)];
  if (servers.length > MOST_SERVERS) {
    throw new RequestError([
      `servers: ${servers.length} numbers; expected at most ${MOST_SERVERS} in one request, split it`,
    ]);
  }
  const notes = duplicates(data.servers).map((no) => ({ code: 'given-twice' as const, serverInstanceNo: no }));
  return { ...NO_POLICY, report: [], notifySeconds: [], ...data, ...origin, tagKeys, servers, names, notes };
}

function problem(issue: z.core.$ZodIssue): Problem {
  return { path: issue.path, message: messageOf(issue) };
}

/** `unknown key maxServer; expected maxServers, maxPercent`. */
function messageOf(issue: z.core.$ZodIssue): string {
  const path = issue.path.map(String).join('.');
  switch (issue.code) {
    case 'unrecognized_keys':
      return `unknown key ${issue.keys.join(', ')}; expected ${knownKeys(issue.path).join(', ')}`;
    case 'invalid_type':
      return path === ''
        ? 'expected an object, for example {"environment": "vpc", "servers": ["1088217"]}'
        : `expected ${issue.expected}${example(path)}`;
    case 'invalid_value':
      return `expected ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`;
    case 'too_big':
      return `expected at most ${issue.maximum}`;
    case 'too_small':
      return `expected ${issue.origin === 'string' ? 'some text' : `${issue.inclusive === true ? 'at least' : 'more than'} ${issue.minimum}`}`;
    default:
      return issue.message;
  }
}

function knownKeys(path: readonly PropertyKey[]): string[] {
  return path[0] === 'limits' ? ['maxServers', 'maxPercent'] : Object.keys(requestSchema.shape);
}

const EXAMPLES: Record<string, unknown> = {
  environment: 'vpc',
  region: 'KR',
  servers: ['1088217'],
  names: ['dev-*'],
  limits: { maxServers: 10, maxPercent: 20 },
  overrideProtection: false,
  deadlineMinutes: 60,
};

function example(path: string): string {
  const [root = ''] = path.split('.');
  const found = EXAMPLES[root];
  return found === undefined ? '' : `, for example {"${root}": ${JSON.stringify(found)}}`;
}

function duplicates(values: readonly string[]): string[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))];
}
