/** What `etcdctl help` says: the commands of the v2 API. */
export const HELP = `NAME:
   etcdctl - A simple command line client for etcd.

USAGE:
   etcdctl [global options] command [command options] [arguments...]

VERSION:
   3.4.23

COMMANDS:
     cluster-health  check the health of the etcd cluster
     get             retrieve the value of a key
     ls              retrieve a directory
     member          member add, remove, update and list subcommands
     mk              make a new key with a given value
     mkdir           make a new directory
     rm              remove a key or a directory
     rmdir           removes the key if it is an empty directory or a key-value pair
     set             set the value of a key
     setdir          create a new directory or update an existing directory TTL
     update          update an existing key with a given value
     updatedir       update an existing directory
     watch           watch a key for changes
     help, h         Shows a list of commands or help for one command

GLOBAL OPTIONS:
   --debug                    output cURL commands which can be used to reproduce the request
   --no-sync                  don't synchronize cluster information before sending request
   --output simple, -o simple output response in the given format (simple, extended or json) (default: "simple")
   --endpoint value           DEPRECATED - Use --endpoints
   --endpoints value          a comma-delimited list of machine addresses in the cluster
   --timeout value            connection timeout per request (default: 2s)
   --total-timeout value      timeout for the command execution (except watch) (default: 5s)
   --help, -h                 show help
   --version, -v              print the version
`;
