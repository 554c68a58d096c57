import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  at,
  createActive,
  dropletRequest,
  listAt,
  startPractice,
  TOKEN,
  until,
  type Answer,
  type Practice,
} from './support';

const SECOND = `${TOKEN}-second`;

/** What Terraform and doctl can make beside droplets: private networks, and projects that group what an account has. */
describe('private networks and projects', () => {
  let practice: Practice;
  before(async () => (practice = await startPractice('--speed', 'max')));
  after(async () => await practice.kill());

  const ask = async (method: string, path: string, body?: object): Promise<Answer> =>
    await practice.call(method, `/v2/${path}`, body === undefined ? {} : { body });
  const made = async (path: string, body: object): Promise<Answer> => {
    const answer = await ask('POST', path, body);
    assert.equal(answer.status, 201, answer.text);
    return answer;
  };
  const refusal = async (...call: Parameters<typeof ask>): Promise<unknown[]> => {
    const { status, json } = await ask(...call);
    return [status, at(json, 'message')];
  };

  it('make a network of its own range, whose droplets have their addresses in it', async () => {
    await createActive(practice, ['in-default']);
    const vpc = at((await made('vpcs', { name: 'own', region: 'nyc3', ip_range: '172.20.0.0/28' })).json, 'vpc');
    const id = String(at(vpc, 'id'));
    const [droplet = 0] = await createActive(practice, ['in-own'], { vpc_uuid: id });
    const { json } = await ask('GET', `droplets/${droplet}`);
    const members = await ask('GET', `vpcs/${id}/members`);

    assert.deepEqual([at(vpc, 'default'), at(vpc, 'ip_range')], [false, '172.20.0.0/28']);
    assert.deepEqual(at(json, 'droplet.networks.v4.0'), {
      ...{ ip_address: '172.20.0.2', netmask: '255.255.255.240', gateway: '172.20.0.1', type: 'private' },
    });
    assert.equal(at(members.json, 'members.0.urn'), `do:droplet:${droplet}`);
    assert.deepEqual(await refusal('DELETE', `vpcs/${id}`), [409, 'Can not delete VPC with members']);
    const full = Array.from({ length: 10 }, (_, index) => `many-${index}`);
    assert.equal((await ask('POST', 'droplets', dropletRequest(full, { vpc_uuid: id }))).status, 202);
    const [status] = await refusal('POST', 'droplets', dropletRequest(['a', 'b', 'c'], { vpc_uuid: id }));
    assert.equal(status, 422, 'more droplets than addresses');
  });

  it('keep networks apart by name, range, region and account', async () => {
    const own = await made('vpcs', { name: 'apart', region: 'sfo1', ip_range: '10.99.0.0/16' });
    const id = String(at(own.json, 'vpc.id'));
    const other = { name: 'next', region: 'nyc3', ip_range: '10.99.128.0/20' };

    assert.deepEqual(await refusal('POST', 'vpcs', other), [
      422,
      'This range/size overlaps with another VPC network in your account: apart 10.99.0.0/16.',
    ]);
    for (const wrong of [{ name: 'apart' }, { name: 'no blanks' }, { ip_range: '10.0.0.0/8' }, { region: 'mars1' }]) {
      const [status] = await refusal('POST', 'vpcs', { ...other, ip_range: '10.98.0.0/16', ...wrong });
      assert.equal(status, 422, JSON.stringify(wrong));
    }
    assert.equal(
      (await refusal('POST', 'droplets', dropletRequest(['x'], { vpc_uuid: id })))[0],
      422,
      'another region',
    );
    const nowhere = dropletRequest(['x'], { vpc_uuid: '00000000-0000-0000-0000-000000000000' });
    assert.deepEqual(await refusal('POST', 'droplets', nowhere), [404, 'Failed to resolve VPC']);
    assert.equal((await practice.call('GET', `/v2/vpcs/${id}`, { token: SECOND })).status, 404);
    assert.deepEqual(await refusal('DELETE', `vpcs/${id}`), [403, 'Can not delete default VPCs']);
    const put = await ask('PUT', `vpcs/${id}`, { name: 'put', description: 'said' });
    const patched = await ask('PATCH', `vpcs/${id}`, { name: 'patched' });
    assert.deepEqual([at(put.json, 'vpc.description'), at(patched.json, 'vpc.description')], ['said', 'said']);
    assert.equal(at(patched.json, 'vpc.name'), 'patched');
  });

  it('put a droplet into a project, which is not deleted before the droplet has left it', async () => {
    const [droplet = 0] = await createActive(practice, ['grouped']);
    const urn = `do:droplet:${droplet}`;
    const project = await made('projects', { name: 'deis', purpose: 'a platform', environment: 'production' });
    const id = String(at(project.json, 'project.id'));
    const inside = async (which: string): Promise<unknown[]> =>
      listAt((await ask('GET', `projects/${which}/resources?per_page=200`)).json, 'resources').map((one) =>
        at(one, 'urn'),
      );
    assert.ok((await inside('default')).includes(urn));
    const assigned = await ask('POST', `projects/${id}/resources`, { resources: [urn] });

    assert.deepEqual([assigned.status, at(assigned.json, 'resources.0.status')], [200, 'assigned']);
    assert.deepEqual([await inside(id), (await inside('default')).includes(urn)], [[urn], false]);
    assert.deepEqual(
      [at(project.json, 'project.purpose'), at(project.json, 'project.environment')],
      ['Other: a platform', 'Production'],
    );
    assert.equal((await ask('DELETE', `projects/${id}`)).status, 412);
    assert.equal((await ask('DELETE', 'projects/default')).status, 412);
    assert.equal((await ask('POST', `projects/${id}/resources`, { resources: ['do:droplet:1'] })).status, 404);
    const [born = 0] = await createActive(practice, ['born-inside'], { project_id: id });
    assert.equal(at((await ask('GET', `droplets/${born}`)).json, 'droplet.project_id'), id);
    assert.deepEqual(await inside(id), [urn, `do:droplet:${born}`]);
    assert.equal((await ask('POST', 'droplets', dropletRequest(['x'], { project_id: 'none' }))).status, 422);
    await ask('DELETE', `droplets/${born}`);
    await ask('DELETE', `droplets/${droplet}`);
    await until(
      () => ask('GET', `projects/${id}/resources`),
      ({ json }) => at(json, 'meta.total') === 0,
    );
    assert.equal((await ask('DELETE', `projects/${id}`)).status, 204);
  });
});
