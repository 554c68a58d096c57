import type { ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { freePort, Nodes } from '../nodes';
import { removeFolder } from '../../removeFolder';
import { startPractice, temporaryFolder, type Practice } from '../support';
import { run, start, Talk } from './programs';

/** Three nodes of the shipped practice cloud, and somebody's own machine with a home folder and an ssh-agent. */
export class Laboratory {
  readonly folder = temporaryFolder();
  readonly home = path.join(this.folder, 'home');
  readonly agentSocket = path.join(this.folder, 'agent.sock');
  readonly #children = new Set<ChildProcess>();
  #parts: { practice: Practice; nodes: Nodes } | undefined;

  constructor(private readonly droplets: { readonly dropletSize?: string } = {}) {}

  /** `settings` are more options of the practice cloud. */
  async start(...settings: readonly string[]): Promise<void> {
    mkdirSync(path.join(this.home, '.ssh'), { recursive: true, mode: 0o700 });
    const practice = await startPractice('--speed', '60', ...settings);
    const nodes = new Nodes(practice, this.folder);
    this.#parts = { practice, nodes };
    await nodes.create(['lab-1', 'lab-2', 'lab-3'], this.droplets);
    await nodes.until('lab-1', 'etcdctl cluster-health', /^cluster is healthy$/m);
    await nodes.until('lab-1', 'fleetctl list-machines --no-legend | wc -l', /^3$/m);
  }

  async stop(): Promise<void> {
    for (const child of this.#children) child.kill();
    await this.#parts?.practice.kill();
    await removeFolder(this.folder);
  }

  get nodes(): Nodes {
    if (this.#parts === undefined) throw new Error('The laboratory is not open.');
    return this.#parts.nodes;
  }

  /** Starts an ssh-agent, with the droplets' key unless told otherwise; resolves with its socket. */
  async startAgent(keys: readonly string[] = [this.nodes.key], socket = this.agentSocket): Promise<string> {
    const agent = this.keep(start('ssh-agent', ['-D', '-a', socket]));
    await new Talk(agent).until(/SSH_AUTH_SOCK/);
    for (const key of keys) {
      const added = await run('ssh-add', ['-q', key], { environment: { SSH_AUTH_SOCK: socket } });
      if (added.code !== 0) throw new Error(added.stderr);
    }
    return socket;
  }

  /** The environment of a program that runs on somebody's own machine. */
  environment(more: Readonly<Record<string, string>> = {}): Record<string, string> {
    return { HOME: this.home, SSH_AUTH_SOCK: this.agentSocket, ...more };
  }

  /** Where a node's SSH port is on this machine, as `--tunnel` and DEISCTL_TUNNEL take it. */
  async tunnel(node = 'lab-1'): Promise<string> {
    return `127.0.0.1:${await this.nodes.port(node)}`;
  }

  /** Options of ssh and of what it is part of. */
  options(...settings: readonly string[]): string[] {
    const quiet = ['StrictHostKeyChecking=no', `UserKnownHostsFile=${path.join(this.home, 'known')}`, 'LogLevel=ERROR'];
    const all = [...settings, ...quiet, 'BatchMode=yes', 'IdentitiesOnly=yes', `IdentityFile=${this.nodes.key}`];
    return ['-F', '/dev/null', ...all.flatMap((setting) => ['-o', setting])];
  }

  /** The command line of `ssh` to a node. */
  async sshArguments(node: string, options: readonly string[], command: readonly string[]): Promise<string[]> {
    const port = await this.nodes.port(node);
    return [...this.options(), '-p', String(port), ...options, 'core@127.0.0.1', ...command];
  }

  /** A forwarding that `ssh` holds until the laboratory closes; `spec` such as `-L`, its near end first. */
  async forward(letter: 'L' | 'D', far = '', node = 'lab-1'): Promise<string> {
    const near = `127.0.0.1:${await freePort()}`;
    const spec = far === '' ? near : `${near}:${far}`;
    const talk = await this.startSsh(node, ['-v', '-N', '-o', 'LogLevel=DEBUG', `-${letter}`, spec], []);
    await talk.until(/Entering interactive session/);
    return near;
  }

  async startSsh(node: string, options: readonly string[], command: readonly string[]): Promise<Talk> {
    // Of two settings with one name ssh takes the first.
    const port = await this.nodes.port(node);
    const args = [...options, ...this.options(), '-p', String(port), 'core@127.0.0.1', ...command];
    return new Talk(this.keep(start('ssh', args, { environment: this.environment() })));
  }

  keep(child: ChildProcess): ChildProcess {
    this.#children.add(child);
    child.once('close', () => this.#children.delete(child));
    return child;
  }
}
