import { storeErrorFrom } from '../../lib/store/dynamo-error.ts';
import type { Item, Table } from '../../lib/store/table.ts';

/**
 * How a call fails. `none`: this one goes through. `cut-after`: it is done, and fails. `lost`: a write whose condition does
 * not hold. Anything else is the name of an error of DynamoDB.
 */
type Failure = 'none' | 'cut-after' | 'lost' | (string & {});

/** Which calls came in so far, failed ones included, and how the next ones fail. */
export interface Meter {
  failures: Failure[];
  methods: string[];
  failNext(count: number, failure: Failure): void;
  /** All, or of one method. */
  calls(method?: keyof Table): number;
}

export function newMeter(): Meter {
  const failures: Failure[] = [];
  const methods: string[] = [];
  return {
    failures,
    methods,
    failNext: (count, failure) => void failures.push(...Array<Failure>(count).fill(failure)),
    calls: (method) => methods.filter((one) => method === undefined || one === method).length,
  };
}

/** The same table, whose calls are counted and fail when told to. */
export function faulty(table: Table, meter: Meter): Table {
  const through = async <T>(method: keyof Table, work: () => Promise<T>): Promise<T> => {
    meter.methods.push(method);
    const failure = meter.failures.shift() ?? 'none';
    if (failure === 'none') return work();
    if (failure === 'cut-after') await work();
    throw storeErrorFrom(Object.assign(new Error('refused on request'), { name: nameOf(failure) }), 'banap-test');
  };
  return {
    name: table.name,
    get: (pk, sk) => through('get', () => table.get(pk, sk)),
    put: (item, what, condition) => {
      if (meter.failures[0] !== 'lost') return through('put', () => table.put(item, what, condition));
      meter.failures.shift();
      return Promise.resolve(false);
    },
    remove: (pk, sk) => through('remove', () => table.remove(pk, sk)),
    query: async function* (pk, between) {
      yield* await through('query', () => all(table.query(pk, between)));
    },
    last: (pk, limit) => through('last', () => table.last(pk, limit)),
    putAll: (items, what) => through('putAll', () => table.putAll(items, what)),
    close: () => table.close(),
  };
}

async function all(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}

function nameOf(failure: Failure): string {
  return failure.startsWith('cut') ? 'ECONNRESET' : failure;
}
