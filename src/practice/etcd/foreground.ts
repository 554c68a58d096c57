import { insideOf } from '../host/inside';
import type { Program, ProgramContext } from '../programs/program';
import { isTrue, readFlags, USAGE, type Flags } from './commandFlags';
import { BAD_FLAGS, startEtcd } from './daemon';
import { stamp } from './etcdctl/backup';
import { ETCD_VERSION } from './http/serve';
import { joinWorld, type EtcdWorld } from './world';

const VERSION = `etcd Version: ${ETCD_VERSION}
Git SHA: Not provided (use ./build instead of go build)
Go Version: go1.19.8
Go OS/Arch: linux/amd64
`;

/** `etcd2` typed in a shell, as the documents on disaster recovery have it: its log comes to the terminal, Ctrl-C ends it. */
export const etcd2 = (world: EtcdWorld): Program => ({
  name: 'etcd2',
  directory: '/usr/bin',
  run: async (context) => {
    const flags = readFlags(context.args);
    if (typeof flags === 'string') {
      context.stderr(`${flags}\n${USAGE}`);
      return BAD_FLAGS;
    }
    const isSet = (name: string): boolean => isTrue(flags.get(name) ?? 'false');
    if (isSet('version') || isSet('help') || isSet('h')) {
      context.stdout(isSet('version') ? VERSION : USAGE);
      return 0;
    }
    return await runUntilEnded(world, context, flags);
  },
});

async function runUntilEnded(world: EtcdWorld, context: ProgramContext, given: Flags): Promise<number> {
  const { host, environment, workingDirectory, timeline, signal } = context;
  joinWorld(host, world);
  const directory = host.files.resolvePath(
    workingDirectory,
    given.get('data-dir') ?? environment['ETCD_DATA_DIR'] ?? dataDirOf(given),
  );
  const flags = new Map(given).set('data-dir', directory);
  // Raft's own lines come with their own time.
  const log = (text: string): void =>
    context.stderr(text.startsWith('raft20') ? `${text}\n` : `${stamp(timeline.now())} I | ${text}\n`);
  const daemon = startEtcd(world, host, { environment, flags, log });
  const { daemons } = insideOf(host);
  daemons.add(daemon);
  const stop = (): void => daemon.stop();
  signal.addEventListener('abort', stop);
  try {
    const code = await daemon.exited;
    signal.throwIfAborted();
    return code;
  } finally {
    signal.removeEventListener('abort', stop);
    daemons.delete(daemon);
  }
}

/** etcd's default when nothing else is said: below where it is started. */
const dataDirOf = (flags: Flags): string => `${flags.get('name') ?? 'default'}.etcd`;
