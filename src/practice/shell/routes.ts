import type { Redirection } from './nodes';
import { literalOf } from './nodes';
import type { Route } from './output';

export interface Routes {
  readonly out: Route;
  readonly err: Route;
  readonly input: Redirection[];
}

/** What the redirections of a program come to when they only join, swap or drop its streams; undefined for files. */
export function routesOf(redirections: readonly Redirection[]): Routes | undefined {
  let [out, err]: [Route, Route] = ['o', 'e'];
  const input: Redirection[] = [];
  for (const one of redirections) {
    const target = one.target.type === 'Word' ? literalOf(one.target) : undefined;
    const isNull = target === '/dev/null';
    if (readsFrom(one)) {
      input.push(one);
    } else if (one.operator === '>&' && (one.fd ?? 1) === 2 && target === '1') {
      err = out;
    } else if (one.operator === '>&' && (one.fd ?? 1) === 1 && target === '2') {
      out = err;
    } else if (isNull && (one.operator === '&>' || one.operator === '&>>')) {
      [out, err] = ['n', 'n'];
    } else if (isNull && (one.operator === '>' || one.operator === '>>')) {
      [out, err] = one.fd === 2 ? [out, 'n'] : ['n', err];
    } else {
      return undefined;
    }
  }
  return { out, err, input };
}

export const readsFrom = ({ operator, fd }: Redirection): boolean =>
  (fd ?? 0) === 0 && ['<', '<<', '<<-', '<<<', '<&', '<>'].includes(operator);
