import { unitFiles } from '../units/unitFiles';
import type { DeisctlCall } from './call';

/** Puts the unit files of a version where deisctl looks for them. */
export async function refreshUnits(call: DeisctlCall): Promise<void> {
  const { host, environment, workingDirectory } = call.context;
  const home = environment['HOME'] ?? '/root';
  const asked = call.flags.value('path') ?? `${home}/.deis/units`;
  const folder = host.files.resolvePath(workingDirectory, asked.replace(/^~(?=\/|$)/, home));
  const tag = call.flags.value('tag') ?? `v${call.version}`;
  await host.files.mkdir(`${folder}/decorators`, { recursive: true });
  for (const [name, text] of unitFiles()) {
    await host.files.writeFile(`${folder}/${name}`, text);
    if (!name.startsWith('decorators/')) {
      call.out(`Refreshed ${name.replace(/\.service$/, '')} unit from ${tag}\n`);
    }
  }
}
