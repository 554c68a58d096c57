import type { ServerResponse } from 'node:http';
import type { HttpHandler } from '../kernel';
import type { HostInside } from '../host/inside';
import { DOCKER_VERSION } from './about';

/**
 * The daemon's HTTP API, as far as somebody looks through a socket or the port of docker-tcp.socket: whoever reaches that port is
 * root (facts/coreos.md §5). A connection starts the daemon, as for the client.
 */
export const dockerApi =
  (inside: HostInside): HttpHandler =>
  (request, response) => {
    const path = (request.url ?? '/').split('?')[0]?.replace(/^\/v1\.\d+/, '') ?? '/';
    void inside.manager.startJob('docker.service').then(() => answer(inside, path, response));
  };

function answer({ docker, host, resources }: HostInside, path: string, response: ServerResponse): void {
  const isRunning = docker.isUp;
  const replies: Readonly<Record<string, () => unknown>> = {
    '/version': () => ({ Version: DOCKER_VERSION, ApiVersion: '1.22', Os: 'linux', Arch: 'amd64' }),
    '/info': () => ({
      Name: host.name,
      Containers: docker.containers.length,
      MemTotal: resources.memoryTotalMb * 1048576,
    }),
    '/containers/json': () =>
      docker.containers
        .filter(({ state }) => state === 'running')
        .map(({ id, name, image, createdAt }) => ({
          Id: id,
          Names: [`/${name}`],
          Image: image,
          Created: Math.floor(createdAt / 1000),
        })),
    '/images/json': () =>
      Object.entries(docker.images).map(([reference, { id, diskMb }]) => ({
        Id: `sha256:${id}`,
        RepoTags: [reference],
        Size: diskMb * 1_000_000,
      })),
  };
  const reply = replies[path];
  if (!isRunning) {
    response.destroy();
  } else if (path === '/_ping') {
    response.end('OK');
  } else if (reply === undefined) {
    response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' });
    response.end('page not found\n');
  } else {
    response.writeHead(200, { 'content-type': 'application/json', server: `Docker/${DOCKER_VERSION} (linux)` });
    response.end(`${JSON.stringify(reply())}\n`);
  }
}
