import type { FileTree } from '../files/tree';
import type { Condition, UnitConfig } from './unitConfig';

/** The first condition that does not hold, as written; a unit with one is skipped, not failed (systemd.unit(5)). */
export function unmetCondition(config: UnitConfig, tree: FileTree): string | undefined {
  const unmet = config.conditions.find((condition) => holds(condition, tree) === condition.negated);
  return unmet === undefined ? undefined : `Condition${unmet.kind}=${unmet.negated ? '!' : ''}${unmet.argument}`;
}

function holds({ kind, argument }: Condition, tree: FileTree): boolean {
  const node = tree.find(argument);
  switch (kind) {
    case 'PathExists':
      return node !== undefined;
    case 'PathIsDirectory':
      return node?.kind === 'directory';
    case 'PathIsSymbolicLink':
      return tree.find(argument, false)?.kind === 'link';
    case 'DirectoryNotEmpty':
      return tree.names(argument).length > 0;
    case 'FileNotEmpty':
      return node?.kind === 'file' && node.content.length > 0;
    case 'FileIsExecutable':
      return node?.kind === 'file' && (node.mode & 0o111) !== 0;
    case 'PathExistsGlob': {
      const [, folder = '/', pattern = ''] = /^(.*)\/([^/]*)$/.exec(argument) ?? [];
      const parts = pattern.split('*');
      return tree
        .names(folder === '' ? '/' : folder)
        .some((name) => name.startsWith(parts[0] ?? '') && name.endsWith(parts.at(-1) ?? ''));
    }
    case 'Virtualization':
      return argument === 'yes' || argument === 'vm' || argument === 'kvm';
    default:
      return true; // Conditions on what a droplet never varies in.
  }
}
