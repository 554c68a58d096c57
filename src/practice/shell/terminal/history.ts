import type { Host } from '../../kernel';

/** bash's own limit (HISTSIZE). */
const MOST_LINES = 500;

export async function historyOf(host: Host, home: string): Promise<string[]> {
  const path = `${home}/.bash_history`;
  if (!(await host.files.exists(path))) {
    return [];
  }
  return (await host.files.readFile(path)).split('\n').filter((line) => line !== '');
}

export async function keepHistory(host: Host, home: string, lines: readonly string[]): Promise<void> {
  if (host.power.aborted || lines.length === 0) {
    return;
  }
  await host.files.writeFile(`${home}/.bash_history`, `${lines.slice(-MOST_LINES).join('\n')}\n`);
}
