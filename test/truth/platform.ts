import type { Stage } from './stage';

const VERSION = '1.13.4';

/** deisctl and the platform's unit files on a node, from the address that Deis' user data names. */
export async function installDeisctl(stage: Stage, node: string): Promise<void> {
  await stage.prepare(node, `curl -sSL http://deis.io/deisctl/install.sh | sudo sh -s ${VERSION}`);
}

/** Brings up what is named, or with nothing named the whole platform, as the guide does. */
export async function startPlatform(stage: Stage, components: readonly string[] = ['platform']): Promise<void> {
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
