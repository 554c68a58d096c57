import type { EtcdEvent } from '../api';
import { mayTouch } from '../auth/access';
import { unauthorised } from '../errors';
import { BadArguments, type EtcdctlCall } from './call';
import { keyOf } from './keys';
import { show } from './show';

/** `etcdctl watch`: until the first change, or with `--forever` until it is ended. */
export async function watch(call: EtcdctlCall): Promise<number> {
  const key = keyOf(call);
  await follow(call, key, (event, index) => {
    if (call.line.isSet('recursive')) {
      call.out(`[${event.action}] ${event.node.key}`);
    }
    show(call, event, index);
    return Promise.resolve(call.line.isSet('forever'));
  });
  return 0;
}

/** `etcdctl exec-watch KEY COMMAND…`: runs the command at each change, which its environment tells. */
export async function execWatch(call: EtcdctlCall): Promise<number> {
  const [, ...command] = call.args;
  const { session } = call.context;
  if (command.length === 0) {
    throw new BadArguments('key and command to exec required');
  }
  await follow(call, keyOf(call), async ({ action, node }) => {
    const environment = {
      ETCD_WATCH_ACTION: action,
      ETCD_WATCH_KEY: node.key,
      ETCD_WATCH_MODIFIED_INDEX: String(node.modifiedIndex),
      ETCD_WATCH_VALUE: node.value ?? '',
    };
    await session?.start(command[0] === '--' ? command.slice(1) : command, { environment });
    return true;
  });
  return 0;
}

/** Tells of each event in turn, those since `--after-index` first, for as long as it is wanted. */
async function follow(
  call: EtcdctlCall,
  key: string,
  tell: (event: EtcdEvent, index: number) => Promise<boolean>,
): Promise<void> {
  const { client, member, context } = call;
  const isRecursive = call.line.isSet('recursive');
  if (member !== undefined && !mayTouch(member, call.credentials, { key, isWrite: false, isRecursive })) {
    throw unauthorised();
  }
  const after = Number(call.line.value('after-index') ?? 0);
  const index = client.index;
  const waiting: EtcdEvent[] = [];
  let wake = (): void => undefined;
  const add = (event: EtcdEvent): void => {
    if (isRecursive || event.node.key === key || key.startsWith(`${event.node.key}/`)) {
      waiting.push(event);
      wake();
    }
  };
  const past = after > 0 ? member?.history.since(key, isRecursive, after + 1, index) : undefined;
  if (past !== undefined) waiting.push(past.event());
  const cancel = client.watch(key, add);
  const end = (): void => wake();
  context.signal.addEventListener('abort', end);
  try {
    while (!context.signal.aborted) {
      const event = waiting.shift();
      if (event === undefined) await new Promise<void>((resolve) => (wake = resolve));
      else if (!(await tell(event, index))) return;
    }
  } finally {
    cancel();
    context.signal.removeEventListener('abort', end);
  }
}
