import { existsSync } from 'node:fs';
import path from 'node:path';
import { programPath, run } from './programs';

/** Where Debian's golang-*-dev packages lie; on other machines GOPATH says it. */
const SOURCES = process.env['GOPATH'] ?? '/usr/share/gocode';
const NEEDED = ['golang.org/x/crypto/ssh', 'github.com/pkg/sftp'];

export function skipWithoutGo(): string | false {
  if (programPath('go') === undefined) return 'go is not on the PATH';
  const missing = NEEDED.find((name) => !existsSync(path.join(SOURCES, 'src', name)));
  return missing === undefined ? false : `the Go package ${missing} is not installed`;
}

/** Builds the client in the folder `go`; resolves with the program. */
export async function buildGoClient(folder: string): Promise<string> {
  const program = path.join(folder, 'client');
  const { code, stderr } = await run('go', ['build', '-o', program, '.'], {
    workingDirectory: path.resolve('test/integration/practice/clients/go'),
    environment: {
      ...{ GO111MODULE: 'off', GOPATH: SOURCES, GOFLAGS: '', GOCACHE: path.join(folder, 'cache') },
      ...{ CGO_ENABLED: '0' },
    },
  });
  if (code !== 0) throw new Error(stderr);
  return program;
}
