import type { ExecOptions, ExecResult } from '../../../../src/core/ports';
import { OWN_HOST_KEYS_MARKER } from '../../../../src/core/guide/cloudConfigUnits';
import type { FakeCluster } from './fakeCluster';
import type { FakeDroplet } from './fakeCloud';

const HOST_KEY_PUB = '/etc/ssh/ssh_host_ed25519_key.pub';

const ok = (stdout = ''): ExecResult => ({ exitCode: 0, signal: null, stdout, stderr: '' });
const failed = (stderr: string, exitCode = 1): ExecResult => ({ exitCode, signal: null, stdout: '', stderr });

/** The inside of one droplet, as far as the steps look at it: some files, and the commands that they run. */
export class FakeNode {
  readonly files = new Map<string, string>();
  readonly machineId: string;
  /** Every command, as it came. */
  readonly commands: string[] = [];
  #keys = 0;

  constructor(
    readonly droplet: FakeDroplet,
    readonly cluster: FakeCluster,
  ) {
    this.machineId = droplet.id.toString(16).padStart(32, 'a');
    this.files.set('/etc/machine-id', `${this.machineId}\n`);
    this.files.set(HOST_KEY_PUB, `ssh-ed25519 AAAAimage${droplet.id} image\n`);
    const bootstrap = /ssh-ed25519 [A-Za-z0-9+/=]+/.exec(droplet.userData)?.[0];
    if (bootstrap !== undefined) {
      this.files.set(HOST_KEY_PUB, `${bootstrap}\n`);
    }
  }

  get hostKey(): string {
    return (this.files.get(HOST_KEY_PUB) ?? '').split(' ').slice(0, 2).join(' ').trim();
  }

  get hasOwnHostKeys(): boolean {
    return this.files.has(OWN_HOST_KEYS_MARKER);
  }

  exec(command: readonly string[], options: ExecOptions): ExecResult {
    const words = command[0] === 'sudo' ? command.slice(1) : [...command];
    this.commands.push(command.join(' '));
    const [program = '', ...args] = words;
    const last = args.at(-1) ?? '';
    switch (program) {
      case 'test':
        return this.#exists(last) ? ok() : failed('');
      case 'cat':
        return this.#cat(last);
      case 'rm':
        args.forEach((name) => this.files.delete(name));
        return ok();
      case 'sh':
        return args[1]?.includes('ssh_host') === true || args[4]?.includes('ssh_host') === true
          ? this.#hostKeyScript(args[1] ?? '')
          : this.exec(['tee', last], options);
      case 'tee':
        this.files.set(last, options.stdin ?? '');
        return ok();
      case '/opt/bin/deisctl':
        return this.cluster.deisctlConfig(this, args);
      case 'systemd-run':
        return this.cluster.systemdRun(this, args);
      case 'systemctl':
        return this.#systemctl(args);
      default:
        return ok();
    }
  }

  /** Both scripts of the first login: the first prints a key that is not in use yet, the second puts it in use. */
  #hostKeyScript(script: string): ExecResult {
    const fresh = `${HOST_KEY_PUB}.new`;
    if (this.hasOwnHostKeys) {
      return ok(this.files.get(HOST_KEY_PUB));
    }
    if (script.includes('ssh-keygen')) {
      const key = Buffer.from(`own${this.droplet.id}x${++this.#keys}`).toString('base64');
      this.files.set(fresh, `ssh-ed25519 ${key} ${this.droplet.name}\n`);
      return ok(this.files.get(fresh));
    }
    this.files.set(HOST_KEY_PUB, this.files.get(fresh) ?? '');
    this.files.set(OWN_HOST_KEYS_MARKER, '');
    return ok();
  }

  #exists(name: string): boolean {
    return name === '/opt/bin/deisctl' ? this.cluster.hasDeisctl : this.files.has(name);
  }

  #cat(name: string): ExecResult {
    if (name === '/proc/swaps') {
      const isOn =
        this.cluster.swapWorksOn(this) && this.cluster.units.get('swapon.service')?.desiredState === 'launched';
      return ok(`Filename\tType\tSize\tUsed\tPriority\n${isOn ? '/var/vm/swap file 4194300 0 -1\n' : ''}`);
    }
    if (name === '/proc/sys/kernel/random/boot_id') {
      return ok(`boot-${this.droplet.bootedAt}\n`);
    }
    const text = this.files.get(name);
    return text === undefined ? failed(`cat: ${name}: No such file or directory`) : ok(text);
  }

  #systemctl(args: readonly string[]): ExecResult {
    const [verb = ''] = args;
    switch (verb) {
      case 'show':
        return ok(`ActiveState=${this.cluster.isJobRunning(this, args[1] ?? '') ? 'active' : 'inactive'}\n`);
      case 'is-failed':
        return failed('inactive');
      default:
        return ok();
    }
  }
}
