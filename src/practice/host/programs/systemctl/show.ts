import type { ProgramContext } from '../../../programs/program';
import { insideOf } from '../../inside';
import { withSuffix } from '../../systemd/unitName';
import type { ParsedOptions } from '../options';
import { propertiesOf } from './properties';

/** Shown only when asked for: empty ones are left out of the long list, as `systemctl show` does. */
export function show(context: ProgramContext, options: ParsedOptions): number {
  const inside = insideOf(context.host);
  const valueOnly = options.values.get('property-value');
  const wanted = (options.values.get('property') ?? valueOnly ?? []).flatMap((list) => list.split(','));
  const isBare = options.flags.has('value') || valueOnly !== undefined;
  const blocks = options.words.map((word) => {
    const all = propertiesOf(inside, inside.manager.unit(withSuffix(word)));
    const shown =
      wanted.length > 0
        ? all.filter(([name]) => wanted.includes(name))
        : all.filter(([, value]) => value !== '' || options.flags.has('all'));
    return shown.map(([name, value]) => (isBare ? `${value}\n` : `${name}=${value}\n`)).join('');
  });
  context.stdout(blocks.join('\n'));
  return 0;
}

/** `systemctl cat`: the file and its drop-ins, each under its path. */
export function cat(context: ProgramContext, options: ParsedOptions): number {
  const { manager } = insideOf(context.host);
  let code = 0;
  const blocks: string[] = [];
  for (const word of options.words) {
    const name = withSuffix(word);
    const fragment = manager.store.read(name);
    if (fragment === undefined) {
      context.stderr(`No files found for ${name}.\n`);
      code = 1;
      continue;
    }
    const files = [{ path: fragment.path, text: fragment.text }, ...fragment.dropIns];
    blocks.push(
      ...files.map(({ path, text }) => `# ${path}\n${text.endsWith('\n') || text === '' ? text : `${text}\n`}`),
    );
  }
  context.stdout(blocks.join('\n'));
  return code;
}
