import { exact, lines, streams, type StreamComparator } from '../compare';
import type { Scenario, Stage } from '../stage';

/** Every number of a measured table is chance, its form and its words are not; padding hangs on the numbers. */
const figures: StreamComparator = (recorded, ours) => exact(withoutFigures(recorded), withoutFigures(ours));
const withoutFigures = (text: string): string => text.replaceAll(/\d[\d.]*/g, '‹number›').replaceAll(/[ \t]+/g, ' ');

/** The keys of /proc/meminfo hang on the kernel's release and its build: of ours, each with the recorded unit. */
const meminfo: StreamComparator = (recorded, ours) => {
  const known = new Set(withoutFigures(recorded).split('\n'));
  const strange = withoutFigures(ours)
    .split('\n')
    .find((line) => !known.has(line));
  const missing = ['MemTotal:', 'MemFree:', 'Cached:', 'SwapTotal:', 'SwapFree:'].find((key) => !ours.includes(key));
  if (missing !== undefined) return `${missing} is missing`;
  return strange === undefined ? undefined : `line "${strange}" is in no recorded answer`;
};

async function withoutSwap(stage: Stage): Promise<void> {
  const asFigures = streams({ stdout: figures });
  await stage.rows(['free-b.txt', 'free-m.txt', 'loadavg.txt', 'uptime.txt', 'nproc.txt'], { as: asFigures });
  await stage.row('meminfo.txt', { as: streams({ stdout: meminfo }) });
  await stage.rows(['swaps-none.txt', 'df-missing.txt', 'is-system-running.txt', 'is-active.txt', 'failed.txt']);
  await stage.rows(['df-root.txt'], { as: asFigures });
  await stage.row('environment.txt', {
    as: streams({ stdout: lines, chance: [[/(?<=COREOS_PUBLIC_IPV4=).+/g, '‹public›']] }),
  });
}

async function withSwap(stage: Stage): Promise<void> {
  const place = '/swapfile';
  await stage.prepare(
    'deis-1',
    `sudo fallocate -l 64M ${place} && sudo chmod 600 ${place} && sudo mkswap ${place} && sudo swapon ${place}`,
  );
  const asFigures = streams({ stdout: figures });
  await stage.rows(['swaps-one.txt', 'free-b-swap.txt', 'meminfo-swap.txt', 'swapon-show.txt'], { as: asFigures });
}

export const scenario: Scenario = {
  async run(stage) {
    // What Deis's user data writes.
    await stage.prepare('deis-1', 'echo DEIS_RELEASE=v1.13.4 | sudo tee /etc/deis-release');
    await withoutSwap(stage);
    await withSwap(stage);
  },
};
