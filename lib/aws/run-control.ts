import { executionNameIn } from '../triggers/execution-name.ts';
import type { RunControl } from '../triggers/run-control.ts';
import { startExecution, wake } from './executions.ts';
import { publishOnce } from './publish.ts';

/** Run control for the functions that people and programs call. `policies`: those of this deployment, and when it was built. */
export function runControlIn<L extends RunControl['store']>(options: {
  store: L;
  /** Its name, where policies are published. */
  table: string;
  /** The durable function's alias, by ARN. */
  terminateFunction: string;
  /** Stands in the names of executions; empty on a machine of one's own. */
  stage: string;
  policies: Parameters<typeof publishOnce>[0];
}): RunControl<L> {
  const { store, table, terminateFunction, stage, policies } = options;
  return {
    store,
    start: async ({ name, payload }) => {
      await publishOnce(policies, table);
      await startExecution({ functionName: terminateFunction, name: executionNameIn(stage, name), payload });
    },
    wake: (wakeId) => wake({ wakeId }),
  };
}
