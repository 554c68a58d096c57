import type { ProgramContext } from '../../programs/program';
import type { Credentials } from '../auth/access';

/** What `stty -echo` says of a pipe, before and after (bgentry/speakeasy calls it both times). */
const NO_TERMINAL = "stty: 'standard input': Inappropriate ioctl for device\n".repeat(2);

/** Asks for a password: on a terminal without showing what is typed. */
export async function askPassword(context: ProgramContext, prompt: string): Promise<string> {
  context.stdout(prompt);
  const { session } = context;
  const terminal = session?.terminal;
  if (session === undefined || terminal === undefined) {
    context.stderr(NO_TERMINAL);
    const line = session === undefined ? context.stdin.split('\n')[0] : await session.readLine();
    context.stdout('\n');
    return (line ?? '').replace(/\r?\n$/, '');
  }
  terminal.isRaw = true;
  try {
    const typed = await readKeys(async () => await session.readSome(context.signal));
    context.stdout('\n');
    return typed;
  } finally {
    terminal.isRaw = false;
  }
}

const ERASE = /[\b\u007f]/;

async function readKeys(next: () => Promise<Uint8Array | undefined>): Promise<string> {
  let typed = '';
  for (;;) {
    const some = await next();
    for (const key of some === undefined ? '\r' : Buffer.from(some).toString('utf8')) {
      if (key === '\r' || key === '\n') return typed;
      typed = ERASE.test(key) ? typed.slice(0, -1) : typed + key;
    }
  }
}

/** `-u NAME:PASSWORD`, or asked for (etcd 3.4, `getUsernamePassword`). */
export async function askCredentials(context: ProgramContext, text: string | undefined): Promise<Credentials> {
  if (text === undefined || text === '') {
    return undefined;
  }
  const colon = text.indexOf(':');
  return colon < 0
    ? { user: text, password: await askPassword(context, 'Password: ') }
    : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}
