import * as v from 'valibot';
import type { ProgramContext } from '../../programs/program';
import { connect } from '../../etcd/etcdctl/endpoint';
import { worldOf } from '../../etcd/world';
import { replyTo } from '../api/serve';
import { Registry } from '../registry';
import type { FleetApi } from '../server';
import type { UnitOption } from '../unitFile';
import { FLEET_VERSIONS } from '../version';
import { ApiCallError } from './apiError';

const optionSchema = v.object({ section: v.string(), name: v.string(), value: v.string() });
const unitSchema = v.object({
  name: v.string(),
  desiredState: v.optional(v.string(), ''),
  currentState: v.optional(v.string(), ''),
  machineID: v.optional(v.string(), ''),
  options: v.optional(v.array(optionSchema), []),
});
const stateSchema = v.object({
  name: v.string(),
  hash: v.string(),
  machineID: v.string(),
  systemdLoadState: v.string(),
  systemdActiveState: v.string(),
  systemdSubState: v.string(),
});
const machineSchema = v.object({
  id: v.string(),
  primaryIP: v.optional(v.string(), ''),
  metadata: v.optional(v.record(v.string(), v.string()), {}),
});
const page = {
  units: v.optional(v.array(unitSchema), []),
  states: v.optional(v.array(stateSchema), []),
  machines: v.optional(v.array(machineSchema), []),
  nextPageToken: v.optional(v.string()),
};
const pageSchema = v.object(page);
const errorSchema = v.object({ error: v.object({ message: v.string() }) });

export type ApiUnit = v.InferOutput<typeof unitSchema>;
export type ApiState = v.InferOutput<typeof stateSchema>;
export type ApiMachine = v.InferOutput<typeof machineSchema>;
type Page = v.InferOutput<typeof pageSchema>;

export interface ClientSettings {
  readonly driver: string;
  readonly endpoint: string;
  readonly version: '1.0' | '0.11';
}

/** fleetctl's side of fleet's API: on its socket, or with `--driver=etcd` on the registry itself. */
export class FleetClient {
  constructor(
    private readonly context: ProgramContext,
    private readonly settings: ClientSettings,
  ) {}

  async machines(): Promise<ApiMachine[]> {
    return (await this.#page('machines')).machines;
  }

  async states(unitName?: string): Promise<ApiState[]> {
    const query = unitName === undefined ? '' : `unitName=${encodeURIComponent(unitName)}`;
    return await this.#all('state', query, (one) => one.states);
  }

  async units(): Promise<ApiUnit[]> {
    return await this.#all('units', '', (one) => one.units);
  }

  async unit(name: string): Promise<ApiUnit | undefined> {
    try {
      return v.parse(unitSchema, JSON.parse(await this.#call('GET', `units/${encodeURIComponent(name)}`)));
    } catch (error) {
      if (error instanceof ApiCallError && error.status === 404) {
        return undefined;
      }
      throw error;
    }
  }

  async createUnit(name: string, options: readonly UnitOption[]): Promise<void> {
    await this.#call('PUT', `units/${encodeURIComponent(name)}`, { name, options });
  }

  async setTargetState(name: string, desiredState: string): Promise<void> {
    await this.#call('PUT', `units/${encodeURIComponent(name)}`, { name, desiredState });
  }

  async destroyUnit(name: string): Promise<void> {
    await this.#call('DELETE', `units/${encodeURIComponent(name)}`);
  }

  async #all<T>(path: string, query: string, pick: (page: Page) => T[]): Promise<T[]> {
    const found: T[] = [];
    for (let token: string | undefined = ''; token !== undefined;) {
      const parts: string[] = [query, token === '' ? '' : `nextPageToken=${encodeURIComponent(token)}`];
      const one: Page = await this.#page(
        [path, parts.filter((part) => part !== '').join('&')].join('?').replace(/\?$/, ''),
      );
      found.push(...pick(one));
      token = one.nextPageToken;
    }
    return found;
  }

  async #page(path: string): Promise<Page> {
    return v.parse(pageSchema, JSON.parse(await this.#call('GET', path)));
  }

  /** @throws ApiCallError */
  async #call(method: string, path: string, body?: object): Promise<string> {
    const url = `${path}${path.includes('?') ? '&' : '?'}alt=json`;
    const fleet = await this.#fleet(method, url);
    const reply = await replyTo(fleet, {
      method,
      url: `/fleet/v1/${url}`,
      contentType: 'application/json',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (reply.status >= 300) {
      const parsed = v.safeParse(errorSchema, reply.body);
      throw ApiCallError.fromReply(reply.status, reply.text ?? '', parsed.success ? parsed.output.error.message : '');
    }
    return reply.text ?? '';
  }

  async #fleet(method: string, url: string): Promise<FleetApi> {
    if (this.settings.driver === 'etcd') {
      return await this.#registryAlone();
    }
    const { endpoint } = this.settings;
    const { host } = this.context;
    const socketPath = /^(?:unix|file):\/\/(\/.*)$/.exec(endpoint)?.[1];
    const verb = method.charAt(0) + method.slice(1).toLowerCase();
    if (socketPath === undefined) {
      const address = endpoint.replace(/^https?:\/\//, '').replace(/\/$/, '');
      if (/^(?:127\.0\.0\.1|localhost):(?:2379|4001)$/.test(address) && host.daemon('etcd') !== undefined) {
        throw ApiCallError.fromReply(404, '404 page not found\n', '');
      }
      throw new ApiCallError(`${verb} "${endpoint}/fleet/v1/${url}": dial tcp ${address}: connect: connection refused`);
    }
    const asked = `${verb} "http://domain-sock/fleet/v1/${url}"`;
    const fleet = host.daemon('fleet');
    const isFleetSocket = ['/var/run/fleet.sock', '/run/fleet.sock'].includes(socketPath);
    if (isFleetSocket && fleet !== undefined) {
      return fleet;
    }
    if (isFleetSocket && host.listener({ socketPath }) !== undefined) {
      await this.#untilFleetIsBack();
      throw new ApiCallError(`${asked}: read unix @->/run/fleet.sock: read: connection reset by peer`);
    }
    throw new ApiCallError(`${asked}: dial unix ${socketPath}: connect: no such file or directory`);
  }

  /** systemd holds the socket while fleetd is away; what was asked meanwhile is reset when it starts again. */
  async #untilFleetIsBack(): Promise<void> {
    const { host, timeline, signal } = this.context;
    while (host.daemon('fleet') === undefined) {
      await timeline.sleep(500, signal);
    }
  }

  async #registryAlone(): Promise<FleetApi> {
    const client = await connect(this.context, this.settings.endpoint.split(','));
    const kernel = worldOf(this.context.host)?.kernel;
    if (typeof client === 'string' || kernel === undefined) {
      throw new ApiCallError(typeof client === 'string' ? client.trimEnd() : 'client: no endpoints available');
    }
    return {
      version: FLEET_VERSIONS[this.settings.version],
      kernel,
      machineId: this.context.host.machineId,
      isAvailable: true,
      registry: new Registry(client),
      log: () => undefined,
    };
  }
}
