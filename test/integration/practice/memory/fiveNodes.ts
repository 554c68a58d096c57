import assert from 'node:assert/strict';
import { Lab, type LabOptions } from '../../../truth/lab';

export const NODES = ['deis-1', 'deis-2', 'deis-3', 'deis-4', 'deis-5'];
/** Six global units on five nodes, six single ones and three routers. */
export const PLATFORM_ROWS = 39;
const VERSION = '1.13.4';

/** Five nodes whose time jumps from event to event: what becomes of them does not hang on how busy this machine is. */
export async function openFive(size: string, options: Partial<LabOptions> = {}): Promise<Lab> {
  return await Lab.open({ seed: 'memory', prefix: 'deis', speed: Infinity, size, ...options });
}

/** The guide's unit: 4 GiB of swap on every node, also on one that comes back. */
const SWAPON = `[Unit]
Description=Swap of 4 GiB

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStartPre=/bin/mkdir -p /var/vm
ExecStartPre=/bin/sh -c "test -f /var/vm/swap || (fallocate -l 4096m /var/vm/swap && chmod 600 /var/vm/swap && mkswap /var/vm/swap)"
ExecStart=/sbin/swapon /var/vm/swap

[X-Fleet]
Global=true
`;

export async function giveSwap(lab: Lab): Promise<void> {
  await lab.write('deis-1', 'swapon.service', SWAPON);
  await ask(lab, 'deis-1', 'fleetctl start swapon.service');
  for (const node of NODES) await lab.until(node, 'cat /proc/swaps', /^\/var\/vm\/swap\s+file\s+4194300\s/m);
}

/** `deisctl install platform`, then `start platform` detached from this session, as on nodes that may take an hour for it. */
export async function beginPlatform(lab: Lab): Promise<void> {
  await ask(lab, 'deis-1', `curl -sSL http://deis.io/deisctl/install.sh | sudo sh -s ${VERSION}`);
  await ask(lab, 'deis-1', 'deisctl config platform set domain=deis.example.com');
  await ask(lab, 'deis-1', 'deisctl install platform');
  await ask(lab, 'deis-1', `sudo systemd-run --unit=start-platform --setenv=HOME=/root deisctl start platform`);
}

export async function untilRunning(lab: Lab): Promise<void> {
  const count = 'fleetctl list-units --no-legend --fields=unit,active,sub | grep deis- | grep -c "active.running"';
  await lab.until('deis-1', count, new RegExp(`^${PLATFORM_ROWS}$`, 'm'), 30 * 60_000);
}

/** What a command that must work says. */
export async function ask(lab: Lab, node: string, command: string): Promise<string> {
  const { stdout, stderr, exit } = await lab.run(node, command);
  assert.equal(exit, 0, `${command} on ${node}: ${stdout}${stderr}`);
  return stdout;
}

/** Both streams, whatever the exit code. */
export async function said(lab: Lab, node: string, command: string): Promise<string> {
  const { stdout, stderr } = await lab.run(node, command);
  return stdout + stderr;
}

export const everywhere = async (lab: Lab, command: string): Promise<string[]> =>
  await Promise.all(NODES.map((node) => said(lab, node, command)));
