import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import {
  BatchWriteCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  type QueryCommandInput,
} from '@aws-sdk/lib-dynamodb';
import type { Chance } from '../chance.ts';
import type { Clock } from '../clock.ts';
import { LedgerError } from '../termination/ledger.ts';
import { ledgerErrorFrom, noRegion } from './ledger-error.ts';

/** Strings `pk` and `sk`, and whatever else. `expiresAt`: seconds since the epoch; DynamoDB deletes days late. */
export type Item = Record<string, unknown> & { pk: string; sk: string };

/** `names` and `values` of an {@link https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.html expression}. */
export interface Condition {
  expression: string;
  /** Of attributes whose names DynamoDB keeps for itself, such as `by`. */
  names?: Record<string, string>;
  values?: Record<string, unknown>;
}

/** DynamoDB keeps 400 KB (409,600 bytes). JSON is a little longer than DynamoDB's own count, so this errs to the safe side. */
export const MOST_BYTES = 400_000;
const MOST_IN_A_BATCH = 25;
const MOST_TRIES = 10;

/** One table, every read strongly consistent. Throws nothing but {@link LedgerError}. */
export class LedgerTable {
  readonly name: string;
  readonly #documents: DynamoDBDocumentClient;
  readonly #clock: Clock;
  readonly #chance: Chance;

  constructor(options: { name: string; clock: Clock; chance: Chance; client?: DynamoDBClient | undefined }) {
    this.name = options.name;
    this.#clock = options.clock;
    this.#chance = options.chance;
    this.#documents = DynamoDBDocumentClient.from(options.client ?? new DynamoDBClient(dynamoDbConfig), {
      // A number too large for JavaScript must not keep the items beside it from being read.
      unmarshallOptions: { wrapNumbers: (digits: string) => Number(digits) },
    });
  }

  async get(pk: string, sk: string): Promise<Item | undefined> {
    const command = new GetCommand({ TableName: this.name, Key: { pk, sk }, ConsistentRead: true });
    return asItem((await this.#heard(this.#documents.send(command))).Item);
  }

  /** False where the condition does not hold; then nothing is written. `what` names the item where it is too large. */
  async put(item: Item, what: string, condition?: Condition): Promise<boolean> {
    this.#checkSize(item, what);
    try {
      await this.#documents.send(new PutCommand({ TableName: this.name, Item: item, ...asInput(condition) }));
      return true;
    } catch (error) {
      if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return false;
      throw await this.#errorFrom(error);
    }
  }

  async remove(pk: string, sk: string): Promise<void> {
    await this.#heard(this.#documents.send(new DeleteCommand({ TableName: this.name, Key: { pk, sk } })));
  }

  /** All items of one `pk` in the order of `sk`, over all pages; with `between`, those from the first to the second `sk`. */
  async *query(pk: string, between?: readonly [from: string, to: string]): AsyncGenerator<Item> {
    const range = between === undefined ? {} : { ':from': between[0], ':to': between[1] };
    const input: QueryCommandInput = {
      TableName: this.name,
      KeyConditionExpression: between === undefined ? 'pk = :pk' : 'pk = :pk AND sk BETWEEN :from AND :to',
      ExpressionAttributeValues: { ':pk': pk, ...range },
      ConsistentRead: true,
    };
    let start: Record<string, unknown> | undefined;
    do {
      const next = start === undefined ? input : { ...input, ExclusiveStartKey: start };
      const page = await this.#heard(this.#documents.send(new QueryCommand(next)));
      for (const item of page.Items ?? []) yield { ...item, pk: String(item['pk']), sk: String(item['sk']) };
      start = page.LastEvaluatedKey;
    } while (start !== undefined);
  }

  /** The last items of one `pk` in the order of `sk`, the last one first; at most a megabyte of them. */
  async last(pk: string, limit: number): Promise<Item[]> {
    const command = new QueryCommand({
      TableName: this.name,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': pk },
      ConsistentRead: true,
      ScanIndexForward: false,
      Limit: limit,
    });
    return ((await this.#heard(this.#documents.send(command))).Items ?? []).flatMap((item) => asItem(item) ?? []);
  }

  /** Write all items; of several with the same key the last. What was written stays written when it fails half-way. */
  async putAll(items: readonly Item[], what: string): Promise<void> {
    const byKey = new Map(items.map((item) => [JSON.stringify([item.pk, item.sk]), item]));
    const waiting = [...byKey.values()];
    for (const item of waiting) this.#checkSize(item, what);
    for (let tries = 1; waiting.length > 0; ) {
      const batch = waiting.splice(0, MOST_IN_A_BATCH);
      const left = await this.#putBatch(batch);
      if (left.length === 0) continue;
      waiting.unshift(...left);
      if (tries >= MOST_TRIES) {
        throw new LedgerError(`table ${this.name} is throttled: ${waiting.length} items of ${what} were not written`, {
          passing: true,
        });
      }
      await this.pause(tries);
      tries += 1;
    }
  }

  /** Of an item that is not as it was written here. */
  unreadable(what: string): never {
    throw new LedgerError(`${what} in table ${this.name} cannot be read: somebody else has written it`, {
      passing: false,
    });
  }

  /** Wait before another try; `tries` were made. Half of it by chance, so that those who met once do not meet again. */
  pause(tries: number): Promise<void> {
    const most = Math.min(1_000, 20 * 2 ** (tries - 1));
    return this.#clock.sleep(most / 2 + this.#chance() * (most / 2));
  }

  /** Returns those that DynamoDB did not take. */
  async #putBatch(batch: readonly Item[]): Promise<Item[]> {
    const requests = batch.map((item) => ({ PutRequest: { Item: item } }));
    const command = new BatchWriteCommand({ RequestItems: { [this.name]: requests } });
    const { UnprocessedItems } = await this.#heard(this.#documents.send(command));
    return (UnprocessedItems?.[this.name] ?? []).flatMap(({ PutRequest }) => asItem(PutRequest?.Item) ?? []);
  }

  async #heard<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      throw await this.#errorFrom(error);
    }
  }

  async #errorFrom(failure: unknown): Promise<LedgerError> {
    const region = await this.#documents.config.region().catch(() => '');
    return region === '' ? noRegion(this.name) : ledgerErrorFrom(failure, this.name);
  }

  #checkSize(item: Item, what: string): void {
    const bytes = Buffer.byteLength(JSON.stringify(item));
    if (bytes <= MOST_BYTES) return;
    throw new LedgerError(
      `${what} would take ${Math.ceil(bytes / 1000)} kB in table ${this.name}; DynamoDB keeps at most 400 kB in one item`,
      { passing: false },
    );
  }
}

function asInput(condition: Condition | undefined): object {
  if (condition === undefined) return {};
  const { expression, names, values } = condition;
  const named = names === undefined ? {} : { ExpressionAttributeNames: names };
  const given = values === undefined ? {} : { ExpressionAttributeValues: values };
  return { ConditionExpression: expression, ...named, ...given };
}

function asItem(attributes: Record<string, unknown> | undefined): Item | undefined {
  if (attributes === undefined) return undefined;
  return { ...attributes, pk: String(attributes['pk']), sk: String(attributes['sk']) };
}

/** DynamoDB answers in a few milliseconds; a run must not hang on it for minutes. */
const dynamoDbConfig: DynamoDBClientConfig = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
};
