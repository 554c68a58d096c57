/**
 * What the user data gave the recording's nodes: etcd, fleet with Deis's metadata, and the files that Deis's units ask for. One of
 * them says which image a component has.
 */
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
write_files:
  - path: /etc/environment_proxy
    content: ""
  - path: /run/deis/bin/get_image
    permissions: "0755"
    content: |
      #!/bin/sh
      etcdctl get "$1/image" 2>/dev/null || echo "deis/\${1##*/}:v1.13.4"
`;
}

/** A machine outside the cluster: the recording's `client`. */
export const CLIENT_USER_DATA = '#cloud-config\n';
