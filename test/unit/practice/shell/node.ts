import type { DaemonFactory, HostSpec, Kernel, PoweredHost, Program } from '../../../../src/practice/kernel';
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
  const programs = [...hostPrograms, ...shellPrograms, ...(options.programs ?? [])];
  const parts = { kernel, programs, daemons: options.daemons ?? {}, shell: createShell };
  const host = createHost(parts, spec({ userData: USER_DATA, ...options.spec }));
  await host.boot();
  return { kernel, host, shell: createShell(host, programs) };
}
