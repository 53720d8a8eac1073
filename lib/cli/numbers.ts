/** Numbers as people type them: digits, and nothing that only a computer takes for a number (`0x10`, `1e3`, ` 5`). */

import { InvalidArgumentError } from 'commander';

export function port(text: string): number {
  const value = numberFrom(text);
  if (Number.isSafeInteger(value) && value >= 0 && value < 65_536) return value;
  throw new InvalidArgumentError('expected a port from 0 to 65535, for example 18080');
}

export function positive(text: string): number {
  const value = numberFrom(text);
  if (value > 0) return value;
  throw new InvalidArgumentError('expected a number above 0');
}

export function notNegative(text: string): number {
  const value = numberFrom(text);
  if (value >= 0) return value;
  throw new InvalidArgumentError('expected a number from 0');
}

function numberFrom(text: string): number {
  return /^\d{1,15}(\.\d{1,15})?$/.test(text) ? Number(text) : Number.NaN;
}
