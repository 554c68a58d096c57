import type { Host } from '../../kernel';
import type { ProgramContext } from '../../programs/program';
import { DataDirectories, logFile, snapshots } from '../dataDirectory';
import { backedUp } from '../memberState';
import { worldOf } from '../world';
import type { CommandLine } from './commandLine';

/** `etcdctl backup`: copies a member's data, running or not, and asks nobody (etcd 3.4, `backup_command.go`). */
export async function backup(context: ProgramContext, line: CommandLine): Promise<number> {
  const { files } = context.host;
  const resolve = (path: string): string => files.resolvePath(context.workingDirectory, path);
  const [from, to] = [line.value('data-dir') ?? '', line.value('backup-dir') ?? ''];
  const kernel = worldOf(context.host)?.kernel;
  const say = (text: string): void => context.stderr(`${stamp(context.timeline.now())} I | ${text}\n`);
  if (context.user === 'core' && (await isClosed(files, `${resolve(from)}/member`))) {
    say(`open ${snapshots(from)}: permission denied`);
    return 1;
  }
  if (!(await files.exists(resolve(snapshots(from))))) {
    say(
      from === '' ? 'open member/wal: no such file or directory' : `open ${snapshots(from)}: no such file or directory`,
    );
    return 1;
  }
  if (await files.exists(resolve(logFile(to)))) {
    const name = snapshots(to);
    say(`failed creating backup snapshot dir ${name}: expected "${name}" to be empty, got ["db"]`);
    return 1;
  }
  const directories = kernel === undefined ? undefined : new DataDirectories(kernel, context.host);
  const member = (await directories?.read(resolve(from)))?.member;
  if (directories === undefined || member === undefined) {
    say('wal: file not found');
    return 1;
  }
  const ids = Object.keys(member.members);
  ids.forEach(() => say('ignoring EntryConfChange raft entry'));
  for (const id of ids) say(`ignoring member attribute update on /0/members/${id}/attributes`);
  await directories.writeMember(resolve(to), backedUp(member, context.timeline.now()));
  return 0;
}

/** Whether only its owner may look into a directory; the node's own users are others. */
async function isClosed(files: Host['files'], path: string): Promise<boolean> {
  return (await files.exists(path)) && ((await files.stat(path)).mode & 0o001) === 0;
}

/** The time as the log of a Go program has it. */
export const stamp = (now: number): string => `${new Date(now).toISOString().slice(0, 23).replace('T', ' ')}000`;
