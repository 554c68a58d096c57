import type { HostInside, Output } from '../host/inside';
import type { ContainerRecord } from '../docker/engine';
import { componentOf } from '../docker/images';
import { describeCeph, viewCeph } from './ceph';

/** A command inside a running container; its exit code. Only what Deis's units and its runbooks run there. */
export function runInside(
  inside: HostInside,
  record: ContainerRecord,
  command: readonly string[],
  output: Output,
): Promise<number> {
  const [program = '', ...args] = command;
  const component = componentOf(record.image);
  const name = program.replace(/^.*\//, '');
  if (name === 'true' || (component === 'builder' && name === 'push-images')) {
    return Promise.resolve(0);
  }
  if (name === 'ceph' && component?.startsWith('store-') === true) {
    return ceph(inside, args, output);
  }
  output.stderr(
    `rpc error: code = 2 desc = "oci runtime error: exec failed: exec: \\"${program}\\": executable file not found in $PATH"\n`,
  );
  return Promise.resolve(126);
}

/** Without a quorum of monitors Ceph's client only waits, until it gives up after five minutes. */
async function ceph(inside: HostInside, args: readonly string[], output: Output): Promise<number> {
  const view = viewCeph(inside);
  if (!view.hasQuorum) {
    await inside.kernel.timeline.sleep(300_000, inside.host.power);
    output.stderr('monclient(hunting): authenticate timed out after 300\nError connecting to cluster: TimedOut\n');
    return 1;
  }
  const { health, status } = describeCeph(view);
  switch (args.join(' ')) {
    case 'health':
      output.stdout(`${health}\n`);
      return 0;
    case '-s':
    case 'status':
      output.stdout(status);
      return 0;
    default:
      output.stderr('no valid command found\nError EINVAL: invalid command\n');
      return 22;
  }
}
