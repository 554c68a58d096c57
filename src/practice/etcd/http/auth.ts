import type { Member } from '../member';
import { refuseMethod, send, sendText, type Replying } from './reply';

const PATH = '/v2/auth/';
const ROOT = { role: 'root', permissions: { kv: { read: ['/*'], write: ['/*'] } } };

export const isAuth = (path: string): boolean => path.startsWith(PATH);

/** /v2/auth of a cluster in which nobody has ever made a user (etcd 3.4, `client_auth.go`). */
export function serveAuth(
  member: Member,
  to: Replying,
  asked: { readonly method: string; readonly path: string },
): void {
  const [kind = '', name = ''] = asked.path.slice(PATH.length).split('/');
  const reply = (status: number, body: object, end = ''): void =>
    send(to, status, JSON.stringify(body) + end, { 'X-Etcd-Cluster-Id': member.state.clusterId });
  if (kind === 'enable' && name === '') {
    answerEnable(to, asked.method, reply);
  } else if (kind !== 'users' && kind !== 'roles') {
    sendText(to, 404, '404 page not found');
  } else if (asked.method !== 'GET') {
    reply(501, { message: 'users and roles are not part of this cluster' });
  } else if (name === '') {
    reply(200, kind === 'users' ? { users: null } : { roles: [ROOT] }, '\n');
  } else if (kind === 'roles' && name === 'root') {
    reply(200, ROOT, '\n');
  } else {
    reply(404, { message: `auth: ${kind === 'users' ? 'User' : 'Role'} ${name} does not exist.` });
  }
}

function answerEnable(to: Replying, method: string, reply: (status: number, body: object, end?: string) => void): void {
  switch (method) {
    case 'GET':
      reply(200, { enabled: false }, '\n');
      return;
    case 'PUT':
      reply(409, { message: 'auth: No root user available, please create one' });
      return;
    case 'DELETE':
      reply(409, { message: 'auth: already disabled' });
      return;
    default:
      refuseMethod(to, 'GET,PUT,DELETE');
  }
}
