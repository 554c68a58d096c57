const method = (id: string, httpMethod: string, path: string): object => ({
  id: `fleet.${id}`,
  path,
  httpMethod,
  description: id,
});

/** The description of the API for its own clients (fleet, schema/v1.json), in short. */
export const discoveryDocument = {
  kind: 'discovery#restDescription',
  discoveryVersion: 'v1',
  id: 'fleet:v1',
  name: 'schema',
  version: 'v1',
  title: 'fleet API',
  protocol: 'rest',
  basePath: '/fleet/v1/',
  rootUrl: 'http://domain-sock/',
  servicePath: 'fleet/v1/',
  resources: {
    Machines: { methods: { List: method('Machine.List', 'GET', 'machines') } },
    Units: {
      methods: {
        List: method('Unit.List', 'GET', 'units'),
        Get: method('Unit.Get', 'GET', 'units/{unitName}'),
        Set: method('Unit.Set', 'PUT', 'units/{unitName}'),
        Delete: method('Unit.Delete', 'DELETE', 'units/{unitName}'),
      },
    },
    UnitState: { methods: { List: method('UnitState.List', 'GET', 'state') } },
  },
};
