import type { ActiveFault, ApiLie, ApiMatch, Fault } from '../../core/model/fault';
import { age, count, list } from '../words';

/** What a fault is called, and what is to be seen while it lasts. `about`: the nodes that it is about, by their names. */
export interface FaultWords {
  readonly label: string;
  readonly description: string;
  readonly meaning: string;
}

export const LIES: Readonly<Record<ApiLie, { readonly title: string; readonly meaning: string }>> = {
  'forgets-droplets': {
    title: 'lists forget droplets',
    meaning: 'Lists leave droplets out that are there and billed. Only asking for each by its id finds them.',
  },
  'says-active': {
    title: 'says active too early',
    meaning: 'Droplets are called active that are not up yet. Only a node that answers is up.',
  },
  garbles: {
    title: 'answers are garbled',
    meaning: 'The call has its effect, but what comes back is no JSON: nobody knows yet whether it succeeded.',
  },
};

const MEANINGS: Readonly<Record<Fault['kind'], string>> = {
  'node-hangs':
    'It has power and answers nothing. Its row goes stale; after half a minute fleet moves its units. The provider goes on saying that it is active.',
  'node-loses-power':
    'As if the machine under the droplet had crashed. The other members go on without it; its droplet is still billed.',
  'disk-fills':
    'What writes on it fails: no image can be pulled, no log is kept, its etcd member gives up. The other nodes go on.',
  'clock-drifts': 'Dates in its logs are wrong. Consensus counts votes and not hours: etcd and fleet go on.',
  'ssh-refuses': 'Nobody listens on its SSH port. The node itself and its units go on; only we can’t look inside.',
  'ssh-hangs': 'Its SSH connections open and then say nothing more. Each question to it has its own deadline.',
  'ssh-breaks': 'Its SSH connections break off again and again, as on a bad line.',
  'ssh-changes-host-key':
    'It shows another host key, as after a new installation or with somebody in between. Nothing is sent to it.',
  'network-split':
    'The groups do not reach each other. The one with more than half of the members has quorum and goes on; the other answers with what it knew last.',
  'api-refuses': 'Calls fail and nothing happens, as on a bad day of the provider.',
  'api-delays': 'Calls have their effect and their answer comes late.',
  'api-breaks': 'The connection breaks before a call has had its effect.',
  'api-loses-reply':
    'Calls have their effect, and then the connection breaks: nobody knows whether to ask again. A droplet made twice would be billed twice.',
  'api-lies': 'Answers look right and are not.',
};

const NODE_LABELS: Partial<Record<Fault['kind'], (node: string) => string>> = {
  'node-hangs': (node) => `${node} hangs`,
  'node-loses-power': (node) => `${node} has lost its power`,
  'disk-fills': (node) => `${node} has a full disk`,
  'clock-drifts': (node) => `${node} has a wrong clock`,
  'ssh-refuses': (node) => `${node} refuses SSH`,
  'ssh-hangs': (node) => `${node} falls silent on SSH`,
  'ssh-breaks': (node) => `${node} breaks SSH off`,
  'ssh-changes-host-key': (node) => `${node} shows another host key`,
};

export function describeFault({ fault, left }: ActiveFault, nameOf: (dropletId: number) => string): FaultWords {
  const meaning = fault.kind === 'api-lies' ? LIES[fault.lie].meaning : MEANINGS[fault.kind];
  const words = (label: string, ...details: (string | undefined)[]): FaultWords => ({
    label,
    description: details.filter((detail) => detail !== undefined).join(' · '),
    meaning,
  });
  if ('dropletId' in fault) {
    const node = nameOf(fault.dropletId);
    return words(NODE_LABELS[fault.kind]?.(node) ?? `${node} is broken`, detailOf(fault), spanOf(fault));
  }
  if (fault.kind === 'network-split') {
    const groups = fault.groups.map((group) => group.map(nameOf));
    const smallest = [...groups].sort((a, b) => a.length - b.length)[0] ?? [];
    return words(
      `The network is split ${groups.map((g) => g.length).join(' | ')}`,
      `${list(smallest)} cut off`,
      spanOf(fault),
    );
  }
  const times = left === undefined ? undefined : `${count(left, 'call')} left`;
  return words(`API ${apiWords(fault)}`, callsOf(fault), times, spanOf(fault));
}

const spanOf = ({ forMs }: Fault): string | undefined => (forMs === undefined ? undefined : `for ${age(forMs)}`);

type OfDroplet = Extract<Fault, { readonly dropletId: number }>;

function detailOf(fault: OfDroplet): string | undefined {
  switch (fault.kind) {
    case 'clock-drifts':
      return clockWords(fault);
    case 'ssh-hangs':
      return fault.afterBytes === 0 ? 'from the first byte' : `after ${fault.afterBytes} bytes`;
    case 'ssh-breaks':
      return fault.afterBytes === 0 ? 'at once' : `after ${fault.afterBytes} bytes`;
    case 'node-hangs':
      return 'answers nothing';
    case 'node-loses-power':
      return 'still billed';
    case 'disk-fills':
    case 'ssh-refuses':
    case 'ssh-changes-host-key':
      return undefined;
  }
}

function clockWords({ seconds, ppm = 0 }: Extract<Fault, { kind: 'clock-drifts' }>): string {
  const offset = seconds === 0 ? [] : [`${age(Math.abs(seconds) * 1000)} ${seconds < 0 ? 'behind' : 'ahead'}`];
  const rate = ppm === 0 ? [] : [`${Math.abs(ppm)} ppm too ${ppm < 0 ? 'slow' : 'fast'}`];
  return [...offset, ...rate].join(', ');
}

type OfApi = Exclude<Fault, OfDroplet | { readonly kind: 'network-split' }>;

function apiWords(fault: OfApi): string {
  switch (fault.kind) {
    case 'api-refuses':
      return `refuses (${fault.status})`;
    case 'api-delays':
      return `answers ${age(fault.ms)} late`;
    case 'api-breaks':
      return 'breaks off before the effect';
    case 'api-loses-reply':
      return 'loses the reply after the effect';
    case 'api-lies':
      return LIES[fault.lie].title;
  }
}

const callsOf = ({ method, path }: ApiMatch): string =>
  method === undefined && path === undefined ? 'every call' : [method, path].filter(Boolean).join(' ');
