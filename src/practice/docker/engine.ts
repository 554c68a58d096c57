import { createHash } from 'node:crypto';
import type { Cancel } from '../kernel';
import type { HostInside, Output } from '../host/inside';
import { COMMAND_MB, COMPONENTS, OTHER_CONTAINER_MB } from '../host/resources/weights';
import { behaviourOf } from '../containers/behaviours';
import type { Box } from '../containers/box';
import { makeBox } from '../containers/box';
import { boxImageOf, DEIS_BASE } from '../containers/boxImages';
import type { AttachedClient } from '../containers/context';
import { componentOf, imageFacts, splitReference } from './images';
import { runContainer } from './runContainer';

export interface StoredImage {
  readonly id: string;
  readonly diskMb: number;
  readonly pulledAt: number;
}

export interface ContainerRecord {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly command: string;
  readonly createdAt: number;
  readonly ports: readonly string[];
  readonly volumes: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly isHostNetwork: boolean;
  readonly removesItself: boolean;
  readonly arguments: readonly string[];
  /** Absent: made from the id. */
  readonly hostname?: string | undefined;
  readonly workingDirectory?: string | undefined;
  state: 'created' | 'running' | 'exited';
  startedAt: number;
  finishedAt: number;
  exitCode: number;
  byOom: boolean;
}

export interface StoredDocker {
  readonly images: Record<string, StoredImage>;
  readonly containers: Record<string, ContainerRecord>;
}

export interface RunSpec {
  readonly name: string | undefined;
  readonly image: string;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly ports: readonly string[];
  readonly volumes: readonly string[];
  readonly isHostNetwork: boolean;
  readonly removesItself: boolean;
  readonly hostname?: string | undefined;
  readonly workingDirectory?: string | undefined;
  readonly attached?: AttachedClient | undefined;
}

export interface RunningContainer {
  readonly pid: number;
  /** Its boot script is through. */
  readonly isReady: boolean;
  readonly record: ContainerRecord;
  readonly logs: string[];
  readonly exited: Promise<number>;
  /** Asks it to end as `docker stop` does, or ends it at once. */
  stop(signal: 'TERM' | 'KILL'): void;
  follow(output: Output): Cancel;
}

/** The Docker daemon of one node: images and containers. */
export class DockerEngine {
  /** Ceph file systems mounted by `mount -t ceph`, as /proc/mounts lists them. */
  readonly mounts: string[] = [];
  readonly running = new Map<string, RunningContainer>();
  readonly #inside: HostInside;
  readonly #stored: StoredDocker;
  readonly #space = new Map<string, Cancel>();
  readonly #pulls = new Map<string, Promise<string | undefined>>();
  /** Containers that ran when the practice process ended: their units' main processes take them up again. */
  #resumable = new Set<string>();
  readonly #boxes = new Map<string, Box>();
  readonly #oldLogs = new Map<string, readonly string[]>();
  isUp = false;

  constructor(inside: HostInside, stored: StoredDocker) {
    this.#inside = inside;
    this.#stored = stored;
    for (const [reference, { diskMb }] of Object.entries(stored.images)) {
      this.#claim(reference, diskMb);
    }
  }

  get images(): Readonly<Record<string, StoredImage>> {
    return this.#stored.images;
  }

  get containers(): readonly ContainerRecord[] {
    return Object.values(this.#stored.containers).sort((a, b) => b.createdAt - a.createdAt);
  }

  /** By name, whole id or its beginning. */
  find(nameOrId: string): ContainerRecord | undefined {
    const byName = this.#stored.containers[nameOrId.replace(/^\//, '')];
    return byName ?? this.containers.find(({ id }) => nameOrId.length >= 4 && id.startsWith(nameOrId));
  }

  image(reference: string): (StoredImage & { readonly reference: string }) | undefined {
    const { repository, tag } = splitReference(reference);
    const full = `${repository}:${tag}`;
    const image = this.#stored.images[full];
    return image === undefined ? undefined : { ...image, reference: full };
  }

  /** Fetches an image; false (with docker's words on stderr) when that fails. */
  async pull(reference: string, output: Output, signal: AbortSignal): Promise<boolean> {
    const { repository, tag } = splitReference(reference);
    const full = `${repository}:${tag}`;
    const facts = imageFacts(full);
    output.stdout(`${tag}: Pulling from ${repository.includes('/') ? repository : `library/${repository}`}\n`);
    if (facts === undefined) {
      output.stderr(`Error: image ${full} not found\n`);
      return false;
    }
    const isNew = this.image(full) === undefined;
    const underWay = this.#pulls.get(full) ?? this.#fetch(full, facts.pulledMb, facts.diskMb, signal);
    this.#pulls.set(full, underWay);
    const problem = await underWay.finally(() => this.#pulls.delete(full));
    if (signal.aborted) {
      return false;
    }
    if (problem !== undefined) {
      output.stderr(`${problem}\n`);
      return false;
    }
    output.stdout(`Digest: sha256:${digest(full)}\n`);
    output.stdout(`Status: ${isNew ? 'Downloaded newer image for' : 'Image is up to date for'} ${full}\n`);
    return true;
  }

  removeImage(reference: string): boolean {
    const image = this.image(reference);
    if (image === undefined) {
      return false;
    }
    Reflect.deleteProperty(this.#stored.images, image.reference);
    this.#space.get(image.reference)?.();
    this.#space.delete(image.reference);
    this.#save();
    return true;
  }

  /** Starts a container of an image that is there. Undefined when the name is taken. */
  run(spec: RunSpec): RunningContainer | undefined {
    const resumed = spec.name !== undefined && this.#resumable.delete(spec.name) ? this.find(spec.name) : undefined;
    if (resumed === undefined && spec.name !== undefined && this.find(spec.name) !== undefined) {
      return undefined;
    }
    const record = resumed ?? this.#newRecord(spec);
    return this.#startRecord(record, spec, resumed !== undefined);
  }

  /** An ended container once more, as it was made. */
  restart(record: ContainerRecord): RunningContainer {
    return this.#startRecord(record, specOf(record), false);
  }

  /** The files and the shell inside a container, for as long as that is kept. */
  boxOf(record: ContainerRecord): Box {
    const known = this.#boxes.get(record.id);
    if (known !== undefined) {
      return known;
    }
    const box = makeBox(this.#inside, {
      image: boxImageOf(record.image) ?? DEIS_BASE,
      hostname: record.hostname ?? (record.isHostNetwork ? this.#inside.hostname() : record.id.slice(0, 12)),
      volumes: record.volumes,
      isHostNetwork: record.isHostNetwork,
      command: record.command === '' ? '/app/bin/boot' : record.command,
    });
    this.#boxes.set(record.id, box);
    return box;
  }

  /** What it said, also after its end. */
  logsOf(name: string): readonly string[] {
    return this.running.get(name)?.logs ?? this.#oldLogs.get(name) ?? [];
  }

  isResumable(name: string | undefined): boolean {
    return name !== undefined && this.#resumable.has(name);
  }

  remove(name: string): void {
    this.#boxes.delete(this.#stored.containers[name]?.id ?? '');
    this.#oldLogs.delete(name);
    Reflect.deleteProperty(this.#stored.containers, name);
    this.#save();
  }

  changed(): void {
    this.#save();
  }

  /** The daemon is told to end: its containers end with it. */
  async stopAll(): Promise<void> {
    this.isUp = false;
    const all = [...this.running.values()];
    for (const container of all) {
      container.stop('TERM');
    }
    await Promise.all(all.map(({ exited }) => exited));
  }

  /** After a restart of the practice process. */
  resume(): void {
    this.#resumable = new Set(this.containers.filter(({ state }) => state === 'running').map(({ name }) => name));
  }

  powerLost(): void {
    this.isUp = false;
    this.running.clear();
    this.mounts.splice(0);
    this.#resumable.clear();
    for (const record of this.containers) {
      if (record.state === 'running') {
        record.state = 'exited';
        record.exitCode = 137;
        record.finishedAt = this.#now();
      }
    }
    this.#save();
  }

  #startRecord(record: ContainerRecord, spec: RunSpec, isResumed: boolean): RunningContainer {
    if (!isResumed) {
      record.startedAt = this.#now();
    }
    record.state = 'running';
    const component = componentOf(spec.image);
    const container = runContainer(this.#inside, {
      record,
      spec,
      isResumed,
      behaviour: behaviourOf(component, spec.command),
      ...weightOf(component, spec),
    });
    this.running.set(record.name, container);
    void container.exited.then((code) => {
      this.running.delete(record.name);
      if (!spec.removesItself) {
        this.#oldLogs.set(record.name, container.logs);
      }
      record.state = 'exited';
      record.exitCode = code;
      record.finishedAt = this.#now();
      if (spec.removesItself) {
        this.#boxes.delete(record.id);
        Reflect.deleteProperty(this.#stored.containers, record.name);
      }
      this.#save();
    });
    this.#save();
    return container;
  }

  #newRecord(spec: RunSpec): ContainerRecord {
    const id = this.#inside.kernel.random.hex(64);
    const record: ContainerRecord = {
      id,
      name: spec.name ?? `practice_${id.slice(0, 8)}`,
      image: spec.image,
      command: spec.command.join(' '),
      createdAt: this.#now(),
      ports: spec.ports,
      volumes: spec.volumes,
      environment: spec.environment,
      isHostNetwork: spec.isHostNetwork,
      removesItself: spec.removesItself,
      arguments: spec.command,
      ...(spec.hostname === undefined ? {} : { hostname: spec.hostname }),
      ...(spec.workingDirectory === undefined ? {} : { workingDirectory: spec.workingDirectory }),
      state: 'created',
      startedAt: 0,
      finishedAt: 0,
      exitCode: 0,
      byOom: false,
    };
    this.#stored.containers[record.name] = record;
    return record;
  }

  /** Layers are loaded to the disk, then unpacked beside themselves. What is wrong, in docker's words; undefined: it is there. */
  async #fetch(reference: string, pulledMb: number, diskMb: number, signal: AbortSignal): Promise<string | undefined> {
    const { kernel, host, resources } = this.#inside;
    if (this.image(reference) !== undefined) {
      return undefined;
    }
    const roomMb = Math.max(0, resources.diskTotalMb - resources.diskUsedMb);
    const release = resources.claimDisk(`${reference} on its way`, Math.min(pulledMb, roomMb));
    try {
      const ms = kernel.profile.pullMs(reference, pulledMb) * Math.min(1, roomMb / pulledMb);
      await kernel.ledger.delay('pull', `${host.name} ${reference}`, ms, signal);
    } catch {
      return 'net/http: request canceled'; // What was loaded so far is thrown away.
    } finally {
      release?.();
    }
    if (pulledMb > roomMb) {
      return `write /var/lib/docker/tmp/GetImageBlob${kernel.random.integer(100_000_000, 999_999_999)}: ${NO_SPACE}`;
    }
    if (!this.#claim(reference, diskMb)) {
      return `failed to register layer: Error processing tar file(exit status 1): write /usr/lib/locale/locale-archive: ${NO_SPACE}`;
    }
    this.#stored.images[reference] = { id: digest(`id ${reference}`), diskMb, pulledAt: this.#now() };
    this.#save();
    return undefined;
  }

  #claim(reference: string, diskMb: number): boolean {
    const release = this.#inside.resources.claimDisk(reference, diskMb);
    if (release === undefined) {
      return false;
    }
    this.#space.set(reference, release);
    return true;
  }

  #now(): number {
    return this.#inside.kernel.timeline.now();
  }

  #save(): void {
    this.#inside.save();
  }
}

function weightOf(component: string | undefined, { command, image }: RunSpec): { program: string; memoryMb: number } {
  const known = component === undefined ? undefined : COMPONENTS[component];
  if (known !== undefined && command.length === 0) {
    return known;
  }
  const program = (command[0] ?? 'boot').replace(/^.*\//, '');
  return {
    program,
    memoryMb: known === undefined && boxImageOf(image) === undefined ? OTHER_CONTAINER_MB : COMMAND_MB,
  };
}

const specOf = (record: ContainerRecord): RunSpec => ({ ...record, command: record.arguments });

export const NO_SPACE = 'no space left on device';

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
