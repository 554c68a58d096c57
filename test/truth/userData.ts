/** What CoreOS's user data gave the recording's nodes: etcd, and fleet with Deis's metadata. */
export function memberUserData(discoveryUrl: string): string {
  return `#cloud-config
coreos:
  etcd2:
    discovery: ${discoveryUrl}
    advertise-client-urls: http://$private_ipv4:2379
    initial-advertise-peer-urls: http://$private_ipv4:2380
    listen-client-urls: http://0.0.0.0:2379,http://0.0.0.0:4001
    listen-peer-urls: http://$private_ipv4:2380
  fleet:
    public-ip: $private_ipv4
    metadata: "controlPlane=true,dataPlane=true,routerMesh=true"
  units:
    - name: etcd2.service
      command: start
    - name: fleet.service
      command: start
`;
}

/** A machine outside the cluster: the recording's `client`. */
export const CLIENT_USER_DATA = '#cloud-config\n';
