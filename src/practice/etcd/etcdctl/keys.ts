import type { EtcdEvent, EtcdNode, EtcdWrite } from '../api';
import { cleanKey } from '../tree';
import { BadArguments, type EtcdctlCall } from './call';
import { show } from './show';

export type KeyCommand = (call: EtcdctlCall) => Promise<number>;

/** The commands that act on keys, by name (etcd 3.4, etcdctl/ctlv2/command). */
export const keyCommands: Readonly<Record<string, KeyCommand>> = {
  ls: async (call) => {
    const event = await call.client.get(cleanKey(call.args[0] ?? '/'), {
      recursive: call.line.isSet('recursive'),
      sorted: call.line.isSet('sort'),
      quorum: call.line.isSet('quorum'),
    });
    if (call.format !== 'simple') {
      show(call, event);
      return 0;
    }
    if (event.node.dir !== true) {
      call.out(event.node.key);
    }
    list(call, event.node.nodes ?? []);
    return 0;
  },
  get: async (call) => {
    const event = await call.client.get(keyOf(call), {
      sorted: call.line.isSet('sort'),
      quorum: call.line.isSet('quorum'),
    });
    if (event.node.dir === true) {
      call.err(`${event.node.key}: is a directory`);
      return 1;
    }
    show(call, event);
    return 0;
  },
  set: async (call) => {
    const key = keyOf(call);
    const prevValue = call.line.value('swap-with-value');
    const prevIndex = Number(call.line.value('swap-with-index') ?? 0);
    const write = {
      ...(await valueOf(call)),
      ...(prevValue === undefined ? {} : { prevValue }),
      ...(prevIndex === 0 ? {} : { prevIndex }),
    };
    show(call, await call.client.set(key, write));
    return 0;
  },
  mk: async (call) => {
    const key = keyOf(call);
    const write = await valueOf(call);
    const isInOrder = call.line.isSet('in-order');
    const { client } = call;
    show(
      call,
      isInOrder ? await client.createInOrder(key, write) : await client.set(key, { ...write, prevExist: false }),
    );
    return 0;
  },
  update: async (call) => {
    const key = keyOf(call);
    show(call, await call.client.set(key, { ...(await valueOf(call)), prevExist: true }));
    return 0;
  },
  mkdir: (call) => directory(call, { prevExist: false }),
  setdir: (call) => directory(call, {}),
  updatedir: (call) => directory(call, { prevExist: true }),
  rm: async (call) => {
    const prevValue = call.line.value('with-value');
    const prevIndex = Number(call.line.value('with-index') ?? 0);
    const event = await call.client.delete(keyOf(call), {
      recursive: call.line.isSet('recursive'),
      dir: call.line.isSet('dir'),
      ...(prevValue === undefined ? {} : { prevValue }),
      ...(prevIndex === 0 ? {} : { prevIndex }),
    });
    return showRemoval(call, event);
  },
  rmdir: async (call) => showRemoval(call, await call.client.delete(keyOf(call), { dir: true })),
};

async function directory(call: EtcdctlCall, more: EtcdWrite): Promise<number> {
  const event = await call.client.set(keyOf(call), { dir: true, ...more, ...ttlOf(call) });
  if (call.format !== 'simple') {
    show(call, event);
  }
  return 0;
}

function showRemoval(call: EtcdctlCall, event: EtcdEvent): number {
  if (event.node.dir !== true || call.format !== 'simple') {
    show(call, event);
  }
  return 0;
}

/** @throws BadArguments */
export function keyOf(call: EtcdctlCall): string {
  const [key] = call.args;
  if (key === undefined) {
    throw new BadArguments('key required');
  }
  return cleanKey(key);
}

/** The second argument, or all of standard input. @throws BadArguments */
async function valueOf(call: EtcdctlCall): Promise<EtcdWrite> {
  const { context, args } = call;
  const value = args[1] ?? (context.session === undefined ? context.stdin : await context.session.readStdin());
  if (args[1] === undefined && value === '') {
    throw new BadArguments('value required');
  }
  return { value, ...ttlOf(call) };
}

function ttlOf(call: EtcdctlCall): EtcdWrite {
  const ttl = Number(call.line.value('ttl') ?? 0);
  return ttl > 0 ? { ttlSeconds: ttl } : {};
}

function list(call: EtcdctlCall, nodes: readonly EtcdNode[]): void {
  for (const node of nodes) {
    call.out(node.dir === true && call.line.isSet('p') ? `${node.key}/` : node.key);
    list(call, node.nodes ?? []);
  }
}
