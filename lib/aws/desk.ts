import { systemClock } from '../clock.ts';
import type { Desk } from '../desk.ts';
import { startExecution, wake } from './executions.ts';
import { DynamoLedger } from './ledger.ts';
import { publishOnce } from './publish.ts';

/** The desk of a function that people and programs come to. `policies`: those of this deployment, with when it was built. */
export function deskIn(options: {
  table: string;
  /** The durable function's alias, by ARN. */
  terminateFunction: string;
  policies: Parameters<typeof publishOnce>[0];
}): Desk {
  const { table, terminateFunction, policies } = options;
  const ledger = new DynamoLedger({ table, clock: systemClock });
  return {
    card: (requestId) => ledger.card(requestId),
    say: (requestId, word) => ledger.say(requestId, word),
    words: (requestId) => ledger.words(requestId),
    wakeIdOf: (requestId) => ledger.wakeIdOf(requestId),
    seen: (delivery) => ledger.seen(delivery),
    messageOf: (requestId, channel) => ledger.messageOf(requestId, channel),
    rememberMessage: (requestId, channel, id) => ledger.rememberMessage(requestId, channel, id),
    start: async (run) => {
      await publishOnce(policies, table);
      await startExecution({ functionName: terminateFunction, ...run });
    },
    wake: (wakeId) => wake({ wakeId }),
  };
}
