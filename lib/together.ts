type Ask = (signal: AbortSignal) => Promise<unknown>;

/**
 * Several questions at once, and their answers in the order of the questions. If one fails, the signal that all were given ends
 * the others; when all have ended, the first failure is thrown. `outer` ends all of them.
 */
export async function together<const Asks extends readonly Ask[]>(
  asks: Asks,
  outer?: AbortSignal,
): Promise<{ -readonly [Each in keyof Asks]: Awaited<ReturnType<Asks[Each]>> }> {
  const ending = new AbortController();
  const signal = outer === undefined ? ending.signal : AbortSignal.any([outer, ending.signal]);
  const failures: unknown[] = [];
  const answers = await Promise.all(
    asks.map(async (ask) => {
      try {
        return await ask(signal);
      } catch (error) {
        failures.push(error);
        ending.abort();
        return undefined;
      }
    }),
  );
  if (failures.length > 0) throw failures[0];
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- none has failed, so each answer is there, in its place
  return answers as { -readonly [Each in keyof Asks]: Awaited<ReturnType<Asks[Each]>> };
}
