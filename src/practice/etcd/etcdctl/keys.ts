import type { EtcdClient, EtcdEvent, EtcdNode, EtcdWrite } from '../../kernel';
import { encodeEvent } from '../http/reply';
import { cleanKey } from '../tree';
import type { EtcdctlCall } from './program';

type Command = (call: EtcdctlCall, client: EtcdClient) => Promise<number>;

const key = (call: EtcdctlCall): string => cleanKey(call.args[0] ?? '/');

/** The commands that act on keys, by name (etcd 3.4, etcdctl/ctlv2/command). */
export const keyCommands: Readonly<Record<string, Command>> = {
  ls: async (call, client) => {
    const event = await client.get(key(call), {
      recursive: call.flags.isSet('recursive'),
      sorted: call.flags.isSet('sort'),
      quorum: call.flags.isSet('quorum'),
    });
    if (event.node.dir !== true) {
      call.out(event.node.key);
    }
    list(call, event.node.nodes ?? []);
    return 0;
  },
  get: async (call, client) => {
    const event = await client.get(key(call), { quorum: call.flags.isSet('quorum') });
    if (event.node.dir === true) {
      call.err(`${event.node.key}: is a directory`);
      return 1;
    }
    show(call, event);
    return 0;
  },
  set: async (call, client) => {
    const [withValue, withIndex] = [call.flags.value('swap-with-value'), call.flags.value('swap-with-index')];
    const write = {
      ...valueOf(call),
      ...(withValue === undefined ? {} : { prevValue: withValue }),
      ...(withIndex === undefined ? {} : { prevIndex: Number(withIndex) }),
    };
    show(call, await client.set(key(call), write));
    return 0;
  },
  mk: async (call, client) => {
    const write = { ...valueOf(call), prevExist: false };
    const inOrder = call.flags.isSet('in-order');
    show(call, inOrder ? await client.createInOrder(key(call), valueOf(call)) : await client.set(key(call), write));
    return 0;
  },
  update: async (call, client) => {
    show(call, await client.set(key(call), { ...valueOf(call), prevExist: true }));
    return 0;
  },
  mkdir: async (call, client) => {
    await client.set(key(call), { dir: true, prevExist: false, ...ttlOf(call) });
    return 0;
  },
  setdir: async (call, client) => {
    await client.set(key(call), { dir: true, ...ttlOf(call) });
    return 0;
  },
  updatedir: async (call, client) => {
    await client.set(key(call), { dir: true, prevExist: true, ...ttlOf(call) });
    return 0;
  },
  rm: async (call, client) => {
    const [withValue, withIndex] = [call.flags.value('with-value'), call.flags.value('with-index')];
    const event = await client.delete(key(call), {
      recursive: call.flags.isSet('recursive'),
      dir: call.flags.isSet('dir'),
      ...(withValue === undefined ? {} : { prevValue: withValue }),
      ...(withIndex === undefined ? {} : { prevIndex: Number(withIndex) }),
    });
    if (event.node.dir !== true || call.format !== 'simple') {
      show(call, event);
    }
    return 0;
  },
  rmdir: async (call, client) => {
    await client.delete(key(call), { dir: true });
    return 0;
  },
  watch: async (call, client) => {
    await watch(call, client);
    return 0;
  },
};

function valueOf(call: EtcdctlCall): EtcdWrite {
  const value = call.args[1] ?? call.stdin.replace(/\n$/, '');
  return { value, ...ttlOf(call) };
}

function ttlOf(call: EtcdctlCall): EtcdWrite {
  const ttl = Number(call.flags.value('ttl') ?? 0);
  return ttl > 0 ? { ttlSeconds: ttl } : {};
}

function list(call: EtcdctlCall, nodes: readonly EtcdNode[]): void {
  for (const node of nodes) {
    call.out(node.dir === true && call.flags.isSet('p') ? `${node.key}/` : node.key);
    list(call, node.nodes ?? []);
  }
}

function show(call: EtcdctlCall, event: EtcdEvent): void {
  const { node, action, prevNode } = event;
  if (call.format === 'json') {
    call.out(encodeEvent(event).trimEnd());
    return;
  }
  if (call.format === 'extended') {
    const ttl = node.ttl ?? 0;
    call.out(
      `Key: ${node.key}\nCreated-Index: ${node.createdIndex}\nModified-Index: ${node.modifiedIndex}\nTTL: ${ttl}\nIndex: ${call.index()}\n\n${node.value ?? ''}`,
    );
    return;
  }
  const isRemoval = action === 'delete' || action === 'compareAndDelete';
  call.out(isRemoval ? `PrevNode.Value: ${prevNode?.value ?? ''}` : (node.value ?? ''));
}

/** Until the first change, or for ever. */
async function watch(call: EtcdctlCall, client: EtcdClient): Promise<void> {
  const path = key(call);
  const isRecursive = call.flags.isSet('recursive');
  await new Promise<void>((resolve) => {
    const cancel = client.watch(path, (event) => {
      if (event.node.key !== path && !isRecursive) {
        return;
      }
      call.out(
        isRecursive ? `[${event.action}] ${event.node.key}\n${event.node.value ?? ''}` : (event.node.value ?? ''),
      );
      if (!call.flags.isSet('forever')) {
        cancel();
        resolve();
      }
    });
    call.signal.addEventListener('abort', () => {
      cancel();
      resolve();
    });
  });
}
