import type { Disks } from './cloud/diskImages';
import { completeHostKeys } from './host/image/hostKeys';
import { insideOf } from './host/inside';
import type { Host } from './kernel';
import type { JsonStateFile } from './stateFile';

/** What of a droplet's sections is on its disk: all but what its kernel holds. */
const ON_DISK = ['host', 'etcd'];

/** Disks as they are in the state file. */
export function stateDisks(state: JsonStateFile, hostOf: (id: number) => Host | undefined): Disks {
  return {
    copy(fromId, toId) {
      const host = hostOf(fromId);
      if (host !== undefined) completeHostKeys(insideOf(host).tree);
      const names = state.sectionNames();
      for (const part of ON_DISK.filter((one) => names.includes(`${one}/${fromId}`))) {
        // As the state file has it, and a restart would find it.
        const text = JSON.stringify(state.section(`${part}/${fromId}`, () => ({})));
        state.remove(`${part}/${toId}`);
        state.section(`${part}/${toId}`, () => sectionOf(text));
      }
    },
    remove(id) {
      for (const name of state.sectionNames()) if (name.endsWith(`/${id}`)) state.remove(name);
    },
  };
}

function sectionOf(text: string): object {
  const value: unknown = JSON.parse(text);
  return typeof value === 'object' && value !== null ? value : {};
}
