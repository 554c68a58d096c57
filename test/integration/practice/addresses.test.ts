import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { removeFolder } from '../removeFolder';
import { skipWithoutPackage } from './clients/programs';
import { startNodes, userData, type Nodes } from './nodes';
import { at, createActive, temporaryFolder, until, type Practice } from './support';

const METADATA = 'http://169.254.169.254/metadata/v1';

/** The API, the metadata service and the node itself say the same of its addresses. */
describe('addresses of droplets', { skip: skipWithoutPackage('ssh'), timeout: 60_000 }, () => {
  let practice: Practice;
  let nodes: Nodes;
  let folder: string;
  before(async () => {
    folder = temporaryFolder();
    ({ practice, nodes } = await startNodes(folder));
    await nodes.create(['usual'], {});
  });
  after(async () => {
    await practice.kill();
    await removeFolder(folder);
  });

  const get = async (path: string): Promise<unknown> => (await practice.call('GET', `/v2/${path}`)).json;
  const said = async (node: string, script: string): Promise<string[]> =>
    (await nodes.run(node, script)).stdout.trim().split('\n');
  const asks = (...paths: string[]): string => paths.map((path) => `curl -s ${METADATA}/${path}; echo`).join(';');

  it('have the netmask of their private network, whatever that is', async () => {
    const body = { name: 'small', region: 'nyc3', ip_range: '192.168.32.0/24' };
    const vpc = at((await practice.call('POST', '/v2/vpcs', { body })).json, 'vpc.id');
    const key = at(await get('account/keys'), 'ssh_keys.0.id');
    const [id = 0] = await createActive(practice, ['small'], {
      vpc_uuid: vpc,
      ssh_keys: [key],
      user_data: userData(undefined),
    });
    await nodes.until('small', 'hostname', /^small\n/);
    const inner = at(await get(`droplets/${id}`), 'droplet.networks.v4.0');
    const own = 'interfaces/private/0/ipv4';
    const metadata = await said('small', asks(`${own}/address`, `${own}/netmask`, `${own}/gateway`));
    const address = String(at(inner, 'ip_address'));

    assert.deepEqual([at(inner, 'netmask'), at(inner, 'gateway')], ['255.255.255.0', '192.168.32.1']);
    assert.deepEqual(metadata, [address, '255.255.255.0', '192.168.32.1']);
    assert.match(
      (await said('small', 'ip addr show eth1')).join('\n'),
      new RegExp(`inet ${address}/24 brd 192.168.32.255 `),
    );
    assert.match((await said('small', 'ip route')).join('\n'), /^192\.168\.32\.0\/24 dev eth1 /m);
    // The private network of the others is another one's.
    assert.match(
      (await said('usual', 'ip addr show eth1')).join('\n'),
      /inet 10\.\d+\.0\.\d+\/16 brd 10\.\d+\.255\.255 /,
    );
  });

  it('have an IPv6 address when that is enabled, on the node itself after its next boot', async () => {
    const id = Number(at(await get('droplets?name=usual'), 'droplets.0.id'));
    const address = asks('interfaces/public/0/ipv6/address', 'interfaces/public/0/ipv6/cidr');
    const before = await said('usual', `${address}; ip -6 addr show eth0 | grep -c global`);
    await practice.call('POST', `/v2/droplets/${id}/actions`, { body: { type: 'enable_ipv6' } });
    const { json } = await until(
      () => practice.call('GET', `/v2/droplets/${id}`),
      (answer) => at(answer.json, 'droplet.networks.v6.0') !== undefined,
    );
    const v6 = String(at(json, 'droplet.networks.v6.0.ip_address'));
    const enabled = await said('usual', `${address}; ip -6 addr show eth0 | grep -c global`);
    await nodes.run('usual', 'sudo reboot');
    const shown = await nodes.until('usual', 'ip addr show eth0; ip -6 route', new RegExp(v6));

    assert.deepEqual(before, ['not found', 'not found', '0']);
    assert.deepEqual(enabled, [v6, '64', '0']);
    assert.match(shown, new RegExp(` {4}inet6 ${v6}/64 scope global \n`));
    assert.match(shown, /default via 2001:db8:[0-9a-f:]+::1 dev eth0/);
  });

  it('are indexed as DigitalOcean’s reference says, and all in one', async () => {
    const index = await said('usual', `curl -s ${METADATA}/`);
    const network = await said('usual', `curl -s ${METADATA}/interfaces/public/0/`);
    const whole: unknown = JSON.parse((await said('usual', `curl -s ${METADATA}.json`)).join('\n'));
    const mac = (
      await said('usual', `cat /sys/class/net/eth0/address || ip link show eth0 | grep -o '04:01[0-9a-f:]*'`)
    ).join('');

    assert.deepEqual(
      index,
      'id hostname user-data vendor-data public-keys region interfaces/ dns/ floating_ip/ reserved_ip/ tags/ features/'.split(
        ' ',
      ),
    );
    assert.deepEqual(network, ['mac', 'type', 'ipv4/', 'ipv6/']);
    assert.deepEqual(
      ['interfaces.public.0.mac', 'interfaces.public.0.type', 'features.dhcp_enabled'].map((key) => at(whole, key)),
      [mac, 'public', false],
    );
  });
});
