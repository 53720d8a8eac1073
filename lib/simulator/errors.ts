/** Why an action was not done: NCP's return code, and what its message speaks of (its `{0}`). */
export interface Refusal {
  returnCode: string;
  about?: string;
}

/** Thrown inside an action to answer it with NCP's `responseError`. */
export class ActionRefused extends Error {
  override readonly name = 'ActionRefused';
  readonly refusal: Refusal;

  constructor(returnCode: string, about?: string) {
    super(messageOf(returnCode, about));
    this.refusal = about === undefined ? { returnCode } : { returnCode, about };
  }
}

/** What the user handed the simulator (a fleet, a `--faults` spec, a port) cannot be used; the message is ready to print. */
export class SimulatorInputError extends Error {
  override readonly name = 'SimulatorInputError';
}

/** Something impossible: the message names what does not exist, or is not free. Nothing was changed. */
export class NotPossible extends Error {
  override readonly name = 'NotPossible';
}

/** HTTP status of a return code: 400 unless NCP is known to answer otherwise. */
export function httpStatusOf(returnCode: string): number {
  if (returnCode === '800') return 401;
  return ['1', '1000', '1300', '3000100'].includes(returnCode) ? 500 : 400;
}

export function messageOf(returnCode: string, about = ''): string {
  const message = terminateMessages[returnCode] ?? otherMessages[returnCode] ?? `Return code ${returnCode}.`;
  return message.replaceAll('{0}', about);
}

/** Word for word, NCP's slips included, from its terminateServerInstances page. */
export const terminateMessages: Readonly<Record<string, string>> = {
  '10713': 'Not found contract information. Please check your input parameter.',
  '10501': 'After deleting additional storage, please try again. Additional storage must be deleted by customer',
  '21001': 'Unable to perform returning process due to set return protection. Server name : {0}',
  '23006': 'You cannot request for server return and creation at the same time. Please make one request at a time.',
  '24073':
    'Unable to destroy the server since a public IP is associated with the server. First, please disassociate a public IP from the server. publicIpInstanceNo = {0}',
  '24103': 'Input parameter value is invalid. The minimum length of the name is 3 bytes and the maximum, 30 bytes.',
  '24105':
    "Input parameter value is invalid. The name must contain only lower case letters, digits, and hyphen('-'); it must start with a letter and end with a letter or digit.",
  '24109': 'The input parameter instance number is invalid',
  '24120': 'The input parameter server instance number is invalid.',
  '25014': 'Unable to control the server since (other) user is currently operating storage allocated to the server.',
  '25015':
    'Unable to delete since (other) user is currently operating the server or creating server image from the server.',
  '25016':
    'Official IP is currently being allocated or deallocated to the target server. Please return the server after the task is complete.',
  '25021':
    'The settings of load balancer related to target server is currently being modified. Please return the server after the task is complete.',
  '25022':
    'Unable to return the server since (other) user is either operating target server or an error in the target server. Please confirm the status of server/ storage.',
  '25023':
    'Unable to return the server since (other) user is either operating target server or an error in default storage of the target server. Please confirm the status of server/ storage.',
  '25024':
    'Unable to return the server since (other) user is either operating target server or storage allocated to sever. Please confirm the status of server/ storage.',
  '25027': 'You may not change since (other) user is operating the target load balance.',
  '25050': '(Other)Unable to operate load balancer since use is manipulating the applying server.',
};

/**
 * 25041 and 28102 as the ncloud-sdk-go (v1) tests record them, 1100031 (spelt so) and 1101003 as users saw them, 900 as NCP
 * words it; the wording of the others is a guess.
 */
const otherMessages: Readonly<Record<string, string>> = {
  '1': 'The service is temporarily out of service.',
  '800': 'Expired url.',
  '900': 'Required field is not specified. location : {0}',
  '1000': 'The service is temporarily out of service.',
  '1300': 'The service is temporarily out of service.',
  '10712': 'Not found product information. Please check your input parameter.',
  '24002': 'Unable to detach since the storage is mounted. Please unmount it or stop the server first.',
  '24121': 'The input parameter storage instance number is invalid.',
  '25013': 'Unable to perform the command since (other) user is currently operating the target.',
  '25017': 'Unable to perform the command since (other) user is currently operating the target server.',
  '25032': 'The settings of the public IP are currently being changed. Please try again after the task is complete.',
  '25033': 'The port forwarding settings are currently being changed.',
  '25041':
    'Unable to perform operation command since (other) user is either manipulating the target server or a problem in target server. Please confirm server status once again.',
  '28102': 'The public IP is already disassociated from the server.',
  '1080101': 'The public IP is still being initialized.',
  '1100031': 'The server cannot be controlled by the NCLOD API.',
  '1101003': 'The storage allocated to the server is being manipulated.',
  '3000100': 'An error occurred while interworking with an external system.',
};
