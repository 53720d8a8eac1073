import type { Window } from '../calendar/window.ts';
import type { Policy } from './schema.ts';
import { WEEKDAYS } from './times-schema.ts';

/** When this policy lets acts happen; null where it lets them at any time. Holidays alone are a window of whole days. */
export function windowOf(policy: Pick<Policy, 'window' | 'holidays' | 'timezone'>): Window | null {
  const { window, holidays, timezone } = policy;
  if (window === undefined && holidays === undefined) return null;
  const hours = window ?? { days: [...WEEKDAYS], from: '00:00', to: '24:00' };
  return { timezone, ...hours, holidays: holidays ?? { calendar: 'none', dates: [] } };
}
