import * as z from 'zod';
import type { Packaged } from './packaged.ts';

const listed = z.union([z.string(), z.array(z.unknown())]).transform((value) => [value].flat());
const statementSchema = z.object({
  Sid: z.string().optional(),
  Effect: z.string(),
  Action: listed.pipe(z.array(z.string())),
  Resource: z.unknown().transform((value) => [value].flat()),
  Condition: z.unknown().optional(),
});
export type Statement = z.infer<typeof statementSchema>;

/** A statement that is there only under a condition. */
const conditionalSchema = z
  .object({ 'Fn::If': z.tuple([z.string(), statementSchema, z.object({ Ref: z.literal('AWS::NoValue') })]) })
  .transform(({ 'Fn::If': [condition, statement] }) => ({ ...statement, condition }));
export const documentSchema = z.object({ Statement: z.array(z.union([statementSchema, conditionalSchema])) });

/** Every statement of the template that allows or denies, wherever it stands; those of trust policies have no resource. */
export function statements({ template }: Packaged): Statement[] {
  const found: Statement[] = [];
  JSON.stringify(template, (_key, value: unknown) => {
    const statement = statementSchema.safeParse(value);
    const trust = statement.success && statement.data.Action.every((action) => action === 'sts:AssumeRole');
    if (statement.success && !trust) found.push(statement.data);
    return value;
  });
  if (found.length === 0) throw new Error('found no statement');
  return found;
}

/** What a role itself says. A statement with a condition has its name in `condition`. */
export function policyOf({ template }: Packaged, role: string): (Statement & { condition?: string })[] {
  const shape = z.object({ Policies: z.tuple([z.object({ PolicyDocument: documentSchema })]) });
  return shape.parse(template.Resources[role]?.Properties).Policies[0].PolicyDocument.Statement;
}

export function trustOf({ template }: Packaged, role: string): unknown {
  return template.Resources[role]?.Properties['AssumeRolePolicyDocument'];
}

export function resourcesOf(packaged: Packaged, role: string, sid: string): unknown[] {
  return policyOf(packaged, role).find(({ Sid }) => Sid === sid)?.Resource ?? [];
}

function arn(rest: string): object {
  return { 'Fn::Sub': `arn:\${AWS::Partition}:${rest}` };
}

const ACCOUNT = '${AWS::Region}:${AWS::AccountId}';

/** AWS appends a hyphen and six characters to the name of a secret. */
export function secret(name: string): object {
  return arn(`secretsmanager:${ACCOUNT}:secret:${name}-??????`);
}

export function onlyIf(condition: string, value: object): object {
  return { 'Fn::If': [condition, value, { Ref: 'AWS::NoValue' }] };
}

/** Versions, execution names and ids are made at run time: asterisks, but only after the function's name. */
export const executions = arn(`lambda:${ACCOUNT}:function:banap-dev-terminate:*/durable-execution/*/*`);
export const table = { 'Fn::GetAtt': ['Store', 'Arn'] };
export const deadLetters = { 'Fn::GetAtt': ['DeadLetters', 'Arn'] };
export const durableAlias = { Ref: 'TerminateDurableLambdaAlias' };
