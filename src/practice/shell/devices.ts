/** Files that are the session itself: known to the interpreter by these paths only, never listed. */
export const DEVICES = {
  out: '/dev/.session/out',
  /** A line number follows. */
  err: '/dev/.session/err/',
  input: '/dev/.session/input',
  line: '/dev/.session/line',
  state: '/dev/.session/state',
} as const;

/** Commands that only rewritten scripts name. */
export const HIDDEN = {
  /** `ROUTES name args…`: a program of the node in the foreground. */
  run: '.run',
  /** `name args…`: a program whose output goes elsewhere, but whose input is the session's. */
  feed: '.feed',
  /** `ROUTES filters name args…`: a program whose lines go through filters as they come. */
  pipe: '.pipe',
  /** `script`: what ended in `&`. */
  background: '.background',
  /** `path…`: complains as bash does about the first that can't be written. */
  mayWrite: '.may-write',
  /** `path args…`: a native program that the interpreter took for a script. */
  native: '.native',
  /** `start` and `stop` around what `time` measures. */
  clock: '.clock',
  /** `ROUTES - '' file…`, `ROUTES > target file…`: files, or the session's input, go out as they come. */
  copy: '.copy',
  /** `N ROUTES`: so many zeros. */
  endless: '.endless',
  /** `word…`: the menu of `select`; `reply word…`: the word that was chosen. */
  menu: '.menu',
  choice: '.choice',
  /** `status`: leaves what `trap … ERR` says in a variable. */
  onError: '.on-error',
  wait: '.wait',
  /** `FLAGS word…`: leaves the words, quoted, in a variable, so that the shell runs what a variable holds. */
  words: '.words',
  /** `N`: what `$?` is at the beginning of a terminal's line. */
  status: '.status',
  /** At the end of a terminal's line: notes its status. */
  keep: '.keep',
  /** Before `exit` in a terminal's shell. */
  leave: '.leave',
} as const;

/** Before the name of the form of a function whose output streams. */
export const STREAMING = '.streaming.';

export const isHidden = (name: string): boolean => name.startsWith('.') && !name.startsWith(STREAMING);

/** The variable that the words of a command are left in. */
export const COMMAND_WORDS = '__command_words';

/** The variable behind `$!`. */
export const LAST_JOB = '__last_job';

/** The variables that an ERR trap and the status it met are left in. */
export const ERROR_ACTION = '__error_action';
export const ERROR_STATUS = '__error_status';
