import type { Host } from '../kernel';
import type { Program } from '../programs/program';
import { insideOf } from '../host/inside';
import { resolvePath } from '../host/files/path';
import type { TreeNode } from '../host/files/node';
import { textOf } from '../host/files/node';
import { LIBRARY_TOOLS } from './tools/tools';

export type Resolution =
  | { readonly kind: 'program'; readonly program: Program; readonly path: string }
  /** A tool of the shell's library. */
  | { readonly kind: 'tool'; readonly name: string }
  | { readonly kind: 'script'; readonly path: string; readonly text: string }
  | { readonly kind: 'denied' | 'directory' | 'binary' | 'absent' };

const TOOL_NAMES: ReadonlySet<string> = new Set(LIBRARY_TOOLS);

const known = new WeakMap<readonly Program[], ReadonlyMap<string, Program>>();

/** All nodes have the same programs: hundreds of droplets share one table. */
function byName(programs: readonly Program[]): ReadonlyMap<string, Program> {
  const table = known.get(programs) ?? new Map(programs.map((program) => [program.name, program]));
  known.set(programs, table);
  return table;
}

/** Finds what a command name means on a node: along PATH, or at the path it is. */
export class Resolver {
  readonly names: ReadonlySet<string>;
  readonly #programs: ReadonlyMap<string, Program>;

  constructor(
    private readonly host: Host,
    programs: readonly Program[],
  ) {
    this.#programs = byName(programs);
    this.names = new Set(this.#programs.keys());
  }

  program(name: string): Program | undefined {
    return this.#programs.get(name);
  }

  resolve(name: string, environment: { path: string; workingDirectory: string }): Resolution {
    if (name.includes('/')) {
      return this.at(resolvePath(environment.workingDirectory, name));
    }
    for (const directory of environment.path.split(':').filter((entry) => entry !== '')) {
      const found = this.at(resolvePath(environment.workingDirectory, `${directory}/${name}`));
      if (found.kind !== 'absent' && found.kind !== 'directory' && found.kind !== 'denied') {
        return found;
      }
    }
    return { kind: 'absent' };
  }

  /** What lies at an absolute path. */
  at(path: string): Resolution {
    const place = this.#locate(path);
    if (place === undefined) {
      return { kind: 'absent' };
    }
    const { node } = place;
    if (node.kind === 'directory') {
      return { kind: 'directory' };
    }
    if ((node.mode & 0o111) === 0) {
      return { kind: 'denied' };
    }
    const name = place.path.replace(/^.*\//, '');
    const program = this.#programs.get(name);
    if (program !== undefined && this.#realPath(`${program.directory}/${name}`) === place.path) {
      return { kind: 'program', program, path };
    }
    if (place.path === `/usr/bin/${name}`) {
      // Empty files of the image stand for programs: those nobody models are as good as absent.
      return TOOL_NAMES.has(name) ? { kind: 'tool', name } : { kind: 'absent' };
    }
    const text = node.kind === 'link' ? '' : textOf(node);
    // eslint-disable-next-line no-control-regex -- NUL and ELF's first byte are what tells a binary from a script
    return /[\u0000\u007f]/.test(text.slice(0, 256)) ? { kind: 'binary' } : { kind: 'script', path, text };
  }

  #locate(path: string): { node: TreeNode; path: string } | undefined {
    try {
      const { node, path: real } = insideOf(this.host).tree.locate(path, 'stat');
      return node === undefined ? undefined : { node, path: real };
    } catch {
      return undefined; // A directory on the way is missing: the same as nothing there.
    }
  }

  #realPath(path: string): string {
    return this.#locate(path)?.path ?? path;
  }
}
