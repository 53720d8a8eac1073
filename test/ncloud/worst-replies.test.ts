import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import * as z from 'zod';
import { endpoint, says } from './endpoint.ts';
import { WORST_REPLIES } from './worst-replies.ts';

const CHILD = fileURLToPath(new URL('worst-replies-child.ts', import.meta.url));
const told = z.array(z.tuple([z.string(), z.string(), z.number()]));

const NAMES = Object.keys(WORST_REPLIES);
/** Each a process of its own, so that a slow machine has time for every reply. */
const PARTS = [0, 1, 2, 3, 4, 5].map((part) => NAMES.filter((_, index) => index % 6 === part));

it.each(PARTS)(
  'a process of 512 MB reads the worst replies that are allowed, as many at once as it asks for: %s, %s …',
  async (...names) => {
    const server = await endpoint((response, request) => {
      const name = new URL(request.target, 'http://ncp').searchParams.get('name') ?? '';
      says(200, WORST_REPLIES[name]?.() ?? '')(response, request);
    });
    const { stdout } = await promisify(execFile)(process.execPath, [CHILD, server.url, ...names]);
    const outcomes = told.parse(JSON.parse(stdout));
    expect(outcomes.map(([name, outcome]) => [name, outcome])).toEqual(names.map((name) => [name, 'read']));
    expect(Math.max(...outcomes.map(([, , peakMb]) => peakMb))).toBeLessThan(512);
  },
);
