import type { ProgramContext, ProgramSession } from '../program';
import { resolvePath } from '../../host/files/path';
import { ByteQueue } from '../../shell/byteQueue';
import { SftpFiles } from '../../ssh/sftpFiles';
import { program } from '../program';

/** The far side of `scp -O` and of clients before OpenSSH 9, which speak scp's own protocol over a command's streams. */
async function scp(context: ProgramContext): Promise<number> {
  const { session, args } = context;
  const letters = args.filter((arg) => arg.startsWith('-')).join('');
  const paths = args.filter((arg) => !arg.startsWith('-'));
  if (session === undefined || !/[tf]/.test(letters)) {
    context.stderr(
      'usage: scp [-12346BCpqrv] [-c cipher] [-F ssh_config] [-i identity_file]\n           [[user@]host1:]file1 ... [[user@]host2:]file2\n',
    );
    return 1;
  }
  const copy = new Copy(context, session);
  return letters.includes('t') ? await copy.receive(paths[0] ?? '.') : await copy.send(paths, letters.includes('r'));
}

const PIECE = 256 * 1024;
const OK = Buffer.from([0]);
const READY = Buffer.from([0]);

class Copy {
  readonly #context: ProgramContext;
  readonly #session: ProgramSession;
  readonly #files: SftpFiles;
  readonly #unread = new ByteQueue();
  #code = 0;

  constructor(context: ProgramContext, session: ProgramSession) {
    this.#context = context;
    this.#session = session;
    this.#files = new SftpFiles(context.host, context.user);
  }

  async receive(target: string): Promise<number> {
    const top = resolvePath(this.#context.workingDirectory, target);
    const folders: string[] = [];
    this.#session.stdoutBytes(READY);
    for (let line = await this.#line(); line !== undefined; line = await this.#line()) {
      const [kind, rest] = [line.charAt(0), line.slice(1)];
      const [mode = '', size = '0', ...name] = rest.split(' ');
      if (kind === 'T' || kind === 'E') {
        if (kind === 'E') {
          folders.pop();
        }
        this.#session.stdoutBytes(OK);
        continue;
      }
      const above = folders.at(-1) ?? top;
      const isInto = folders.length > 0 || (await this.#isDirectory(above));
      const path = isInto ? `${above}/${name.join(' ').replaceAll('/', '')}` : above;
      await this.#try(path, async () => {
        if (kind === 'D') {
          folders.push(path);
          if (!(await this.#files.system.exists(path))) {
            await this.#files.system.mkdir(path);
          }
          this.#session.stdoutBytes(OK);
        } else {
          await this.#receiveFile(path, Number(size), Number.parseInt(mode, 8));
        }
      });
    }
    return this.#code;
  }

  async #receiveFile(path: string, size: number, mode: number): Promise<void> {
    const file = await this.#files.system.openForWriting(path, { isEmptied: true });
    try {
      this.#session.stdoutBytes(OK);
      for (let left = size; left > 0;) {
        const piece = await this.#some(left);
        file.append(piece);
        left = piece.length === 0 ? 0 : left - piece.length;
      }
      await this.#bytes(1);
    } finally {
      file.close();
    }
    await this.#files.system.chmod(path, mode & 0o777);
    this.#session.stdoutBytes(OK);
  }

  async send(paths: readonly string[], isRecursive: boolean): Promise<number> {
    await this.#bytes(1);
    for (const word of paths) {
      const path = resolvePath(this.#context.workingDirectory, word);
      await this.#try(word, async () => {
        if (await this.#isDirectory(path)) {
          if (!isRecursive) {
            throw new Error('not a regular file');
          }
          await this.#sendFolder(path);
        } else {
          await this.#sendFile(path);
        }
      });
    }
    return this.#code;
  }

  async #sendFile(path: string): Promise<void> {
    const file = this.#files.system.open(path);
    try {
      const { length } = file;
      await this.#say(`C${await this.#modeOf(path)} ${length} ${nameOf(path)}\n`);
      for (let at = 0; at < length && !this.#context.signal.aborted; at += PIECE) {
        this.#session.stdoutBytes(file.read(at, Math.min(PIECE, length - at)));
        await this.#session.drained();
      }
    } finally {
      file.close();
    }
    this.#session.stdoutBytes(OK);
    await this.#bytes(1);
  }

  async #sendFolder(path: string): Promise<void> {
    await this.#say(`D${await this.#modeOf(path)} 0 ${nameOf(path)}\n`);
    for (const name of await this.#files.system.readdir(path)) {
      const child = `${path === '/' ? '' : path}/${name}`;
      await ((await this.#isDirectory(child)) ? this.#sendFolder(child) : this.#sendFile(child));
    }
    await this.#say('E\n');
  }

  /** Sends one line and waits for the other side's nod. */
  async #say(line: string): Promise<void> {
    this.#context.stdout(line);
    await this.#bytes(1);
  }

  /** What can't be copied is told to the other side, which goes on with the next. */
  async #try(path: string, run: () => Promise<void>): Promise<void> {
    try {
      await run();
    } catch (error) {
      this.#code = 1;
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      const words: Readonly<Record<string, string>> = {
        EACCES: 'Permission denied',
        ENOENT: 'No such file or directory',
      };
      this.#session.stdoutBytes(
        Buffer.from(`\x01scp: ${path}: ${words[code] ?? (error instanceof Error ? error.message : '')}\n`),
      );
    }
  }

  async #isDirectory(path: string): Promise<boolean> {
    return (await this.#files.system.exists(path)) && (await this.#files.system.stat(path)).isDirectory;
  }

  async #modeOf(path: string): Promise<string> {
    return ((await this.#files.system.stat(path)).mode & 0o777).toString(8).padStart(4, '0');
  }

  async #line(): Promise<string | undefined> {
    let end = this.#unread.indexOf(10);
    while (end === -1) {
      if (!(await this.#more())) {
        return undefined;
      }
      end = this.#unread.indexOf(10);
    }
    const line = this.#unread.take(end + 1);
    return line.subarray(0, end).toString('utf8');
  }

  async #bytes(count: number): Promise<Buffer> {
    while (this.#unread.length < count && (await this.#more())) {
      // Until there is enough, or no more.
    }
    return this.#unread.take(count);
  }

  /** What has come, at most so much; nothing at the end. */
  async #some(most: number): Promise<Buffer> {
    if (this.#unread.length === 0) {
      await this.#more();
    }
    return this.#unread.take(most);
  }

  async #more(): Promise<boolean> {
    const chunk = await this.#session.readSome();
    if (chunk === undefined) {
      return false;
    }
    this.#unread.push(chunk);
    return true;
  }
}

const nameOf = (path: string): string => path.replace(/^.*\//, '') || '/';

export const scpPrograms = [program('scp', scp)];
