import type { CommandResult } from '../executionTypes';

/** What coreutils say to an option they do not have. */
export function wordsFailing(name: string, option: string): CommandResult {
  const said = option.startsWith('--') ? `unrecognized option '${option}'` : `invalid option -- '${option.slice(1)}'`;
  return { stdout: '', stderr: `${name}: ${said}\nTry '${name} --help' for more information.\n`, exitCode: 1 };
}

/** Why a file could not be had, in the kernel's words. */
export function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'EISDIR':
      return 'Is a directory';
    case 'ENOTDIR':
      return 'Not a directory';
    case 'EACCES':
      return 'Permission denied';
    case 'EPERM':
      return 'Operation not permitted';
    case 'ENOSPC':
      return 'No space left on device';
    case 'EROFS':
      return 'Read-only file system';
    default:
      return 'No such file or directory';
  }
}
