import { unitFiles } from '../units/unitFiles';
import { DeisctlError, type DeisctlCall } from './call';

/** What Deis' repository has: releases, its main branch and commits. */
const TAGS = /^(?:v0\.\d+\.\d+|v1\.(?:\d|1[0-3])\.\d|master|[0-9a-f]{7,40})$/;

/** Puts the unit files of a version where deisctl looks for them. */
export async function refreshUnits(call: DeisctlCall): Promise<void> {
  const { host, environment, workingDirectory } = call.context;
  const home = environment['HOME'] ?? '/root';
  const asked = call.flags.value('path') ?? `${home}/.deis/units`;
  const folder = host.files.resolvePath(workingDirectory, asked.replace(/^~(?=\/|$)/, home));
  const tag = call.flags.value('tag') ?? `v${call.version}`;
  await host.files.mkdir(`${folder}/decorators`, { recursive: true });
  if (!TAGS.test(tag)) {
    throw new DeisctlError('404 Not Found');
  }
  const files = unitFiles();
  const names = [...files.keys()].filter((name) => !name.startsWith('decorators/'));
  for (const name of names) {
    const unit = name.replace(/\.service$/, '');
    await host.files.writeFile(`${folder}/${name}`, files.get(name) ?? '');
    call.out(`Refreshed ${unit} unit from ${tag}\n`);
    const decorator = `decorators/${name}.decorator`;
    const text = files.get(decorator);
    if (text === undefined) {
      call.out(`Decorator for ${unit} not found in ${tag}\n`);
    } else {
      await host.files.writeFile(`${folder}/${decorator}`, text);
      call.out(`Refreshed ${unit} decorator from ${tag}\n`);
    }
  }
}
