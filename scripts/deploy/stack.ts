/** The stack of a stage, and change sets of it. */

import {
  type Change,
  CreateChangeSetCommand,
  DeleteChangeSetCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  GetTemplateSummaryCommand,
  ListStackResourcesCommand,
  type Stack,
  type StackEvent,
} from '@aws-sdk/client-cloudformation';
import * as z from 'zod';
import { messageOf } from '../../lib/errors.ts';
import { jsonFrom } from '../../lib/text/json.ts';
import { type Aws, saidOf } from './aws.ts';
import { Refusal } from './refusal.ts';
import type { SettingName } from './settings.ts';
import { pause, type Terminal, tick } from './terminal.ts';

export function stackNameOf(stage: string): string {
  return `banap-${stage}`;
}

/** As `npm run deploy` finds it. */
export type StackState =
  /** `isOpened`: a change set that was never executed made it. */
  | { kind: 'absent'; isOpened: boolean }
  | {
      kind: 'there';
      id: string;
      outputs: ReadonlyMap<string, string>;
      settings: Partial<Record<SettingName, string>> | undefined;
    }
  /** Its first creation failed. What is left of it has to go before it can be created. */
  | { kind: 'failed'; id: string; status: string }
  | { kind: 'busy'; id: string; status: string };

export async function stackState(name: string, { cloudFormation }: Aws): Promise<StackState> {
  const stack = await describe(name, cloudFormation);
  if (stack === undefined) return { kind: 'absent', isOpened: false };
  const { StackStatus: status = '', StackId: id = name, Outputs = [] } = stack;
  if (status === 'REVIEW_IN_PROGRESS') return { kind: 'absent', isOpened: true };
  if (status === 'DELETE_COMPLETE') return { kind: 'absent', isOpened: false };
  if (/^(ROLLBACK_COMPLETE|ROLLBACK_FAILED|CREATE_FAILED|DELETE_FAILED)$/.test(status))
    return { kind: 'failed', id, status };
  if (status === 'UPDATE_ROLLBACK_FAILED')
    throw new Refusal([
      `stack ${name} is stuck in ${status}; run \`aws cloudformation continue-update-rollback --stack-name ${name} --region REGION\`, then deploy again`,
    ]);
  if (!status.endsWith('_COMPLETE')) return { kind: 'busy', id, status };
  const outputs = new Map(Outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]));
  const { Metadata } = await cloudFormation.send(new GetTemplateSummaryCommand({ StackName: name }));
  return { kind: 'there', id, outputs, settings: metadataSchema.safeParse(jsonFrom(Metadata ?? '')).data?.Settings };
}

/** Of the template; a stack of the framework's own `deploy` from before has none. */
const metadataSchema = z.object({ Settings: z.record(z.string(), z.string()) });

async function describe(name: string, cloudFormation: Aws['cloudFormation']): Promise<Stack | undefined> {
  try {
    const { Stacks = [] } = await cloudFormation.send(new DescribeStacksCommand({ StackName: name }));
    return Stacks[0];
  } catch (error) {
    if (/does not exist/.test(messageOf(error))) return undefined;
    throw new Refusal([saidOf(`the stack ${name} could not be read`, error)]);
  }
}

/** By logical id, what the stack holds. */
export async function resourcesOf(name: string, { cloudFormation }: Aws): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (let NextToken: string | undefined, first = true; first || NextToken !== undefined; first = false) {
    const page = await cloudFormation.send(new ListStackResourcesCommand({ StackName: name, NextToken }));
    for (const { LogicalResourceId = '', PhysicalResourceId = '' } of page.StackResourceSummaries ?? [])
      found.set(LogicalResourceId, PhysicalResourceId);
    NextToken = page.NextToken;
  }
  return found;
}

export interface ChangeSet {
  stack: string;
  name: string;
  type: 'CREATE' | 'UPDATE';
  changes: Change[];
}

/**
 * What executing would do. It also takes in the table and logs of an earlier stack of this name. Undefined: nothing would
 * change. Once AWS has begun to make it, it is deleted again whatever goes wrong.
 */
export async function changeSet(
  wanted: { stack: string; name: string; type: 'CREATE' | 'UPDATE'; templateUrl: string; stage: string },
  aws: Aws,
  terminal: Terminal,
): Promise<ChangeSet | undefined> {
  const { stack, name, type, templateUrl, stage } = wanted;
  await aws.cloudFormation
    .send(
      new CreateChangeSetCommand({
        StackName: stack,
        ChangeSetName: name,
        ChangeSetType: type,
        TemplateURL: templateUrl,
        Capabilities: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM'],
        ImportExistingResources: true,
        Tags: [{ Key: 'STAGE', Value: stage }],
        Description: 'npm run deploy',
      }),
    )
    .catch((error: unknown) => {
      throw new Refusal([saidOf('the change set could not be made', error)]);
    });
  try {
    const described = await untilDescribed({ stack, name }, aws, terminal);
    if (described !== undefined) return { stack, name, type, changes: described };
  } catch (error) {
    await dropChangeSet({ stack, name, type }, aws, terminal);
    throw error;
  }
  await dropChangeSet({ stack, name, type }, aws, terminal);
  return undefined;
}

async function untilDescribed(
  { stack, name }: { stack: string; name: string },
  { cloudFormation }: Aws,
  { signal, pollMs }: Terminal,
): Promise<Change[] | undefined> {
  for (;;) {
    await pause(pollMs, signal);
    const changes: Change[] = [];
    let page = await cloudFormation.send(new DescribeChangeSetCommand({ StackName: stack, ChangeSetName: name }));
    const { Status = '', StatusReason = '' } = page;
    if (Status === 'FAILED') {
      if (/didn't contain changes|No updates are to be performed/.test(StatusReason)) return undefined;
      throw new Refusal([`CloudFormation refuses the change set: ${StatusReason}; nothing was changed`]);
    }
    if (Status !== 'CREATE_COMPLETE') continue;
    changes.push(...(page.Changes ?? []));
    while (page.NextToken !== undefined) {
      const { NextToken } = page;
      page = await cloudFormation.send(
        new DescribeChangeSetCommand({ StackName: stack, ChangeSetName: name, NextToken }),
      );
      changes.push(...(page.Changes ?? []));
    }
    return changes;
  }
}

/** It says what became of it. A stack that was opened for the change set goes with it. */
export async function dropChangeSet(
  { stack, name, type }: Pick<ChangeSet, 'stack' | 'name' | 'type'>,
  { cloudFormation, region }: Aws,
  terminal: Pick<Terminal, 'stdout'>,
): Promise<void> {
  try {
    await cloudFormation.send(new DeleteChangeSetCommand({ StackName: stack, ChangeSetName: name }));
    const opened = type === 'CREATE' ? await describe(stack, cloudFormation) : undefined;
    if (opened?.StackStatus === 'REVIEW_IN_PROGRESS')
      await cloudFormation.send(new DeleteStackCommand({ StackName: stack }));
    tick(terminal, 'change set', `${name} was deleted, and nothing was changed`);
  } catch (error) {
    const how = `aws cloudformation delete-change-set --region ${region} --stack-name ${stack} --change-set-name ${name}`;
    tick(
      terminal,
      'change set',
      `${name} is still there and changes nothing; \`${how}\` deletes it (${messageOf(error)})`,
    );
  }
}

/** One line for each change, as in `+ Add`. */
export function changesInWords(changes: readonly Change[]): string[] {
  const SIGNS: Readonly<Record<string, string>> = { Add: '+', Modify: '~', Remove: '-', Import: '<' };
  return changes.flatMap(({ ResourceChange: one }) => {
    if (one === undefined) return [];
    const { Action = 'Dynamic', LogicalResourceId = '', ResourceType = '', Replacement, Details = [] } = one;
    const names = new Set(Details.flatMap(({ Target }) => Target?.Name ?? Target?.Attribute ?? []));
    const what = names.size === 0 ? '' : `: ${[...names].join(', ')}`;
    const replaced = Replacement === 'True' ? ' REPLACED' : Replacement === 'Conditional' ? ' perhaps replaced' : '';
    return [
      `  ${SIGNS[Action] ?? '?'} ${Action.toLowerCase().padEnd(6)} ${LogicalResourceId} (${ResourceType})${replaced}${what}`,
    ];
  });
}

/** Those that are deleted, or made anew under another identity. */
export function goneIn(changes: readonly Change[]): string[] {
  return changes.flatMap(({ ResourceChange: one }) =>
    one?.LogicalResourceId !== undefined && (one.Action === 'Remove' || one.Replacement === 'True')
      ? [one.LogicalResourceId]
      : [],
  );
}

/** Returns when the stack is what the change set says. Throws a Refusal with what AWS says was wrong. */
export async function execute(set: ChangeSet, aws: Aws, terminal: Terminal): Promise<void> {
  const before = await eventsOf(set.stack, aws);
  await aws.cloudFormation
    .send(new ExecuteChangeSetCommand({ StackName: set.stack, ChangeSetName: set.name }))
    .catch((error: unknown) => {
      throw new Refusal([saidOf('the change set could not be executed', error)]);
    });
  await settled(set.stack, { before, doing: 'deployment' }, aws, terminal);
}

/** Waits until CloudFormation is done with the stack, and says what happens to it. */
async function settled(
  stack: string,
  { before, doing }: { before: readonly StackEvent[]; doing: 'deployment' | 'removal' },
  aws: Aws,
  terminal: Terminal,
): Promise<void> {
  const told = new Set(before.map(({ EventId }) => EventId));
  const failures: string[] = [];
  for (;;) {
    await pause(terminal.pollMs, terminal.signal);
    const now = await describe(stack, aws.cloudFormation);
    for (const event of await eventsOf(stack, aws)) {
      const { EventId, LogicalResourceId = '', ResourceStatus = '', ResourceStatusReason = '' } = event;
      if (told.has(EventId)) continue;
      told.add(EventId);
      if (ResourceStatus.endsWith('_FAILED') && !/cancelled/i.test(ResourceStatusReason))
        failures.push(`${LogicalResourceId}: ${ResourceStatusReason}`);
      if (!ResourceStatus.endsWith('_IN_PROGRESS')) tick(terminal, 'stack', `${LogicalResourceId} ${ResourceStatus}`);
    }
    const status = now?.StackStatus ?? 'DELETE_COMPLETE';
    if (status.endsWith('_IN_PROGRESS')) continue;
    if (doing === 'removal' ? status === 'DELETE_COMPLETE' : /^(CREATE|UPDATE|IMPORT)_COMPLETE$/.test(status)) return;
    const after = status.includes('ROLLBACK_COMPLETE')
      ? 'everything was put back as it was'
      : `the stack is left in ${status}`;
    throw new Refusal([
      `the ${doing} failed, and ${after}; change what is named here and run the command again:`,
      ...(failures.length > 0 ? failures : [`${stack}: ${now?.StackStatusReason ?? status}`]),
    ]);
  }
}

/** The newest hundred, in the order in which they happened. */
async function eventsOf(stack: string, { cloudFormation }: Aws): Promise<StackEvent[]> {
  try {
    const { StackEvents = [] } = await cloudFormation.send(new DescribeStackEventsCommand({ StackName: stack }));
    return StackEvents.toReversed();
  } catch (error) {
    // A stack that is gone has none under its name.
    if (/does not exist/.test(messageOf(error))) return [];
    throw error;
  }
}

export async function deleteStack(stack: string, aws: Aws, terminal: Terminal): Promise<void> {
  const before = await eventsOf(stack, aws);
  await aws.cloudFormation.send(new DeleteStackCommand({ StackName: stack })).catch((error: unknown) => {
    throw new Refusal([saidOf(`the stack ${stack} could not be deleted`, error)]);
  });
  await settled(stack, { before, doing: 'removal' }, aws, terminal);
}
