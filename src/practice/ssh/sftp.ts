import type { SFTPWrapper } from 'ssh2';
import type { SessionParts } from './sessions';

export function serveFiles(_parts: SessionParts, _files: SFTPWrapper): void {
  throw new Error('not here yet');
}
