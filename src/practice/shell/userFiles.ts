import type { Host } from '../kernel';
import { insideOf } from '../host/inside';
import type { User } from './permissions';
import { Permissions } from './permissions';
import { SessionFiles } from './sessionFiles';

/** A node's files as a program of a user has them: without the devices that are a shell's streams. */
export const userFiles = (host: Host, user: User): SessionFiles =>
  new SessionFiles({
    files: insideOf(host).files,
    permissions: new Permissions(host, user),
    device: () => undefined,
    scriptFor: () => undefined,
    isCommand: () => false,
  });
