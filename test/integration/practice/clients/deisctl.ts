import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { RunResult } from '../support';
import { Laboratory } from './laboratory';
import { run, start, Talk } from './programs';

/** What Deis' user data leaves on each node for its units: which image a component has. */
const GET_IMAGE = '#!/bin/sh\necho "deis/${1##*/}:v1.13.4"\n';

/** deisctl on somebody's own machine, with its unit files, an agent and a tunnel to one of three nodes that have room for Deis. */
export class Deisctl {
  readonly lab = new Laboratory({ dropletSize: '4gb' });
  #environment: Record<string, string> = {};

  async start(): Promise<void> {
    const { lab } = this;
    await lab.start();
    await lab.startAgent();
    const installed = await lab.nodes.run('lab-1', 'curl -sSL http://deis.io/deisctl/install.sh | sudo sh -s 1.13.4');
    assert.equal(installed.code, 0, installed.stderr);
    const place =
      'sudo mkdir -p /run/deis/bin; sudo tee /run/deis/bin/get_image > /dev/null; sudo touch /etc/environment_proxy';
    const nodes = ['lab-1', 'lab-2', 'lab-3'];
    await Promise.all(
      nodes.map((node) => lab.nodes.run(node, `${place}; sudo chmod 755 /run/deis/bin/get_image`, GET_IMAGE)),
    );
    const units = path.join(lab.home, '.deis');
    mkdirSync(units, { recursive: true });
    const port = ['-P', String(await lab.nodes.port('lab-1'))];
    await run('scp', [...lab.options(), ...port, '-r', 'core@127.0.0.1:/var/lib/deis/units', units]);
    this.#environment = lab.environment({ DEISCTL_TUNNEL: await lab.tunnel() });
  }

  async run(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<RunResult> {
    const { code, stdout, stderr } = await run('deisctl', args, {
      environment: { ...this.#environment, ...environment },
    });
    return { code, stdout: plain(stdout), stderr: plain(stderr) };
  }

  /** Runs it to its end, which is a success, and resolves with all it said: which stream has what differs between its versions. */
  async says(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(args);
    assert.equal(code, 0, stdout + stderr);
    return stdout + stderr;
  }

  /** Runs it to its failure. */
  async fails(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(args);
    assert.equal(code, 1, stdout + stderr);
    return stdout + stderr;
  }

  /** Leaves it running; it ends with the laboratory at the latest. */
  talk(...args: readonly string[]): Talk {
    return new Talk(this.lab.keep(start('deisctl', args, { environment: this.#environment })));
  }

  /** The rows of its list that are like this. */
  async rows(wanted = /^deis-/): Promise<string[]> {
    return (await this.says('list')).split('\n').filter((line) => line.startsWith('deis-') && wanted.test(line));
  }

  /** Lists until so many rows are like this: of a unit that runs everywhere deisctl itself waits for one node only. */
  async until(count: number, wanted?: RegExp): Promise<void> {
    let rows = await this.rows(wanted);
    for (let left = 100; rows.length !== count && left > 0; left -= 1) rows = await this.rows(wanted);
    assert.equal(rows.length, count, rows.join('\n'));
  }
}

/** Its colours are always on, and one state of a unit overwrites the other. */
// eslint-disable-next-line no-control-regex -- colours are escape sequences
const plain = (text: string): string => text.replaceAll(/\x1b\[[0-9;]*m/g, '').replaceAll(/ *\r/g, '\n');
