import type { Member } from '../member';
import { checkPeerUrl, Refusal } from '../http/peerUrls';
import { memberIdFor, sortedMembers } from '../memberState';
import { isRoot } from '../auth/access';
import { EtcdError } from '../errors';
import { isHealthy } from '../http/status';
import type { MemberInfo } from '../raftLog';
import { dialProblem, findEndpoint, unavailable } from './endpoint';
import type { EtcdctlCall } from './call';

const UNAUTHORISED = 'unexpected status code 401';

type Command = (call: EtcdctlCall, member: Member) => Promise<number>;

/** How long etcdctl waits for one endpoint (`--timeout`). */
const ENDPOINT_TIMEOUT_MS = 2_000;

export const memberCommands: Readonly<Record<string, Command>> = { list, add, remove, update };

async function list(call: EtcdctlCall, member: Member): Promise<number> {
  if (call.args.length > 0) {
    call.err('No arguments accepted');
    return 1;
  }
  const members = sortedMembers(member.state.members);
  if (member.leaderId === undefined) {
    call.err(`Failed to get leader:  ${await leaderProblem(call, members)}`);
    return 1;
  }
  for (const info of members) {
    const peers = info.peerUrls.join(',');
    const isLeader = String(info.id === member.leaderId);
    call.out(
      info.name === ''
        ? `${info.id}[unstarted]: peerURLs=${peers}`
        : `${info.id}: name=${info.name} peerURLs=${peers} clientURLs=${info.clientUrls.join(',')} isLeader=${isLeader}`,
    );
  }
  return 0;
}

async function leaderProblem(call: EtcdctlCall, members: readonly MemberInfo[]): Promise<string> {
  const problems: string[] = [];
  for (const url of members.flatMap((info) => info.clientUrls)) {
    if (findEndpoint(call.context, url).client === undefined) {
      await call.context.timeline.sleep(ENDPOINT_TIMEOUT_MS, call.context.signal);
      problems.push(`client: endpoint ${url} exceeded header timeout`);
    } else {
      problems.push(`client: etcd member ${url} has no leader`);
    }
  }
  return unavailable(problems);
}

async function add(call: EtcdctlCall, member: Member): Promise<number> {
  const [name, peerUrl] = call.args;
  if (name === undefined || peerUrl === undefined || call.args.length !== 2) {
    call.err('Provide a name and a single member peerURL');
    return 1;
  }
  const problem = urlProblem(peerUrl);
  if (problem !== undefined) {
    call.err(problem);
    return 1;
  }
  const known = sortedMembers(member.state.members);
  if (known.some((info) => info.peerUrls.includes(peerUrl))) {
    call.err('membership: peerURL exists');
    return 1;
  }
  if (!isRoot(member, call.credentials, '/v2/members')) {
    call.err(UNAUTHORISED);
    return 1;
  }
  const id = memberIdFor([peerUrl], String(member.kernel.timeline.now()));
  await member.propose({ kind: 'addMember', member: { id, name: '', peerUrls: [peerUrl], clientUrls: [] } });
  const cluster = sortedMembers(member.state.members).flatMap((info) =>
    info.peerUrls.map((url) => `${info.id === id ? name : info.name}=${url}`),
  );
  call.out(`Added member named ${name} with ID ${id} to cluster\n`);
  call.out(`ETCD_NAME="${name}"`);
  call.out(`ETCD_INITIAL_CLUSTER="${cluster.join(',')}"`);
  call.out('ETCD_INITIAL_CLUSTER_STATE="existing"');
  return 0;
}

async function remove(call: EtcdctlCall, member: Member): Promise<number> {
  const [id = ''] = call.args;
  if (call.args.length !== 1) {
    call.err('Provide a single member ID');
    return 1;
  }
  const info = sortedMembers(member.state.members).find((one) => one.id === id || one.name === id);
  if (info === undefined) {
    call.err(`Couldn't find a member in the cluster with an ID of ${id}.`);
    return 1;
  }
  if (!isRoot(member, call.credentials, `/v2/members/${info.id}`)) {
    call.err(`Received an error trying to remove member ${id}: ${UNAUTHORISED}`);
    return 1;
  }
  try {
    await member.propose({ kind: 'removeMember', id: info.id });
  } catch (error) {
    if (!(error instanceof EtcdError)) {
      throw error;
    }
    call.err(`Received an error trying to remove member ${id}: ${error.cause}`);
    return 1;
  }
  call.out(`Removed member ${info.id} from cluster`);
  return 0;
}

async function update(call: EtcdctlCall, member: Member): Promise<number> {
  const [id, urls] = call.args;
  if (id === undefined || urls === undefined || call.args.length !== 2) {
    call.err('Provide an ID and a list of comma separated peerURL (0xabcd http://example.com,http://example1.com)');
    return 1;
  }
  const peerUrls = urls.split(',');
  const isKnown = member.state.members[id] !== undefined;
  const problem =
    peerUrls.map(urlProblem).find((one) => one !== undefined) ?? (isKnown ? undefined : `No such member: ${id}`);
  if (problem !== undefined) {
    call.err(problem);
    return 1;
  }
  if (!isRoot(member, call.credentials, `/v2/members/${id}`)) {
    call.err(UNAUTHORISED);
    return 1;
  }
  await member.propose({ kind: 'updateMember', id, peerUrls });
  call.out(`Updated member with ID ${id} in cluster`);
  return 0;
}

/** What the server says to an URL that it does not take. */
function urlProblem(url: string): string | undefined {
  try {
    checkPeerUrl(url);
    return undefined;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return error.message;
  }
}

/** How long `cluster-health --forever` waits before it looks again. */
const HEALTH_PAUSE_MS = 10_000;

/** Exits with 5 as soon as one member does not answer (the recorded traces, power-off/4up-cluster-health). */
export async function clusterHealth(call: EtcdctlCall, member: Member): Promise<number> {
  const isForever = call.line.isSet('forever');
  for (;;) {
    const code = await checkHealth(call, member);
    if (!isForever) {
      return code;
    }
    call.out(`\nnext check after 10 second...\n`);
    await call.context.timeline.sleep(HEALTH_PAUSE_MS, call.context.signal);
  }
}

async function checkHealth(call: EtcdctlCall, member: Member): Promise<number> {
  const members = sortedMembers(member.state.members);
  let healthy = 0;
  for (const info of members) {
    healthy += (await reportHealth(call, info)) ? 1 : 0;
  }
  const verdict = healthy === members.length ? 'healthy' : healthy > 0 ? 'degraded' : 'unavailable';
  call.out(`cluster is ${verdict}`);
  return verdict === 'healthy' ? 0 : 5;
}

async function reportHealth(call: EtcdctlCall, info: MemberInfo): Promise<boolean> {
  if (info.clientUrls.length === 0) {
    call.out(`member ${info.id} is unreachable: no available published client urls`);
    return false;
  }
  for (const url of info.clientUrls) {
    const { member } = findEndpoint(call.context, url);
    if (member === undefined) {
      const problem = await dialProblem(call.context, url);
      call.out(`failed to check the health of member ${info.id} on ${url}: Get "${url}/health": ${problem}`);
      continue;
    }
    const isWell = await isHealthy(member, member.kernel);
    const word = isWell ? 'healthy' : 'unhealthy';
    call.out(`member ${info.id} is ${word}: got ${word} result from ${url}`);
    return isWell;
  }
  call.out(`member ${info.id} is unreachable: [${info.clientUrls.join(' ')}] are all unreachable`);
  return false;
}
