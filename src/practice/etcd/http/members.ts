import type { IncomingMessage, ServerResponse } from 'node:http';
import * as v from 'valibot';
import type { Kernel } from '../../kernel';
import { EtcdError } from '../errors';
import type { Member } from '../member';
import { memberIdFor, sortedMembers } from '../memberState';
import type { MemberInfo } from '../raftLog';
import { readBody, send } from './reply';

const PATH = '/v2/members';

/** /v2/members: the configured members, dead ones included, and how they are changed. */
export async function serveMembers(
  member: Member,
  kernel: Kernel,
  exchange: { request: IncomingMessage; response: ServerResponse; url: URL },
): Promise<void> {
  const { request, response, url } = exchange;
  const headers = { 'X-Etcd-Cluster-Id': member.state.clusterId };
  const id = url.pathname.slice(PATH.length + 1);
  const reply = (status: number, body: string): void =>
    send({ response, now: kernel.timeline.now() }, status, body, headers);
  try {
    if (request.method === 'GET') {
      answerList(member, id, reply);
    } else if (request.method === 'POST') {
      await add(member, kernel, await readBody(request), reply);
    } else if (request.method === 'PUT' || request.method === 'DELETE') {
      await change(member, id, request.method === 'PUT' ? await readBody(request) : undefined, reply);
    } else {
      const allowed = { ...headers, Allow: 'GET,POST,DELETE,PUT' };
      send({ response, now: kernel.timeline.now() }, 405, problem('Method Not Allowed'), allowed);
    }
  } catch (error) {
    if (!(error instanceof EtcdError)) {
      throw error;
    }
    reply(500, problem('Internal Server Error'));
  }
}

type Reply = (status: number, body: string) => void;

const problem = (message: string): string => JSON.stringify({ message });

const encode = (member: MemberInfo): object => ({
  id: member.id,
  name: member.name,
  peerURLs: member.peerUrls,
  clientURLs: member.clientUrls,
});

function answerList(member: Member, id: string, reply: Reply): void {
  if (id === '') {
    reply(200, `${JSON.stringify({ members: sortedMembers(member.state.members).map(encode) })}\n`);
    return;
  }
  const leader = member.state.members[member.leaderId ?? ''];
  if (id !== 'leader') {
    reply(404, problem('Not found'));
  } else if (leader === undefined) {
    reply(503, problem('During election'));
  } else {
    reply(200, `${JSON.stringify(encode(leader))}\n`);
  }
}

const bodySchema = v.object({ peerURLs: v.pipe(v.array(v.pipe(v.string(), v.url())), v.minLength(1)) });

function parsePeerUrls(body: string): readonly string[] | string {
  try {
    return v.parse(bodySchema, JSON.parse(body)).peerURLs;
  } catch (error) {
    return error instanceof Error ? error.message : 'invalid body';
  }
}

async function add(member: Member, kernel: Kernel, body: string, reply: Reply): Promise<void> {
  const peerUrls = parsePeerUrls(body);
  if (typeof peerUrls === 'string') {
    reply(400, problem(peerUrls));
    return;
  }
  const isTaken = Object.values(member.state.members).some((info) =>
    info.peerUrls.some((url) => peerUrls.includes(url)),
  );
  if (isTaken) {
    reply(409, problem('etcdserver: peerURL exists'));
    return;
  }
  const added: MemberInfo = {
    id: memberIdFor(peerUrls, String(kernel.timeline.now())),
    name: '',
    peerUrls,
    clientUrls: [],
  };
  await member.propose({ kind: 'addMember', member: added });
  reply(201, `${JSON.stringify(encode(added))}\n`);
}

async function change(member: Member, id: string, body: string | undefined, reply: Reply): Promise<void> {
  if (!/^[0-9a-f]{1,16}$/.test(id)) {
    reply(404, problem(`No such member: ${id}`));
    return;
  }
  if (member.state.removed.includes(id)) {
    reply(410, problem(`Member permanently removed: ${id}`));
    return;
  }
  if (member.state.members[id] === undefined) {
    reply(404, problem(`No such member: ${id}`));
    return;
  }
  if (body === undefined) {
    await member.propose({ kind: 'removeMember', id });
    reply(204, '');
    return;
  }
  const peerUrls = parsePeerUrls(body);
  if (typeof peerUrls === 'string') {
    reply(400, problem(peerUrls));
    return;
  }
  await member.propose({ kind: 'updateMember', id, peerUrls });
  reply(204, '');
}
