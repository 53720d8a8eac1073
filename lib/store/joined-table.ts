import type { Table } from './table.ts';

/** Two tables as one: what belongs to the whole machine is in one of them, and the rest in the other. */
export function joined(own: Table, shared: Table, isShared: (pk: string) => boolean): Table {
  const of = (pk: string): Table => (isShared(pk) ? shared : own);
  return {
    name: own.name,
    get: (pk, sk) => of(pk).get(pk, sk),
    put: (item, what, condition) => of(item.pk).put(item, what, condition),
    remove: (pk, sk) => of(pk).remove(pk, sk),
    query: (pk, between) => of(pk).query(pk, between),
    last: (pk, limit) => of(pk).last(pk, limit),
    putAll: async (items, what) => {
      for (const table of [shared, own]) {
        const some = items.filter((item) => of(item.pk) === table);
        if (some.length > 0) await table.putAll(some, what);
      }
    },
    close: () => {
      own.close();
      shared.close();
    },
  };
}
