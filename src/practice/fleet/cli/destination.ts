const SOCKET = 'unix:///var/run/fleet.sock';
const ETCD = 'http://127.0.0.1:2379,http://127.0.0.1:4001';

/** An endpoint or a driver that fleetctl cannot use. */
export class EndpointError extends Error {
  override readonly name = 'EndpointError';
}

export interface Destination {
  readonly driver: 'API' | 'etcd';
  readonly endpoint: string;
}

/**
 * Whom fleetctl asks (fleetctl.go, `main` and `getClient`). 0.11 takes an endpoint with one of etcd's ports for etcd; 1.0 meant to,
 * but looks for a driver that is empty, and its default is not. @throws EndpointError
 */
export function destinationOf(given: (name: string) => string | undefined, version: '1.0' | '0.11'): Destination {
  const endpoint = given('endpoint') ?? SOCKET;
  const isNotApi = given('experimental-api') === 'false';
  if (version === '0.11' && isNotApi) {
    return { driver: 'etcd', endpoint: endpoint === SOCKET ? ETCD : endpoint };
  }
  const looksLikeEtcd = version === '0.11' && /:(?:4001|2379)\/?(?:,|$)/.test(endpoint.split(',')[0] ?? '');
  const driver = given('driver') ?? (looksLikeEtcd ? 'etcd' : 'API');
  if (driver === 'etcd') {
    return { driver, endpoint: isNotApi && endpoint === SOCKET ? ETCD : endpoint };
  }
  if (driver !== 'API') {
    throw new EndpointError(`unrecognized driver ${JSON.stringify(driver)}`);
  }
  const [first = ''] = endpoint.split(',');
  refuseStrange(first);
  return { driver, endpoint: first };
}

function refuseStrange(endpoint: string): void {
  const [, scheme, host = ''] = /^([a-z]+):\/\/([^/]*)/.exec(endpoint) ?? [];
  if (scheme === undefined) {
    const hasColon = (endpoint.split('/')[0] ?? '').includes(':');
    throw new EndpointError(
      hasColon
        ? `parse ${JSON.stringify(endpoint)}: first path segment in URL cannot contain colon`
        : 'URL scheme undefined',
    );
  }
  if ((scheme === 'unix' || scheme === 'file') && host !== '') {
    throw new EndpointError(`unable to connect to host ${JSON.stringify(host)} with scheme ${JSON.stringify(scheme)}`);
  }
}
