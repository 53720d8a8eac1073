/** Conditions as DynamoDB evaluates them: as its expressions, and in this process for tables that have none. */

import type { Condition, Item, Test } from './table.ts';

/** Whether a condition holds of the item that is there. */
export function holds(condition: Condition, item: Item | undefined): boolean {
  return condition.some((test) => passes(test, item));
}

function passes(test: Test, item: Item | undefined): boolean {
  if (test.is === 'absent') return item === undefined;
  const order = item === undefined ? undefined : compared(item[test.attribute], test.value);
  switch (test.is) {
    case 'equal':
      return order === 0;
    case 'different':
      return order !== 0;
    case 'below':
      return order !== undefined && order < 0;
    case 'at-most':
      return order !== undefined && order <= 0;
  }
}

/** Negative if the first is below the second; undefined if the two cannot be compared. Text goes by its UTF-8 bytes. */
function compared(one: unknown, other: string | number): number | undefined {
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  if (typeof one === 'string' && typeof other === 'string') return Buffer.compare(Buffer.from(one), Buffer.from(other));
  return undefined;
}

const OPERATORS = { equal: '=', different: '<>', below: '<', 'at-most': '<=' } as const;

interface Expression {
  ConditionExpression: string;
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues?: Record<string, string | number>;
}

/**
 * As an {@link https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.html expression}. Attributes get
 * names of their own, because DynamoDB reserves many, such as `by`.
 */
export function expressionOf(condition: Condition): Expression {
  const names: Record<string, string> = {};
  const values: Record<string, string | number> = {};
  const parts = condition.map((test, n) => {
    if (test.is === 'absent') return 'attribute_not_exists(pk)';
    names[`#a${n}`] = test.attribute;
    values[`:v${n}`] = test.value;
    return `#a${n} ${OPERATORS[test.is]} :v${n}`;
  });
  const some = Object.keys(names).length > 0;
  return {
    ConditionExpression: parts.join(' OR '),
    ...(some && { ExpressionAttributeNames: names, ExpressionAttributeValues: values }),
  };
}
