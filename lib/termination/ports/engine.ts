/**
 * What a run needs from the machine that carries it: do a piece of work once and remember its answer, wait, and sleep.
 *
 * Three engines implement it: AWS Lambda durable functions (`lib/aws/durable-engine.ts`), this process
 * (`lib/cli/process-engine.ts`) and virtual time (`test/termination/virtual-engine.ts`). The run is the same under all three.
 */
export interface Engine {
  /**
   * Do `work` once and remember its answer under `name`, which must be unique in a run.
   * An answer must survive JSON. After a crash a remembered answer is returned and the work is not done again;
   * work that had not answered yet is done afresh, so it must look at the world before it touches it.
   */
  step<T>(name: string, work: () => Promise<T>, retry?: Retry): Promise<T>;

  /** Sleep that many whole seconds (at least 1). Costs nothing in Lambda. */
  sleep(name: string, seconds: number): Promise<void>;

  /**
   * Like {@link Engine.sleep}, but others may wake the run by the id that `asleep` is given, and it may end early for other
   * reasons: the caller looks at the world again, whatever woke it, and waits again under another name. `asleep` is
   * called before the run waits, perhaps more than once with the same id, and by an engine that nobody can wake not at
   * all. It should look once more after it told others the id: a signal just before woke nobody.
   * It never fails: without an `asleep` that works it is a short sleep.
   */
  waitForSignal(name: string, seconds: number, asleep: (wakeId: string) => Promise<void>): Promise<void>;
}

/** How often a step whose work threw is tried again; without it a step is tried once. */
export interface Retry {
  /** All tries, the first one included. */
  attempts: number;
  /** Seconds before the second try; doubled for each one after it. */
  firstDelaySeconds: number;
  /** No delay is longer, in seconds. */
  maxDelaySeconds: number;
}
