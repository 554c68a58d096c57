import type { SwapSwitch } from '../systemd/plainUnits';
import type { HostResources } from './resources';

/** For units, which are content when their swap is on, or off, already. */
export function swapSwitch(resources: HostResources): SwapSwitch {
  const isOn = (path: string): boolean => resources.swaps.some((swap) => swap.path === path);
  return {
    on: (path) => (isOn(path) ? undefined : resources.swapOn(path)),
    off: (path) => (isOn(path) ? resources.swapOff(path) : undefined),
  };
}
