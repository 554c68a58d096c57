import { unitFiles } from '../../../../src/practice/deisctl/units/unitFiles';
import type { PoweredHost } from '../../../../src/practice/kernel';
import { until } from './fakes';

export const GLOBALS = ['store-monitor', 'store-daemon', 'store-metadata', 'store-volume', 'logspout', 'publisher'];
export const SINGLES = ['store-gateway', 'logger', 'database', 'registry', 'controller', 'builder'];

/** As fleet's agent does: the unit is loaded and its start asked for, not waited for. */
export function launch(host: PoweredHost, components: readonly string[]): void {
  for (const component of components) {
    const name = `deis-${component}.service`;
    host.systemd.load(name, unitFiles().get(name) ?? '', { isRuntime: true });
    void host.systemd.start(name);
  }
}

export async function running(host: PoweredHost, components: readonly string[]): Promise<void> {
  for (const component of components) {
    await until(host, `deis-${component}.service`, 'running');
  }
}

export const states = (host: PoweredHost): string[] =>
  host.systemd
    .list()
    .filter(({ name }) => name.startsWith('deis-'))
    .map(({ name, active, sub }) => `${name} ${active}/${sub}`);
