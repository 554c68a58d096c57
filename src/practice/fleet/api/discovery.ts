/** The description of the API for clients that are made from it (fleet, schema/v1.json). */

const text = { type: 'string' };
const object = (id: string, properties: object): object => ({ id, type: 'object', properties });
const listOf = (name: string): object => ({ type: 'array', items: { $ref: name } });
const states = { type: 'string', enum: ['inactive', 'loaded', 'launched'] };

const page = (id: string, key: string, item: string): object =>
  object(id, { [key]: listOf(item), nextPageToken: text });

const SCHEMAS = {
  Machine: object('Machine', {
    id: text,
    primaryIP: text,
    metadata: { type: 'object', properties: {}, additionalProperties: text },
  }),
  MachinePage: page('MachinePage', 'machines', 'Machine'),
  UnitOption: object('UnitOption', { section: text, name: text, value: text }),
  Unit: object('Unit', {
    name: text,
    options: listOf('UnitOption'),
    desiredState: states,
    currentState: states,
    machineID: { type: 'string', required: true },
  }),
  UnitPage: page('UnitPage', 'units', 'Unit'),
  UnitState: object('UnitState', {
    name: text,
    hash: text,
    machineID: text,
    systemdLoadState: text,
    systemdActiveState: text,
    systemdSubState: text,
  }),
  UnitStatePage: page('UnitStatePage', 'states', 'UnitState'),
};

const query = (...names: readonly string[]): object =>
  Object.fromEntries(names.map((name) => [name, { type: 'string', location: 'query' }]));

const BY_NAME = {
  parameters: { unitName: { type: 'string', location: 'path', required: true } },
  parameterOrder: ['unitName'],
};

const list = (kind: string, path: string, parameters: object): object => ({
  id: `fleet.${kind}.List`,
  description: `Retrieve a page of ${kind} objects.`,
  httpMethod: 'GET',
  path,
  parameters,
  response: { $ref: `${kind}Page` },
});

const onUnit = (verb: string, httpMethod: string, description: string, more: object = {}): object => ({
  ...{ id: `fleet.Unit.${verb}`, description, httpMethod, path: 'units/{unitName}', ...BY_NAME },
  ...more,
});

const getState = {
  ...{ id: 'fleet.UnitState.Get', description: 'Retrieve a page of a single UnitState object.', httpMethod: 'GET' },
  ...{ path: 'state/{unitName}', ...BY_NAME, response: { $ref: 'UnitState' } },
};

export const discoveryDocument = (version: '1.0' | '0.11'): object => ({
  kind: 'discovery#restDescription',
  discoveryVersion: 'v1',
  id: 'fleet:v1',
  name: 'schema',
  version: 'v1',
  title: 'fleet API',
  description: '',
  documentationLink: 'http://github.com/coreos/fleet',
  protocol: 'rest',
  icons: { x16: '', x32: '' },
  labels: [],
  baseUrl: '$ENDPOINT/fleet/v1/',
  basePath: '/fleet/v1/',
  rootUrl: '$ENDPOINT/',
  servicePath: 'fleet/v1/',
  batchPath: 'batch',
  parameters: {},
  auth: {},
  schemas: SCHEMAS,
  resources: {
    Machines: { methods: { List: list('Machine', 'machines', query('nextPageToken')) } },
    Units: {
      methods: {
        List: list('Unit', 'units', query('nextPageToken')),
        Get: onUnit('Get', 'GET', 'Retrieve a single Unit object.', { response: { $ref: 'Unit' } }),
        Delete: onUnit('Delete', 'DELETE', 'Delete the referenced Unit object.'),
        Set: onUnit('Set', 'PUT', 'Create or update a Unit.', { request: { $ref: 'Unit' } }),
      },
    },
    UnitState: {
      methods: {
        ...(version === '1.0' && { Get: getState }),
        List: list('UnitState', 'state', query('nextPageToken', 'unitName', 'machineID')),
      },
    },
  },
});
