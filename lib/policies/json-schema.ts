import * as z from 'zod';
import { writtenPoliciesSchema } from './schema.ts';

const schema = z.toJSONSchema(writtenPoliciesSchema, { io: 'input' });

/** What a place of the file may hold, for messages about it. */
export interface Described {
  description: string;
  /** Names that a map may have there; empty where it may have any. */
  keys: string[];
  /** As one would write it in YAML; empty where there is none. */
  example: string;
}

/** `path` as in `['policies', 'nightly-dev', 'window', 'from']`. */
export function describedAt(path: readonly PropertyKey[]): Described {
  const node = path.reduce<Node | undefined>((at, key) => at && below(at, key), schema);
  return {
    description: node?.description ?? '',
    keys: kindsOf(node).flatMap((one) => Object.keys(one.properties ?? {})),
    example: node?.examples?.[0] === undefined ? '' : inYaml(node.examples[0]),
  };
}

type Node = z.core.JSONSchema.JSONSchema;

function below(node: Node, key: PropertyKey): Node | undefined {
  return kindsOf(node)
    .map(
      (one) =>
        (typeof key === 'number' ? one.items : undefined) ?? one.properties?.[String(key)] ?? one.additionalProperties,
    )
    .find((next): next is Node => typeof next === 'object' && !Array.isArray(next));
}

/** A place that may hold one of several kinds: a map, or a list of maps. */
function kindsOf(node: Node | undefined): Node[] {
  if (node === undefined) return [];
  return [node, ...(node.anyOf ?? []).filter((one): one is Node => typeof one === 'object')];
}

/** In one line, without the quotes that YAML does not need: `{environment: vpc, names: ["dev-*"]}`. */
function inYaml(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inYaml).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value)
      .map(([key, one]) => `${key}: ${inYaml(one)}`)
      .join(', ')}}`;
  }
  return typeof value === 'string' && !/^[A-Za-z][A-Za-z0-9/.-]*$/.test(value) ? `'${value}'` : String(value);
}
