import * as vscode from 'vscode';
import type { ApiLie, ApiMatch, Fault } from '../../core/model/fault';
import type { ClusterSnapshot, NodeSnapshot } from '../../core/model/snapshot';
import { quorumSize } from '../../core/model/quorum';
import { count, list } from '../words';
import { LIES } from './faultWords';

/** What is answered first: what is to break. The rest follows from it. */
interface Breakable extends vscode.QuickPickItem {
  readonly breaks: Fault['kind'];
}

/** An hour: more than any log line could be late by itself. */
const DRIFT_SECONDS = 3_600;
/** In the middle of the key exchange, which a client sees as a connection that worked and then did not. */
const BREAK_AFTER_BYTES = 6_000;
const DELAY_MS = 30_000;

const separator = (label: string): vscode.QuickPickItem => ({ label, kind: vscode.QuickPickItemKind.Separator });
const item = (breaks: Fault['kind'], icon: string, label: string, detail: string): Breakable => ({
  ...{ label: `$(${icon}) ${label}`, detail, breaks },
});

const OF_NODE: readonly (Breakable | vscode.QuickPickItem)[] = [
  separator('A node'),
  item('node-hangs', 'debug-pause', 'Node hangs', 'Has power and answers nothing; fleet moves its units.'),
  item('node-loses-power', 'plug', 'Node loses its power', 'As if the machine under the droplet had crashed.'),
  item('disk-fills', 'database', 'Disk fills', 'Whatever writes on it fails: image pulls, logs, etcd.'),
  item('clock-drifts', 'watch', 'Clock goes wrong', 'An hour ahead. Consensus counts votes, not hours.'),
  separator('SSH to a node'),
  item('ssh-refuses', 'circle-slash', 'SSH is refused', 'Nobody listens on the port; the node itself goes on.'),
  item('ssh-hangs', 'mute', 'SSH falls silent', 'Connections open and then say nothing.'),
  item('ssh-breaks', 'debug-disconnect', 'SSH breaks off', 'Again and again, as on a bad line.'),
  item('ssh-changes-host-key', 'key', 'Host key changes', 'As after a new installation, or somebody in between.'),
];
const OF_CLOUD: readonly (Breakable | vscode.QuickPickItem)[] = [
  separator('The network'),
  item(
    'network-split',
    'split-horizontal',
    'Network splits in two',
    'The side with more than half of the members goes on.',
  ),
  separator('The provider’s API'),
  item('api-refuses', 'error', 'API refuses', 'Calls fail and nothing happens.'),
  item('api-delays', 'clock', 'API answers late', 'By half a minute.'),
  item('api-loses-reply', 'question', 'API loses the reply', 'Calls have their effect, and nobody hears of it.'),
  item('api-breaks', 'debug-disconnect', 'API breaks off', 'The connection ends before a call has its effect.'),
  item('api-lies', 'warning', 'API lies', 'Answers look right and are not.'),
];

/** What is to break; of a node alone when one was clicked. Undefined when the question was closed. */
export async function askWhat(isNodeClicked: boolean): Promise<Fault['kind'] | undefined> {
  const items = isNodeClicked ? OF_NODE : [...OF_NODE, ...OF_CLOUD];
  const chosen = await vscode.window.showQuickPick(items, {
    title: 'Break Something in the Practice Cloud',
    placeHolder: 'What is to break? Everything can be repaired.',
    matchOnDetail: true,
  });
  return chosen !== undefined && 'breaks' in chosen ? chosen.breaks : undefined;
}

/** The faults that are of one node, each as it is made by hand. */
const OF_DROPLET: Partial<Record<Fault['kind'], (dropletId: number) => Fault>> = {
  'node-hangs': (dropletId) => ({ kind: 'node-hangs', dropletId }),
  'node-loses-power': (dropletId) => ({ kind: 'node-loses-power', dropletId }),
  'disk-fills': (dropletId) => ({ kind: 'disk-fills', dropletId }),
  'clock-drifts': (dropletId) => ({ kind: 'clock-drifts', dropletId, seconds: DRIFT_SECONDS }),
  'ssh-refuses': (dropletId) => ({ kind: 'ssh-refuses', dropletId }),
  'ssh-hangs': (dropletId) => ({ kind: 'ssh-hangs', dropletId, afterBytes: 0 }),
  'ssh-breaks': (dropletId) => ({ kind: 'ssh-breaks', dropletId, afterBytes: BREAK_AFTER_BYTES }),
  'ssh-changes-host-key': (dropletId) => ({ kind: 'ssh-changes-host-key', dropletId }),
};

export const faultOfNode = (kind: Fault['kind'], { dropletId }: NodeSnapshot): Fault | undefined =>
  OF_DROPLET[kind]?.(dropletId);

/** Takes a member away, so that the arithmetic of a power-off holds for it. */
export const takesMemberAway = (kind: Fault['kind']): boolean =>
  kind === 'node-hangs' || kind === 'node-loses-power' || kind === 'disk-fills';

/** Which nodes are cut off from the others; the last two, as in "two and three", are preselected. */
export async function askForSplit({ name, nodes }: ClusterSnapshot): Promise<Fault | undefined> {
  const items = nodes.map((node, i) => ({
    label: node.name,
    description: node.publicAddress ?? '',
    picked: i >= nodes.length - Math.floor((nodes.length - 1) / 2),
    dropletId: node.dropletId,
  }));
  const chosen = await vscode.window.showQuickPick(items, {
    ignoreFocusOut: true,
    title: `Which nodes of ${name} are cut off from the others?`,
    placeHolder: `${quorumSize(nodes.length)} of ${nodes.length} members have quorum; whoever has fewer serves what it knew last`,
    canPickMany: true,
  });
  if (chosen === undefined || chosen.length === 0 || chosen.length === nodes.length) {
    return undefined;
  }
  const cutOff = new Set(chosen.map(({ dropletId }) => dropletId));
  const rest = nodes.map(({ dropletId }) => dropletId).filter((id) => !cutOff.has(id));
  return { kind: 'network-split', groups: [rest, [...cutOff]] };
}

const CALLS: readonly (vscode.QuickPickItem & { readonly match: ApiMatch })[] = [
  { label: 'Every call', match: {} },
  { label: 'Creating droplets', description: 'POST /v2/droplets', match: { method: 'POST', path: '/v2/droplets' } },
  { label: 'Looking at droplets', description: 'GET /v2/droplets', match: { method: 'GET', path: '/v2/droplets' } },
  { label: 'Deleting', description: 'DELETE', match: { method: 'DELETE' } },
  { label: 'Asking for a discovery URL', description: 'GET /new', match: { path: '/new' } },
];
const MINUTE_MS = 60_000;
const SPANS: readonly (vscode.QuickPickItem & { readonly forMs: number | undefined })[] = [
  { label: 'Until it is repaired', forMs: undefined },
  ...[2, 10, 60].map((minutes) => ({
    label: `For ${count(minutes, 'minute')}`,
    description: "of the practice cloud's time, which runs faster",
    forMs: minutes * MINUTE_MS,
  })),
];

/** The same fault with how long it lasts; undefined when the question was closed. */
export async function askHowLong(fault: Fault): Promise<Fault | undefined> {
  // As of every question that follows another: the focus may still move away from the one before.
  const span = await vscode.window.showQuickPick(SPANS, { ignoreFocusOut: true, title: 'For how long?' });
  return span && { ...fault, ...(span.forMs !== undefined && { forMs: span.forMs }) };
}

const TIMES: readonly (vscode.QuickPickItem & { readonly times: number | undefined })[] = [
  { label: 'The next call', times: 1 },
  { label: 'The next five calls', times: 5 },
  { label: 'Until it is repaired', times: undefined },
];

/** A fault of the API: for which calls, and for how many of them. */
export async function askForApi(kind: Fault['kind']): Promise<Fault | undefined> {
  const lie = kind === 'api-lies' ? await askForLie() : undefined;
  if (kind === 'api-lies' && lie === undefined) return undefined;
  const calls =
    lie === undefined || lie === 'garbles'
      ? await vscode.window.showQuickPick(CALLS, {
          ignoreFocusOut: true,
          title: 'Which calls?',
          matchOnDescription: true,
        })
      : { match: { method: 'GET', path: '/v2/droplets' } };
  if (calls === undefined) return undefined;
  const many = await vscode.window.showQuickPick(TIMES, { ignoreFocusOut: true, title: 'For how long?' });
  if (many === undefined) return undefined;
  return faultOfApi(kind, { ...calls.match, ...(many.times !== undefined && { times: many.times }) }, lie);
}

function faultOfApi(kind: Fault['kind'], match: ApiMatch, lie: ApiLie | undefined): Fault | undefined {
  if (kind === 'api-refuses')
    return { kind, status: 500, message: 'Server was unable to give you a response.', ...match };
  if (kind === 'api-delays') return { kind, ms: DELAY_MS, ...match };
  if (kind === 'api-breaks' || kind === 'api-loses-reply') return { kind, ...match };
  return lie === undefined ? undefined : { kind: 'api-lies', lie, ...match };
}

async function askForLie(): Promise<ApiLie | undefined> {
  const lies: readonly ApiLie[] = ['forgets-droplets', 'says-active', 'garbles'];
  const items = lies.map((lie) => ({ label: LIES[lie].title, detail: LIES[lie].meaning, lie }));
  return (await vscode.window.showQuickPick(items, { ignoreFocusOut: true, title: 'How does the API lie?' }))?.lie;
}

/** Who has quorum after a split, in one sentence; `isLost`: nobody has it. */
export function forecastSplit(
  fault: Extract<Fault, { readonly kind: 'network-split' }>,
  { nodes }: ClusterSnapshot,
): { readonly sentence: string; readonly isLost: boolean } {
  const isUp = (id: number): boolean => nodes.some((node) => node.dropletId === id && node.state === 'ready');
  const up = fault.groups.map((group) => group.filter(isUp).length);
  const needed = quorumSize(nodes.length);
  const most = Math.max(...up);
  return {
    isLost: most < needed,
    sentence:
      most < needed
        ? `No side has the ${needed} members that quorum needs (${list(up.map((n) => String(n)))}).`
        : `The side with ${count(most, 'member')} keeps quorum; ${needed} are needed.`,
  };
}
