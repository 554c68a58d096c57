import type { Cancel } from '../kernel';
import type { EtcdClient, EtcdEvent, EtcdNode } from '../etcd/api';
import { EtcdError } from '../etcd/errors';
import { goJson } from '../network/goJson';
import { goQuote } from '../network/goQuote';
import { parseRecord } from './json';
import { requirementsOf, type Requirements } from './requirements';
import { hashOf, parseUnit, serializeUnit, type UnitFile, type UnitOption } from './unitFile';
import { UnitSyntaxError } from './unitLexer';

/** fleet's own keys (the recorded traces, etcd/fleet-registry.json). deisctl writes the same ones. */
export const FLEET_PREFIX = '/_coreos.com/fleet';

export const JOB_STATES = ['inactive', 'loaded', 'launched'] as const;
export type JobState = (typeof JOB_STATES)[number];

export interface StoredUnit {
  readonly name: string;
  readonly hash: string;
  readonly raw: string;
  readonly file: UnitFile;
  readonly requirements: Requirements;
  /** Empty when nobody ever said: such a unit is given to a machine and loaded there, and no more (registry/job.go, `dirToUnit`). */
  readonly targetState: JobState | '';
  /** Whom the engine gave it to; empty for global units. */
  readonly target: string | undefined;
  /** Who says that it started it. */
  readonly heartbeat: string | undefined;
}

export interface MachineRecord {
  readonly id: string;
  readonly publicIp: string;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface UnitStateRecord {
  readonly name: string;
  readonly machineId: string;
  readonly hash: string;
  readonly load: string;
  readonly active: string;
  readonly sub: string;
}

/**
 * A unit that can no longer be read: its target-state is none of the three (the recorded traces, fleet-api/poison-*), or its text is
 * missing or no unit file (registry/job.go, `dirToUnit`).
 */
export class UnreadableUnitError extends Error {
  override readonly name = 'UnreadableUnitError';
}

const lastPart = (key: string): string => key.slice(key.lastIndexOf('/') + 1);
const parsedFiles = new Map<string, UnitFile | undefined>();

/** Reads and writes fleet's registry through one node's etcd. Plain reads: what that node knows. */
export class Registry {
  constructor(private readonly client: EtcdClient) {}

  get hasQuorum(): boolean {
    return this.client.hasQuorum;
  }

  /** Units can be listed: with jobs but without the folder of texts fleet gives up as a whole (registry/job.go, `Units`). */
  get isListable(): boolean {
    const has = (folder: string): boolean => this.client.peek(`${FLEET_PREFIX}/${folder}`) !== undefined;
    return has('unit') || !has('job');
  }

  /** Units by name. Those that cannot be read are left out and told to `broken`. */
  units(broken?: (error: UnreadableUnitError) => void): StoredUnit[] {
    const units: StoredUnit[] = [];
    for (const node of this.client.peek(`${FLEET_PREFIX}/job`)?.nodes ?? []) {
      try {
        const unit = this.#unitFrom(node);
        if (unit !== undefined) {
          units.push(unit);
        }
      } catch (error) {
        if (!(error instanceof UnreadableUnitError)) {
          throw error;
        }
        broken?.(error);
      }
    }
    return units.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** @throws UnreadableUnitError */
  unit(name: string): StoredUnit | undefined {
    const node = this.client.peek(`${FLEET_PREFIX}/job/${name}`);
    return node === undefined ? undefined : this.#unitFrom(node);
  }

  machines(): MachineRecord[] {
    return (this.client.peek(`${FLEET_PREFIX}/machines`)?.nodes ?? [])
      .map((node) => machineFrom(node))
      .filter((machine) => machine !== undefined)
      .sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  states(): UnitStateRecord[] {
    const nodes = this.client.peek(`${FLEET_PREFIX}/states`)?.nodes ?? [];
    return nodes.flatMap((unit) => statesFrom(unit)).sort(byNameAndMachine);
  }

  state(name: string, machineId: string): UnitStateRecord | undefined {
    const node = this.client.peek(`${FLEET_PREFIX}/states/${name}/${machineId}`);
    return node === undefined ? undefined : stateFrom(name, node);
  }

  /** The states of one unit, by machine. */
  statesOf(name: string): UnitStateRecord[] {
    const node = this.client.peek(`${FLEET_PREFIX}/states/${name}`);
    return node === undefined ? [] : statesFrom(node).sort(byNameAndMachine);
  }

  /** Stores the text and the job; `job already exists` when there is one (registry/job.go, `CreateUnit`). */
  async createUnit(name: string, options: readonly UnitOption[], targetState: JobState): Promise<'created' | 'exists'> {
    const raw = serializeUnit(options);
    const hash = hashOf(raw);
    await this.#ignoring(
      105,
      this.client.set(`${FLEET_PREFIX}/unit/${hash}`, { value: goJson({ Raw: raw }), prevExist: false }),
    );
    const job = goJson({ Name: name, UnitHash: [...Buffer.from(hash, 'hex')] });
    try {
      await this.client.set(`${FLEET_PREFIX}/job/${name}/object`, { value: job, prevExist: false });
    } catch (error) {
      if (error instanceof EtcdError && error.code === 105) {
        return 'exists';
      }
      throw error;
    }
    await this.setTargetState(name, targetState);
    return 'created';
  }

  /** Puts another text in the place of a unit's (fleet 1.0). */
  async replaceUnit(name: string, options: readonly UnitOption[], targetState: JobState): Promise<void> {
    const raw = serializeUnit(options);
    const hash = hashOf(raw);
    await this.#ignoring(
      105,
      this.client.set(`${FLEET_PREFIX}/unit/${hash}`, { value: goJson({ Raw: raw }), prevExist: false }),
    );
    const job = goJson({ Name: name, UnitHash: [...Buffer.from(hash, 'hex')] });
    await this.client.set(`${FLEET_PREFIX}/job/${name}/object`, { value: job });
    await this.setTargetState(name, targetState);
  }

  /** Takes any text, as fleet's API does. */
  async setTargetState(name: string, state: string): Promise<void> {
    await this.client.set(`${FLEET_PREFIX}/job/${name}/target-state`, { value: state });
  }

  async destroyUnit(name: string): Promise<'destroyed' | 'missing'> {
    try {
      await this.client.delete(`${FLEET_PREFIX}/job/${name}`, { recursive: true });
      return 'destroyed';
    } catch (error) {
      if (error instanceof EtcdError && error.code === 100) {
        return 'missing';
      }
      throw error;
    }
  }

  async schedule(name: string, machineId: string): Promise<void> {
    await this.client.set(`${FLEET_PREFIX}/job/${name}/target`, { value: machineId, prevExist: false });
  }

  async unschedule(name: string, machineId: string): Promise<void> {
    await this.#ignoring(100, this.client.delete(`${FLEET_PREFIX}/job/${name}/target`, { prevValue: machineId }));
  }

  async unitHeartbeat(name: string, machineId: string, ttlSeconds: number): Promise<void> {
    await this.client.set(`${FLEET_PREFIX}/job/${name}/job-state`, { value: machineId, ttlSeconds });
  }

  async clearUnitHeartbeat(name: string): Promise<void> {
    await this.#ignoring(100, this.client.delete(`${FLEET_PREFIX}/job/${name}/job-state`));
  }

  /** States have two places: the old one for whoever wrote last, the new one for each machine. */
  async saveUnitState(state: UnitStateRecord, ttlSeconds: number, machineState: object): Promise<void> {
    const value = goJson({
      loadState: state.load,
      activeState: state.active,
      subState: state.sub,
      machineState,
      unitHash: state.hash,
    });
    await Promise.all([
      this.client.set(`${FLEET_PREFIX}/state/${state.name}`, { value, ttlSeconds }),
      this.client.set(`${FLEET_PREFIX}/states/${state.name}/${state.machineId}`, { value, ttlSeconds }),
    ]);
  }

  /**
   * fleet takes away what every machine says of the unit, also the one that runs it now: there it is told again in its turn only
   * (registry/unit_state.go; the recorded fleet-0.11.7/timeline-recovery).
   */
  async removeUnitState(name: string): Promise<void> {
    await this.#ignoring(100, this.client.delete(`${FLEET_PREFIX}/state/${name}`));
    await this.#ignoring(100, this.client.delete(`${FLEET_PREFIX}/states/${name}`, { recursive: true }));
  }

  /** Only where the machine is not yet in the list: 105 otherwise (registry/machine.go, `CreateMachineState`). @throws EtcdError */
  async createMachine(id: string, value: string, ttlSeconds: number): Promise<void> {
    await this.client.set(`${FLEET_PREFIX}/machines/${id}/object`, { value, ttlSeconds, prevExist: false });
  }

  async saveMachine(id: string, value: string, ttlSeconds: number): Promise<void> {
    const key = `${FLEET_PREFIX}/machines/${id}/object`;
    try {
      await this.client.set(key, { value, ttlSeconds, prevExist: true });
    } catch (error) {
      if (!(error instanceof EtcdError) || error.code !== 100) {
        throw error;
      }
      await this.client.set(key, { value, ttlSeconds });
    }
  }

  /** Metadata given later, over the API, stands beside what the machine says of itself; an empty value takes that away. */
  async setMetadata(id: string, key: string, value: string): Promise<void> {
    const path = `${FLEET_PREFIX}/machines/${id}/metadata/${key}`;
    await this.client.set(path, { value });
  }

  async removeMachine(id: string): Promise<void> {
    await this.#ignoring(100, this.client.delete(`${FLEET_PREFIX}/machines/${id}/object`));
  }

  watch(folder: 'job' | 'machines' | 'lease', listener: (event: EtcdEvent) => void): Cancel {
    return this.client.watch(`${FLEET_PREFIX}/${folder}`, listener);
  }

  #unitFrom(node: EtcdNode): StoredUnit | undefined {
    const name = lastPart(node.key);
    const child = (part: string): string | undefined => node.nodes?.find((one) => lastPart(one.key) === part)?.value;
    const hash = hashFrom(child('object'));
    if (hash === undefined) {
      return undefined;
    }
    const raw = this.#rawOf(hash);
    const file = raw === undefined ? undefined : fileOf(raw);
    if (raw === undefined || file === undefined) {
      throw new UnreadableUnitError(`unable to parse Unit in Registry at key ${node.key}/object`);
    }
    const targetState = child('target-state') ?? '';
    const known = targetState === '' ? '' : JOB_STATES.find((state) => state === targetState);
    if (known === undefined) {
      const problem = `failed to parse Unit(${name}) target-state: invalid value ${goQuote(targetState)} for JobState`;
      throw new UnreadableUnitError(problem);
    }
    const requirements = requirementsOf(name, file);
    return {
      ...{ name, hash, raw, file, requirements, targetState: known },
      ...{ target: targetFrom(child('target')), heartbeat: child('job-state') },
    };
  }

  #rawOf(hash: string): string | undefined {
    const raw = parseRecord(this.client.peek(`${FLEET_PREFIX}/unit/${hash}`)?.value)?.['Raw'];
    return typeof raw === 'string' ? raw : undefined;
  }

  async #ignoring(code: number, work: Promise<unknown>): Promise<void> {
    try {
      await work;
    } catch (error) {
      if (!(error instanceof EtcdError) || error.code !== code) {
        throw error;
      }
    }
  }
}

/** A text is parsed once. Undefined when it is no unit file. */
function fileOf(raw: string): UnitFile | undefined {
  if (!parsedFiles.has(raw)) {
    parsedFiles.set(raw, parsed(raw));
  }
  return parsedFiles.get(raw);
}

function parsed(raw: string): UnitFile | undefined {
  try {
    return parseUnit(raw);
  } catch (error) {
    if (error instanceof UnitSyntaxError) {
      return undefined;
    }
    throw error;
  }
}

const targetFrom = (text: string | undefined): string | undefined => (text === '' ? undefined : text);

function hashFrom(object: string | undefined): string | undefined {
  const bytes = parseRecord(object)?.['UnitHash'];
  return Array.isArray(bytes) ? Buffer.from(bytes.map(Number)).toString('hex') : undefined;
}

function machineFrom(machine: EtcdNode): MachineRecord | undefined {
  const child = (name: string): EtcdNode | undefined => machine.nodes?.find((node) => lastPart(node.key) === name);
  const record = parseRecord(child('object')?.value);
  const [id, publicIp, metadata] = [record?.['ID'], record?.['PublicIP'], record?.['Metadata']];
  if (typeof id !== 'string' || typeof publicIp !== 'string') {
    return undefined;
  }
  const own = Object.entries(metadata ?? {}).map(([key, one]) => [key, String(one)] as const);
  const given = (child('metadata')?.nodes ?? []).map((node) => [lastPart(node.key), node.value ?? ''] as const);
  const merged = Object.entries(Object.fromEntries([...own, ...given]));
  const isGone = new Set(given.filter(([, value]) => value === '').map(([key]) => key));
  return { id, publicIp, metadata: Object.fromEntries(merged.filter(([key]) => !isGone.has(key))) };
}

function statesFrom(unit: EtcdNode): UnitStateRecord[] {
  const name = lastPart(unit.key);
  return (unit.nodes ?? []).map((node) => stateFrom(name, node)).filter((state) => state !== undefined);
}

function stateFrom(name: string, node: EtcdNode): UnitStateRecord | undefined {
  const record = parseRecord(node.value);
  const text = (key: string): string => {
    const value = record?.[key];
    return typeof value === 'string' ? value : '';
  };
  return record === undefined
    ? undefined
    : {
        name,
        machineId: lastPart(node.key),
        hash: text('unitHash'),
        load: text('loadState'),
        active: text('activeState'),
        sub: text('subState'),
      };
}

function byNameAndMachine(a: UnitStateRecord, b: UnitStateRecord): number {
  return a.name === b.name ? (a.machineId < b.machineId ? -1 : 1) : a.name < b.name ? -1 : 1;
}

/** What the API calls the current state: launched is what its machine says by heartbeat, loaded what it has a state for. */
export function currentState(unit: StoredUnit, registry: Registry): JobState {
  if (unit.requirements.isGlobal || unit.target === undefined) {
    return 'inactive';
  }
  if (registry.state(unit.name, unit.target) === undefined) {
    return 'inactive';
  }
  return unit.heartbeat === unit.target ? 'launched' : 'loaded';
}
