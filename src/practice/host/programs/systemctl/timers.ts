import type { ProgramContext } from '../../../programs/program';
import { insideOf } from '../../inside';
import { formatTable } from '../format';
import type { ParsedOptions } from '../options';

/** `systemctl list-timers`. No timer of the model elapses by itself, so none has a next or a last time. */
export function listTimers(context: ProgramContext, options: ParsedOptions): number {
  const isAll = options.flags.has('all');
  const timers = insideOf(context.host)
    .manager.units.filter(({ name, active }) => name.endsWith('.timer') && (isAll || active === 'active'))
    .map(({ name }) => ['n/a', 'n/a', 'n/a', 'n/a', name, name.replace(/timer$/, 'service')]);
  const hasLegend = !options.flags.has('no-legend');
  const titles = hasLegend && timers.length > 0 ? [['NEXT', 'LEFT', 'LAST', 'PASSED', 'UNIT', 'ACTIVATES']] : [];
  const count = timers.length > 0 ? `\n${timers.length}` : '0';
  const legend = isAll ? '' : 'Pass --all to see loaded but inactive timers, too.\n';
  const lines = formatTable([...titles, ...timers]).map((row) => `${row}\n`);
  context.stdout(`${lines.join('')}${hasLegend ? `${count} timers listed.\n${legend}` : ''}`);
  return 0;
}
