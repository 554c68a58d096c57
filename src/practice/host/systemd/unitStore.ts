import type { FileTree } from '../files/tree';
import type { Assignment } from './unitFile';
import { parseUnitFile, valuesOf } from './unitFile';
import { parseUnitName } from './unitName';

/** Where systemd looks, first hit wins (systemd.unit(5)); `transient` is `systemd-run`'s. */
export const ADMIN_UNITS = '/etc/systemd/system';
export const RUNTIME_UNITS = '/run/systemd/system';
export const TRANSIENT_UNITS = '/run/systemd/transient';
export const IMAGE_UNITS = '/usr/lib64/systemd/system';
const SEARCH = [TRANSIENT_UNITS, ADMIN_UNITS, RUNTIME_UNITS, IMAGE_UNITS];

/** Where fleet keeps the files it links into systemd's runtime folder (fleet's `unit.Manager`). */
const FLEET_UNITS = '/run/fleet/units';

export interface UnitFragment {
  /** Empty for a unit that is known only by drop-ins or not at all. */
  readonly path: string;
  readonly isMasked: boolean;
  readonly dropIns: readonly { readonly path: string; readonly text: string }[];
  readonly text: string;
  /** Parsed when asked for. */
  assignments(): readonly Assignment[];
}

/** Unit files as they lie in the node's file system. */
export class UnitStore {
  readonly #tree: FileTree;

  constructor(tree: FileTree) {
    this.#tree = tree;
  }

  /** Undefined when there is neither a file for it nor for its template. */
  read(name: string): UnitFragment | undefined {
    const found = this.#fragment(name);
    if (found === undefined) {
      return undefined;
    }
    const dropIns = this.#dropIns(name);
    const texts = [found.text, ...dropIns.map(({ text }) => text)];
    return { ...found, dropIns, assignments: () => texts.flatMap(parseUnitFile) };
  }

  /** Names of all unit files, templates included. */
  fileNames(): string[] {
    const names = SEARCH.flatMap((folder) => this.#tree.names(folder)).filter((name) =>
      /\.(?:service|socket|target|mount|timer|path|slice)$/.test(name),
    );
    return [...new Set(names)].sort();
  }

  /** Whether a file of that very name lies in one of the folders. */
  hasFile(name: string): boolean {
    return SEARCH.some((folder) => this.#tree.find(`${folder}/${name}`, false) !== undefined);
  }

  /** What fleet does: its file under /run/fleet/units, linked into systemd's runtime folder and enabled when it can be. */
  link(name: string, text: string, isRuntime: boolean): void {
    if (!isRuntime) {
      this.#tree.write(`${ADMIN_UNITS}/${name}`, text);
      return;
    }
    this.#tree.write(`${FLEET_UNITS}/${name}`, text);
    if (this.#tree.find(`${RUNTIME_UNITS}/${name}`, false)?.kind !== 'link') {
      this.#tree.link(`${FLEET_UNITS}/${name}`, `${RUNTIME_UNITS}/${name}`);
    }
    this.enable(name, true);
  }

  unlink(name: string): void {
    this.disable(name);
    for (const folder of [FLEET_UNITS, RUNTIME_UNITS, ADMIN_UNITS, TRANSIENT_UNITS]) {
      this.#removeIfThere(`${folder}/${name}`);
    }
  }

  writeTransient(name: string, text: string): void {
    this.#tree.write(`${TRANSIENT_UNITS}/${name}`, text);
  }

  removeTransient(name: string): void {
    this.#removeIfThere(`${TRANSIENT_UNITS}/${name}`);
  }

  /** The links made, as `systemctl enable` prints them; undefined when the unit has no [Install]. */
  enable(name: string, isRuntime = false): { link: string; target: string }[] | undefined {
    const fragment = this.read(name);
    const assignments = fragment?.assignments() ?? [];
    if (fragment === undefined || !assignments.some(({ section }) => section === 'Install')) {
      return undefined;
    }
    const folder = isRuntime ? RUNTIME_UNITS : ADMIN_UNITS;
    const list = (key: string): string[] =>
      valuesOf(assignments, 'Install', key).flatMap((value) => value.split(/\s+/));
    const wanted = [
      ...list('WantedBy').map((target) => `${folder}/${target}.wants/${name}`),
      ...list('RequiredBy').map((target) => `${folder}/${target}.requires/${name}`),
      ...list('Alias').map((alias) => `${folder}/${alias}`),
    ];
    const made = wanted.filter((link) => this.#tree.find(link, false) === undefined);
    for (const link of made) {
      this.#tree.link(fragment.path, link);
    }
    return made.map((link) => ({ link, target: fragment.path }));
  }

  /** The links removed. */
  disable(name: string): string[] {
    const removed = this.#enablingLinks(name);
    for (const link of removed) {
      this.#tree.remove(link);
    }
    return removed;
  }

  /** False when it was masked already. */
  mask(name: string, isRuntime: boolean): string | undefined {
    const path = `${isRuntime ? RUNTIME_UNITS : ADMIN_UNITS}/${name}`;
    const there = this.#tree.find(path, false);
    if (there?.kind === 'link' && there.target === '/dev/null') {
      return undefined;
    }
    if (there !== undefined) {
      this.#tree.remove(path);
    }
    this.#tree.link('/dev/null', path);
    return path;
  }

  unmask(name: string): string[] {
    const masks = [ADMIN_UNITS, RUNTIME_UNITS]
      .map((folder) => `${folder}/${name}`)
      .filter((path) => {
        const node = this.#tree.find(path, false);
        return node?.kind === 'link' && node.target === '/dev/null';
      });
    for (const path of masks) {
      this.#tree.remove(path);
    }
    return masks;
  }

  /** UnitFileState of `systemctl show` and `is-enabled`; empty when there is no file. */
  state(name: string): string {
    const found = this.#fragment(name);
    if (found === undefined) {
      return '';
    }
    if (found.path.startsWith(TRANSIENT_UNITS)) {
      return 'transient';
    }
    if (found.isMasked) {
      return found.path.startsWith(RUNTIME_UNITS) ? 'masked-runtime' : 'masked';
    }
    const links = this.#enablingLinks(name);
    if (links.some((link) => link.startsWith(ADMIN_UNITS))) {
      return 'enabled';
    }
    if (links.length > 0) {
      return 'enabled-runtime';
    }
    if (this.#tree.find(found.path, false)?.kind === 'link') {
      return found.path.startsWith(RUNTIME_UNITS) ? 'linked-runtime' : 'linked';
    }
    return parseUnitFile(found.text).some(({ section }) => section === 'Install') ? 'disabled' : 'static';
  }

  /** Units that targets want or require through links in `<target>.wants`. */
  wantedThroughLinks(target: string, suffix: 'wants' | 'requires'): string[] {
    return [...new Set(SEARCH.flatMap((folder) => this.#tree.names(`${folder}/${target}.${suffix}`)))];
  }

  #fragment(name: string): { path: string; text: string; isMasked: boolean } | undefined {
    const { template } = parseUnitName(name);
    for (const candidate of template === undefined ? [name] : [name, template]) {
      for (const folder of SEARCH) {
        const path = `${folder}/${candidate}`;
        const node = this.#tree.find(path, false);
        if (node?.kind === 'link' && node.target === '/dev/null') {
          return { path, text: '', isMasked: true };
        }
        const text = node === undefined ? undefined : this.#tree.text(path);
        if (text !== undefined) {
          return { path, text, isMasked: text === '' };
        }
      }
    }
    return undefined;
  }

  /** Of a unit and of its template; one name in a better folder hides the same name in a lesser one. */
  #dropIns(name: string): { path: string; text: string }[] {
    const { template } = parseUnitName(name);
    const byName = new Map<string, { path: string; text: string }>();
    for (const owner of template === undefined ? [name] : [template, name]) {
      for (const folder of [...SEARCH].reverse()) {
        for (const file of this.#tree.names(`${folder}/${owner}.d`)) {
          const path = `${folder}/${owner}.d/${file}`;
          const text = this.#tree.text(path);
          if (file.endsWith('.conf') && text !== undefined) {
            byName.set(file, { path, text });
          }
        }
      }
    }
    return [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, dropIn]) => dropIn);
  }

  #enablingLinks(name: string): string[] {
    const links: string[] = [];
    for (const folder of [ADMIN_UNITS, RUNTIME_UNITS, IMAGE_UNITS]) {
      const node = this.#tree.find(folder);
      for (const [entry, child] of node?.kind === 'directory' ? node.entries : []) {
        if (child.kind === 'directory' && /\.(?:wants|requires)$/.test(entry) && child.entries.has(name)) {
          links.push(`${folder}/${entry}/${name}`);
        }
      }
    }
    return links;
  }

  #removeIfThere(path: string): void {
    if (this.#tree.find(path, false) !== undefined) {
      this.#tree.remove(path);
    }
  }
}
