import type { Clock } from '../../clock.ts';
import type { SecretSource } from './secret.ts';

/** Whether a chat takes the keys of its secret, found out without sending anything to anybody. */
export interface ChatProbe<Secret = unknown> {
  /** Throws ChatError, or what `secret` throws. */
  probe(tools: ProbeTools<Secret>): Promise<Probed>;
}

interface ProbeTools<Secret> {
  secret: SecretSource<Secret>;
  /** Empty: where the service always is. */
  url: string;
  clock: Clock;
}

interface Probed {
  /** As whom the service knows these keys. */
  as: string;
  /** What they may not do and have to; undefined where the service does not tell. */
  missing: readonly string[] | undefined;
}
