import type { EtcdRequest } from './requests';

const KEYS = '/v2/keys';
const USERS = '/v2/auth/users';
const ROLES = '/v2/auth/roles';

const ask =
  (method: string) =>
  (path: string, body?: object | string, user?: string): EtcdRequest => ({
    ...{ method, path },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body), type: 'text/plain' }),
    ...(user !== undefined && { user }),
  });
const get = (path: string, user?: string): EtcdRequest => ask('GET')(path, undefined, user);
const put = ask('PUT');
const remove = (path: string, user?: string): EtcdRequest => ask('DELETE')(path, undefined, user);
const write = (key: string, user?: string): EtcdRequest => ({
  ...{ method: 'PUT', path: `${KEYS}${key}`, body: 'value=1' },
  ...(user !== undefined && { user }),
});

const user = (name: string, more: object = {}, as?: string): EtcdRequest =>
  put(`${USERS}/${name}`, { user: name, ...more }, as);
const role = (name: string, more: object = {}, as?: string): EtcdRequest =>
  put(`${ROLES}/${name}`, { role: name, ...more }, as);
const patterns = (read: readonly string[], written: readonly string[] = []): object => ({
  kv: { read, write: written },
});

const ROOT = 'root:pw';

/** Requests about users and roles, and what they change for the keys; at the end everything is open again. */
export const accessRequests: Readonly<Record<string, readonly EtcdRequest[]>> = {
  users: [
    user('bob', { password: 'x' }),
    get(`${KEYS}?sorted=true`),
    user('bob', { password: 'x' }),
    user('bob'),
    user('bob', { roles: ['a'], grant: ['b'] }),
    user('bob', { grant: ['b', 'a'] }),
    user('bob', { grant: ['b'] }),
    user('bob', { revoke: ['zz'] }),
    put(`${USERS}/bob`, { user: 'bob2' }),
    put(`${USERS}/bob`, 'xx'),
    put(`${USERS}/bob`, ''),
    put(`${USERS}/bob`, { user: 1 }),
    user('carl'),
    user('carl', { password: 'p', roles: ['guest', 'x'] }),
    user('carl', { password: 'p', roles: ['guest', 'x'] }),
    get(`${USERS}/bob`),
    get(`${USERS}/carl`),
    get(`${USERS}/nobody`),
    user('nobody', { grant: ['a'] }),
    get(USERS),
    get(`${USERS}/`),
    get(`${USERS}/a/b`),
    ask('POST')(USERS),
    ask('POST')(`${USERS}/x`),
    ask('HEAD')(USERS),
    remove(`${USERS}/nobody`),
    put(USERS, {}),
  ],
  roles: [
    role('r', { permissions: patterns(['/*'], ['/a']) }),
    role('r'),
    role('empty'),
    get(`${ROLES}/empty`),
    role('empty', { grant: patterns(['/z', '/b']) }),
    role('empty', { grant: patterns(['/z']) }),
    role('empty', { revoke: patterns(['/z'], ['/q']) }),
    role('empty', { revoke: patterns(['/not']) }),
    role('empty', { permissions: patterns(['/c']), grant: patterns(['/d']) }),
    role('nothing', { grant: patterns(['/d']) }),
    put(`${ROLES}/empty`, { role: 'other' }),
    put(`${ROLES}/empty`, 'xx'),
    role('root'),
    role('root', { grant: patterns(['/d']) }),
    remove(`${ROLES}/root`),
    remove(`${ROLES}/empty`),
    remove(`${ROLES}/empty`),
    get(ROLES),
    get(`${ROLES}/a/b`),
    ask('POST')(ROLES),
    get(`${KEYS}?sorted=true`),
  ],
  'keys under control': [
    put('/v2/auth/enable'),
    user('root', { password: 'pw' }),
    put('/v2/auth/enable'),
    get('/v2/auth/enable'),
    put('/v2/auth/enable'),
    put('/v2/auth/enable', undefined, ROOT),
    ask('POST')('/v2/auth/enable'),
    get(USERS),
    get(`${ROLES}/guest`),
    get(USERS, ROOT),
    get(`${USERS}/root`, ROOT),
    get(`${USERS}/carl`, ROOT),
    get(USERS, 'root:no'),
    get(USERS, 'bob:x'),
    get(`${KEYS}?sorted=true`),
    get(`${KEYS}/?sorted=true`),
    get(`${KEYS}/?recursive=true&sorted=true`),
    write('/a'),
    write('/a', 'bob:x'),
    user('bob', { grant: ['r'] }, ROOT),
    write('/a', 'bob:x'),
    write('/b', 'bob:x'),
    get(`${KEYS}/a`, 'bob:y'),
    get(`${KEYS}/a`, 'nobody:y'),
    get(`${KEYS}?recursive=true&sorted=true`, 'bob:x'),
    role('guest', { revoke: patterns([], ['/*']) }, ROOT),
    write('/a'),
    get(`${KEYS}/a`),
    role('guest', { revoke: patterns(['/*']), grant: patterns(['/open']) }, ROOT),
    get(`${KEYS}/a`),
    get(`${KEYS}/open`),
    get(`${KEYS}/open/`),
    get(`${KEYS}/open?recursive=true`),
    get(`${KEYS}/a?wait=true`),
    get(`${KEYS}/a?wait=maybe`),
    remove(`${KEYS}/a`),
    ask('POST')(KEYS),
    ask('HEAD')(`${KEYS}/a`),
    write('/root', ROOT),
    remove(`${KEYS}/a`, ROOT),
    get('/v2/members'),
    remove('/v2/members/ffff'),
    remove('/v2/members/ffff', ROOT),
    get('/health'),
    get('/v2/machines'),
    remove(`${USERS}/root`, ROOT),
    remove(`${ROLES}/guest`, ROOT),
    write('/open'),
    remove('/v2/auth/enable'),
    remove('/v2/auth/enable', ROOT),
    remove('/v2/auth/enable', ROOT),
    write('/a'),
    remove(`${USERS}/root`),
    remove(`${USERS}/bob`),
    remove(`${USERS}/bob`),
    get('/v2/stats/store'),
  ],
};
