import { Interactive } from '../shell/terminal/interactive';
import { TerminalOutput } from '../shell/terminal/terminalOutput';
import { Input } from '../shell/input';
import { channelOutput, finish } from './channelOutput';
import type { Running } from './exec';
import { sessionEnvironment } from './exec';
import type { SessionParts, SessionRequest } from './sessions';

/** `ssh node`: a login shell on a terminal; without one (`ssh -T`), a shell that reads its script from standard input. */
export function runLogin(parts: SessionParts, request: SessionRequest, run: Running): void {
  const { channel, interrupt } = run;
  channel.once('close', () => interrupt.abort());
  const ending =
    request.terminal === undefined ? runFromInput(parts, request, run) : runInteractive(parts, request, run);
  ending
    .then((code) => finish(channel, { code, signalName: undefined, host: parts.host }))
    .catch(() => channel.close())
    .finally(() => interrupt.abort());
}

async function runFromInput(
  parts: SessionParts,
  request: SessionRequest,
  { channel, signal }: Running,
): Promise<number> {
  const input = Input.from(channel);
  const environment = sessionEnvironment(parts, request);
  const script = (await input.readAll(signal)).toString('utf8');
  return await parts.shell.start(script, { user: 'core', environment, signal, name: '-bash' }, channelOutput(channel));
}

async function runInteractive(
  parts: SessionParts,
  request: SessionRequest,
  { channel, signal, interrupt }: Running,
): Promise<number> {
  const { terminal } = request;
  if (terminal === undefined) {
    return 1;
  }
  const { host, shell } = parts;
  const raw = channelOutput(channel);
  const session = shell.session({
    user: 'core',
    environment: sessionEnvironment(parts, request),
    signal,
    name: '-bash',
    terminal,
  });
  // A shell on a terminal lets SIGTERM and SIGINT pass.
  session.parts.jobs.onSignal = (name) => ['KILL', 'HUP'].includes(name) && interrupt.abort(name);
  const interactive = new Interactive({ host, session, terminal, raw, output: new TerminalOutput(raw) });
  channel.on('data', (chunk: Buffer) => interactive.receive(chunk));
  channel.once('end', () => interactive.hangUp());
  signal.addEventListener('abort', () => interactive.hangUp(), { once: true });
  const ended = await interactive.run();
  session.parts.jobs.hangUp();
  return ended;
}
