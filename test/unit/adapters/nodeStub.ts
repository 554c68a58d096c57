import type { HttpReply, HttpRequest, NodeConnection } from '../../../src/core/ports';

export type Answer = (request: HttpRequest) => HttpReply | Error | Promise<HttpReply>;

/** A node whose loopback and socket answer as the test says; it writes down what it was asked. */
export function createNode(answer: Answer, name = 'deis-1'): { node: NodeConnection; requests: HttpRequest[] } {
  const requests: HttpRequest[] = [];
  const unused = (): never => {
    throw new Error('not part of this test');
  };
  const node: NodeConnection = {
    endpoint: { clusterId: 'c', name, address: '203.0.113.1', trustedHostKeys: ['ssh-ed25519 A'], privateKey: '' },
    hostKey: 'ssh-ed25519 A',
    isOpen: true,
    exec: unused,
    async request(request) {
      requests.push(request);
      request.signal?.throwIfAborted();
      const reply = await answer(request);
      if (reply instanceof Error) {
        throw reply;
      }
      return reply;
    },
    openShell: unused,
    onClose: () => ({ dispose: () => undefined }),
    dispose: () => undefined,
  };
  return { node, requests };
}

export const reply = (status: number, body = ''): HttpReply => ({ status, headers: {}, body });
