/** A function that a chat calls, behind a gateway, with what it reads and what it hands over to on this machine. */

import { vi } from 'vitest';
import { type LocalLambda, startLambda } from '../../lib/dev/lambda.ts';
import { startSecretsManager } from '../../lib/dev/secrets-manager.ts';
import type { HttpAnswer } from '../../lib/http/answer.ts';
import { type Gateway, startGateway } from '../webhook/gateway.ts';

export interface ChatDoor {
  gateway: Gateway;
  lambda: LocalLambda;
  /** What was handed over, and each line of the log, since the last `reset`. */
  handed: unknown[];
  log: string[];
  reset(): void;
  close(): Promise<void>;
}

/** `setting`: the variable that names its secret. `load`: imports the function, once its environment is set. */
export async function openChatDoor(
  { setting, secret }: { setting: string; secret: object },
  load: () => Promise<{ handler: (...given: never[]) => unknown }>,
): Promise<ChatDoor> {
  const secrets = await startSecretsManager({ secrets: { 'banap/test/chat': JSON.stringify(secret) } });
  // What stands behind it, and only writes down what it is handed.
  const chat = (event: unknown): Promise<void> => {
    door.handed.push(event);
    return Promise.resolve();
  };
  const lambda = await startLambda({ functions: {}, plain: { chat } });
  const settings = {
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
    AWS_ENDPOINT_URL_LAMBDA: lambda.url,
    AWS_REGION: 'ap-northeast-2',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    CHAT_FUNCTION: 'chat',
    [setting]: 'banap/test/chat',
  };
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
  const { handler } = await load();
  const gateway = await startGateway((event): Promise<HttpAnswer> => Reflect.apply(handler, undefined, [event, {}]));
  const door: ChatDoor = {
    gateway,
    lambda,
    handed: [],
    log: [],
    reset: () => {
      door.handed = [];
      door.log = [];
      vi.spyOn(console, 'log').mockImplementation((line: unknown) => void door.log.push(JSON.stringify(line)));
    },
    close: async () => {
      vi.unstubAllEnvs();
      await Promise.all([secrets.close(), lambda.close(), gateway.close()]);
    },
  };
  return door;
}
