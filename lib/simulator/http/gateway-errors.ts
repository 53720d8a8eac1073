/** An answer ready to be sent. */
export interface Answer {
  status: number;
  contentType: string;
  body: string;
  /** When to come again, where the gateway says so. */
  retryAfterSeconds?: number;
  isGatewayError?: boolean;
}

const messageByErrorCode: Readonly<Record<string, string>> = {
  '100': 'Bad Request Exception',
  '200': 'Authentication Failed',
  '210': 'Permission Denied',
  '230': 'Forbidden',
  '300': 'Not Found Exception',
  '400': 'Quota Exceeded',
  '410': 'Throttle Limited',
  '420': 'Rate Limited',
  '430': 'Request Entity Too Large',
  '500': 'Endpoint Error',
  '510': 'Endpoint Timeout',
  '900': 'Unexpected Error',
};

/**
 * What NCP's API gateway says when a call does not get through to the service. JSON whatever format was asked for (no
 * XML form is known), under text/plain as another NCP gateway was seen to send it.
 */
export function gatewayError(status: number, errorCode: string, details = ''): Answer {
  const message = messageByErrorCode[errorCode] ?? 'Unexpected Error';
  return {
    status,
    contentType: 'text/plain;charset=UTF-8',
    body: JSON.stringify({ error: { errorCode, message, details } }),
    isGatewayError: true,
  };
}

/** As a sample of NCP has it: text for a page. */
export function inHtml(answer: Answer): Answer {
  const body = answer.body.replace(/"message":"([^"]*)"/, '"message":"<strong>$1</strong><br>"');
  return { ...answer, body };
}
