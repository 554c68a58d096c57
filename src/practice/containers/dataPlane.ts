import { bootSleep, hostAddress, publish, work } from './boot';
import type { Behaviour, ContainerContext } from './context';
import { untilStopped } from './context';
import { greeting, send } from './http';

/** Of the SSH server in the builder, Go's own. */
export const BUILDER_BANNER = 'SSH-2.0-Go\r\n';

/** What asks Docker about the node's other containers ends at once without its socket (log.Fatal in both programs of Deis). */
function hasDocker({ volumes, log }: ContainerContext): boolean {
  // Logspout looks for it in /tmp, the publisher in /var/run.
  const isThere = volumes.some((volume) => /^(?:\/var)?\/run\/docker\.sock:/.test(volume));
  if (!isThere) {
    log('cannot connect to Docker endpoint');
  }
  return isThere;
}

/** Logs of apps: syslog in, HTTP out. */
export const logger: Behaviour = async (context) => {
  await bootSleep(context);
  context.listen(8088, (_request, response) => send(response, 204, ''));
  context.log('deis-logger running');
  context.ready();
  await publish(context, {
    '/deis/logs/host': hostAddress(context),
    '/deis/logs/port': context.environment['EXTERNAL_PORT'] ?? '514',
  });
  return await untilStopped(context.signal);
};

/** Ships what containers say to the logger; without one it waits. */
export const logspout: Behaviour = async (context) => {
  const { etcd, log } = context;
  if (!hasDocker(context)) {
    return 1;
  }
  if (etcd.peek('/deis/logs/host') === undefined) {
    log('waiting for the logger');
  }
  context.ready();
  log(`routing to ${await etcd.waitFor('/deis/logs/host')}:514`);
  return await untilStopped(context.signal);
};

/** Writes down which app containers run here; there are none until somebody deploys. */
export const publisher: Behaviour = async (context) => {
  if (!hasDocker(context)) {
    return 1;
  }
  context.log('publisher: started');
  context.ready();
  const { inside, etcd } = context;
  context.every(10_000, () => {
    for (const { record } of inside.docker.running.values()) {
      const app = /^([a-z0-9-]+)_v\d+\.\w+\.\d+$/.exec(record.name)?.[1];
      const port = record.ports[0]?.split(':')[0];
      if (app !== undefined && port !== undefined) {
        etcd.set(`/deis/services/${app}/${record.name}`, `${hostAddress(context)}:${port}`, 20).catch(() => undefined);
      }
    }
  });
  return await untilStopped(context.signal);
};

/** Blobs in the gateway, an address in etcd. */
export const registry: Behaviour = async (context) => {
  const { etcd, log } = context;
  await bootSleep(context);
  await etcd.waitFor('/deis/store/gateway/host');
  await etcd.set('/deis/registry/bucketName', 'registry');
  await work(context, 2000);
  context.listen(5000, (request, response) => {
    const isPing = request.url === '/v1/_ping' || request.url === '/v2/';
    send(response, isPing ? 200 : 404, isPing ? 'true' : '"docker-registry server"');
  });
  log('deis-registry running...');
  context.ready();
  await publish(context, {
    '/deis/registry/host': hostAddress(context),
    '/deis/registry/port': context.environment['EXTERNAL_PORT'] ?? '5000',
    '/deis/registry/protocol': 'http',
  });
  return await untilStopped(context.signal);
};

/** SSH for `git push`; its host keys are kept in etcd. */
export const builder: Behaviour = async (context) => {
  const { etcd, log } = context;
  await bootSleep(context);
  await etcd.waitFor('/deis/controller/host');
  await etcd.waitFor('/deis/registry/host');
  await work(context, 3000);
  // 22 in the units of Deis 1.12 and before, 2223 since: what is not published is not listened on.
  for (const port of [22, 2223]) {
    context.listen(
      port,
      greeting(() => BUILDER_BANNER),
    );
  }
  log('deis-builder running...');
  context.ready();
  await publish(context, {
    '/deis/builder/host': hostAddress(context),
    '/deis/builder/port': context.environment['EXTERNAL_PORT'] ?? '2223',
  });
  return await untilStopped(context.signal);
};
