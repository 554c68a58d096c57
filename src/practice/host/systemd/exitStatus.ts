/** How a process ended. */
export type ExitStatus =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'killed'; readonly signal: Signal; readonly byOom?: true };

export type Signal = 'HUP' | 'INT' | 'KILL' | 'PIPE' | 'TERM';

export const SIGNAL_NUMBERS: Readonly<Record<Signal, number>> = { HUP: 1, INT: 2, KILL: 9, PIPE: 13, TERM: 15 };

/** Names of exit codes as systemd prints them (exit-status.c); others are `n/a`. */
const CODE_NAMES: Readonly<Record<number, string>> = {
  0: 'SUCCESS',
  1: 'FAILURE',
  2: 'INVALIDARGUMENT',
  3: 'NOTIMPLEMENTED',
  4: 'NOPERMISSION',
  5: 'NOTINSTALLED',
  6: 'NOTCONFIGURED',
  7: 'NOTRUNNING',
  200: 'CHDIR',
  203: 'EXEC',
  217: 'USER',
  255: 'EXCEPTION',
};

/** `code=exited, status=255/EXCEPTION`. */
export function describeExit(status: ExitStatus): string {
  return status.kind === 'exited'
    ? `code=exited, status=${status.code}/${CODE_NAMES[status.code] ?? 'n/a'}`
    : `code=killed, status=${SIGNAL_NUMBERS[status.signal]}/${status.signal}`;
}

/** ExecMainStatus. */
export const exitNumber = (status: ExitStatus): number =>
  status.kind === 'exited' ? status.code : SIGNAL_NUMBERS[status.signal];

export function isClean(status: ExitStatus, alsoGood: readonly number[] = []): boolean {
  return status.kind === 'exited'
    ? status.code === 0 || alsoGood.includes(status.code)
    : status.signal !== 'KILL' && status.byOom === undefined;
}

export type ServiceResult =
  | 'success'
  | 'resources'
  | 'protocol'
  | 'timeout'
  | 'exit-code'
  | 'signal'
  | 'oom-kill'
  | 'start-limit-hit'
  | 'exec-condition';

export function resultOf(status: ExitStatus): ServiceResult {
  if (status.kind === 'exited') {
    return 'exit-code';
  }
  return status.byOom === true ? 'oom-kill' : 'signal';
}
