/** Calls in flight at once: so many of the largest replies fit into the memory of a function. */
export const CONNECTIONS = 4;

/** How long to wait, in milliseconds, and how much to read, in bytes. */
export interface TransportLimits {
  connectMs: number;
  headersMs: number;
  bodyMs: number;
  /** From the first byte sent to the last one read: a reply that comes drop by drop ends here. */
  totalMs: number;
  replyBytes: number;
}

export const DEFAULT_LIMITS: TransportLimits = {
  connectMs: 5_000,
  headersMs: 30_000,
  bodyMs: 30_000,
  totalMs: 60_000,
  replyBytes: 8 * 1024 * 1024,
};
