/**
 * What NCP's pages leave open and this client takes to be one way or the other, each in one place. The simulator plays the
 * other ways under the same names (`simulate --guess NAME=VALUE`).
 */

/** How Resource Manager may show that a VPC server has no tags. */
export const UNTAGGED = ['empty', 'null', 'missing'] as const;
export type Untagged = (typeof UNTAGGED)[number];

export const GUESSES = {
  /**
   * `tag: []`, `tag: null`, or no `tag` at all. GetResourceList shows none of them; what is not taken for "no tags" keeps its
   * server, and says so. `NCLOUD_UNTAGGED` takes more, once somebody has seen how it is in an account.
   */
  untagged: ['empty'] satisfies readonly Untagged[],
  /** Letters of `productName` and `resourceType`: `Serverimage` was seen once beside `ServerImage`. */
  'resource-case': 'any',
  /** Region codes of Resource Manager: a third party's list has the short ones for the same regions. */
  'resource-region': { JPN: ['JP'], SGN: ['SG'], USWN: ['USW'], DEN: ['DE'] },
  /** The newest page has `page` and `size`, older ones and the government cloud's `pageIndex` and `pageSize`: both are sent. */
  'resource-paging': ['page', 'index'],
  /** `itemCount`: of one page or of all pages, whichever fits. */
  'resource-count': ['page', 'all'],
} as const;
