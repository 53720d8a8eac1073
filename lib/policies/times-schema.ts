/** The parts of a policy that say when: the window, the holidays and the grace. */

import * as z from 'zod';

export const WEEKDAYS = ['MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN'] as const;

export const windowSchema = z
  .strictObject({
    days: z
      .array(z.enum(WEEKDAYS))
      .min(1)
      .default([...WEEKDAYS])
      .meta({ description: 'Days on which the window opens.', examples: [['MON', 'TUE', 'WED', 'THU', 'FRI']] }),
    from: z
      .string()
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
      .meta({ description: 'Wall clock in `timezone`, 00:00 to 23:59.', examples: ['21:00'] }),
    to: z
      .string()
      .regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/)
      .meta({
        description: 'Wall clock, up to 24:00; a time that is not after `from` is on the next day.',
        examples: ['06:00'],
      }),
  })
  .meta({
    description: 'When acts may happen; a run outside of it waits.',
    examples: [{ days: ['MON', 'FRI'], from: '21:00', to: '06:00' }],
  });

export const holidaysSchema = z
  .strictObject({
    calendar: z
      .enum(['KR', 'none'])
      .default('KR')
      .meta({ description: 'KR: Korean public holidays with their substitutes.', examples: ['KR'] }),
    dates: z
      .array(z.iso.date())
      .default([])
      .meta({ description: 'Own holidays, YYYY-MM-DD.', examples: [['2026-12-31']] }),
  })
  .meta({ description: 'Days on which no window opens.', examples: [{ calendar: 'KR', dates: ['2026-12-31'] }] });

export const graceSchema = z
  .strictObject({
    stopFor: z
      .string()
      .optional()
      .meta({
        description: 'How long a server stays stopped before it is terminated, at most 30 days.',
        examples: ['7d'],
      }),
    notify: z
      .array(z.string())
      .min(1)
      .max(5)
      .optional()
      .meta({
        description:
          'How long before the first act notices are sent to `chat`, 1 minute to 30 days; the run waits for the longest.',
        examples: [['24h', '1h']],
      }),
  })
  .meta({
    description: 'Give notice before; stop first and terminate later, unless somebody starts the server.',
    examples: [{ stopFor: '7d', notify: ['24h', '1h'] }],
  });
