import { bootSleep, defaults, hostAddress, publish, work } from './boot';
import { CephStore } from './cephStore';
import type { Behaviour } from './context';
import { untilStopped } from './context';
import { deaf } from './http';

/** Its volume stays on the node; on another node it is restored from the gateway's bucket (facts/fault-tolerance.md §2). */
const DATA_MARKER = '/var/lib/docker/volumes/deis-database-data/initialized';

export const database: Behaviour = async (context) => {
  const { etcd, log, inside } = context;
  await bootSleep(context);
  await defaults(context, {
    '/deis/database/engine': 'postgresql_psycopg2',
    '/deis/database/adminUser': 'postgres',
    '/deis/database/adminPass': 'changeme123',
    '/deis/database/user': 'deis',
    '/deis/database/password': 'changeme123',
    '/deis/database/name': 'deis',
    '/deis/database/bucketName': 'db_wal',
  });
  await etcd.waitFor('/deis/store/gateway/host');
  if (inside.tree.find(DATA_MARKER) === undefined) {
    const isRestored = new CephStore(inside).read('database') !== undefined;
    log(isRestored ? 'database: restoring from backup...' : 'database: no existing database found, initializing');
    await work(context, isRestored ? 30_000 : 12_000);
    inside.tree.write(DATA_MARKER, '');
  }
  await work(context, 4000);
  context.listen(5432, deaf);
  log('database: postgres is running...');
  context.ready();
  await publish(context, {
    '/deis/database/host': hostAddress(context),
    '/deis/database/port': context.environment['EXTERNAL_PORT'] ?? '5432',
  });
  return await untilStopped(context.signal);
};
