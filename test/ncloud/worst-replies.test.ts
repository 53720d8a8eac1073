import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import * as z from 'zod';
import { endpoint, says } from './endpoint.ts';
import { WORST_REPLIES } from './worst-replies.ts';

const CHILD = fileURLToPath(new URL('worst-replies-child.ts', import.meta.url));
const told = z.array(z.tuple([z.string(), z.string(), z.number()]));

it('a process of 512 MB reads the worst replies that are allowed, as many at once as it asks for', async () => {
  const server = await endpoint((response, request) => {
    const name = new URL(request.target, 'http://ncp').searchParams.get('name') ?? '';
    says(200, WORST_REPLIES[name]?.() ?? '')(response, request);
  });
  const { stdout } = await promisify(execFile)(process.execPath, [CHILD, server.url]);
  const outcomes = told.parse(JSON.parse(stdout));
  expect(outcomes.map(([name, outcome]) => [name, outcome])).toEqual(
    Object.keys(WORST_REPLIES).map((name) => [name, 'read']),
  );
  expect(Math.max(...outcomes.map(([, , peakMb]) => peakMb))).toBeLessThan(512);
}, 30_000);
