import type { DaemonFactory, HostSpec, Kernel, PoweredHost, RunOptions } from '../../../../src/practice/kernel';
import type { Program } from '../../../../src/practice/programs/program';
import { createHost } from '../../../../src/practice/host/host';
import { hostPrograms } from '../../../../src/practice/host/programs/index';
import { shellPrograms } from '../../../../src/practice/programs/index';
import type { Shell } from '../../../../src/practice/shell/shell';
import { createShell } from '../../../../src/practice/shell/shell';
import { fakeKernel, spec } from '../host/fakes';

export interface Node {
  readonly kernel: ReturnType<typeof fakeKernel>;
  readonly host: PoweredHost;
  readonly shell: Shell;
}

export const USER_DATA = `#cloud-config
write_files:
  - path: /etc/motd
    content: "Welcome to Deis\\n"
`;

/** A node that has booted, with the real host and shell. */
export async function bootedNode(
  options: {
    spec?: Partial<HostSpec>;
    kernel?: Partial<Kernel>;
    programs?: readonly Program[];
    daemons?: Readonly<Record<string, DaemonFactory>>;
  } = {},
): Promise<Node> {
  const kernel = fakeKernel(options.kernel);
  const programs = [...shellPrograms, ...hostPrograms, ...(options.programs ?? [])];
  const parts = { kernel, programs, daemons: options.daemons ?? {}, shell: createShell };
  const host = createHost(parts, spec({ userData: USER_DATA, ...options.spec }));
  await host.boot();
  return { kernel, host, shell: createShell(host, programs) };
}

/** Writes a line each second of the node's time, `follow N` only N of them. */
export const follower: Program = {
  name: 'follow',
  directory: '/opt/bin',
  run: async (context) => {
    const { args, signal, timeline } = context;
    const count = Number(args[0] ?? Infinity);
    for (let line = 1; line <= count && !signal.aborted; line += 1) {
      context.stdout(`line ${line}\n`);
      if (line < count) {
        await timeline.sleep(1000, signal).catch(() => undefined);
      }
    }
    return signal.aborted ? 130 : 0;
  },
};

/** Everything a script says in one text: lines of stderr are marked, an exit code other than 0 is last. */
export async function transcript(node: Node, script: string, options: RunOptions): Promise<string> {
  let text = '';
  const code = await node.shell.start(script, options, {
    stdout: (chunk) => (text += chunk),
    stderr: (chunk) => (text += chunk.replaceAll(/^(?=.)/gm, '[err] ')),
  });
  return `${text}${code === 0 ? '' : `[exit ${code}]`}`;
}

export interface Started {
  readonly text: string;
  readonly ended: Promise<number>;
  /** Resolves when the output contains it. */
  readonly until: (part: string) => Promise<void>;
  readonly abort: () => void;
}

/** A script in core's session whose output can be looked at while it runs. */
export function started({ shell }: Node, script: string): Started {
  const controller = new AbortController();
  let text = '';
  let look: () => void = () => undefined;
  const add = (chunk: string): void => {
    text += chunk;
    look();
  };
  const ended = shell.start(script, { user: 'core', signal: controller.signal }, { stdout: add, stderr: add });
  return {
    get text() {
      return text;
    },
    ended,
    until: (part) =>
      new Promise((resolve, reject) => {
        look = () => {
          if (text.includes(part)) {
            resolve();
          }
        };
        look();
        void ended.then((code) => reject(new Error(`ended with ${code} after ${JSON.stringify(text)}`)));
      }),
    abort: () => controller.abort(),
  };
}
