import type { Program } from '../../kernel';
import { insideOf } from '../inside';

const pathOf = (name: string): string => `/proc/sys/${name.replaceAll('.', '/')}`;

/** `sysctl [-w] NAME[=VALUE]…`, as the unit for the router's connections uses it. */
export const sysctl: Program = {
  name: 'sysctl',
  directory: '/usr/sbin',
  run(context) {
    const { tree } = insideOf(context.host);
    let code = 0;
    for (const word of context.args.filter((arg) => !arg.startsWith('-'))) {
      const equals = word.indexOf('=');
      const name = (equals < 0 ? word : word.slice(0, equals)).trim();
      const current = tree.text(pathOf(name));
      if (current === undefined) {
        context.stderr(`sysctl: cannot stat ${pathOf(name)}: No such file or directory\n`);
        code = 255;
        continue;
      }
      if (equals >= 0) {
        if (context.user !== 'root') {
          context.stderr(`sysctl: permission denied on key '${name}'\n`);
          code = 255;
          continue;
        }
        tree.write(pathOf(name), word.slice(equals + 1).trim());
      }
      const value = (tree.text(pathOf(name)) ?? '').trim();
      context.stdout(context.args.includes('-n') ? `${value}\n` : `${name} = ${value}\n`);
    }
    return Promise.resolve(code);
  },
};

/** The kernel of the model has every module in it. */
export const modprobe: Program = {
  name: 'modprobe',
  directory: '/usr/sbin',
  run: () => Promise.resolve(0),
};
