/** Where a command's output goes, as it comes. */
export interface Output {
  stdout(text: string): void;
  stderr(text: string): void;
  /** For output that is no text (`cat` of an archive), byte for byte; without it such bytes are decoded as UTF-8. */
  stdoutBytes?(bytes: Uint8Array): void;
  /** Resolves when the other side takes more; whoever writes very much waits for it. */
  drained?(): Promise<void>;
}

/** Keeps everything: for command substitution, pipes and `Host.run`. */
export class CollectedOutput implements Output {
  readonly #out: Buffer[] = [];
  readonly #err: string[] = [];

  stdout(text: string): void {
    this.#out.push(Buffer.from(text));
  }

  stdoutBytes(bytes: Uint8Array): void {
    this.#out.push(Buffer.from(bytes));
  }

  stderr(text: string): void {
    this.#err.push(text);
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#out);
  }

  get text(): string {
    return this.bytes.toString('utf8');
  }

  get errors(): string {
    return this.#err.join('');
  }
}

/** One of `out`, `err` and `null`: where a redirection such as `2>&1` sends a stream. */
export type Route = 'o' | 'e' | 'n';

export function routed(output: Output, stdout: Route, stderr: Route): Output {
  if (stdout === 'o' && stderr === 'e') {
    return output;
  }
  const sink = (route: Route): ((text: string) => void) => {
    switch (route) {
      case 'o':
        return (text) => output.stdout(text);
      case 'e':
        return (text) => output.stderr(text);
      case 'n':
        return () => undefined;
    }
  };
  const text = sink(stdout);
  const bytes = (content: Uint8Array): void =>
    stdout === 'o' && output.stdoutBytes !== undefined
      ? output.stdoutBytes(content)
      : text(Buffer.from(content).toString('utf8'));
  return {
    stdout: text,
    stderr: sink(stderr),
    stdoutBytes: stdout === 'n' ? () => undefined : bytes,
    drained: async () => await output.drained?.(),
  };
}

/** The same output, with somebody who listens. */
export function overheard(output: Output, heard: (text: string) => void): Output {
  return {
    stdout: (text) => {
      heard(text);
      output.stdout(text);
    },
    stderr: (text) => {
      heard(text);
      output.stderr(text);
    },
    stdoutBytes: (bytes) => {
      heard(Buffer.from(bytes).toString('utf8'));
      sendBytes(output, bytes);
    },
    drained: async () => await output.drained?.(),
  };
}

/** Text when the bytes are text, else bytes. */
export function sendBytes(output: Output, bytes: Uint8Array): void {
  if (output.stdoutBytes === undefined) {
    output.stdout(Buffer.from(bytes).toString('utf8'));
  } else {
    output.stdoutBytes(bytes);
  }
}
