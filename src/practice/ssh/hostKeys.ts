import { prepareHostKeys } from '../host/image/hostKeys';
import { insideOf } from '../host/inside';
import type { Host } from '../kernel';

/** In the order of OpenSSH's own defaults (sshd_config(5), HostKey). */
const KINDS = ['rsa', 'ecdsa', 'ed25519'];

/** The private host keys that lie on the node now: a key put there in the meantime counts from the next connection on. */
export async function readHostKeys(host: Host): Promise<string[]> {
  const keys: string[] = [];
  const { tree } = insideOf(host);
  await prepareHostKeys(tree);
  for (const kind of KINDS) {
    const path = `/etc/ssh/ssh_host_${kind}_key`;
    const node = tree.find(path);
    const isBeingMade = node?.kind === 'file' && node.isPending === true;
    if (node !== undefined && !isBeingMade) {
      const text = await host.files.readFile(path);
      if (text.trim() !== '') {
        keys.push(text);
      }
    }
  }
  return keys;
}
