/** In which formats a report can be sent; another one is a file, a row here and its name in `names.ts`. */

import { discord } from './discord.ts';
import type { Format } from './format.ts';
import { jandi } from './jandi.ts';
import type { FormatName } from './names.ts';
import { slack } from './slack.ts';
import { standard } from './standard.ts';
import { teams } from './teams.ts';

export const FORMATS: Readonly<Record<FormatName, Format>> = { standard, slack, teams, jandi, discord };
