import type { LoadState, UnitFacts } from './unit';
import type { SpecifierFacts, UnitConfig } from './unitConfig';
import { readUnitConfig } from './unitConfig';
import type { UnitFragment, UnitStore } from './unitStore';

/** So many texts are kept parsed: those of the image and of one cluster's user data, many times over. */
const KEPT = 500;
/** Texts without specifiers mean the same on every node. */
const shared = new Map<string, UnitConfig>();

/** Reads units from their files. Parsed once a text: most reloads find the files as they were. */
export class UnitReader {
  readonly #own = new Map<string, { readonly text: string; readonly config: UnitConfig }>();

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
    const text = `${name}\n${textOf(fragment)}`;
    const parse = (): UnitConfig => readUnitConfig(name, fragment?.assignments() ?? [], facts);
    if (!text.includes('%')) {
      return remember(text, parse);
    }
    const whole = `${text}\n${facts.hostname} ${facts.bootId}`;
    const known = this.#own.get(name);
    if (known?.text === whole) {
      return known.config;
    }
    const config = parse();
    this.#own.set(name, { text: whole, config });
    return config;
  }
}

function remember(text: string, parse: () => UnitConfig): UnitConfig {
  const known = shared.get(text);
  if (known !== undefined) {
    return known;
  }
  if (shared.size >= KEPT) {
    shared.clear();
  }
  const config = parse();
  shared.set(text, config);
  return config;
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
