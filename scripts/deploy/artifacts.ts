/** The bucket of an account and region that packages are deployed from. Lambda copies them, and a rollback needs the old ones. */

import { readFileSync } from 'node:fs';
import {
  BucketLocationConstraint,
  CreateBucketCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { messageOf } from '../../lib/errors.ts';
import { type Aws, saidOf } from './aws.ts';
import type { Packaged } from './package.ts';
import { Refusal } from './refusal.ts';
import { type Terminal, tick } from './terminal.ts';

export function bucketOf(account: string, region: string): string {
  return `banap-artifacts-${account}-${region}`;
}

/** Made where it is not there yet. `account`: whose it has to be, because names of buckets are the whole world's. */
export async function bucket(name: string, account: string, { s3, region }: Aws, terminal: Terminal): Promise<void> {
  try {
    await s3.send(new HeadBucketCommand({ Bucket: name, ExpectedBucketOwner: account }));
    return;
  } catch (error) {
    if (statusOf(error) !== 404)
      throw new Refusal([saidOf(`the bucket ${name} cannot be used, or is another account's`, error)]);
  }
  // The first region is named by saying none; of a region that is younger than the SDK there is no constant.
  const LocationConstraint = Object.values(BucketLocationConstraint).find((one) => one === region);
  const where = region === 'us-east-1' ? {} : { CreateBucketConfiguration: { LocationConstraint } };
  await s3.send(new CreateBucketCommand({ Bucket: name, ...where })).catch((error: unknown) => {
    throw new Refusal([saidOf(`the bucket ${name} could not be made`, error)]);
  });
  tick(terminal, 'bucket', `${name} was made, for the packages of every stage in ${region}`);
}

export async function upload(
  bucketName: string,
  { artifacts }: Pick<Packaged, 'artifacts'>,
  { s3 }: Aws,
  terminal: Terminal,
): Promise<void> {
  let sent = 0;
  for (const { key, file } of artifacts) {
    terminal.signal.throwIfAborted();
    if (await isThere(bucketName, key, s3)) continue;
    await put(bucketName, key, readFileSync(file), s3);
    sent += 1;
  }
  tick(
    terminal,
    'packages',
    `${sent} of ${artifacts.length} uploaded${sent < artifacts.length ? ', the others were there' : ''}`,
  );
}

/** Its address, as CloudFormation wants it. */
export async function uploadTemplate(
  bucketName: string,
  { key, template }: { key: string; template: string },
  aws: Aws,
): Promise<string> {
  await put(bucketName, key, Buffer.from(template), aws.s3);
  const suffix = aws.region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return `https://${bucketName}.s3.${aws.region}.${suffix}/${key}`;
}

async function put(Bucket: string, Key: string, Body: Buffer, s3: Aws['s3']): Promise<void> {
  await s3.send(new PutObjectCommand({ Bucket, Key, Body })).catch((error: unknown) => {
    throw new Refusal([saidOf(`${Key} could not be uploaded to ${Bucket}`, error)]);
  });
}

async function isThere(Bucket: string, Key: string, s3: Aws['s3']): Promise<boolean> {
  try {
    await s3.send(new HeadObjectCommand({ Bucket, Key }));
    return true;
  } catch (error) {
    // Without s3:ListBucket AWS says 403 of what is not there.
    if (statusOf(error) === 404 || statusOf(error) === 403) return false;
    throw new Refusal([
      `${Key} could not be looked for in ${Bucket}: ${messageOf(error)}; it is safe to run the command again`,
    ]);
  }
}

function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('$metadata' in error)) return undefined;
  const { $metadata } = error;
  const status: unknown =
    typeof $metadata === 'object' && $metadata !== null ? Reflect.get($metadata, 'httpStatusCode') : undefined;
  return typeof status === 'number' ? status : undefined;
}
