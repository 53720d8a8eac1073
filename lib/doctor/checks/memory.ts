import { ConfigError } from '../../ncloud/config.ts';
import { StoreError } from '../../termination/ports/store.ts';
import type { Finding } from '../finding.ts';
import type { World } from '../world.ts';

/** Whether the table or file can be read. Nothing is written. */
export async function memoryFindings({ memory: { name, isThere, look } }: Pick<World, 'memory'>): Promise<Finding[]> {
  try {
    await look();
    return [{ code: isThere ? 'memory-reached' : 'memory-new', about: '', name }];
  } catch (error) {
    if (!(error instanceof StoreError || error instanceof ConfigError)) throw error;
    return [{ code: 'memory-wrong', about: '', problem: error.message }];
  }
}
