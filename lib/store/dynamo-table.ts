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
import { backOff, type Chance } from '../chance.ts';
import type { Clock } from '../clock.ts';
import { StoreError } from '../termination/ports/store.ts';
import { expressionOf } from './condition.ts';
import { noRegion, storeErrorFrom } from './dynamo-error.ts';
import { BETWEEN_TRIES, type Condition, checkSize, type Item, onePerKey, type Table } from './table.ts';

const MOST_IN_A_BATCH = 25;
const MOST_TRIES = 10;

/** A table of DynamoDB with the keys `pk` and `sk` (strings) and the TTL attribute `expiresAt`; every read is strongly consistent. */
export class DynamoTable implements Table {
  readonly name: string;
  readonly #table: string;
  readonly #client: DynamoDBClient;
  readonly #documents: DynamoDBDocumentClient;
  readonly #clock: Clock;
  readonly #chance: Chance;

  constructor(options: { name: string; clock: Clock; chance: Chance; client?: DynamoDBClient | undefined }) {
    this.name = `table ${options.name}`;
    this.#table = options.name;
    this.#client = options.client ?? new DynamoDBClient(dynamoDbConfig);
    this.#clock = options.clock;
    this.#chance = options.chance;
    this.#documents = DynamoDBDocumentClient.from(this.#client, {
      // A number too large for JavaScript must not keep the items beside it from being read.
      unmarshallOptions: { wrapNumbers: (digits: string) => Number(digits) },
    });
  }

  async get(pk: string, sk: string): Promise<Item | undefined> {
    const command = new GetCommand({ TableName: this.#table, Key: { pk, sk }, ConsistentRead: true });
    return asItem((await this.#withStoreErrors(this.#documents.send(command))).Item);
  }

  async put(item: Item, what: string, condition?: Condition): Promise<boolean> {
    checkSize(item, what, this.name);
    const expression = condition === undefined ? {} : expressionOf(condition);
    try {
      await this.#documents.send(new PutCommand({ TableName: this.#table, Item: item, ...expression }));
      return true;
    } catch (error) {
      if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return false;
      throw await this.#errorFrom(error);
    }
  }

  async remove(pk: string, sk: string): Promise<void> {
    await this.#withStoreErrors(this.#documents.send(new DeleteCommand({ TableName: this.#table, Key: { pk, sk } })));
  }

  /** Over all pages. */
  async *query(pk: string, between?: readonly [from: string, to: string]): AsyncGenerator<Item> {
    const range = between === undefined ? {} : { ':from': between[0], ':to': between[1] };
    const input: QueryCommandInput = {
      TableName: this.#table,
      KeyConditionExpression: between === undefined ? 'pk = :pk' : 'pk = :pk AND sk BETWEEN :from AND :to',
      ExpressionAttributeValues: { ':pk': pk, ...range },
      ConsistentRead: true,
    };
    let start: Record<string, unknown> | undefined;
    do {
      const next = start === undefined ? input : { ...input, ExclusiveStartKey: start };
      const page = await this.#withStoreErrors(this.#documents.send(new QueryCommand(next)));
      for (const item of page.Items ?? []) yield { ...item, pk: String(item['pk']), sk: String(item['sk']) };
      start = page.LastEvaluatedKey;
    } while (start !== undefined);
  }

  /** One page: at most a megabyte. */
  async last(pk: string, limit: number): Promise<Item[]> {
    const command = new QueryCommand({
      TableName: this.#table,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': pk },
      ConsistentRead: true,
      ScanIndexForward: false,
      Limit: limit,
    });
    return ((await this.#withStoreErrors(this.#documents.send(command))).Items ?? []).flatMap(
      (item) => asItem(item) ?? [],
    );
  }

  async putAll(items: readonly Item[], what: string): Promise<void> {
    const waiting = onePerKey(items);
    for (const item of waiting) checkSize(item, what, this.name);
    for (let tries = 1; waiting.length > 0; ) {
      const batch = waiting.splice(0, MOST_IN_A_BATCH);
      const left = await this.#putBatch(batch);
      if (left.length === 0) continue;
      waiting.unshift(...left);
      if (tries >= MOST_TRIES) {
        throw new StoreError(`${this.name} is throttled: ${waiting.length} items of ${what} were not written`, {
          passing: true,
        });
      }
      await this.#clock.sleep(backOff(tries, BETWEEN_TRIES, this.#chance));
      tries += 1;
    }
  }

  close(): void {
    this.#client.destroy();
  }

  /** Returns those that DynamoDB did not take. */
  async #putBatch(batch: readonly Item[]): Promise<Item[]> {
    const requests = batch.map((item) => ({ PutRequest: { Item: item } }));
    const command = new BatchWriteCommand({ RequestItems: { [this.#table]: requests } });
    const { UnprocessedItems } = await this.#withStoreErrors(this.#documents.send(command));
    return (UnprocessedItems?.[this.#table] ?? []).flatMap(({ PutRequest }) => asItem(PutRequest?.Item) ?? []);
  }

  async #withStoreErrors<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      throw await this.#errorFrom(error);
    }
  }

  async #errorFrom(failure: unknown): Promise<StoreError> {
    const region = await this.#documents.config.region().catch(() => '');
    return region === '' ? noRegion(this.#table) : storeErrorFrom(failure, this.#table);
  }
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
