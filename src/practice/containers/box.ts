import type { PoweredHost } from '../kernel';
import type { Program } from '../programs/program';
import { ProcessTable } from '../host/exec/processTable';
import { HostFileSystem } from '../host/files/fileSystem';
import type { HostInside } from '../host/inside';
import { registerInside } from '../host/inside';
import type { Shell } from '../shell/shell';
import { createShell } from '../shell/shell';
import type { BoxImage } from './boxImages';
import { BoxTree, layOut } from './boxTree';

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

interface Facts {
  readonly image: BoxImage;
  readonly hostname: string;
  readonly volumes: readonly string[];
  readonly isHostNetwork: boolean;
  /** What its first process is. */
  readonly command: string;
}

/** The inside of a container: a shell over files, processes and ports of its own. */
export interface Box {
  readonly shell: Shell;
  readonly environment: Readonly<Record<string, string>>;
}

export function makeBox(inside: HostInside, facts: Facts): Box {
  const { image, hostname, isHostNetwork } = facts;
  const { host } = inside;
  const tree = new BoxTree(inside.tree);
  const hosts = isHostNetwork
    ? (inside.tree.text('/etc/hosts') ?? '')
    : `127.0.0.1\tlocalhost\n::1\tlocalhost\n172.17.0.2\t${hostname}\n`;
  layOut(tree, inside, { image, hostname, hosts });
  for (const volume of facts.volumes) {
    mountVolume(tree, volume);
  }
  const files = new HostFileSystem(tree, (bytes) => inside.resources.hasRoom(bytes));
  const processTable = processesOf(inside, facts.command);
  const programs = [...inside.programs.values()].filter(({ name }) => image.commands.has(name)).map(inUsrBin);
  const boxHost: PoweredHost = overlay<PoweredHost>(host, {
    name: hostname,
    files,
    processes: processTable.all,
    ...(isHostNetwork ? {} : { listeningPorts: [], listener: () => undefined }),
  });
  registerInside(
    overlay<HostInside>(inside, {
      host: boxHost,
      tree,
      files,
      processTable,
      programs: new Map(programs.map((program) => [program.name, program])),
      hostname: () => hostname,
      realPath: (path) => (tree.find(path) === undefined ? path : tree.locate(path, 'stat').path),
      box: image.isBusybox ? 'busybox' : 'debian',
    }),
  );
  const environment = { PATH, HOSTNAME: hostname, HOME: '/root', SHELL: image.rootShell };
  return { shell: createShell(boxHost, programs), environment };
}

const inUsrBin = (program: Program): Program => ({ ...program, directory: '/usr/bin' });

/** `FROM:TO[:ro]`, or a folder of the container's own. */
function mountVolume(tree: BoxTree, volume: string): void {
  const [from = '', to] = volume.split(':');
  if (to === undefined) {
    tree.makeDirectory(from);
  } else if (from.startsWith('/')) {
    tree.mount(from, to.replace(/\/$/, '') || '/');
  }
}

/** A container sees its own processes alone, and its first one as number 1. */
function processesOf({ kernel }: HostInside, command: string): ProcessTable {
  const table = new ProcessTable(() => kernel.timeline.now());
  table.startFrom(0);
  table.add({
    name: command.replace(/ .*$/, '').replace(/^.*\//, ''),
    user: 'root',
    command,
    memoryMb: 1,
    unit: '',
    parentPid: 0,
  });
  return table;
}

/** The same object with some of its members others. */
function overlay<T extends object>(base: T, own: Partial<T>): T {
  return new Proxy(base, {
    get: (target, key): unknown => {
      if (key in own) {
        return Reflect.get(own, key);
      }
      const value: unknown = Reflect.get(target, key);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
