import type { Stage } from './stage';

const VERSION = '1.13.4';
/** What Deis' user data leaves on each node and its units ask for: which image a component has. */
const GET_IMAGE = `#!/bin/sh
etcdctl get "$1/image" 2>/dev/null || echo "deis/\${1##*/}:v${VERSION}"
`;

/** deisctl and the platform's unit files on a node, from the address that Deis' user data names. */
export async function installDeisctl(stage: Stage, node: string): Promise<void> {
  await stage.prepare(node, `curl -sSL http://deis.io/deisctl/install.sh | sudo sh -s ${VERSION}`);
}

/** Brings up what is named, or with nothing named the whole platform, as the guide does. */
export async function startPlatform(stage: Stage, components: readonly string[] = ['platform']): Promise<void> {
  await stage.writeEverywhere('get_image', GET_IMAGE);
  for (const number of [1, 2, 3, 4, 5]) {
    const place =
      'sudo mkdir -p /run/deis/bin && sudo cp get_image /run/deis/bin/ && sudo chmod 755 /run/deis/bin/get_image';
    await stage.prepare(`deis-${number}`, `${place} && sudo touch /etc/environment_proxy`);
  }
  await installDeisctl(stage, 'deis-1');
  await stage.prepare('deis-1', 'deisctl config platform set domain=deis.example.com');
  const limitMs = 600_000;
  for (const verb of ['install', 'start']) {
    const { exit, stdout, stderr } = await stage.lab.run('deis-1', `deisctl ${verb} ${components.join(' ')}`, {
      limitMs,
    });
    if (exit !== 0 || stderr !== '') throw new Error(`deisctl ${verb} ended with ${String(exit)}: ${stdout}${stderr}`);
  }
}
