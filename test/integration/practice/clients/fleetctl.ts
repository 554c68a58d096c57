import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { at, listAt, type RunResult } from '../support';
import { Laboratory } from './laboratory';
import { run, start, Talk } from './programs';

const TRIES = 200;

export const service = (command: string, more = ''): string =>
  `[Unit]\nDescription=Test of ${command}\n\n[Service]\nExecStart=/bin/sh -c "${command}; sleep 100000"\n${more}`;
export const GLOBAL = '\n[X-Fleet]\nGlobal=true\n';

export const linesLike = (text: string, like: RegExp): string[] => text.split('\n').filter((line) => like.test(line));

/** The fleetctl on this machine's PATH, and nodes that run the fleet of its version. */
export class Fleetctl {
  readonly lab = new Laboratory();
  version: '1.0' | '0.11' = '1.0';
  tunnel = '';

  async start(): Promise<void> {
    const { stdout } = await run('fleetctl', ['version']);
    this.version = /^fleetctl version v?0\./.test(stdout) ? '0.11' : '1.0';
    await this.lab.start('--fleet', this.version);
    await this.lab.startAgent();
    this.tunnel = await this.lab.tunnel();
  }

  /** With its tunnel in the environment, in the folder where the units are. */
  async run(args: readonly string[], input = '', environment: Record<string, string> = {}): Promise<RunResult> {
    return await run('fleetctl', args, {
      environment: this.lab.environment({ FLEETCTL_TUNNEL: this.tunnel, ...environment }),
      input,
      workingDirectory: this.lab.folder,
    });
  }

  /** Takes every host for what it says it is. */
  async quietly(...args: readonly string[]): Promise<RunResult> {
    return await this.run(['--strict-host-key-checking=false', ...args]);
  }

  /** What it says when all went well. */
  async says(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.quietly(...args);
    assert.equal(code, 0, `fleetctl ${args.join(' ')}: ${stdout}${stderr}`);
    return stdout;
  }

  /** Asks until it says so many lines like this. */
  async until(lines: number, like: RegExp, ...args: readonly string[]): Promise<string[]> {
    const { stdout } = await this.#untilIt(({ stdout }) => linesLike(stdout, like).length === lines, args);
    return linesLike(stdout, like);
  }

  /** Asks until it complains like this; its exit code then. */
  async untilRefused(like: RegExp, ...args: readonly string[]): Promise<number | null> {
    return (await this.#untilIt(({ stderr }) => like.test(stderr), args)).code;
  }

  async #untilIt(isIt: (result: RunResult) => boolean, args: readonly string[]): Promise<RunResult> {
    for (let tries = 0; ; tries += 1) {
      const result = await this.quietly(...args);
      if (isIt(result)) return result;
      assert.ok(tries < TRIES, `fleetctl ${args.join(' ')} went on with ${result.stdout}${result.stderr}`);
    }
  }

  /** As `quietly`, while it runs. */
  begin(...args: readonly string[]): Talk {
    const environment = this.lab.environment({ FLEETCTL_TUNNEL: this.tunnel });
    return new Talk(this.lab.keep(start('fleetctl', ['--strict-host-key-checking=false', ...args], { environment })));
  }

  unit(name: string, text: string): void {
    writeFileSync(path.join(this.lab.folder, name), text);
  }

  async machines(): Promise<string[]> {
    return (await this.says('list-machines', '--no-legend', '--full', '--fields=machine')).trim().split('\n');
  }

  async power(node: string, type: 'power_off' | 'power_on'): Promise<void> {
    const { practice } = this.lab.nodes;
    const { json } = await practice.call('GET', `/v2/droplets?name=${node}`);
    const id = String(at(listAt(json, 'droplets')[0], 'id'));
    const { status, text } = await practice.call('POST', `/v2/droplets/${id}/actions`, { body: { type } });
    assert.equal(status, 201, text);
  }
}
