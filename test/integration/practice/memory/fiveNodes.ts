import { VirtualLab, type VirtualLabOptions } from '../../virtual/virtualLab';

export const NODES = ['deis-1', 'deis-2', 'deis-3', 'deis-4', 'deis-5'];
/** Six global units on five nodes, six single ones and three routers. */
export const PLATFORM_ROWS = 39;
const VERSION = '1.13.4';

/** Five nodes whose time jumps from event to event: what becomes of them does not hang on how busy this machine is. */
export async function openFive(size: string, options: Partial<VirtualLabOptions> = {}): Promise<VirtualLab> {
  return await VirtualLab.open({ fleet: '1.0', seed: 'memory', size, ...options });
}

/** Asks until the output is as wanted. */
export async function until(
  lab: VirtualLab,
  node: string,
  command: string,
  wanted: RegExp,
  longestMs?: number,
): Promise<void> {
  await lab.until(node, command, (stdout) => wanted.test(stdout), longestMs);
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

export async function giveSwap(lab: VirtualLab): Promise<void> {
  await lab.write('deis-1', 'swapon.service', SWAPON);
  await lab.prepare('deis-1', 'fleetctl start swapon.service');
  for (const node of NODES) await until(lab, node, 'cat /proc/swaps', /^\/var\/vm\/swap\s+file\s+4194300\s/m);
}

/** `deisctl install platform`, then `start platform` detached from this session, as on nodes that may take an hour for it. */
export async function beginPlatform(lab: VirtualLab): Promise<void> {
  await lab.prepare('deis-1', `curl -sSL http://deis.io/deisctl/install.sh | sudo sh -s ${VERSION}`);
  await lab.prepare('deis-1', 'deisctl config platform set domain=deis.example.com');
  await lab.prepare('deis-1', 'deisctl install platform');
  await lab.prepare('deis-1', `sudo systemd-run --unit=start-platform --setenv=HOME=/root deisctl start platform`);
}

export async function untilRunning(lab: VirtualLab): Promise<void> {
  const count = 'fleetctl list-units --no-legend --fields=unit,active,sub | grep deis- | grep -c "active.running"';
  await until(lab, 'deis-1', count, new RegExp(`^${PLATFORM_ROWS}$`, 'm'), 30 * 60_000);
}

/** Both streams, whatever the exit code. */
export async function said(lab: VirtualLab, node: string, command: string): Promise<string> {
  const { stdout, stderr } = await lab.run(node, command);
  return stdout + stderr;
}

export const everywhere = async (lab: VirtualLab, command: string): Promise<string[]> =>
  await Promise.all(NODES.map((node) => said(lab, node, command)));
