import * as z from 'zod';

/** `T` with anything missing, at any depth of maps; what is there is what `T` says. */
export type Sound<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { [K in keyof T]?: Sound<NonNullable<T[K]>> | undefined }
    : T;

/**
 * The valid parts of a value, so that one misspelt key does not hide other problems.
 * A list is valid as a whole or left out.
 */
export function soundParts<S extends z.ZodType>(schema: S, value: unknown): Sound<z.output<S>> | undefined {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- made by the schema, piece by piece
  return partsOf(schema, value) as Sound<z.output<S>> | undefined;
}

function partsOf(schema: z.core.$ZodType, value: unknown): unknown {
  const parsed = z.safeParse(schema, value);
  if (parsed.success) return parsed.data;
  const inner = unwrapped(schema);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  if (inner instanceof z.ZodUnion) {
    const [map, ...others] = inner.options.filter((one) => unwrapped(one) instanceof z.ZodObject);
    // Of several kinds of maps it is unclear which one was meant.
    return map === undefined || others.length > 0 ? undefined : partsOf(map, value);
  }
  const given = new Map<string, unknown>(Object.entries(value));
  if (inner instanceof z.ZodObject) {
    const parts = Object.entries<z.core.$ZodType>(inner.shape).map(([key, one]) => [key, partsOf(one, given.get(key))]);
    return Object.fromEntries(parts);
  }
  if (inner instanceof z.ZodRecord) {
    const named = [...given].filter(([key]) => z.safeParse(inner.keyType, key).success);
    return Object.fromEntries(named.map(([key, one]) => [key, partsOf(inner.valueType, one)]));
  }
  return undefined;
}

function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
  const wraps = schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault;
  return wraps ? unwrapped(schema.unwrap()) : schema;
}
