import { S3Client } from "@aws-sdk/client-s3";
import { defaultProvider } from "@aws-sdk/credential-provider-node";
import { s3ClientOptions } from "@etrap/storage-s3";
import type { S3Connection } from "../settings/s3-settings.ts";

/**
 * Creates a client. It finds credentials as the AWS CLI does, and reads the files again when they
 * are renewed. By default, the SDK reads them once.
 */
export function createS3Client({ region, endpoint, isPathStyle, checksums }: S3Connection): S3Client {
  return new S3Client({
    ...s3ClientOptions(),
    region,
    credentials: defaultProvider({ ignoreCache: true }),
    forcePathStyle: isPathStyle,
    requestChecksumCalculation: checksums,
    ...(endpoint !== undefined && { endpoint }),
  });
}
