/** A folder for results in a bucket, and one for the code of flows where that is in the bucket. */
export interface BucketFolders {
  bucketArn: string;
  /** Prefix of the results, without slashes at its ends. */
  results: string;
  /** Prefix of the code, without slashes at its ends. @default none: code comes from elsewhere */
  code?: string;
}

/** What flow pods may do: read, write and delete results, read code, and nothing beyond these folders. */
export function flowPolicy({ bucketArn, results, code }: BucketFolders): object {
  const prefixes = code === undefined ? [results] : [results, code];
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "ListFolders",
        Effect: "Allow",
        Action: "s3:ListBucket",
        Resource: bucketArn,
        Condition: { StringLike: { "s3:prefix": prefixes.flatMap((prefix) => [prefix, `${prefix}/*`]) } },
      },
      {
        Sid: "UseResults",
        Effect: "Allow",
        Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
        Resource: `${bucketArn}/${results}/*`,
      },
      ...(code === undefined
        ? []
        : [{ Sid: "ReadCode", Effect: "Allow", Action: "s3:GetObject", Resource: `${bucketArn}/${code}/*` }]),
    ],
  };
}

/** Nobody reaches the bucket but by TLS. */
export function tlsOnlyPolicy(bucketArn: string): object {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "TlsOnly",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: [bucketArn, `${bucketArn}/*`],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ],
  };
}

/** A service of AWS, such as eks.amazonaws.com, may act as the role. */
export function trustOfService(service: string): object {
  return {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: ["sts:AssumeRole", "sts:TagSession"] }],
  };
}

/** A service account of Kubernetes, vouched for by the cluster's OpenID Connect provider, may act as the role. */
export function trustOfServiceAccount(oidcProviderArn: string, namespace: string, serviceAccount: string): object {
  const issuer = oidcProviderArn.slice(oidcProviderArn.indexOf("oidc-provider/") + "oidc-provider/".length);
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Federated: oidcProviderArn },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: {
          StringEquals: {
            [`${issuer}:sub`]: `system:serviceaccount:${namespace}:${serviceAccount}`,
            [`${issuer}:aud`]: "sts.amazonaws.com",
          },
        },
      },
    ],
  };
}
