import { expect, it, vi } from 'vitest';
import { handOver } from '../../lib/aws/haste.ts';

it('what Lambda did not accept is reported with its error code', async () => {
  vi.stubEnv('AWS_ENDPOINT_URL_LAMBDA', 'http://127.0.0.1:1');
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) vi.stubEnv(name, 'test');
  vi.stubEnv('AWS_REGION', 'ap-northeast-2');
  await expect(handOver({ functionName: 'banap-dev-chat', payload: {} })).rejects.toMatchObject({
    name: 'ExecutionError',
    kind: 'unreachable',
    message: expect.stringContaining('nothing was handed over: Lambda did not answer as expected (ECONNREFUSED)'),
  });
  vi.unstubAllEnvs();
});
