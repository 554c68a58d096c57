/** What OpenSSH's client asks and says about host keys (sshconnect.c); fleet's own client took the words over (coreos/fleet, ssh/known_hosts.go). */

export const authenticityQuestion = (pattern: string, kind: string, fingerprint: string): string =>
  `The authenticity of host '${pattern}' can't be established.\n${kind} key fingerprint is ${fingerprint}.\nAre you sure you want to continue connecting (yes/no)? `;

export const permanentlyAdded = (pattern: string, kind: string): string =>
  `Warning: Permanently added '${pattern}' (${kind}) to the list of known hosts.\n`;

export const changedWarning = (kind: string, fingerprint: string, path: string): string =>
  `@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@
@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @
@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@
IT IS POSSIBLE THAT SOMEONE IS DOING SOMETHING NASTY!
Someone could be eavesdropping on you right now (man-in-the-middle attack)!
It is also possible that a host key has just been changed.
The fingerprint for the ${kind} key sent by the remote host is
${fingerprint}.
Please contact your system administrator.
Add correct host key in ${path} to get rid of this message.
`;
