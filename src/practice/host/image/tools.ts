/** Commands of the image that the shell itself brings: their files must be there for it to run them. */
export const toolNames: readonly string[] = (
  'awk base64 basename bash bunzip2 bzip2 cat chmod chown clear cmp column comm cp curl cut date dd diff dirname du echo egrep ' +
  'env expand expr false fgrep file find flock fold getent grep groups gunzip gzip head hostname id install join jq kill less ln ls ' +
  'md5sum mkdir mktemp mv nl od paste printenv printf pwd readlink realpath rev rm rmdir sed seq sh sha1sum sha256sum shred ' +
  'sleep sort split stat strings sync tac tail tar tee test timeout touch tr true tty umount uname uniq wc which whoami xargs ' +
  'unexpand xxd yes zcat ['
).split(' ');
