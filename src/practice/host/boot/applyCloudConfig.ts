import { gunzipSync } from 'node:zlib';
import type { HostInside } from '../inside';
import { ADMIN_UNITS, RUNTIME_UNITS } from '../systemd/unitStore';
import type { CloudConfig, CloudFile, CloudUnit } from './cloudConfig';
import { isTrue } from './cloudConfig';

/** A unit command that comes after everything is written: `start` of `etcd2.service`. */
export interface UnitCommand {
  readonly unit: string;
  readonly command: string;
}

type Log = (text: string) => void;

/** The sections that become a drop-in with environment variables, with the unit and the prefix of the variables. */
const SECTIONS = [
  ['etcd', 'etcd.service', 'ETCD_'],
  ['etcd2', 'etcd2.service', 'ETCD_'],
  ['fleet', 'fleet.service', 'FLEET_'],
  ['locksmith', 'locksmithd.service', 'LOCKSMITHD_'],
] as const;

/** Writes files and units as coreos-cloudinit does at every boot; the unit commands it leaves to run, in order. */
export function applyCloudConfig(inside: HostInside, config: CloudConfig, log: Log): readonly UnitCommand[] {
  const { tree } = inside;
  if (config.hostname !== undefined && config.hostname !== null && config.hostname !== '') {
    tree.write('/etc/hostname', `${config.hostname}\n`);
    log(`Set hostname to ${config.hostname}`);
  }
  for (const key of authorizedKeys(config)) {
    authorize(inside, key);
  }
  for (const file of config.write_files ?? []) {
    writeFile(inside, file, log);
  }
  if (config.manage_etc_hosts === 'localhost') {
    tree.write('/etc/hosts', `127.0.0.1\tlocalhost\n::1\tlocalhost\n127.0.0.1\t${inside.hostname()}\n`);
  }
  const update = textSettings(config.coreos?.update);
  if (Object.keys(update).length > 0) {
    writeUpdateConfig(inside, update, log);
  }
  writeFlannelOptions(inside, textSettings(config.coreos?.flannel), log);
  const units = [...(config.coreos?.units ?? []), ...unitsOfUpdate(update)];
  return [...placeUnits(inside, units, log, () => placeSections(inside, config, log))];
}

function placeUnits(inside: HostInside, units: readonly CloudUnit[], log: Log, between: () => void): UnitCommand[] {
  const commands: UnitCommand[] = [];
  for (const unit of units) {
    if (unit.name === '') {
      log('Skipping unit without name');
      continue;
    }
    placeUnit(inside, unit, log);
    if (unit.command !== undefined && unit.command !== null && unit.command !== '') {
      commands.push({ unit: unit.name, command: unit.command });
    }
  }
  between();
  inside.manager.daemonReload();
  return commands;
}

function placeUnit({ tree, manager }: HostInside, unit: CloudUnit, log: Log): void {
  const isRuntime = isTrue(unit.runtime);
  const folder = isRuntime ? RUNTIME_UNITS : ADMIN_UNITS;
  if (unit.content !== undefined && unit.content !== null && unit.content !== '') {
    log(`Writing unit "${unit.name}" to filesystem`);
    if (tree.find(`${folder}/${unit.name}`, false)?.kind === 'link') {
      tree.remove(`${folder}/${unit.name}`);
    }
    tree.write(`${folder}/${unit.name}`, unit.content);
    log(`Wrote unit "${unit.name}"`);
  }
  for (const { name, content } of unit.drop_ins ?? []) {
    if (name !== '' && content !== undefined && content !== null && content !== '') {
      log(`Writing drop-in unit "${name}" to filesystem`);
      tree.write(`${folder}/${unit.name}.d/${name}`, content);
      log(`Wrote drop-in unit "${name}"`);
    }
  }
  if (isTrue(unit.mask)) {
    log(`Masking unit file "${unit.name}"`);
    manager.store.mask(unit.name, isRuntime);
  }
  if (isTrue(unit.enable)) {
    log(`Enabling unit file "${unit.name}"`);
    manager.store.enable(unit.name, isRuntime);
    log(`Enabled unit "${unit.name}"`);
  }
}

function placeSections({ tree }: HostInside, config: CloudConfig, log: Log): void {
  for (const [section, unit, prefix] of SECTIONS) {
    const variables = Object.entries(textSettings(config.coreos?.[section]))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => `Environment="${prefix}${key.toUpperCase()}=${value}"\n`);
    if (variables.length > 0) {
      log('Writing drop-in unit "20-cloudinit.conf" to filesystem');
      tree.write(`${RUNTIME_UNITS}/${unit}.d/20-cloudinit.conf`, `[Service]\n${variables.join('')}`);
      log('Wrote drop-in unit "20-cloudinit.conf"');
    }
  }
}

function unitsOfUpdate(update: Readonly<Record<string, string>>): CloudUnit[] {
  const strategy = update['reboot_strategy'];
  const units: CloudUnit[] = [];
  if (strategy !== undefined) {
    const isOff = strategy === 'off' || strategy === 'false';
    units.push({
      name: 'locksmithd.service',
      runtime: 'true',
      mask: isOff ? 'true' : 'false',
      command: isOff ? 'stop' : 'restart',
    });
  }
  if (update['group'] !== undefined || update['server'] !== undefined) {
    units.push({ name: 'update-engine.service', command: 'restart' });
  }
  return units;
}

function writeUpdateConfig({ tree }: HostInside, update: Readonly<Record<string, string>>, log: Log): void {
  const names: Readonly<Record<string, string>> = {
    reboot_strategy: 'REBOOT_STRATEGY',
    group: 'GROUP',
    server: 'SERVER',
  };
  const lines = Object.entries(update).map(([key, value]) => `${names[key] ?? key.toUpperCase()}=${value}\n`);
  const kept = update['group'] === undefined ? 'GROUP=stable\n' : '';
  tree.write('/etc/coreos/update.conf', `${kept}${lines.join('')}`);
  log('Wrote file /etc/coreos/update.conf to filesystem');
}

function writeFlannelOptions({ tree }: HostInside, flannel: Readonly<Record<string, string>>, log: Log): void {
  const lines = Object.entries(flannel).map(([key, value]) => `FLANNELD_${key.toUpperCase()}=${value}\n`);
  if (lines.length > 0) {
    tree.write('/run/flannel/options.env', lines.join(''));
    log('Wrote file /run/flannel/options.env to filesystem');
  }
}

function writeFile({ tree }: HostInside, file: CloudFile, log: Log): void {
  const mode = Number.parseInt(file.permissions ?? '0644', 8);
  const owner = (file.owner ?? 'root').split(':')[0] ?? 'root';
  tree.write(file.path, decodeContent(file), { mode: Number.isNaN(mode) ? 0o644 : mode, owner });
  log(`Wrote file ${file.path} to filesystem`);
}

/** @throws Error on an encoding cloud-init does not know. */
function decodeContent({ content, encoding }: CloudFile): string | Uint8Array {
  const text = content ?? '';
  switch (encoding ?? '') {
    case '':
      return text;
    case 'b64':
    case 'base64':
      return asText(Buffer.from(text, 'base64'));
    case 'gz':
    case 'gzip':
      return asText(gunzipSync(Buffer.from(text, 'latin1')));
    case 'gz+b64':
    case 'gz+base64':
    case 'gzip+b64':
    case 'gzip+base64':
      return asText(gunzipSync(Buffer.from(text, 'base64')));
    default:
      throw new Error(`Unable to decode content: Unsupported encoding ${encoding ?? ''}`);
  }
}

function asText(bytes: Buffer): string | Uint8Array {
  const text = bytes.toString('utf8');
  return Buffer.from(text, 'utf8').equals(bytes) ? text : new Uint8Array(bytes);
}

function textSettings(section: Readonly<Record<string, unknown>> | null | undefined): Record<string, string> {
  const settings: Record<string, string> = {};
  for (const [key, value] of Object.entries(section ?? {})) {
    if (typeof value === 'string') {
      settings[key] = value;
    }
  }
  return settings;
}

function authorizedKeys(config: CloudConfig): string[] {
  const ofCore = (config.users ?? []).filter(({ name }) => name === 'core');
  return [...(config.ssh_authorized_keys ?? []), ...ofCore.flatMap((user) => user.ssh_authorized_keys ?? [])];
}

/** One more key for the user core; the same key once. */
export function authorize({ tree }: HostInside, key: string): void {
  const path = '/home/core/.ssh/authorized_keys';
  const known = tree.text(path) ?? '';
  const line = key.trim();
  if (line !== '' && !known.split('\n').includes(line)) {
    tree.makeDirectory('/home/core/.ssh', 0o700).owner = 'core';
    tree.write(path, `${known}${line}\n`, { mode: 0o600, owner: 'core' });
  }
}
