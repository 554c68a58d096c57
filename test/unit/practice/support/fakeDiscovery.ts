import type { ModelFetch } from '../../../../src/practice/kernel';

/** The discovery service, as small as it can be: `http://discovery/<token>`, size 5 unless another is given. */
export class FakeDiscovery {
  readonly #tokens = new Map<string, { key: string; value: string; createdIndex: number }[]>();
  #index = 4;

  constructor(public size = '5') {}

  readonly fetch: ModelFetch = (_from, { url, method, body }) => {
    const { pathname, searchParams } = new URL(url);
    const [token = '', ...rest] = pathname.slice(1).split('/');
    const registered = this.#tokens.get(token) ?? [];
    this.#tokens.set(token, registered);
    if (rest.join('/') === '_config/size') {
      return this.#reply(200, { action: 'get', node: { key: `/${token}/_config/size`, value: this.size } });
    }
    if (method === 'PUT') {
      const key = `/${token}/${rest[0] ?? ''}`;
      if (registered.some((node) => node.key === key)) {
        const refusal = { errorCode: 105, message: 'Key already exists', cause: key, index: this.#index };
        return this.#reply(412, refusal);
      }
      this.#index += 1;
      const value = new URLSearchParams(body).get('value') ?? '';
      registered.push({ key, value, createdIndex: this.#index });
      return this.#reply(201, { action: 'create', node: registered.at(-1) });
    }
    if (searchParams.has('wait')) {
      return Promise.reject(new Error('does not wait'));
    }
    return this.#reply(200, { action: 'get', node: { key: `/${token}`, dir: true, nodes: registered } });
  };

  registered(token: string): number {
    return this.#tokens.get(token)?.length ?? 0;
  }

  #reply(status: number, body: unknown): ReturnType<ModelFetch> {
    return Promise.resolve({ status, headers: { 'x-etcd-index': String(this.#index) }, body: JSON.stringify(body) });
  }
}
