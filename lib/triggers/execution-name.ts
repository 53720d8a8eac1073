import { createHash } from 'node:crypto';

/** AWS: 1 to 64 letters, digits, `-` and `_`. Source: Lambda API, Execution, DurableExecutionName. */
const MOST_NAME = 64;

/** A name that is too long ends in its hash. No other name here holds an underscore, so none can be the same. */
export function executionNameOf(name: string): string {
  if (name.length <= MOST_NAME) return name;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 16);
  return `${name.slice(0, MOST_NAME - hash.length - 1)}_${hash}`;
}

/**
 * The name of a run's execution in a stage. AWS's guide says that names are unique in an account and region, its reference in a
 * function; with the stage in front two stages never meet. `stage` empty: on a machine of one's own, which has none.
 */
export function executionNameIn(stage: string, name: string): string {
  return stage === '' ? name : executionNameOf(`${stage}-${name}`);
}
