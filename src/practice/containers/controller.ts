import { bootSleep, defaults, hostAddress, publish, work } from './boot';
import type { Behaviour } from './context';
import { untilStopped } from './context';
import { controllerHandler } from './controllerApi';

/** Django behind gunicorn: it needs the database, the registry and the logger before it serves (facts/deisctl.md §7). */
export const controller: Behaviour = async (context) => {
  const { etcd, log, kernel } = context;
  await bootSleep(context);
  await defaults(context, {
    '/deis/controller/protocol': 'http',
    '/deis/controller/secretKey': kernel.random.hex(40),
    '/deis/controller/builderKey': kernel.random.hex(40),
    '/deis/controller/registrationMode': 'enabled',
    '/deis/controller/webEnabled': '0',
    '/deis/controller/unitHostname': 'default',
  });
  await etcd.waitFor('/deis/database/host');
  await etcd.waitFor('/deis/registry/host');
  await etcd.waitFor('/deis/logs/host');
  log('controller: running migrations');
  await work(context, 8000);
  context.listen(8000, controllerHandler(context));
  log('deis-controller running...');
  context.ready();
  await publish(context, {
    '/deis/controller/host': hostAddress(context),
    '/deis/controller/port': context.environment['EXTERNAL_PORT'] ?? '8000',
  });
  return await untilStopped(context.signal);
};
