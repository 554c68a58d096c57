import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Nodes, startNodes } from './nodes';
import { skipWithoutPackage } from './clients/programs';
import { removeFolder } from '../removeFolder';
import { temporaryFolder, until, type Practice } from './support';

const skip = skipWithoutPackage('ssh');

/** What an operator leaves on a node: a note, a unit of their own that is enabled, a swap file and a unit that turns it on. */
const SETTLE = `set -e
echo "remember me" > ~/note
chmod 600 ~/note
mkdir -p ~/bin
ln -s note ~/link
printf '\\001\\000\\377' > ~/bytes
sudo fallocate -l 512M /swapfile
sudo chmod 600 /swapfile
sudo mkswap /swapfile > /dev/null
sudo sh -c 'cat > /etc/systemd/system/mark.service' <<'UNIT'
[Unit]
Description=mark
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh -c 'echo started >> /var/lib/marks'
[Install]
WantedBy=multi-user.target
UNIT
sudo sh -c 'cat > /etc/systemd/system/swap.service' <<'UNIT'
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/sbin/swapon /swapfile
[Install]
WantedBy=multi-user.target
UNIT
sudo systemctl daemon-reload
sudo systemctl enable mark.service swap.service
sudo systemctl start mark.service
echo gone > /tmp/scratch
`;
const LOOK = `cat ~/note ~/link
stat -c '%n %a %U %s' ~/note ~/bytes /swapfile
od -An -tx1 ~/bytes
systemctl is-enabled mark.service
systemctl is-active mark.service
`;

describe('what is on a node', { skip, timeout: 240_000 }, () => {
  let folder: string;
  let practice: Practice;
  let nodes: Nodes;
  let id: number;
  const start = async (): Promise<void> => {
    ({ practice, nodes } = await startNodes(folder));
  };
  before(async () => {
    folder = temporaryFolder();
    await start();
    [id = 0] = await nodes.create(['d-1'], {});
    await nodes.until('d-1', 'systemctl is-active etcd2', /^active$/m);
    const { code, stderr } = await nodes.run('d-1', 'bash -s', SETTLE);
    assert.equal(code, 0, stderr);
  });
  after(async () => {
    await practice.kill();
    await removeFolder(folder);
  });
  const bootId = async (): Promise<string> => (await nodes.run('d-1', 'cat /proc/sys/kernel/random/boot_id')).stdout;
  const rebooted = async (how: () => Promise<unknown>): Promise<void> => {
    const before = await bootId();
    await how();
    await until(
      async () => ({ status: 0, headers: {}, text: await bootId(), json: undefined }),
      ({ text }) => text.length === before.length && text !== before,
    );
    await nodes.until('d-1', 'systemctl is-active mark.service', /^active$/m);
  };

  it('is there after a reboot; what lay in /tmp is not', async () => {
    const before = await nodes.run('d-1', LOOK);
    await rebooted(() => nodes.run('d-1', 'sudo reboot'));

    assert.match(before.stdout, /^remember me\nremember me\n[^]*enabled\nactive\n$/, before.stderr);
    assert.deepEqual(await nodes.run('d-1', LOOK), before);
    assert.equal((await nodes.run('d-1', 'cat /var/lib/marks')).stdout, 'started\nstarted\n');
    assert.equal((await nodes.run('d-1', 'cat /tmp/scratch')).code, 1);
  });

  it('is there after the power was cut', async () => {
    const before = await nodes.run('d-1', LOOK);
    await rebooted(() => practice.call('POST', `/v2/droplets/${id}/actions`, { body: { type: 'power_cycle' } }));

    assert.deepEqual(await nodes.run('d-1', LOOK), before);
    assert.equal((await nodes.run('d-1', 'cat /var/lib/marks')).stdout, 'started\n'.repeat(3));
  });

  it('is there when the process of the practice cloud was killed and starts again, without a reboot', async () => {
    await nodes.run('d-1', 'echo more >> ~/note');
    const before = await nodes.run('d-1', LOOK);
    await practice.kill('SIGKILL');
    await start();
    await nodes.until('d-1', 'systemctl is-active etcd2', /^active$/m);

    assert.deepEqual(await nodes.run('d-1', LOOK), before);
  });

  it('is swapped to after a reboot when a unit says so', async () => {
    const swaps = await nodes.until('d-1', 'cat /proc/swaps', /swapfile/);

    assert.match(swaps, /^\/swapfile\s+file\s+524284\s+0\s+-1$/m);
  });
});
