import { beforeAll, describe, expect, it } from 'vitest';
import { DynamoTable } from '../../lib/store/dynamo-table.ts';
import { SqliteTable } from '../../lib/store/sqlite-table.ts';
import type { Condition, Item, Table, Test } from '../../lib/store/table.ts';
import { bench } from './bench.ts';

const b = bench();
let tables: { dynamo: Table; sqlite: Table };
beforeAll(async () => {
  await b.reset();
  const { clock, client } = b;
  const dynamo = new DynamoTable({ name: b.table(), clock, client, chance: () => 0 });
  tables = { dynamo, sqlite: new SqliteTable({ file: ':memory:', clock }) };
});

/** No text for which UTF-16 has another order than UTF-8: the emulator goes by the former, DynamoDB by the latter. */
const VALUES = ['a', 'b', '', '가', '🚀', 1, 2, -1, 0.5];
const THERE: (Omit<Item, 'pk' | 'sk'> | undefined)[] = [
  undefined,
  {},
  { x: null },
  { x: ['a'] },
  { x: true },
  ...VALUES.map((x) => ({ x })),
];
const TESTS: Test[] = [
  { is: 'absent' },
  ...(['equal', 'different', 'below', 'at-most'] as const).flatMap((is) =>
    VALUES.map((value): Test => ({ is, attribute: 'x', value })),
  ),
];

async function ordered(table: Table): Promise<string[]> {
  return (await table.last('order', 99)).map(({ sk }) => sk);
}

/** Which of the possible items let a write through. */
async function letThrough(table: Table, condition: Condition, pk: string): Promise<unknown[]> {
  const passed: unknown[] = [];
  for (const [n, there] of THERE.entries()) {
    const key = { pk, sk: String(n) };
    if (there !== undefined) await table.put({ ...key, ...there }, 'an item');
    if (await table.put({ ...key, x: 'written' }, 'an item', condition)) passed.push(there);
  }
  return passed;
}

describe('a condition', () => {
  it.each(TESTS.map((test, n) => [JSON.stringify(test), test, n] as const))(
    'means the same to both tables: %s',
    async (_title, test, n) => {
      const passed = await letThrough(tables.sqlite, [test], `one-${n}`);
      expect(passed).toEqual(await letThrough(tables.dynamo, [test], `one-${n}`));
      expect(passed.length).toBeLessThan(THERE.length);
    },
  );

  it('holds where any of its tests does, in both tables', async () => {
    const condition: Condition = [
      { is: 'absent' },
      { is: 'equal', attribute: 'x', value: 'a' },
      { is: 'below', attribute: 'x', value: 1 },
    ];
    const passed = await letThrough(tables.sqlite, condition, 'any');
    expect(passed).toEqual([undefined, { x: 'a' }, { x: -1 }, { x: 0.5 }]);
    expect(passed).toEqual(await letThrough(tables.dynamo, condition, 'any'));
  });

  it('may be about an attribute whose name DynamoDB reserves', async () => {
    const condition: Condition = [{ is: 'equal', attribute: 'by', value: 'mina' }];
    for (const table of Object.values(tables)) {
      await table.put({ pk: 'reserved', sk: '1', by: 'mina' }, 'an item');
      expect(await table.put({ pk: 'reserved', sk: '1', by: 'joon' }, 'an item', condition)).toBe(true);
      expect(await table.put({ pk: 'reserved', sk: '1', by: 'joon' }, 'an item', condition)).toBe(false);
    }
  });
});

describe('items', () => {
  it('of one key are in the same order in both tables', async () => {
    const keys = ['b', 'a', 'A', '1', '가', '🚀', '\uffff', 'a#', 'a$', 'aa'];
    for (const table of Object.values(tables)) {
      await table.putAll(
        keys.map((sk) => ({ pk: 'order', sk })),
        'items',
      );
    }
    expect(await ordered(tables.sqlite)).toEqual(await ordered(tables.dynamo));
    expect(await ordered(tables.sqlite)).toHaveLength(keys.length);
  });
});
