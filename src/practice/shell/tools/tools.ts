import type { CommandName } from 'just-bash';

/**
 * What the shell's library brings of the node's /usr/bin. Nothing for the network, no other languages: those are not on CoreOS,
 * and what reaches out must end in the model.
 */
export const LIBRARY_TOOLS: CommandName[] = [
  ...(['alias', 'awk', 'base64', 'basename', 'cat', 'chmod', 'clear', 'column', 'comm', 'cp', 'cut'] as const),
  ...(['diff', 'dirname', 'echo', 'egrep', 'expand', 'expr', 'false', 'fgrep', 'file', 'find'] as const),
  ...(['fold', 'grep', 'gunzip', 'gzip', 'head', 'join', 'jq', 'ln', 'mkdir', 'mv', 'nl'] as const),
  ...(['paste', 'printenv', 'printf', 'pwd', 'rev', 'rm', 'rmdir', 'sed', 'seq'] as const),
  ...(['sort', 'split', 'stat', 'strings', 'tac', 'tar', 'tee', 'touch', 'tr', 'true'] as const),
  ...(['unalias', 'unexpand', 'uniq', 'wc', 'xargs', 'zcat'] as const),
];
