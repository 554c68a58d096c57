/** CoreOS' prompt (its bashrc is Gentoo's): `core@deis-1 ~ $ ` in green and blue, root's in red. */
export function promptFor(facts: {
  readonly user: string;
  readonly hostName: string;
  readonly workingDirectory: string;
  readonly home: string;
  /** In a container. */
  readonly box?: 'busybox' | 'debian' | undefined;
}): string {
  const { user, hostName, workingDirectory, home } = facts;
  const isHome = workingDirectory === home || workingDirectory.startsWith(`${home}/`);
  const shown = isHome ? `~${workingDirectory.slice(home.length)}` : workingDirectory;
  if (facts.box !== undefined) {
    return facts.box === 'busybox' ? `${shown} # ` : `${user}@${hostName}:${shown}# `;
  }
  if (user === 'root') {
    const last = shown === '~' ? shown : shown.replace(/^.*\/(?=.)/, '');
    return `\x1b[01;31m${hostName}\x1b[01;34m ${last} #\x1b[00m `;
  }
  return `\x1b[01;32m${user}@${hostName}\x1b[01;34m ${shown} $\x1b[00m `;
}
