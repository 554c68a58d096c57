import { platformUnits } from '../../../../src/core/guide/platformUnits';
import type { DesiredState, FleetMachine, Unit, UnitInstance, UnitOption } from '../../../../src/core/model/units';
import type { ExecResult } from '../../../../src/core/ports';
import type { FakeCloud } from './fakeCloud';
import { FakeNode } from './fakeNode';

interface Job {
  readonly verb: string;
  readonly node: FakeNode;
  readonly startedAt: number;
  readonly targets: readonly string[];
  /** How many of them deisctl has come to. */
  done: number;
}

const STEP_MS = 100;
const ok: ExecResult = { exitCode: 0, signal: null, stdout: '', stderr: '' };

/** etcd, fleet and deisctl of the droplets that are on. One registry; deisctl works on it unit by unit as time passes. */
export class FakeCluster {
  readonly nodes = new Map<number, FakeNode>();
  readonly units = new Map<string, { desiredState: DesiredState; options: readonly UnitOption[] }>();
  readonly etcdKeys = new Map<string, string>();
  readonly jobs = new Map<string, Job>();
  /** Every job that was ever started, such as `install platform`. */
  readonly started: string[] = [];
  hasDeisctl = true;
  /** Names of the nodes that were told to pull images ahead. */
  readonly preseeded = new Set<string>();
  preseedFails = false;
  /** Members that etcd forms with; undefined: one for each droplet. */
  memberCount: number | undefined;
  routers = 5;
  /** Units that crash wherever they run, for ever. */
  readonly crashing = new Set<string>();
  /** Droplet names on which swapon fails. */
  readonly swapFails = new Set<string>();
  /** Units that no machine fits: launched, and without a row. */
  readonly unplaceable = new Set<string>();
  /** Until then fleet answers 503. */
  silentUntil = 0;

  constructor(readonly cloud: FakeCloud) {}

  /** The nodes with power, as they are now. */
  running(): FakeNode[] {
    return this.cloud.droplets
      .filter((droplet) => this.cloud.isActive(droplet))
      .map((droplet) => this.node(droplet.id));
  }

  node(dropletId: number): FakeNode {
    const droplet = this.cloud.droplets.find(({ id }) => id === dropletId);
    if (droplet === undefined) {
      throw new Error(`no droplet ${dropletId}`);
    }
    const node = this.nodes.get(dropletId) ?? new FakeNode(droplet, this);
    this.nodes.set(dropletId, node);
    return node;
  }

  get members(): number {
    return this.memberCount ?? this.cloud.droplets.length;
  }

  hasQuorum(): boolean {
    return this.running().length > this.members / 2;
  }

  swapWorksOn(node: FakeNode): boolean {
    return !this.swapFails.has(node.droplet.name);
  }

  machines(): FleetMachine[] {
    return this.running().map(({ machineId, droplet }) => ({
      id: machineId,
      primaryIp: droplet.privateAddress,
      metadata: {},
    }));
  }

  listUnits(): Unit[] {
    this.#work();
    return [...this.units].map(([name, unit]) => ({ name, currentState: 'inactive', ...unit }));
  }

  instances(): UnitInstance[] {
    this.#work();
    return [...this.units].flatMap(([name, { desiredState, options }]) => {
      if (desiredState === 'inactive' || (desiredState === 'launched' && this.unplaceable.has(name))) {
        return [];
      }
      const isGlobal = options.some((option) => option.name === 'Global');
      const running = this.running();
      const places = isGlobal ? running : running.slice(0, 1);
      return places.map((node) => this.#row(name, desiredState, node));
    });
  }

  #row(name: string, desiredState: DesiredState, node: FakeNode): UnitInstance {
    const row = { name, machineId: node.machineId, load: 'loaded', hash: '' };
    if (desiredState === 'loaded') {
      return { ...row, active: 'inactive', sub: 'dead' };
    }
    if (name === 'swapon.service') {
      return this.swapWorksOn(node)
        ? { ...row, active: 'active', sub: 'exited' }
        : { ...row, active: 'failed', sub: 'failed' };
    }
    if (this.crashing.has(name)) {
      const isUp = Math.floor(this.cloud.clock.now() / 4_000) % 2 === 0;
      return { ...row, active: 'activating', sub: isUp ? 'start-pre' : 'auto-restart' };
    }
    return { ...row, active: 'active', sub: 'running' };
  }

  deisctlConfig(node: FakeNode, args: readonly string[]): ExecResult {
    const [, , , pair = ''] = args;
    const at = pair.indexOf('=');
    const [key, value] = [pair.slice(0, at), pair.slice(at + 1)];
    const isFile = key === 'sshPrivateKey';
    const stored = isFile ? Buffer.from(node.files.get(value) ?? '').toString('base64') : value;
    this.etcdKeys.set(`/deis/platform/${key}`, stored);
    return { ...ok, stdout: `${stored}\n` };
  }

  systemdRun(node: FakeNode, args: readonly string[]): ExecResult {
    const unit = args[0]?.replace('--unit=', '') ?? '';
    if (unit === 'deis-preseed') {
      this.preseeded.add(node.droplet.name);
      return this.preseedFails ? { ...ok, exitCode: 1, stderr: 'Failed to start transient service unit.' } : ok;
    }
    const verb = args.slice(3).join(' ');
    if (this.isJobRunning(node, unit)) {
      return { ...ok, exitCode: 1, stderr: `Unit ${unit}.service already exists.` };
    }
    this.started.push(verb);
    this.jobs.set(unit, { verb, node, startedAt: this.cloud.clock.now(), targets: this.#targets(verb), done: 0 });
    return ok;
  }

  isJobRunning(node: FakeNode, unit: string): boolean {
    if (unit.startsWith('deis-preseed')) {
      return this.preseeded.has(node.droplet.name);
    }
    this.#work();
    const job = this.jobs.get(unit.replace('.service', ''));
    return job?.node === node && this.#isAlive(job) && !this.#isFinished(job);
  }

  #targets(verb: string): string[] {
    const names = platformUnits(this.routers);
    const [, first = '', ...rest] = verb.split(' ');
    return first === 'platform'
      ? names.map(({ name }) => name)
      : names.filter(({ target }) => [first, ...rest].includes(target)).map(({ name }) => name);
  }

  /** A job dies with the power of its node. */
  #isAlive({ node, startedAt }: Job): boolean {
    return node.droplet.isOn && startedAt >= node.droplet.bootedAt;
  }

  /** deisctl waits for a unit that crashes as long as it takes. */
  #blockedAt({ verb, targets }: Job): number {
    const at = verb.startsWith('start') ? targets.findIndex((name) => this.crashing.has(name)) : -1;
    return at < 0 ? Infinity : at;
  }

  #isFinished(job: Job): boolean {
    const isLate = this.cloud.clock.now() >= job.startedAt + job.targets.length * STEP_MS;
    return isLate && this.#blockedAt(job) === Infinity;
  }

  /** Does what deisctl would have done by now. */
  #work(): void {
    for (const job of this.jobs.values()) {
      while (
        this.#isAlive(job) &&
        job.done < job.targets.length &&
        job.done <= this.#blockedAt(job) &&
        this.cloud.clock.now() >= job.startedAt + job.done * STEP_MS
      ) {
        this.#apply(job.verb.split(' ')[0] ?? '', job.targets[job.done++] ?? '');
      }
    }
  }

  #apply(verb: string, name: string): void {
    const isGlobal = platformUnits(this.routers).some((unit) => unit.name === name && unit.isGlobal);
    const options = isGlobal ? [{ section: 'X-Fleet', name: 'Global', value: 'true' }] : [];
    const unit = this.units.get(name);
    if (verb === 'uninstall') {
      this.units.delete(name);
    } else if (verb === 'install') {
      this.units.set(name, { desiredState: 'loaded', options });
    } else if (unit !== undefined) {
      unit.desiredState = verb === 'start' ? 'launched' : 'loaded';
    }
  }
}
