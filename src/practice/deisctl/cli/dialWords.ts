import type { ProgramContext } from '../../programs/program';

/** Why etcd was not reached, out of etcdctl's complaint: the kernel's words, or those of the sshd at the tunnel's far end. */
export function dialWords(
  complaint: string,
  { context, far }: { context: ProgramContext; far: ProgramContext },
): string {
  const problem = /error #0: (.*)\n/.exec(complaint)?.[1] ?? complaint;
  if (far.host === context.host) {
    return problem;
  }
  const [, reason = 'connection timed out'] = /: connect: (.*)$/.exec(problem) ?? [];
  return `ssh: rejected: connect failed (${reason.charAt(0).toUpperCase()}${reason.slice(1)})`;
}
