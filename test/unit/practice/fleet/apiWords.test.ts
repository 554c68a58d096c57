import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { replyTo } from '../../../../src/practice/fleet/api/serve';
import { HandlerPanic } from '../../../../src/practice/fleet/api/errors';
import { at, fleetOf, runningFleet } from '../support/fakeCluster';
import { disposeKernels } from '../support/fakeKernel';

const UNIT = '/fleet/v1/units/a.service';
const MACHINES = '/fleet/v1/machines';

interface Asked {
  readonly method?: string;
  readonly url?: string;
  readonly contentType?: string | readonly string[];
}
type Ask = (body?: string, more?: Asked) => Promise<string>;

async function asking(): Promise<Ask> {
  const node = at(await runningFleet({ nodes: 1, size: '1' }), 1);
  return async (body = '', { method = 'PUT', url = UNIT, contentType = 'application/json' } = {}) => {
    const { status, text, location } = await replyTo(fleetOf(node), { method, url, contentType, body });
    return [status, location ?? text].filter((part) => part !== undefined).join(' ');
  };
}

const refused = (code: number, message: string): string => `${code} ${JSON.stringify({ error: { code, message } })}`;
const options = (...fleet: readonly (readonly [string, string])[]): string =>
  JSON.stringify({ options: fleet.map(([name, value]) => ({ section: 'X-Fleet', name, value })) });

// Each answer was compared with that of a fleetd built from its source.
describe("fleet's API", () => {
  afterEach(disposeKernels);

  it('says of a body that is no JSON what Go says', async () => {
    const ask = await asking();
    for (const [body, problem] of [
      ['', 'EOF'],
      ['{', 'unexpected EOF'],
      ['{"a":}', "invalid character '}' looking for beginning of value"],
      ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
      ['{"a" 1}', "invalid character '1' after object key"],
      ['{"a":[1 2]}', "invalid character '2' after array element"],
      ['{"a":01}', "invalid character '1' after object key:value pair"],
      ['{"a":tru}', "invalid character '}' in literal true (expecting 'e')"],
      ['{"a":"\\x"}', "invalid character 'x' in string escape code"],
      ['ä', "invalid character 'Ã' looking for beginning of value"],
      ['[]', 'json: cannot unmarshal array into Go value of type schema.Unit'],
      ['{"name":1}', 'json: cannot unmarshal number into Go struct field Unit.name of type string'],
      [
        '{"options":[{"section":true}]}',
        'json: cannot unmarshal bool into Go struct field UnitOption.options.section of type string',
      ],
    ] as const) {
      assert.equal(await ask(body), refused(400, `unable to decode body: ${problem}`), body);
    }
  });

  it('passes over what it does not know, what is null and what comes after', async () => {
    const ask = await asking();
    const nothing = refused(409, 'unit does not exist and options field empty');
    for (const body of ['null', '{"unknown":[{}]}', '{"name":null}', '{"a":1} x']) {
      assert.equal(await ask(body), nothing, body);
    }
    assert.equal(await ask('{"OPTIONS":[{"Section":"Service","value":""}]}'), '201');
    assert.match(await ask('', { method: 'GET' }), /"options":\[{"section":"Service"}\]/);
    await assert.rejects(ask('{"options":[null]}'), HandlerPanic);
  });

  it('wants one type of content', async () => {
    const ask = await asking();
    const types = ['application/json', 'application/json'];
    assert.equal(await ask('{}', { contentType: types }), refused(415, 'expected 1 Content-Type, got 2'));
  });

  it('sends on who asks with dots and double slashes, and takes escaped ones for what they are', async () => {
    const ask = await asking();
    const get = async (url: string): Promise<string> => await ask('', { method: 'GET', url });
    assert.equal(await get('/fleet/v1/units/../state?a=b'), '301 /fleet/v1/state?a=b');
    assert.equal(await get('//fleet/v1//units/'), '301 /fleet/v1/units/');
    assert.equal(await get('/fleet%2Fv1/units'), '200 {}');
    assert.equal(await get('/fleet/v1/units/a%2Fb.service'), refused(404, ''));
    assert.equal(await get('/fleet/v1/units?nextPageToken=%zz'), '200 {}');
  });

  it('takes no options that make no unit file, and no requirements that exclude each other', async () => {
    const ask = await asking();
    const unit = (value: string): string => JSON.stringify({ options: [{ section: 'Unit', name: 'A', value }] });
    for (const [body, problem] of [
      [unit('x\ny'), 'unexpected newline encountered while parsing option name'],
      [unit('x'.repeat(2_046)), 'line too long (max 2048 bytes)'],
      [
        options(['MachineOf', '"b.service" "c.service"'], ['Conflicts', 'x c.*']),
        'unresolvable requirements: peer "c.service" matches conflict "c.*"',
      ],
      [
        options(['MachineOf', 'b.service'], ['Replaces', 'b*']),
        'unresolvable requirements: peer "b.service" matches replace "b*"',
      ],
      [options(['MachineID', ''], ['MachineOf', 'b'], ['Global', 'true']), 'MachineID cannot be used with Peers'],
      [options(['X-ConditionMachineBootID', 'a'], ['X-Conflicts', 'b']), 'MachineID cannot be used with Conflicts'],
    ] as const) {
      assert.equal(await ask(body), refused(400, problem));
    }
    assert.equal(await ask(options(['MachineID', 'a'], ['Global', 'yes please'])), '201');
  });

  it('counts pages in sixteen bits', async () => {
    const ask = await asking();
    await ask(options(['A', 'b']));
    const page = async (token: string): Promise<string> =>
      await ask('', { method: 'GET', url: `/fleet/v1/machines?nextPageToken=${token}` });
    assert.equal(await page('ZAACAA='), refused(400, 'illegal base64 data at input byte 7'));
    assert.equal(await page('ZAACAA==x'), refused(400, 'illegal base64 data at input byte 8'));
    assert.equal(await page('ZAACAA=='), '200 {}');
    assert.match(await page('ZAABQA=='), /^200 {"machines":/); // Page 16385 begins where the first one does.
  });

  it('changes metadata of machines only when all that is asked is right, and removes what the machine says of itself', async () => {
    const ask = await asking();
    const { id } = fleetMachine(await ask('', { method: 'GET', url: MACHINES }));
    const patch = async (...changes: readonly object[]): Promise<string> =>
      await ask(JSON.stringify(changes), { method: 'PATCH', url: MACHINES });
    const add = { op: 'add', path: `/${id}/metadata/disk`, value: 'ssd' };
    assert.equal(
      await patch(add, { ...add, value: '' }),
      refused(400, 'invalid value: add and replace require a value'),
    );
    assert.equal(await patch(add, { ...add, op: 'test' }), refused(400, 'invalid op: expect add, remove, or replace'));
    assert.equal(await patch(add, { ...add, path: '/x/y' }), refused(400, 'machine metadata path invalid'));
    assert.equal(await patch(add, { op: 'remove', path: `/${id}/metadata/dataPlane` }), '204');
    const { metadata } = fleetMachine(await ask('', { method: 'GET', url: MACHINES }));
    assert.deepEqual(metadata, { controlPlane: 'true', disk: 'ssd', routerMesh: 'true' });
  });
});

function fleetMachine(reply: string): { id: string; metadata: object } {
  const page = JSON.parse(reply.slice(4)) as { machines: readonly { id: string; metadata: object }[] };
  const [machine] = page.machines;
  assert.ok(machine);
  return machine;
}
