import { LoneEtcd, newLoneEtcd } from '../../etcd/loneEtcd';
import type { Random, StateFile } from '../../kernel';

const SECTION = 'discovery-keys';
const CLUSTER_ID = '7e27652122e8b2ae';

/** What discovery.etcd.io keeps in its own etcd: a size and the members that have come, one folder for each token. */
export class Registry {
  readonly root = '/_etcd/registry';
  readonly keys: LoneEtcd;

  constructor(
    stateFile: StateFile,
    private readonly random: Random,
    now: () => number,
  ) {
    const state = stateFile.section(SECTION, () => newLoneEtcd(CLUSTER_ID));
    this.keys = new LoneEtcd(state, {
      now,
      saved: async () => {
        stateFile.changed(SECTION);
        await stateFile.saved();
      },
    });
  }

  /** Resolves with the token once it is on disk. */
  async create(size: string): Promise<string> {
    const token = this.random.hex(32);
    await this.keys.client.set(`${this.root}/${token}/_config/size`, { value: size, prevExist: false });
    return token;
  }
}
