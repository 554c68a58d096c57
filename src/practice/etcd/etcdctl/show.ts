import type { EtcdEvent, EtcdNode } from '../api';
import { goJson } from '../../network/goJson';
import type { EtcdctlCall } from './call';

/** An answer in the format asked for (etcd 3.4, ctlv2 `printResponseKey`). */
export function show(call: EtcdctlCall, event: EtcdEvent, index = call.client.index): void {
  const { node, prevNode } = event;
  switch (call.format) {
    case 'simple':
      call.out(event.action === 'delete' ? `PrevNode.Value: ${prevNode?.value ?? ''}` : (node.value ?? ''));
      return;
    case 'extended':
      call.out(extended(event, index));
      return;
    case 'json':
      call.out(goJson({ action: event.action, node: encode(node), prevNode: encode(prevNode) }));
      return;
    default:
      call.err(`Unsupported output format: ${call.format}`);
  }
}

function extended({ action, node, prevNode }: EtcdEvent, index: number): string {
  return [
    `Key: ${node.key}`,
    `Created-Index: ${node.createdIndex}`,
    `Modified-Index: ${node.modifiedIndex}`,
    ...(prevNode === undefined ? [] : [`PrevNode.Value: ${prevNode.value ?? ''}`]),
    `TTL: ${node.ttl ?? 0}`,
    `Index: ${index}`,
    ...(action === 'delete' ? [] : ['', node.value ?? '']),
  ].join('\n');
}

/** As the client's own structure is written, not as the server wrote it. */
function encode(node: EtcdNode | undefined): object | null {
  return node === undefined
    ? null
    : {
        key: node.key,
        ...(node.dir === true && { dir: true }),
        value: node.value ?? '',
        nodes: node.nodes?.map(encode) ?? null,
        createdIndex: node.createdIndex,
        modifiedIndex: node.modifiedIndex,
        ...(node.expiration !== undefined && { expiration: node.expiration }),
        ...(node.ttl !== undefined && { ttl: node.ttl }),
      };
}
