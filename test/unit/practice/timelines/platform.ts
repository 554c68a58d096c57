import assert from 'node:assert/strict';
import type { VirtualLab } from './virtualLab';

/** The whole platform, by the guide's commands. */
export async function startPlatform(lab: VirtualLab): Promise<void> {
  for (const node of lab.names) {
    await lab.prepare(node, 'curl -sSL http://deis.io/deisctl/install.sh | sudo sh -s 1.13.4');
  }
  await lab.prepare('deis-1', 'deisctl config platform set domain=deis.example.com');
  for (const verb of ['install', 'start']) {
    const { stdout, stderr, exit } = await lab.run('deis-1', `deisctl ${verb} platform`);
    assert.deepEqual([exit, stderr], [0, ''], stdout);
  }
  const list = 'fleetctl list-units --no-legend --fields=unit,active,sub';
  await lab.until('deis-1', list, (text) => {
    const rows = text.trimEnd().split('\n');
    return rows.length === PLATFORM_ROWS && rows.every((row) => row.endsWith('active\trunning'));
  });
}

/** Six global units on five nodes, nine that run once. */
const PLATFORM_ROWS = 39;
