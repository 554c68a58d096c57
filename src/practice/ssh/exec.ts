import type { ServerChannel } from 'ssh2';
import { insideOf } from '../host/inside';
import { Input } from '../shell/input';
import { TerminalOutput } from '../shell/terminal/terminalOutput';
import { channelOutput, finish } from './channelOutput';
import type { SessionParts, SessionRequest } from './sessions';

export interface Running {
  readonly channel: ServerChannel;
  readonly interrupt: { abort(reason?: unknown): void };
  readonly signal: AbortSignal;
}

/** `ssh node command`: run by the user's shell as `bash -c`. */
export function runExec(parts: SessionParts, request: SessionRequest, run: Running & { command: string }): void {
  const { channel, signal, interrupt } = run;
  const { terminal } = request;
  const raw = channelOutput(channel);
  const output = terminal === undefined ? raw : new TerminalOutput(raw);
  const input = terminal === undefined ? Input.from(channel) : interruptible(channel, interrupt);
  channel.once('close', () => interrupt.abort());
  const environment = sessionEnvironment(parts, request);
  parts.shell
    .start(
      run.command,
      { user: 'core', environment, input, signal, ...(terminal === undefined ? {} : { terminal }) },
      output,
    )
    .then(async (code) => {
      // What was written is as good as synced once the command's end is known outside.
      await insideOf(parts.host).filesSaved();
      finish(channel, { code, signalName: signalNameOf(signal), host: parts.host });
    })
    .catch(() => channel.close());
}

/** With a terminal but without a line editor (`ssh -t node command`): Ctrl-C interrupts, the rest is input. */
function interruptible(channel: ServerChannel, interrupt: Running['interrupt']): Input {
  const input = new Input();
  channel.on('data', (chunk: Buffer) => {
    if (chunk.includes(3)) {
      interrupt.abort();
    } else if (chunk.includes(4)) {
      input.end();
    } else {
      input.push(Buffer.from(chunk.toString('latin1').replaceAll('\r', '\n'), 'latin1'));
    }
  });
  channel.once('end', () => input.end());
  return input;
}

export function sessionEnvironment(
  { host, clientAddress }: SessionParts,
  request: SessionRequest,
): Record<string, string> {
  const client = `${clientAddress} 40000`;
  return {
    ...request.environment,
    SSH_CLIENT: `${client} 22`,
    SSH_CONNECTION: `${client} ${host.publicAddress} 22`,
    ...(request.terminal === undefined ? {} : { SSH_TTY: '/dev/pts/0', TERM: request.terminal.name }),
    ...(request.hasAgent ? { SSH_AUTH_SOCK: '/tmp/ssh-agent/agent.1' } : {}),
  };
}

const signalNameOf = (signal: AbortSignal): string | undefined =>
  signal.aborted && typeof signal.reason === 'string' ? signal.reason : undefined;
