import { Document } from 'yaml';
import { ClusterError } from '../errors';
import { BOOTSTRAP_KEY_FILE, cloudConfigUnits } from './cloudConfigUnits';
import { platformFiles, type CloudConfigFile } from './cloudConfigFiles';

export interface CloudConfigInput {
  /** Absent: etcd waits until its members are written over SSH. */
  readonly discoveryUrl?: string;
  readonly swapSizeMb: number;
  readonly bootstrapHostKey: { readonly privateFile: string; readonly publicLine: string };
  readonly installerUrl: string;
  /** Without `v`. */
  readonly release: string;
}

/** DigitalOcean takes no more (openapi, droplet_create). */
const LARGEST_BYTES = 64 * 1024;

/** coreos-cloudinit replaces these words anywhere in the file, unless a backslash is in front of them (cloud-config.md). */
const escapeSubstitutions = (text: string): string => text.replaceAll(/\$(?=(?:public|private)_ipv[46])/g, '\\$');

/**
 * The user data of every node: what turns a bare CoreOS into a member of this cluster. It is applied again at each boot, and
 * cannot be changed once the droplet exists.
 */
export function renderCloudConfig(input: CloudConfigInput): string {
  checkPlain(input);
  const document = new Document(
    {
      coreos: {
        etcd2: etcd2(input.discoveryUrl),
        // The address that fleetctl shows and by which deisctl reaches a node; roles for decorated units.
        fleet: {
          'public-ip': '$private_ipv4',
          metadata: 'controlPlane=true,dataPlane=true,routerMesh=true',
          // Explicit, since how fast a dead node is noticed hangs on it.
          agent_ttl: '30s',
          // fleet's own 1 s is too short for etcd on a node that swaps: its units would be moved away while they run.
          etcd_request_timeout: '5',
        },
        // A node that reboots by itself takes a member of etcd and a copy of the data with it.
        update: { 'reboot-strategy': 'off' },
        units: cloudConfigUnits({ ...input, isStatic: input.discoveryUrl === undefined }).map(escapeContents),
      },
      write_files: files(input).map(({ path, permissions, content }) => ({
        path,
        permissions,
        owner: 'root',
        content: escapeSubstitutions(content),
      })),
    },
    // coreos-cloudinit reads YAML 1.1, in which a bare `off` is false: strings that could be misread are quoted.
    { version: '1.1' },
  );
  const text = `#cloud-config\n${document.toString({ lineWidth: 0 })}`;
  if (Buffer.byteLength(text) > LARGEST_BYTES) {
    throw new ClusterError('The user data is larger than the 64 KiB that DigitalOcean takes.', {
      code: 'invalidInput',
    });
  }
  return text;
}

/** Both go into a command line on the nodes: nothing that a shell or systemd would take for more than text. */
function checkPlain({ installerUrl, release }: CloudConfigInput): void {
  if (!/^https?:\/\/[\w.:/-]+$/.test(installerUrl)) {
    throw new ClusterError('The address of the deisctl installer must be a plain http or https address.', {
      code: 'invalidInput',
      remedy: 'openSettings',
    });
  }
  if (!/^\d+\.\d+\.\d+$/.test(release)) {
    throw new ClusterError(`"${release}" is no Deis release, such as 1.13.4.`, {
      code: 'invalidInput',
      remedy: 'openSettings',
    });
  }
}

function etcd2(discoveryUrl: string | undefined): Record<string, string> {
  return {
    ...(discoveryUrl === undefined ? {} : { discovery: escapeSubstitutions(discoveryUrl) }),
    'advertise-client-urls': 'http://$private_ipv4:2379',
    'initial-advertise-peer-urls': 'http://$private_ipv4:2380',
    // 4001 as well: all of Deis and deisctl itself look for etcd there.
    'listen-client-urls': 'http://0.0.0.0:2379,http://0.0.0.0:4001',
    'listen-peer-urls': 'http://$private_ipv4:2380,http://$private_ipv4:7001',
    'data-dir': '/var/lib/etcd2',
  };
}

type Units = ReturnType<typeof cloudConfigUnits>;

function escapeContents(unit: Units[number]): Units[number] {
  const dropIns = unit['drop-ins'];
  return {
    ...unit,
    ...(unit.content === undefined ? {} : { content: escapeSubstitutions(unit.content) }),
    ...(dropIns === undefined
      ? {}
      : { 'drop-ins': dropIns.map(({ name, content }) => ({ name, content: escapeSubstitutions(content) })) }),
  };
}

function files({ bootstrapHostKey, release }: CloudConfigInput): CloudConfigFile[] {
  return [
    { path: BOOTSTRAP_KEY_FILE, permissions: '0600', content: bootstrapHostKey.privateFile },
    { path: `${BOOTSTRAP_KEY_FILE}.pub`, permissions: '0644', content: `${bootstrapHostKey.publicLine}\n` },
    ...platformFiles(release),
  ];
}
