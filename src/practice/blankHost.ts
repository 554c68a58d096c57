import { InMemoryFs } from 'just-bash';
import type { HostSpec, HttpHandler, Kernel, PoweredHost } from './kernel';

/** A machine with power and no system on it. */
export function createBlankHost(kernel: Kernel, spec: HostSpec): PoweredHost {
  let power = new AbortController();
  const state = { isUp: false, bootedAt: 0 };
  const absent = (): never => {
    throw new Error('There is no system on this machine');
  };
  const listeners = new Map<string, HttpHandler>();
  const keyOf = (target: object): string => JSON.stringify(target);
  return {
    ...{ dropletId: spec.dropletId, name: spec.name, machineId: '0'.repeat(32), bootId: '' },
    ...{ privateAddress: spec.privateAddress, publicAddress: spec.publicAddress },
    ...{ memoryMb: spec.memoryMb, diskMb: spec.diskGb * 1024, files: new InMemoryFs() },
    ...{ listeningPorts: [], processes: [], requestPower: () => undefined },
    get isUp() {
      return state.isUp;
    },
    get bootedAt() {
      return state.bootedAt;
    },
    get power() {
      return power.signal;
    },
    get systemd() {
      return absent();
    },
    get journal() {
      return absent();
    },
    get resources() {
      return absent();
    },
    daemon: () => undefined,
    listener: (target) => listeners.get(keyOf(target)),
    listen: (target, handler) => {
      listeners.set(keyOf(target), handler);
      return () => listeners.delete(keyOf(target));
    },
    run: absent,
    async boot() {
      const { signal } = power;
      await kernel.ledger.delay('boot', spec.name, kernel.profile.bootMs, signal);
      state.isUp = true;
      state.bootedAt = kernel.timeline.now();
    },
    resume() {
      state.isUp = true;
    },
    cutPower() {
      state.isUp = false;
      power.abort();
      power = new AbortController();
    },
    shutdown() {
      this.cutPower();
      return Promise.resolve();
    },
    onPowerRequest: () => () => undefined,
    destroy() {
      listeners.clear();
    },
  };
}
