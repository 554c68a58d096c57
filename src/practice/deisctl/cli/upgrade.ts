import type { EtcdNode } from '../../etcd/api';
import { EARLY_STARTS, INSTALL_GROUPS, START_GROUPS, type Group } from '../components';
import { create, destroy, kick, start, stop } from './backend';
import type { DeisctlCall } from './call';
import { ask } from './config';
import { through } from './platform';
import { rollingRestart } from './scale';

/** How long applications stay published while nothing renews them. */
const PUBLISHED_SECONDS = 1_800;
const SERVICES = '/deis/services';

const CONTROL = ['database', 'registry@*', 'controller', 'builder', 'logger', 'logspout'];
const STORES = [['store-volume', 'store-gateway@*'], ['store-metadata'], ['store-daemon'], ['store-monitor']];

/** Stops and removes all but routers and publisher: applications go on answering (Deis 1.13, deisctl/cmd/upgrade.go). */
export async function upgradePrep(call: DeisctlCall): Promise<void> {
  for (const targets of [CONTROL, ...(call.flags.isSet('stateless') ? [] : STORES)]) {
    await stop(call, targets);
    await destroy(call, targets);
  }
  call.out('The platform has been stopped, but applications are still serving traffic as normal.\n');
  call.out(
    'Your cluster is now ready for upgrade. Install a new deisctl version and run `deisctl upgrade-takeover`.\n',
  );
  const more = 'http://docs.deis.io/en/latest/managing_deis/upgrading-deis/#graceful-upgrade';
  call.out(`For more details, see: ${more}\n`);
}

/** Puts the new version in place: applications are kept published while publisher and routers are replaced. */
export async function upgradeTakeover(call: DeisctlCall): Promise<void> {
  const isStateless = call.flags.isSet('stateless');
  const services = await publishedServices(call);
  await stop(call, ['publisher']);
  await destroy(call, ['publisher']);
  for (const { key, value = '' } of services) {
    const write = { value, ttlSeconds: PUBLISHED_SECONDS, prevExist: true };
    await ask(call, `Put ${key}?prevExist=true`, (client) => client.set(key, write));
  }
  await rollingRestart({ ...call, args: ['router'] });
  await create(call, ['publisher']);
  await start(call, ['publisher']);
  await through(call, withoutRouters(INSTALL_GROUPS([], isStateless)), (targets) => create(call, targets));
  const groups = withoutRouters(START_GROUPS(isStateless));
  const at = groups.findIndex((group) => group.title === 'Control plane...');
  await through(call, groups.slice(0, at), (targets) => start(call, targets));
  await kick(call, isStateless ? EARLY_STARTS.slice(1) : EARLY_STARTS.filter((target) => target !== 'router@*'));
  await through(call, groups.slice(at), (targets) => start(call, targets));
}

const withoutRouters = (groups: readonly Group[]): Group[] => groups.filter(({ title }) => title !== 'Router mesh...');

/** @throws DeisctlError when nothing was ever published */
async function publishedServices(call: DeisctlCall): Promise<EtcdNode[]> {
  const request = `Get ${SERVICES}?quorum=false&recursive=true&sorted=true`;
  const { node } = await ask(call, request, (client) => client.get(SERVICES, { recursive: true, sorted: true }));
  return leaves(node);
}

/** Directories that are empty are among them: they get a time to live as well (Deis, deisctl/config/etcd/etcd.go). */
const leaves = ({ nodes = [], ...node }: EtcdNode): EtcdNode[] => (nodes.length === 0 ? [node] : nodes.flatMap(leaves));
