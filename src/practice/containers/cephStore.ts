import * as v from 'valibot';
import type { HostInside } from '../host/inside';
import { storeNodes, viewCeph } from './ceph';

const copySchema = v.object({ version: v.number(), value: v.unknown() });
const FOLDER = '/var/lib/docker/volumes/deis-store-daemon-data/objects';

/**
 * Data that outlives the node it was written on: every node with an object store that is up gets a copy, the newest counts.
 * What the database archives and the registry keeps lies here, so a component that moves finds it again.
 */
export class CephStore {
  constructor(private readonly inside: HostInside) {}

  get isAvailable(): boolean {
    const view = viewCeph(this.inside);
    return view.hasQuorum && view.osdsUp > 0;
  }

  /** The newest copy that is in reach. */
  read(name: string): unknown {
    return this.#newest(name)?.value;
  }

  write(name: string, value: unknown): void {
    const version = (this.#newest(name)?.version ?? 0) + 1;
    const text = JSON.stringify({ version, value });
    for (const node of storeNodes(this.inside)) {
      node.tree.write(`${FOLDER}/${name}`, text, { mode: 0o600 });
    }
  }

  #newest(name: string): v.InferOutput<typeof copySchema> | undefined {
    const copies = storeNodes(this.inside).flatMap((node) => {
      const text = node.tree.text(`${FOLDER}/${name}`);
      return text === undefined ? [] : [v.parse(copySchema, JSON.parse(text))];
    });
    return copies.sort((a, b) => b.version - a.version)[0];
  }
}
