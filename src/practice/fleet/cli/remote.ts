import { insideOf } from '../../host/inside';
import type { Host } from '../../kernel';
import type { ProgramContext } from '../../programs/program';
import type { SshConnection } from '../../ssh/client/connection';
import { connectGo, connectGoThrough, runGo, type GoSettings } from '../../ssh/client/goClient';

const DEFAULT_TIMEOUT_S = 10;

/** How fleet's own SSH client is to reach machines; deisctl has it built in. */
export interface Route {
  /** `host[:port]` of the machine that everything goes through; undefined for none. */
  readonly tunnel: string | undefined;
  readonly settings: GoSettings;
}

export function routeOf(what: {
  readonly tunnel: string;
  readonly user: string;
  readonly timeout: string | undefined;
  readonly knownHosts: string | undefined;
}): Route {
  const timeoutMs = (Number(what.timeout?.replace(/s$/, '')) || DEFAULT_TIMEOUT_S) * 1_000;
  return {
    tunnel: what.tunnel === '' ? undefined : what.tunnel,
    settings: { user: what.user, timeoutMs, knownHosts: what.knownHosts },
  };
}

/**
 * The same program as if it ran at the tunnel's far end: what it asks of fleet's socket and of etcd is asked there. The connection
 * is made for that and kept until the program ends. @throws GoSshError
 */
export async function throughTunnel(
  context: ProgramContext,
  { tunnel, settings }: Route,
): Promise<{ readonly far: ProgramContext; readonly close: () => void }> {
  if (tunnel === undefined) {
    return { far: context, close: () => undefined };
  }
  const connection = await connectGo(context, tunnel, settings);
  const host = hostAt(context, tunnel.replace(/:\d+$/, ''));
  return { far: { ...context, host }, close: () => connection.end() };
}

function hostAt(context: ProgramContext, address: string): Host {
  const { kernel } = insideOf(context.host);
  const dropletId = kernel.network.dropletAt(address);
  return (dropletId === undefined ? undefined : kernel.host(dropletId)) ?? context.host;
}

/** Runs a command on this node. */
export async function runHere(context: ProgramContext, command: string): Promise<number> {
  const { session } = context;
  if (session !== undefined) {
    return await session.start(command);
  }
  const result = await context.run(command);
  context.stdout(result.stdout);
  context.stderr(result.stderr);
  return result.exitCode;
}

/** A connection to the node with that address. @throws GoSshError */
export async function reachNode(
  context: ProgramContext,
  address: string,
  { tunnel, settings }: Route,
): Promise<SshConnection> {
  return tunnel === undefined
    ? await connectGo(context, address, settings)
    : await connectGoThrough(context, { tunnel, target: address }, settings);
}

/** Runs a command on the node with that address; an empty one is a shell there. @throws GoSshError */
export async function runThere(
  context: ProgramContext,
  address: string,
  command: string,
  route: Route,
): Promise<number> {
  return await runGo(context, await reachNode(context, address, route), command);
}
