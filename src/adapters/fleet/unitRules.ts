import { ClusterError } from '../../core/errors';
import type { DesiredState, UnitOption } from '../../core/model/units';

/**
 * fleet accepts some things it then can't read back: the unit vanishes from every list, and only deleting its key in etcd
 * helps (recorded: fleet-api/poison-*). So whatever is sent is checked here first.
 */

const NAME = /^[A-Za-z0-9:_.@\\-]{1,255}$/;
const SUFFIXES = ['service', 'socket', 'timer', 'path', 'device', 'mount', 'automount'];
const STATES: readonly string[] = ['inactive', 'loaded', 'launched'] satisfies DesiredState[];
/** What fleet's parser of unit files takes in one line (go-systemd, unit/deserialize.go). */
const LINE_BYTES = 2048;

const refuse = (message: string): ClusterError => new ClusterError(message, { code: 'invalidInput' });

export function checkUnitName(name: string): void {
  const dot = name.lastIndexOf('.');
  if (!NAME.test(name) || dot < 1 || !SUFFIXES.includes(name.slice(dot + 1))) {
    throw refuse(`"${name.slice(0, 80)}" is not a name that fleet takes for a unit.`);
  }
}

export function checkDesiredState(name: string, state: string): void {
  if (!STATES.includes(state)) {
    throw refuse(`${name} can't be asked to be "${state.slice(0, 40)}": fleet knows inactive, loaded and launched.`);
  }
}

/** A line break in a value would smuggle in further options; one at the end of a line would swallow the next. */
export function checkOptions(name: string, options: readonly UnitOption[]): void {
  if (options.length === 0) {
    throw refuse(`${name} has no contents.`);
  }
  for (const { section, name: option, value } of options) {
    if (!/^[A-Za-z0-9-]+$/.test(section) || !/^[A-Za-z0-9-]+$/.test(option)) {
      throw refuse(`${name} has an option without a proper name.`);
    }
    if (/[\r\n\0]/.test(value) || value.endsWith('\\')) {
      throw refuse(`The option ${option} of ${name} must be a single line.`);
    }
    if (Buffer.byteLength(`${option}=${value}`) > LINE_BYTES) {
      throw refuse(`The option ${option} of ${name} is longer than the ${LINE_BYTES} bytes that fleet can read back.`);
    }
  }
}

/** fleet gives a unit's text back parsed anew: blanks around values are gone. */
export function haveSameContents(a: readonly UnitOption[], b: readonly UnitOption[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ section, name, value }, i) => {
      const other = b[i];
      return section === other?.section && name === other.name && value.trim() === other.value.trim();
    })
  );
}
