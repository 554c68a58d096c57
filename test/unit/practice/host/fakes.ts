import type {
  HostSpec,
  Kernel,
  ModelFetch,
  PoweredHost,
  Program,
  RunOptions,
  RunResult,
} from '../../../../src/practice/kernel';
import { createHost } from '../../../../src/practice/host/host';
import type { HostParts } from '../../../../src/practice/host/host';
import { createLedger } from '../../../../src/practice/ledger';
import { profiles } from '../../../../src/practice/profile';
import { VirtualTimeline } from '../../../../src/practice/timeline';

export const START = Date.parse('2016-05-20T12:00:00Z');

/** A kernel whose time is really the practice cloud's, whose world is one node. */
export function fakeKernel(
  overrides: Partial<Kernel> = {},
): Kernel & { sections: Map<string, object>; dispose(): void } {
  const timeline = new VirtualTimeline(Infinity, START);
  const sections = new Map<string, object>();
  let counter = 0;
  const nothingListens: ModelFetch = () => Promise.reject(new Error('connect ECONNREFUSED 127.0.0.1'));
  const kernel: Kernel & { sections: Map<string, object>; dispose(): void } = {
    timeline,
    sections,
    state: {
      section: <T extends object>(name: string, initial: () => T): T => {
        if (!sections.has(name)) {
          sections.set(name, initial());
        }
        return sections.get(name) as T; // The test keeps one type a name.
      },
      changed: () => undefined,
      remove: (name) => void sections.delete(name),
      saved: () => Promise.resolve(),
    },
    random: {
      hex: (digits) => (counter += 1).toString(16).padStart(digits, '0').slice(-digits),
      integer: (low) => low,
      uuid: () => `00000000-0000-4000-8000-${(counter += 1).toString(16).padStart(12, '0')}`,
    },
    network: {
      dropletAt: () => undefined,
      probe: () => 'open',
      areConnected: () => true,
      onChange: () => () => undefined,
    },
    ledger: createLedger(timeline),
    profile: profiles.lab,
    fetch: nothingListens,
    fleetVersion: '1.0',
    host: () => undefined,
    dispose: () => timeline.dispose(),
    ...overrides,
  };
  return kernel;
}

export function spec(overrides: Partial<HostSpec> = {}): HostSpec {
  return {
    dropletId: 1,
    name: 'deis-1',
    image: { slug: 'coreos-stable', distribution: 'CoreOS', hasFleet: true },
    memoryMb: 512,
    vcpus: 1,
    diskGb: 20,
    regionSlug: 'nyc3',
    publicAddress: '203.0.113.1',
    privateAddress: '10.132.0.1',
    userData: '',
    sshPublicKeys: ['ssh-rsa AAAA deis'],
    ...overrides,
  };
}

/** A shell that knows the few commands the tests of units use: `;` and `&&`, echo, exit, true, and scripts given to it. */
export class FakeShell {
  readonly scripts: string[] = [];
  answers: (script: string, options?: RunOptions) => Promise<RunResult> = (script) => Promise.resolve(tiny(script));

  run(script: string, options?: RunOptions): Promise<RunResult> {
    this.scripts.push(script);
    return this.answers(script, options);
  }
}

function tiny(script: string): RunResult {
  let stdout = '';
  let stderr = '';
  for (const part of script.split(/;|&&/).map((text) => text.trim())) {
    const exit = /^exit (\d+)$/.exec(part)?.[1];
    if (exit !== undefined) {
      return { stdout, stderr, exitCode: Number(exit) };
    }
    const toError = /^echo (.*?) ?>&2$/.exec(part)?.[1];
    const toOutput = /^echo (.*)$/.exec(part)?.[1];
    if (toError !== undefined) {
      stderr += `${toError}\n`;
    } else if (toOutput !== undefined) {
      stdout += `${toOutput}\n`;
    } else if (part !== 'true') {
      return { stdout, stderr: `${stderr}sh: ${part}: command not found\n`, exitCode: 127 };
    }
  }
  return { stdout, stderr, exitCode: 0 };
}

export interface Bench {
  readonly kernel: ReturnType<typeof fakeKernel>;
  readonly host: PoweredHost;
  readonly shell: FakeShell;
}

export function bench(
  options: { spec?: Partial<HostSpec>; kernel?: ReturnType<typeof fakeKernel>; parts?: Partial<HostParts> } = {},
): Bench {
  const kernel = options.kernel ?? fakeKernel();
  const shell = new FakeShell();
  const programs: readonly Program[] = options.parts?.programs ?? [];
  const host = createHost(
    // The host asks a shell for `run` alone in these tests.
    { kernel, programs, daemons: {}, ...options.parts, shell: (() => shell) as unknown as HostParts['shell'] },
    spec(options.spec),
  );
  return { kernel, host, shell };
}

/** Lets everything that is due at this moment happen. */
export const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) {
    await new Promise(setImmediate);
  }
};

export const journalOf = (host: PoweredHost, unit: string): string[] =>
  host.journal.read({ unit }).map(({ identifier, text }) => `${identifier}: ${text}`);
