import ssh2 from 'ssh2';

const { STATUS_CODE } = ssh2.utils.sftp;

export const OK = STATUS_CODE.OK;
export const UNSUPPORTED = STATUS_CODE.OP_UNSUPPORTED;

/** An error of the file system in the protocol's codes, with OpenSSH's words. */
export function asStatus(error: unknown): { readonly code: number; readonly message: string } {
  if (error === 'end') {
    return { code: STATUS_CODE.EOF, message: 'End of file' };
  }
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return { code: STATUS_CODE.NO_SUCH_FILE, message: 'No such file' };
    case 'EACCES':
    case 'EPERM':
      return { code: STATUS_CODE.PERMISSION_DENIED, message: 'Permission denied' };
    default:
      return { code: STATUS_CODE.FAILURE, message: 'Failure' };
  }
}
