import assert from 'node:assert/strict';
import type { VirtualLab } from '../../integration/virtual/virtualLab';

/** Six global units on five nodes, nine that run once. */
const PLATFORM_ROWS = 39;

/** The whole platform, by the guide's commands; deisctl is on each node. */
export async function startPlatform(lab: VirtualLab): Promise<void> {
  for (const node of lab.names) {
    await lab.prepare(node, 'curl -sSL http://deis.io/deisctl/install.sh | sudo sh -s 1.13.4');
  }
  const [first = ''] = lab.names;
  await lab.prepare(first, 'deisctl config platform set domain=deis.example.com');
  for (const verb of ['install', 'start']) {
    const { stdout, stderr, exit } = await lab.run(first, `deisctl ${verb} platform`);
    assert.deepEqual([exit, stderr], [0, ''], stdout);
  }
  await untilRunning(lab, first, PLATFORM_ROWS);
}

export async function untilRunning(lab: VirtualLab, node: string, rows: number): Promise<void> {
  await lab.until(node, 'fleetctl list-units --no-legend --fields=unit,active,sub', (text) => {
    const lines = text.trimEnd().split('\n');
    return lines.length === rows && lines.every((line) => line.endsWith('active\trunning'));
  });
}
