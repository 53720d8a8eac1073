import * as z from 'zod';
import { webhookSecretSchema } from '../aws/secret-schemas.ts';

/** The secret of a caller, or of confirm links: one key, or several while they are changed; the newest comes first. */
export const signingKeysSchema = z
  .strictObject({ keys: z.array(webhookSecretSchema.shape.secret).min(1).max(10) })
  .meta({ example: '{"keys":["whsec_<24 to 64 random bytes in base64>"]}' });
