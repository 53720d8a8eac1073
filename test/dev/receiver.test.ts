import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type LocalReceiver, startReceiver } from '../../lib/dev/receiver.ts';

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
let receiver: LocalReceiver;
beforeEach(async () => {
  receiver = await startReceiver({ secret });
});
afterEach(() => receiver.close());

test('keeps what is signed', async () => {
  expect(await post('{"a":1}')).toBe(200);
  expect(receiver.received).toEqual([{ id: 'msg_1', verified: true, body: { a: 1 } }]);
});

test('answers 401 to what was changed on the way, and marks it', async () => {
  expect(await post('{"a":2}', '{"a":1}')).toBe(401);
  expect(receiver.received).toEqual([{ id: 'msg_1', verified: false, body: { a: 2 } }]);
});

test('answers 401 to unsigned calls', async () => {
  const answer = await fetch(receiver.url, { method: 'POST', body: 'hello' });
  expect(answer.status).toBe(401);
  expect(receiver.received).toEqual([{ id: '', verified: false, body: 'hello' }]);
});

test('fails the given number of times', async () => {
  receiver.failNext(2, 503);
  expect([await post('{}'), await post('{}'), await post('{}')]).toEqual([503, 503, 200]);
  expect(receiver.received).toHaveLength(1);
});

async function post(body: string, signed = body): Promise<number> {
  const now = new Date();
  const answer = await fetch(receiver.url, {
    method: 'POST',
    body,
    headers: {
      'webhook-id': 'msg_1',
      'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
      'webhook-signature': new Webhook(secret).sign('msg_1', now, signed),
    },
  });
  return answer.status;
}
