export interface RateLimit {
  perSecond: number;
  /** How many may come at once after a quiet time. */
  burst: number;
}

/** A bucket of tokens, as API Gateway throttles: each request takes one, and time puts them back. */
export class Rate {
  readonly #limit: RateLimit;
  #tokens: number;
  #filledAt = performance.now();

  constructor(limit: RateLimit) {
    this.#limit = limit;
    this.#tokens = limit.burst;
  }

  /** Whether one more request may pass now. */
  take(): boolean {
    const now = performance.now();
    const { perSecond, burst } = this.#limit;
    this.#tokens = Math.min(burst, this.#tokens + ((now - this.#filledAt) / 1000) * perSecond);
    this.#filledAt = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
