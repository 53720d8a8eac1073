/** The Lambda function that NAVER WORKS calls. */

import { receiverOf } from '../lib/chat/core/receive.ts';
import { naverWorksIncoming } from '../lib/chat/naver-works/incoming.ts';

export const handler = receiverOf(naverWorksIncoming);
