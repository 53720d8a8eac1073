import { codeOf } from '../errors.ts';
import { ExecutionError, type ExecutionErrorKind } from '../triggers/run-control.ts';
import { isRefusal } from './service-error.ts';

/** `what` was not done, for example `execution n-1 was not started`. */
export function invokingErrorFrom(error: unknown, functionName: string, what: string): ExecutionError {
  const { kind, code } = classified(error);
  return new ExecutionError(kind, `${what}: ${saying[kind](functionName, code)}`);
}

export function wakingErrorFrom(error: unknown): ExecutionError {
  const { kind, code } = classified(error);
  const why =
    kind === 'denied'
      ? `this role may not (${code}); allow lambda:SendDurableExecutionCallbackSuccess`
      : `Lambda did not take it (${code})`;
  return new ExecutionError(kind, `the execution was not woken: ${why}; it wakes up on its own later`);
}

function classified(error: unknown): { kind: ExecutionErrorKind; code: string } {
  const code = codeOf(error);
  return { kind: kindByCode[code] ?? (isRefusal(error) ? 'refused' : 'unreachable'), code };
}

const kindByCode: Readonly<Record<string, ExecutionErrorKind>> = {
  DurableExecutionAlreadyStartedException: 'conflict',
  ResourceNotFoundException: 'missing',
  AccessDeniedException: 'denied',
  CredentialsProviderError: 'denied',
  ExpiredTokenException: 'denied',
  UnrecognizedClientException: 'denied',
  InvalidSignatureException: 'denied',
  TooManyRequestsException: 'throttled',
  ThrottlingException: 'throttled',
};

const saying: Readonly<Record<ExecutionErrorKind, (functionName: string, code: string) => string>> = {
  conflict: (functionName, code) =>
    `${functionName} has an execution of this name that was started with another input or version (${code}); send the request again under another id if it is still wanted`,
  missing: (functionName, code) => `${functionName} does not exist in this account and region (${code})`,
  denied: (functionName, code) => `this role may not (${code}); allow lambda:InvokeFunction on ${functionName}`,
  throttled: (_functionName, code) => `Lambda takes no more at the moment (${code}); it is safe to try again`,
  refused: (functionName, code) => `Lambda refused the invocation of ${functionName} (${code})`,
  unreachable: (_functionName, code) => `Lambda did not answer as expected (${code}); it is safe to try again`,
};
