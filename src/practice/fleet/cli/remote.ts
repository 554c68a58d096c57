import { worldOf } from '../../etcd/world';
import type { ProgramContext } from '../../kernel';

const NO_AGENT =
  'SSH_AUTH_SOCK environment variable is not set. Verify ssh-agent is running. See https://github.com/coreos/fleet/blob/master/Documentation/using-the-client.md for help.';

/** Why a node can't be reached over SSH from here, in the words of fleet's and deisctl's client; both use an agent only. */
export function sshProblem(context: ProgramContext): string | undefined {
  return (context.environment['SSH_AUTH_SOCK'] ?? '') === '' ? NO_AGENT : undefined;
}

/** Runs a command on this node or, by the forwarded agent's key, on the one with that address; undefined when it can't be reached. */
export async function runOn(context: ProgramContext, address: string, command: string): Promise<number | undefined> {
  const { host, session } = context;
  if (address === host.privateAddress) {
    if (session !== undefined) {
      return await session.start(command);
    }
    return print(context, await context.run(command));
  }
  const kernel = worldOf(host)?.kernel;
  const dropletId = kernel?.network.dropletAt(address);
  const remote = dropletId === undefined ? undefined : kernel?.host(dropletId);
  if (remote === undefined || kernel?.network.areConnected(host.dropletId, remote.dropletId) !== true) {
    return undefined;
  }
  return print(context, await remote.run(command, { user: 'core', signal: context.signal }));
}

function print(context: ProgramContext, result: { stdout: string; stderr: string; exitCode: number }): number {
  context.stdout(result.stdout);
  context.stderr(result.stderr);
  return result.exitCode;
}
