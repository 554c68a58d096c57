import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Kernel } from '../../kernel';
import { goJson } from '../../network/goJson';
import { isRoot, readCredentials } from '../auth/access';
import { EtcdError } from '../errors';
import type { Member } from '../member';
import { memberIdFor, sortedMembers } from '../memberState';
import type { MemberInfo } from '../raftLog';
import { sendNoAuth } from './auth';
import { readPeerUrls, Refusal } from './peerUrls';
import { refuseMethod, send, sendBare, sendText } from './reply';

const PATH = '/v2/members';
const METHODS = ['GET', 'POST', 'DELETE', 'PUT'];

/** /v2/members: the configured members, dead ones included, and how they are changed. */
export async function serveMembers(
  member: Member,
  kernel: Kernel,
  exchange: { request: IncomingMessage; response: ServerResponse; path: string },
): Promise<void> {
  const { request, response, path } = exchange;
  const headers = { 'X-Etcd-Cluster-Id': member.state.clusterId };
  const id = path.slice(PATH.length + 1);
  const to = { response, now: kernel.timeline.now() };
  const reply = (status: number, body: string): void =>
    status === 204 ? sendBare(to, { status, headers, body }) : send(to, status, body, headers);
  const { method = 'GET' } = request;
  if (!METHODS.includes(method)) {
    refuseMethod(to, METHODS.join());
    return;
  }
  if (method !== 'GET' && !isRoot(member, readCredentials(request.headers.authorization), path)) {
    sendNoAuth(to);
    return;
  }
  try {
    if (method === 'POST') {
      await add(member, kernel, await readPeerUrls(request), reply);
    } else if (method === 'GET') {
      answerList(member, id, reply);
    } else if (id === '') {
      sendText(to, 405, 'Method Not Allowed', headers);
    } else if (answerStranger(member, id, reply)) {
      await change(member, id, method === 'PUT' ? await readPeerUrls(request) : undefined, reply);
    }
  } catch (error) {
    if (error instanceof Refusal) {
      reply(error.status, problem(error.message));
      return;
    }
    if (!(error instanceof EtcdError)) {
      throw error;
    }
    reply(500, problem('Internal Server Error'));
  }
}

type Reply = (status: number, body: string) => void;

const problem = (message: string): string => goJson({ message });

const encode = (member: MemberInfo): object => ({
  id: member.id,
  name: member.name,
  peerURLs: member.peerUrls,
  clientURLs: member.clientUrls,
});

function answerList(member: Member, id: string, reply: Reply): void {
  if (id === '') {
    reply(200, `${goJson({ members: sortedMembers(member.state.members).map(encode) })}\n`);
    return;
  }
  const leader = member.state.members[member.leaderId ?? ''];
  if (id !== 'leader') {
    reply(404, problem('Not found'));
  } else if (leader === undefined) {
    reply(503, problem('During election'));
  } else {
    reply(200, `${goJson(encode(leader))}\n`);
  }
}

async function add(member: Member, kernel: Kernel, peerUrls: readonly string[], reply: Reply): Promise<void> {
  const isTaken = Object.values(member.state.members).some((info) =>
    info.peerUrls.some((url) => peerUrls.includes(url)),
  );
  if (isTaken) {
    reply(409, problem('membership: peerURL exists'));
    return;
  }
  const added: MemberInfo = {
    id: memberIdFor(peerUrls, String(kernel.timeline.now())),
    name: '',
    peerUrls,
    clientUrls: [],
  };
  await member.propose({ kind: 'addMember', member: added });
  reply(201, `${goJson(encode(added))}\n`);
}

/** Whether the id is that of a member; says so when it is not. */
function answerStranger(member: Member, id: string, reply: Reply): boolean {
  const name = id.replace(/^0+(?=.)/, '');
  if (member.state.removed.includes(name)) {
    reply(410, problem(`Member permanently removed: ${id}`));
  } else if (member.state.members[name] === undefined) {
    reply(404, problem(`No such member: ${id}`));
  } else {
    return true;
  }
  return false;
}

async function change(
  member: Member,
  id: string,
  peerUrls: readonly string[] | undefined,
  reply: Reply,
): Promise<void> {
  const name = id.replace(/^0+(?=.)/, '');
  if (peerUrls === undefined) {
    await member.propose({ kind: 'removeMember', id: name });
  } else {
    const isTaken = Object.values(member.state.members).some(
      (info) => info.id !== name && info.peerUrls.some((url) => peerUrls.includes(url)),
    );
    if (isTaken) {
      reply(409, problem('membership: peerURL exists'));
      return;
    }
    await member.propose({ kind: 'updateMember', id: name, peerUrls });
  }
  reply(204, '');
}
