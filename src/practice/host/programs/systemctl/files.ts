import type { ProgramContext } from '../../../programs/program';
import { insideOf } from '../../inside';
import { withSuffix } from '../../systemd/unitName';
import type { ParsedOptions } from '../options';

const NO_INSTALL = `The unit files have no installation config (WantedBy=, RequiredBy=, Also=,
Alias= settings in the [Install] section, and DefaultInstance= for template
units). This means they are not meant to be enabled or disabled using systemctl.
`;

export async function enable(context: ProgramContext, options: ParsedOptions): Promise<number> {
  const { manager } = insideOf(context.host);
  for (const name of options.words.map(withSuffix)) {
    const fragment = manager.store.read(name);
    if (fragment === undefined) {
      context.stderr(`Failed to enable unit: Unit file ${name} does not exist.\n`);
      return 1;
    }
    if (fragment.isMasked) {
      context.stderr(`Failed to enable unit: Unit file ${fragment.path} is masked.\n`);
      return 1;
    }
    const links = manager.store.enable(name, options.flags.has('runtime'));
    if (links === undefined) {
      context.stderr(NO_INSTALL);
    }
    for (const { link, target } of links ?? []) {
      context.stderr(`Created symlink ${link} → ${target}.\n`);
    }
    if (options.flags.has('now')) {
      await manager.startJob(name);
    }
  }
  return 0;
}

export async function disable(context: ProgramContext, options: ParsedOptions): Promise<number> {
  const { manager } = insideOf(context.host);
  for (const name of options.words.map(withSuffix)) {
    if (manager.store.read(name) === undefined) {
      context.stderr(`Failed to disable unit: Unit file ${name} does not exist.\n`);
      return 1;
    }
    for (const link of manager.store.disable(name)) {
      context.stderr(`Removed "${link}".\n`);
    }
    if (options.flags.has('now')) {
      await manager.stopJob(name);
    }
  }
  return 0;
}

export async function mask(context: ProgramContext, options: ParsedOptions): Promise<number> {
  const { manager, tree } = insideOf(context.host);
  const isRuntime = options.flags.has('runtime');
  for (const name of options.words.map(withSuffix)) {
    const path = `${isRuntime ? '/run' : '/etc'}/systemd/system/${name}`;
    if (tree.find(path, false)?.kind === 'file') {
      context.stderr(`Failed to mask unit: File ${path} already exists.\n`);
      return 1;
    }
    if (manager.store.mask(name, isRuntime) !== undefined) {
      context.stderr(`Created symlink ${path} → /dev/null.\n`);
    }
    manager.reload(name);
    if (options.flags.has('now')) {
      await manager.stopJob(name);
    }
  }
  return 0;
}

export function unmask(context: ProgramContext, options: ParsedOptions): number {
  const { manager } = insideOf(context.host);
  for (const name of options.words.map(withSuffix)) {
    for (const path of manager.store.unmask(name)) {
      context.stderr(`Removed "${path}".\n`);
    }
    manager.reload(name);
  }
  return 0;
}
