import type { IncomingMessage } from 'node:http';
import * as v from 'valibot';
import { isRoot, readCredentials } from '../auth/access';
import { AccountError, isEmpty, roleRequest, userRequest, type Role, type User } from '../auth/records';
import { EtcdError } from '../errors';
import type { Member } from '../member';
import { goJson } from '../../network/goJson';
import { Refusal } from './peerUrls';
import { readBody, refuseMethod, send, sendText, type Replying } from './reply';

const PATH = '/v2/auth/';

export const isAuth = (path: string): boolean => path.startsWith(PATH);

interface Call {
  readonly member: Member;
  readonly request: IncomingMessage;
  readonly method: string;
  readonly name: string;
}

/** What is answered: a status and something to say, or nothing at all. */
type Answer = readonly [status: number, body?: object];

/** /v2/auth: users, roles, and whether access to the keys is controlled (etcd 3.4, `client_auth.go`). */
export async function serveAuth(
  member: Member,
  to: Replying,
  asked: { readonly request: IncomingMessage; readonly method: string; readonly path: string },
): Promise<void> {
  const { request, method, path } = asked;
  const [kind = '', name = '', ...more] = path.slice(PATH.length).replace(/\/$/, '').split('/');
  const isEnable = path === `${PATH}enable`;
  if (!isEnable && kind !== 'users' && kind !== 'roles') {
    sendText(to, 404, '404 page not found');
    return;
  }
  if (more.length > 0) {
    send(to, 400, goJson({ message: 'Invalid path' }));
    return;
  }
  const methods = isEnable || name !== '' ? ['GET', 'PUT', 'DELETE'] : ['GET'];
  if (!methods.includes(method)) {
    refuseMethod(to, methods.join());
    return;
  }
  const isOpen = isEnable && method === 'GET';
  if (!isOpen && !isRoot(member, readCredentials(request.headers.authorization), path)) {
    sendNoAuth(to);
    return;
  }
  const headers = { 'X-Etcd-Cluster-Id': member.state.clusterId };
  try {
    const call = { member, request, method, name };
    const [status, body] = await (isEnable ? enable(call) : kind === 'users' ? users(call) : roles(call));
    send(to, status, body === undefined ? '' : `${goJson(body)}\n`, headers);
  } catch (error) {
    sendProblem(to, error, headers);
  }
}

export const sendNoAuth = (to: Replying): void => send(to, 401, goJson({ message: 'Insufficient credentials' }));

function sendProblem(to: Replying, error: unknown, headers: Readonly<Record<string, string>>): void {
  if (error instanceof AccountError || error instanceof Refusal) {
    send(to, error.status, goJson({ message: error.message }), headers);
  } else if (error instanceof EtcdError && error.code !== 300) {
    send(to, error.status, `${error.body}\n`, { ...headers, 'X-Etcd-Index': String(error.index) });
  } else if (error instanceof EtcdError) {
    send(to, 500, goJson({ message: 'Internal Server Error' }), headers);
  } else {
    throw error;
  }
}

async function enable({ member: { accounts }, method }: Call): Promise<Answer> {
  if (method === 'GET') {
    return [200, { enabled: accounts.isEnabled }];
  }
  await (method === 'PUT' ? accounts.enable() : accounts.disable());
  return [200];
}

async function users(call: Call): Promise<Answer> {
  const { accounts } = call.member;
  if (call.name === '') {
    const list = accounts.userNames().map((name) => describeUser(call.member, accounts.user(name), true));
    return [200, { users: list.length === 0 ? null : list }];
  }
  switch (call.method) {
    case 'GET':
      return [200, describeUser(call.member, accounts.user(call.name), false)];
    case 'DELETE':
      await accounts.deleteUser(call.name);
      return [200];
    default:
      return await putUser(call);
  }
}

async function putUser({ member: { accounts }, request, name }: Call): Promise<Answer> {
  const asked = await readJson(request, userRequest);
  if (asked.user !== name) {
    throw new Refusal(400, 'User JSON name does not match the name in the URL');
  }
  const hasRoles = (asked.roles ?? []).length > 0;
  const isChange = asked.grant.length + asked.revoke.length > 0;
  if (isChange && hasRoles) {
    throw new Refusal(400, 'User JSON contains both roles and grant/revoke');
  }
  const shown = ({ user, roles }: User): object => ({ user, roles });
  if (isChange) {
    return [200, shown(await accounts.updateUser(asked))];
  }
  if (hasRoles) {
    return [200, shown(await accounts.createUser(asked))];
  }
  const { user, isNew } = await accounts.putUser(asked);
  return [isNew ? 201 : 200, shown(user)];
}

async function roles({ member: { accounts }, request, method, name }: Call): Promise<Answer> {
  if (name === '') {
    return [200, { roles: accounts.roleNames().map((one) => accounts.role(one)) }];
  }
  if (method === 'GET') {
    return [200, accounts.role(name)];
  }
  if (method === 'DELETE') {
    await accounts.deleteRole(name);
    return [200];
  }
  const asked = await readJson(request, roleRequest);
  if (asked.role !== name) {
    throw new Refusal(400, 'Role JSON name does not match the name in the URL');
  }
  if (isEmpty(asked.grant.kv) && isEmpty(asked.revoke.kv)) {
    const role: Role = { role: name, permissions: asked.permissions };
    await accounts.createRole(role);
    return [201, role];
  }
  if (!isEmpty(asked.permissions.kv)) {
    throw new Refusal(400, 'Role JSON contains both permissions and grant/revoke');
  }
  return [200, await accounts.updateRole(asked)];
}

/** The user with what each role allows; in a list roles that are not there are passed over. */
function describeUser(member: Member, user: User, isInList: boolean): object {
  const found: Role[] = [];
  for (const name of user.roles ?? []) {
    try {
      found.push(member.accounts.role(name));
    } catch (error) {
      if (!isInList || !(error instanceof AccountError)) throw error;
    }
  }
  return { user: user.user, ...(found.length > 0 && { roles: found }) };
}

async function readJson<T extends v.GenericSchema>(request: IncomingMessage, schema: T): Promise<v.InferOutput<T>> {
  try {
    return v.parse(schema, JSON.parse(await readBody(request)));
  } catch {
    throw new Refusal(400, 'Invalid JSON in request body.');
  }
}
