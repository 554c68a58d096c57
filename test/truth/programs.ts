import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Comparator } from './compare';
import type { Said } from './readme';
import type { Stage } from './stage';

/** Programs of this machine that ask the nodes as the recorder's own machine did, with a folder for what they need. */
export class Outside {
  readonly path = mkdtempSync(path.join(os.tmpdir(), 'deis-truth-'));
  readonly key = path.join(this.path, 'key');

  constructor(private readonly stage: Stage) {}

  /** Makes a key of one's own that every node lets in. */
  async open(): Promise<void> {
    await this.run(`ssh-keygen -q -t rsa -b 2048 -N '' -C deis -f ${this.key}`);
    const publicKey = readFileSync(`${this.key}.pub`, 'utf8').trim();
    for (const number of [1, 2, 3, 4, 5]) {
      await this.stage.prepare(`deis-${number}`, `echo '${publicKey}' >> ~/.ssh/authorized_keys`);
    }
  }

  /** Options that let ssh in to a node without asking, and the node itself. */
  async ssh(node: string, key = this.key): Promise<string> {
    const settings = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=known_hosts', 'IdentitiesOnly=yes'];
    const options = settings.map((setting) => `-o ${setting}`).join(' ');
    return `-F /dev/null ${options} -i ${key} -p ${await this.stage.lab.port(node)} core@127.0.0.1`;
  }

  /** Runs a command line in the folder. */
  async run(command: string, environment: Readonly<Record<string, string>> = {}): Promise<Said> {
    const child = spawn('timeout', ['60', 'bash', '-c', command], {
      ...{ cwd: this.path, env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] },
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (stdout += String(chunk)));
    child.stderr.on('data', (chunk: Buffer) => (stderr += String(chunk)));
    await once(child, 'close');
    return { stdout, stderr, exit: child.exitCode ?? undefined };
  }

  /** Runs a row's command in the words of this machine and compares its answer. */
  async row(
    file: string,
    command: string,
    as: Comparator,
    environment: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    const ours = await this.run(command, environment);
    this.stage.compare(file, ours, as);
  }

  close(): void {
    rmSync(this.path, { recursive: true, force: true, maxRetries: 50, retryDelay: 100 });
  }
}
