import type { LoadState, UnitFacts } from './unit';
import type { SpecifierFacts, UnitConfig } from './unitConfig';
import { readUnitConfig } from './unitConfig';
import type { UnitFragment, UnitStore } from './unitStore';

/** Reads units from their files. Parsed once a text: most reloads find the files as they were. */
export class UnitReader {
  readonly #configs = new Map<string, { readonly text: string; readonly config: UnitConfig }>();

  constructor(
    private readonly store: UnitStore,
    private readonly facts: () => SpecifierFacts,
  ) {}

  read(name: string): UnitFacts {
    const fragment = this.store.read(name);
    const config = this.#config(name, fragment);
    return { name, fragment, config, load: loadOf(fragment, config) };
  }

  #config(name: string, fragment: UnitFragment | undefined): UnitConfig {
    const facts = this.facts();
    const text = `${textOf(fragment)}\n${facts.hostname} ${facts.bootId}`;
    const known = this.#configs.get(name);
    if (known?.text === text) {
      return known.config;
    }
    const config = readUnitConfig(name, fragment?.assignments() ?? [], facts);
    this.#configs.set(name, { text, config });
    return config;
  }
}

export const sameText = (a: UnitFragment | undefined, b: UnitFragment | undefined): boolean => textOf(a) === textOf(b);

const textOf = (fragment: UnitFragment | undefined): string =>
  [fragment?.path, fragment?.text, ...(fragment?.dropIns ?? []).map(({ text }) => text)].join('\n');

function loadOf(fragment: UnitFragment | undefined, config: UnitConfig): LoadState {
  if (fragment === undefined) {
    return 'not-found';
  }
  if (fragment.isMasked) {
    return 'masked';
  }
  return config.problem === undefined ? 'loaded' : 'bad-setting';
}
