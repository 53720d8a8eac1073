/** How long to wait, in milliseconds, and how much to read, in bytes. */
export interface TransportLimits {
  connectMs: number;
  headersMs: number;
  bodyMs: number;
  replyBytes: number;
}

export const DEFAULT_LIMITS: TransportLimits = {
  connectMs: 5_000,
  headersMs: 30_000,
  bodyMs: 30_000,
  replyBytes: 16 * 1024 * 1024,
};
