import type { ProgramContext } from '../programs/program';
import { insideOf } from '../host/inside';

export const DOCKER_VERSION = '1.10.3';
const VERSION = DOCKER_VERSION;
const DETAILS = ` Version:      ${VERSION}\n API version:  1.22\n Go version:   go1.5.4\n Git commit:   8acee1b\n Built:        \n OS/Arch:      linux/amd64\n`;

export function version(context: ProgramContext): number {
  context.stdout(`Client:\n${DETAILS}\nServer:\n${DETAILS}`);
  return 0;
}

export const shortVersion = `Docker version ${VERSION}, build 8acee1b\n`;

export function info(context: ProgramContext): number {
  const { docker, resources, host } = insideOf(context.host);
  const count = (state: string): number => docker.containers.filter((record) => record.state === state).length;
  context.stdout(
    [
      `Containers: ${docker.containers.length}`,
      ` Running: ${count('running')}`,
      ' Paused: 0',
      ` Stopped: ${docker.containers.length - count('running')}`,
      `Images: ${Object.keys(docker.images).length}`,
      `Server Version: ${VERSION}`,
      'Storage Driver: overlay',
      ' Backing Filesystem: extfs',
      'Kernel Version: 4.5.7-coreos',
      'Operating System: CoreOS 1010.5.0 (MoreOS)',
      'OSType: linux',
      'Architecture: x86_64',
      `Total Memory: ${resources.memoryTotalMb} MiB`,
      `Name: ${host.name}`,
      '',
    ].join('\n'),
  );
  return 0;
}
