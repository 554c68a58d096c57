import type { CloudApi } from '../../core/ports';
import { call, callUnlessMissing, type Access } from './call';
import { callAllPages } from './pages';
import { SshKeyReply, SshKeysReply } from './replies';
import { checkId, segment } from './words';

export function sshKeys(access: Access): Pick<CloudApi, 'listSshKeys' | 'getSshKey' | 'createSshKey' | 'deleteSshKey'> {
  return {
    async listSshKeys(signal) {
      const spec = { what: 'listing the SSH keys', signal };
      const pages = await callAllPages(
        access,
        { ...spec, request: (library) => library.ssh.getAllKeys() },
        SshKeysReply,
      );
      return pages.flatMap((page) => page.ssh_keys);
    },
    async getSshKey(fingerprint, signal) {
      const checked = segment(fingerprint);
      const reply = await callUnlessMissing(access, {
        what: 'looking for the SSH key',
        request: (library) => library.ssh.getExistingKey(checked),
        signal,
      });
      return reply?.parse(SshKeyReply).ssh_key;
    },
    async createSshKey(name, publicKey, signal) {
      const reply = await call(access, {
        what: `adding the SSH key ${name}`,
        isPost: true,
        request: (library) => library.ssh.createNewKey({ name, public_key: publicKey }),
        signal,
      });
      return reply.parse(SshKeyReply).ssh_key;
    },
    async deleteSshKey(id, signal) {
      const checked = String(checkId(id));
      await callUnlessMissing(access, {
        what: 'deleting the SSH key',
        request: (library) => library.ssh.deleteKey(checked),
        signal,
      });
    },
  };
}
