/** Where etcd's members are written when there is no discovery URL: a drop-in, so that it outlives the next cloud-config. */
export const STATIC_MEMBERS_FILE = '/etc/systemd/system/etcd2.service.d/40-members.conf';

export interface StaticMember {
  /** etcd's name for it; CoreOS uses the machine id (ETCD_NAME=%m), and Deis relies on that. */
  readonly machineId: string;
  readonly privateAddress: string;
}

/** The same on every node: each finds itself by its own name. */
export function renderStaticMembers(token: string, members: readonly StaticMember[]): string {
  const cluster = members
    .map(({ machineId, privateAddress }) => `${machineId}=http://${privateAddress}:2380`)
    .join(',');
  return `[Service]
Environment=ETCD_NAME=%m
Environment=ETCD_INITIAL_CLUSTER=${cluster}
Environment=ETCD_INITIAL_CLUSTER_STATE=new
Environment=ETCD_INITIAL_CLUSTER_TOKEN=${token}
`;
}
