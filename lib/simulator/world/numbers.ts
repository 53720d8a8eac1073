/** Numbers for what the fleet does not number, apart from each other and from usual server numbers. */
class NumberIssuer {
  #next: number;
  constructor(first: number) {
    this.#next = first;
  }
  issue(taken: ReadonlyMap<string, unknown>): string {
    while (taken.has(String(this.#next))) this.#next += 1;
    const issued = String(this.#next);
    this.#next += 1;
    return issued;
  }
}

interface Issuers {
  publicIps: NumberIssuer;
  blockStorages: NumberIssuer;
  servers: NumberIssuer;
}

export function createIssuers(): Issuers {
  return {
    publicIps: new NumberIssuer(5_000_001),
    blockStorages: new NumberIssuer(7_000_001),
    servers: new NumberIssuer(3_000_001),
  };
}
