import { createPrivateKey } from 'node:crypto';
import * as z from 'zod';
import { keySchema } from '../../aws/secret-schemas.ts';
import type { ChatSecret } from '../core/secret.ts';

/** An app of NAVER WORKS with a service account, and its bot; from the Developer Console. */
const naverWorksSecretSchema = z
  .strictObject({
    clientId: keySchema,
    clientSecret: keySchema,
    serviceAccount: keySchema,
    privateKey: z.string().refine(isRsaKey),
    botId: z.string().regex(/^\d{1,20}$/),
    botSecret: keySchema,
  })
  .meta({
    example:
      '{"clientId":"<client id>","clientSecret":"<client secret>","serviceAccount":"<id>.serviceaccount@<domain>",' +
      '"privateKey":"-----BEGIN PRIVATE KEY-----\\n<base64>\\n-----END PRIVATE KEY-----\\n","botId":"<number>",' +
      '"botSecret":"<bot secret>"}',
  });

export type NaverWorksSecret = z.infer<typeof naverWorksSecretSchema>;

export const naverWorksSecret: ChatSecret<NaverWorksSecret> = {
  setting: 'NAVER_WORKS_SECRET_ID',
  example: 'banap/dev/naver-works',
  schema: naverWorksSecretSchema,
};

function isRsaKey(text: string): boolean {
  try {
    const { asymmetricKeyType, asymmetricKeyDetails } = createPrivateKey(text);
    return asymmetricKeyType === 'rsa' && (asymmetricKeyDetails?.modulusLength ?? 0) >= 2048;
  } catch {
    return false;
  }
}
