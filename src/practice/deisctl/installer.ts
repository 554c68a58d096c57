/** Where deisctl lies on a CoreOS node, and where its installer puts the platform's unit files. */
export const DEISCTL_PATH = '/opt/bin/deisctl';
export const UNITS_PATH = '/var/lib/deis/units';

/** `http://deis.io/deisctl/install.sh` of 2016. */
export const INSTALLER_SITE = 'deis.io';
export const INSTALLER_PATH = '/deisctl/install.sh';

/**
 * What that address answers: `sh -s 1.13.1` puts the binary (here a file that says its version; the program itself is the model's)
 * and the unit files of that version in place.
 */
export const INSTALLER_SCRIPT = `#!/bin/sh
# Installs deisctl and the unit files of the Deis platform.
version="$1"
if [ -z "$version" ]; then version=1.13.4; fi
echo "Installing deisctl $version"
mkdir -p /opt/bin ${UNITS_PATH} || exit 1
printf 'deisctl\\nversion=%s\\n' "$version" > ${DEISCTL_PATH} || exit 1
chmod 0755 ${DEISCTL_PATH}
${DEISCTL_PATH} refresh-units -p ${UNITS_PATH} -t "v$version" || exit 1
echo "The deisctl utility is installed in ${DEISCTL_PATH}."
`;
