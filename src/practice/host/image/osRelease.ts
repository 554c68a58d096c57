/** CoreOS stable of June 2016 (the guide is of May 2016; 1010.5.0 followed 899.17.0 in its channel). */
const COREOS_VERSION = '1010.5.0';

const coreOsRelease = (): string =>
  [
    'NAME=CoreOS',
    'ID=coreos',
    `VERSION=${COREOS_VERSION}`,
    `VERSION_ID=${COREOS_VERSION}`,
    'BUILD_ID=2016-05-26-2225',
    `PRETTY_NAME="CoreOS ${COREOS_VERSION} (MoreOS)"`,
    'ANSI_COLOR="1;32"',
    'HOME_URL="https://coreos.com/"',
    'BUG_REPORT_URL="https://github.com/coreos/bugs/issues"',
    '',
  ].join('\n');

const OTHER_RELEASE =
  'NAME="Debian GNU/Linux"\nID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n';

export const osRelease = (isCoreOs: boolean): string => (isCoreOs ? coreOsRelease() : OTHER_RELEASE);
