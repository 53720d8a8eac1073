/** The checks, in the order in which they are made. To add one: its row here, its codes in `finding.ts`. */

import { once } from 'node:events';
import { chatsFindings } from './checks/chats.ts';
import { clockFindings } from './checks/clock.ts';
import { keysFindings } from './checks/keys.ts';
import { memoryFindings } from './checks/memory.ts';
import { permissionsFindings } from './checks/permissions.ts';
import { policiesFindings } from './checks/policies.ts';
import { regionsFindings } from './checks/regions.ts';
import { secretsFindings } from './checks/secrets.ts';
import { tagsFindings } from './checks/tags.ts';
import { webhookFindings } from './checks/webhook.ts';
import type { CheckName, Finding } from './finding.ts';
import type { World } from './world.ts';

const CHECKS = {
  policies: policiesFindings,
  keys: keysFindings,
  clock: clockFindings,
  regions: regionsFindings,
  permissions: permissionsFindings,
  tags: tagsFindings,
  secrets: secretsFindings,
  memory: memoryFindings,
  chats: chatsFindings,
  webhook: webhookFindings,
} as const satisfies Record<CheckName, (world: World) => Finding[] | Promise<Finding[]>>;

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of a constant
export const CHECK_NAMES = Object.keys(CHECKS) as CheckName[];

/** Makes one check. It only reads. Once the world's signal is aborted, nothing more is found out. */
export async function look(name: CheckName, world: World): Promise<Finding[]> {
  const { signal } = world;
  const interrupted: Finding[] = [{ code: 'interrupted', about: '' }];
  if (signal.aborted) return interrupted;
  const ending = new AbortController();
  try {
    const ended = once(signal, 'abort', { signal: ending.signal }).then(
      () => interrupted,
      () => interrupted,
    );
    const found = await Promise.race([CHECKS[name](world), ended]);
    // What was cut off in the middle is nobody's fault.
    return signal.aborted ? interrupted : found;
  } finally {
    ending.abort();
  }
}
