import type { Desk } from '../desk.ts';
import { startExecution, wake } from './executions.ts';
import { publishOnce } from './publish.ts';

/** The desk of a function that people and programs come to. `policies`: those of this deployment, with when it was built. */
export function deskIn<L extends Desk['ledger']>(options: {
  ledger: L;
  /** Its name, where policies are published. */
  table: string;
  /** The durable function's alias, by ARN. */
  terminateFunction: string;
  policies: Parameters<typeof publishOnce>[0];
}): Desk & { ledger: L } {
  const { ledger, table, terminateFunction, policies } = options;
  return {
    ledger,
    start: async (run) => {
      await publishOnce(policies, table);
      await startExecution({ functionName: terminateFunction, ...run });
    },
    wake: (wakeId) => wake({ wakeId }),
  };
}
