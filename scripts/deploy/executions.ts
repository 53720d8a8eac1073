import { type Execution, ListDurableExecutionsByFunctionCommand } from '@aws-sdk/client-lambda';
import { codeOf } from '../../lib/errors.ts';
import { type Aws, saidOf } from './aws.ts';
import { Refusal } from './refusal.ts';

/** Runs of a stage that have not ended; they may be waiting for weeks. Throws where that cannot be known. */
export async function runningExecutions(stack: string, { lambda }: Aws): Promise<Execution[]> {
  const found: Execution[] = [];
  try {
    for (let Marker: string | undefined, first = true; first || Marker !== undefined; first = false) {
      const page = await lambda.send(
        new ListDurableExecutionsByFunctionCommand({
          FunctionName: `${stack}-terminate`,
          Statuses: ['RUNNING'],
          Marker,
        }),
      );
      found.push(...(page.DurableExecutions ?? []));
      Marker = page.NextMarker;
    }
    return found;
  } catch (error) {
    if (codeOf(error) === 'ResourceNotFoundException') return [];
    throw new Refusal([saidOf('it is not known whether runs are still at work', error)]);
  }
}

/** For a message: the first few by name. */
export function namesOf(executions: readonly Execution[]): string {
  const names = executions.slice(0, 5).map(({ DurableExecutionName }) => DurableExecutionName ?? '');
  const more = executions.length - names.length;
  return names.join(', ') + (more > 0 ? ` and ${more} more` : '');
}
