/**
 * What is looked at before anything is changed. Each check returns what it found, and problems: all of them are said at once,
 * each in one sentence with what to do.
 */

import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { GetRoleCommand, SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import { GetAccountSettingsCommand, ListDurableExecutionsByFunctionCommand } from '@aws-sdk/client-lambda';
import { DescribeSecretCommand } from '@aws-sdk/client-secrets-manager';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type * as z from 'zod';
import { askWithSdk } from '../../lib/aws/ask-secret.ts';
import { SecretError } from '../../lib/aws/secret-error.ts';
import { callerSecretSchema, ncloudKeysSchema, webhookSecretSchema } from '../../lib/aws/secret-schemas.ts';
import { SecretStore } from '../../lib/aws/secrets.ts';
import { systemClock } from '../../lib/clock.ts';
import { codeOf, messageOf } from '../../lib/errors.ts';
import type { Policies } from '../../lib/policies/schema.ts';
import { type Aws, isDenied, saidOf } from './aws.ts';
import { deployerPolicy, partitionOf } from './permissions.ts';
import { Refusal } from './refusal.ts';
import { SETTING_NAMES, type SettingName, type Stage, settingOf, USUAL_CONCURRENCY } from './settings.ts';
import { STAGES_FILE } from './stages.ts';

/** What a check found: a line for whoever deploys, and what has to be done first. */
export interface Found {
  text: string;
  problems: string[];
}

export interface Identity {
  account: string;
  arn: string;
}

/** Throws where nobody is logged in, or into another account than the stage belongs to. `account`: given with the command. */
export async function identity(stage: Stage, account: string | undefined, { sts }: Aws): Promise<Identity> {
  const caller = await sts.send(new GetCallerIdentityCommand({})).catch((error: unknown) => {
    throw new Refusal([saidOf('it is not known who deploys', error)]);
  });
  const { Account = '', Arn = '' } = caller;
  const wanted = account ?? stage.account;
  if (wanted === undefined || wanted === Account) return { account: Account, arn: Arn };
  const where = account === undefined ? `${STAGES_FILE} says that stage ${stage.name} belongs to` : '--account says';
  throw new Refusal([
    `these credentials are for AWS account ${Account}, but ${where} ${wanted}; use others (AWS_PROFILE), or correct the account`,
  ]);
}

/** Settings that are deployed and that this deployment would take away. `drop`: those that somebody wants gone. */
export function dropped(
  stage: Stage,
  deployed: Partial<Record<SettingName, string>> | undefined,
  drop: readonly SettingName[],
): Found {
  const gone = SETTING_NAMES.flatMap((name) => {
    const before = deployed?.[name] ?? '';
    const isDefault = before === '' || before === settingOf(name).fallback(stage.name) || isAutomatic(name, before);
    return stage.given.has(name) || isDefault || drop.includes(name) ? [] : [{ name, before }];
  });
  return {
    text: gone.length === 0 ? 'none that is deployed goes away' : '',
    problems: gone.map(
      ({ name, before }) =>
        `${name} is deployed as ${before}, and ${STAGES_FILE} does not say it for stage ${stage.name}; write \`${name}: ${before}\`, or give --drop ${name}`,
    ),
  };
}

function isAutomatic(name: SettingName, value: string): boolean {
  return name === 'reservedConcurrency' && [String(USUAL_CONCURRENCY), 'off'].includes(value);
}

interface NamedSecret {
  id: string;
  schema: z.ZodType;
}

/** Every secret that the stage or the policies name. */
export function secretsOf({ settings }: Stage, { accounts, callers = {}, policies }: Policies): NamedSecret[] {
  const ofStage = SETTING_NAMES.flatMap((name) => {
    const { secret } = settingOf(name);
    const id = settings[name];
    // Where the policies name accounts, their secrets are read instead.
    const isUsed = id !== '' && (name !== 'ncloudSecretId' || accounts === undefined);
    return secret === undefined || !isUsed ? [] : [{ id, schema: secret }];
  });
  const named = [
    ...ofStage,
    ...Object.values(accounts ?? {}).map(({ secret }) => ({ id: secret, schema: ncloudKeysSchema })),
    ...Object.values(callers).map(({ secret }) => ({ id: secret, schema: callerSecretSchema })),
    ...Object.values(policies).flatMap(({ report = [] }) => report.map((id) => ({ id, schema: webhookSecretSchema }))),
  ];
  return [...new Map(named.map((one) => [one.id, one])).values()];
}

/** Nothing of what is in them is ever said. */
export async function secrets(named: readonly NamedSecret[], aws: Aws): Promise<Found> {
  const store = new SecretStore({ ask: askWithSdk(aws.secretsManager), clock: systemClock });
  const read = await Promise.all(named.map((one) => secretProblem(one, store, aws)));
  const problems = read.flatMap(({ problem }) => problem ?? []);
  const unread = read.flatMap(({ unread: id }) => id ?? []);
  const seen = `${named.length - unread.length} of ${named.length} read, and as they have to be`;
  return {
    text:
      unread.length === 0
        ? seen
        : `${seen}; these credentials may not read ${unread.join(', ')}, only that it is there`,
    problems,
  };
}

async function secretProblem(
  { id, schema }: NamedSecret,
  store: SecretStore,
  { secretsManager, region }: Aws,
): Promise<{ problem?: string; unread?: string }> {
  try {
    await store.read(id, schema);
    return {};
  } catch (error) {
    if (!(error instanceof SecretError)) throw error;
    if (error.kind !== 'denied') return { problem: `${error.message} (region ${region})` };
    try {
      await secretsManager.send(new DescribeSecretCommand({ SecretId: id }));
      return { unread: id };
    } catch (again) {
      const missing = codeOf(again) === 'ResourceNotFoundException';
      return {
        problem: missing
          ? `secret ${id} does not exist in ${region}; create it`
          : saidOf(`secret ${id} could not be looked at`, again),
      };
    }
  }
}

/** What AWS keeps unreserved in an account of the usual size; smaller accounts have a smaller minimum, which it does not tell. */
const UNRESERVED_USUALLY = 100;
const UNRESERVED_AT_LEAST = 10;

/** What `reservedConcurrency` becomes: digits, or `off`. `mine`: what this stage has reserved already. */
export async function concurrency(stage: Stage, mine: number, { lambda }: Aws): Promise<Found & { value: string }> {
  const wanted = stage.settings.reservedConcurrency;
  if (wanted === 'off') return { value: 'off', text: 'nothing is reserved', problems: [] };
  const { AccountLimit } = await lambda.send(new GetAccountSettingsCommand({})).catch((error: unknown) => {
    throw new Refusal([saidOf('the concurrency of the account is not known', error)]);
  });
  const free = (AccountLimit?.UnreservedConcurrentExecutions ?? 0) + mine;
  const limit = AccountLimit?.ConcurrentExecutions ?? 0;
  if (wanted === 'auto') {
    const value = free - USUAL_CONCURRENCY >= UNRESERVED_USUALLY ? String(USUAL_CONCURRENCY) : 'off';
    const text =
      value === 'off'
        ? `nothing is reserved: ${free} of ${limit} are free, too few to spare`
        : `${value} reserved of ${free}`;
    return { value, text, problems: [] };
  }
  const isPossible = free - Number(wanted) >= UNRESERVED_AT_LEAST;
  const instead = `write reservedConcurrency: off in ${STAGES_FILE}, or have the account's limit raised (Service Quotas, Lambda, Concurrent executions)`;
  return {
    value: wanted,
    text: `${wanted} reserved of ${free}`,
    problems: isPossible
      ? []
      : [
          `reservedConcurrency: ${wanted} cannot be reserved, because ${free} of the account's ${limit} are free and AWS keeps at least ${UNRESERVED_AT_LEAST} of them; ${instead}`,
        ],
  };
}

/** Asked of a function that need not be there: where the region has no durable functions, it does not know the question. */
export async function durable(stack: string, { lambda, region }: Aws): Promise<Found> {
  const list = 'https://docs.aws.amazon.com/lambda/latest/dg/durable-functions.html';
  const offered = { text: `offered in ${region}`, problems: [] };
  try {
    await lambda.send(new ListDurableExecutionsByFunctionCommand({ FunctionName: `${stack}-terminate`, MaxItems: 1 }));
    return offered;
  } catch (error) {
    const code = codeOf(error);
    const isUnknown = /Unable to determine service|UnknownOperation|Unknown operation/.test(
      `${code} ${messageOf(error)}`,
    );
    if (code === 'ResourceNotFoundException' && !isUnknown) return offered;
    // Of a function that is there but is not durable.
    if (code === 'InvalidParameterValueException') return offered;
    if (!isUnknown && isDenied(error))
      return {
        text: `not known: these credentials may not ask (lambda:ListDurableExecutionsByFunction); see ${list}`,
        problems: [],
      };
    return {
      text: '',
      problems: [
        `region ${region} does not answer as one that offers durable functions (${code}); choose one of ${list} as \`region\` in ${STAGES_FILE}`,
      ],
    };
  }
}

/** `held`: the table of the stack, if it has one. */
export async function table(
  name: string,
  held: string | undefined,
  { dynamoDb }: Aws,
): Promise<Found & { state: 'new' | 'ours' | 'adopted' }> {
  try {
    const { Table } = await dynamoDb.send(new DescribeTableCommand({ TableName: name }));
    if (held === name) return { state: 'ours', text: `${name}, of this stack`, problems: [] };
    const keys = (Table?.KeySchema ?? []).map(({ AttributeName, KeyType }) => `${KeyType} ${AttributeName}`).join(', ');
    const fits = keys === 'HASH pk, RANGE sk';
    return {
      state: 'adopted',
      text: `${name} is there from an earlier stack and is adopted, with its holds and audit`,
      problems: fits
        ? []
        : [
            `there is a table ${name} that is not one of banap (its keys are ${keys}); rename the stage, or move that table away`,
          ],
    };
  } catch (error) {
    if (codeOf(error) !== 'ResourceNotFoundException')
      throw new Refusal([saidOf(`table ${name} could not be looked at`, error)]);
    if (held === undefined) return { state: 'new', text: `${name} is made`, problems: [] };
    return {
      state: 'new',
      text: '',
      problems: [
        `the stack had a table ${name} that somebody deleted, with every hold in it; restore it from its backups, or undeploy and deploy again to begin without any`,
      ],
    };
  }
}

/** Asks IAM what would be missing. It never refuses: IAM simulates without the conditions under which the call is made. */
export async function permissions(
  { account, arn }: Identity,
  { stage, secretIds }: { stage: Stage; secretIds: readonly string[] },
  { iam, region }: Aws,
): Promise<string> {
  const listed = '`npm run -s deploy -- --stage STAGE --policy` prints what is needed';
  const [, kind = '', name = ''] =
    /:(assumed-role|user|root)(?:\/(?:.*\/)?)?([^/]*)/.exec(arn.replace(/(assumed-role\/[^/]+)\/.*/, '$1')) ?? [];
  if (arn.endsWith(':root')) return 'the root user may do everything; better use a role';
  try {
    const source = kind === 'assumed-role' ? (await iam.send(new GetRoleCommand({ RoleName: name }))).Role?.Arn : arn;
    const partition = partitionOf(region);
    const missing: string[] = [];
    for (const { Action, Resource } of deployerPolicy({ account, region, stage: stage.name, partition }, secretIds)
      .Statement) {
      const { EvaluationResults = [] } = await iam.send(
        new SimulatePrincipalPolicyCommand({
          PolicySourceArn: source,
          ActionNames: Action,
          // A resource as it will be: one with an asterisk is simulated as if it were a name.
          ResourceArns: [(Resource[0] ?? '*').replace(/(?<=.)[*?]/g, 'x')],
        }),
      );
      missing.push(
        ...EvaluationResults.flatMap(({ EvalActionName = '', EvalDecision }) =>
          EvalDecision === 'allowed' ? [] : [EvalActionName],
        ),
      );
    }
    return missing.length === 0
      ? 'IAM says that all of them are there'
      : `IAM says that these are missing, and the deployment may fail at them: ${[...new Set(missing)].toSorted().join(', ')}; ${listed}`;
  } catch (error) {
    if (isDenied(error))
      return `not checked: these credentials may not ask IAM (iam:SimulatePrincipalPolicy); ${listed}`;
    return `not checked: ${messageOf(error)}; ${listed}`;
  }
}
