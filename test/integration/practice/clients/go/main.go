// A client as fleetctl and deisctl are on the wire: golang.org/x/crypto/ssh with what that package offered in 2015, an ssh-agent and
// a file of known hosts. Built by goProgram.test.ts where Go and the package are there.
//
//	client [-key FILE] [-known-hosts FILE] [-user NAME] HOST:PORT VERB [ARGUMENT…]
//
// Verbs that take requests read them from standard input, one a line: METHOD PATH [BODY].
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"

	"golang.org/x/crypto/ssh"
)

type verb func(*connection, []string) error

var verbs = map[string]verb{
	"fleet":      fleetRequests,
	"etcd":       etcdRequests,
	"socket":     socketRequests,
	"run":        runCommand,
	"terminal":   runOnTerminal,
	"login":      logIn,
	"terminate":  terminateCommand,
	"hop":        hopAndRun,
	"keep-alive": keepAlive,
	"host-key":   showHostKey,
	"put":        putFile,
	"get":        getFile,
}

func main() {
	settings := settings{}
	flag.StringVar(&settings.key, "key", "", "a private key; without it those of the agent")
	flag.StringVar(&settings.knownHosts, "known-hosts", "", "host keys are looked up here; without it none is checked")
	flag.StringVar(&settings.user, "user", "core", "")
	flag.Parse()
	err := run(settings, flag.Args())
	var ended *ssh.ExitError
	if errors.As(err, &ended) {
		fmt.Fprintf(os.Stderr, "signal=%q\n", ended.Signal())
		os.Exit(ended.ExitStatus())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(255)
	}
}

func run(settings settings, words []string) error {
	if len(words) < 2 || verbs[words[1]] == nil {
		return errors.New("usage: client [flags] HOST:PORT VERB [ARGUMENT…]")
	}
	connection, err := dial(settings, words[0])
	if err != nil {
		return err
	}
	defer connection.Close()
	return verbs[words[1]](connection, words[2:])
}
