import type { ProviderName } from './model/cluster';

/** The names of everything that SecretStorage keeps. Nothing else makes such a name. */
export const tokenSecret = (provider: ProviderName): string => `${provider}/token`;

/** An unencrypted RSA key in PKCS#1 PEM: what deisctl and the Deis controller can read. */
export const privateKeySecret = (clusterId: string): string => `cluster/${clusterId}/private-key`;

/** Whoever has the URL can join the cluster while it forms. */
export const discoveryUrlSecret = (clusterId: string): string => `cluster/${clusterId}/discovery-url`;

/** The private host key that goes into the user data; worthless once the node has its own. */
export const bootstrapHostKeySecret = (clusterId: string): string => `cluster/${clusterId}/bootstrap-host-key`;

/** Everything that goes when the cluster goes. */
export const clusterSecrets = (clusterId: string): string[] => [
  privateKeySecret(clusterId),
  discoveryUrlSecret(clusterId),
  bootstrapHostKeySecret(clusterId),
];
