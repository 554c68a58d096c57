import { makeHostKey } from '../host/image/hostKeys';
import { insideOf } from '../host/inside';
import type { Host } from '../kernel';
import type { ActiveFault, FaultEffects } from './faults';

interface Parts {
  host(dropletId: number): Host | undefined;
  /** The plug is pulled, and nobody has asked the API for it. */
  cutPower(dropletId: number): void;
  /** Does nothing when it has power. */
  restorePower(dropletId: number): void;
  /** Resets the connections to its port that are open. */
  resetConnections(dropletId: number, port: number): void;
}

const SSH_PORT = 22;
const MB = 1024 * 1024;
const KEY_KINDS = ['rsa', 'ecdsa', 'ed25519'] as const;

/** What faults do to a node at the moment when they begin and when they end. */
export function createEffects(parts: Parts): FaultEffects {
  const withHost = (dropletId: number, change: (host: Host) => void): void => {
    const host = parts.host(dropletId);
    if (host !== undefined) change(host);
  };
  return {
    begin(one) {
      const { fault } = one;
      if (fault.kind === 'node-loses-power') parts.cutPower(fault.dropletId);
      else if (fault.kind === 'disk-fills') withHost(fault.dropletId, (host) => fillDisk(host, one));
      else if (fault.kind === 'ssh-refuses') parts.resetConnections(fault.dropletId, SSH_PORT);
      else if (fault.kind === 'ssh-changes-host-key') {
        withHost(fault.dropletId, (host) => changeHostKeys(host, one));
        parts.resetConnections(fault.dropletId, SSH_PORT);
      }
    },
    end(one) {
      const { fault } = one;
      if (fault.kind === 'node-loses-power') parts.restorePower(fault.dropletId);
      else if (fault.kind === 'disk-fills') {
        withHost(fault.dropletId, (host) => insideOf(host).tree.remove(fillPath(one)));
      } else if (fault.kind === 'ssh-changes-host-key') {
        withHost(fault.dropletId, (host) => restoreHostKeys(host, one));
        parts.resetConnections(fault.dropletId, SSH_PORT);
      }
    },
  };
}

/** A file like any other: `du` finds it, and an operator who removes it has room again. */
const fillPath = ({ id }: ActiveFault): string => `/var/tmp/fills-the-disk-${id}`;

function fillDisk(host: Host, one: ActiveFault): void {
  const { resources } = host;
  resources.allocate(fillPath(one), Math.max(0, resources.diskTotalMb - resources.diskUsedMb) * MB);
}

function changeHostKeys(host: Host, one: ActiveFault): void {
  const { tree } = insideOf(host);
  const kept: Record<string, string> = {};
  for (const kind of KEY_KINDS) {
    const [path, publicPath] = keyPaths(kind);
    const [before, publicBefore] = [tree.text(path), tree.text(publicPath)];
    if (before !== undefined) kept[path] = before;
    if (publicBefore !== undefined) kept[publicPath] = publicBefore;
    const pair = makeHostKey(kind);
    tree.write(path, pair.private, { mode: 0o600 });
    tree.write(publicPath, `${pair.public} root@${host.name}\n`, { mode: 0o644 });
  }
  one.kept = kept;
}

function restoreHostKeys(host: Host, { kept = {} }: ActiveFault): void {
  const { tree } = insideOf(host);
  for (const path of KEY_KINDS.flatMap(keyPaths)) {
    const text = kept[path];
    if (text === undefined) tree.remove(path);
    else tree.write(path, text, { mode: path.endsWith('.pub') ? 0o644 : 0o600 });
  }
}

const keyPaths = (kind: string): [string, string] => [
  `/etc/ssh/ssh_host_${kind}_key`,
  `/etc/ssh/ssh_host_${kind}_key.pub`,
];
