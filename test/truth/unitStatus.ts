import type { StreamComparator } from './compare';

/**
 * What `systemctl status` says, without the processes and the journal's texts, which were those of the recording's stub of docker.
 * Nor do finished commands count: systemd forgets them whenever fleet makes it read its units again.
 */
export const unitStatus: StreamComparator = (recorded, ours) => {
  const shape = (text: string): string =>
    text
      .split('\n')
      .filter((line) => !/^ +(?:[├└]─|│|Process: )/.test(line))
      .map((line) =>
        line
          .replace(/^(‹syslog time› \S+ )\S+\[‹pid›\]: .*$/, '$1‹entry›')
          .replace(/^( +Main PID: ‹pid› ).*$/, '$1‹name›'),
      )
      .filter((line, index, all) => !(line.endsWith('‹entry›') && line === all[index - 1]))
      .join('\n');
  const [wanted, got] = [shape(recorded), shape(ours)];
  return wanted === got ? undefined : `has the form ${JSON.stringify(got)}, not ${JSON.stringify(wanted)}`;
};
