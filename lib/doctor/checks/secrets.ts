import { SecretError } from '../../aws/secret-error.ts';
import type { SecretStore } from '../../aws/secrets.ts';
import type { Finding } from '../finding.ts';
import type { NamedSecret, World } from '../world.ts';

/** Whether each secret is there and as its schema describes it. Without a store nothing is asked. */
export async function secretsFindings({ secrets: { named, store } }: Pick<World, 'secrets'>): Promise<Finding[]> {
  const secrets = [...new Set(named.map(({ id }) => id))];
  if (secrets.length === 0) return [{ code: 'no-secrets', about: '' }];
  if (store === undefined) return [{ code: 'no-aws', about: '', secrets }];
  return Promise.all(distinct(named).map((one) => lookAtSecret(one, store)));
}

async function lookAtSecret({ id, schema }: NamedSecret, store: Pick<SecretStore, 'read'>): Promise<Finding> {
  try {
    await store.read(id, schema);
    return { code: 'secret-right', about: '', secret: id };
  } catch (error) {
    if (!(error instanceof SecretError)) throw error;
    return { code: 'secret-wrong', about: '', problem: error.message };
  }
}

/** One name in two places may have to hold two things, of which one must be wrong. */
function distinct(named: readonly NamedSecret[]): NamedSecret[] {
  return named.filter((one, at) => named.findIndex(({ id, schema }) => id === one.id && schema === one.schema) === at);
}
