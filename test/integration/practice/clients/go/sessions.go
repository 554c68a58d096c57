package main

import (
	"fmt"
	"io"
	"net"
	"os"

	"golang.org/x/crypto/ssh"
)

func (connection *connection) ownStreams() (*ssh.Session, error) {
	session, err := connection.session()
	if err == nil {
		session.Stdin, session.Stdout, session.Stderr = os.Stdin, os.Stdout, os.Stderr
	}
	return session, err
}

func runCommand(connection *connection, words []string) error {
	session, err := connection.ownStreams()
	if err != nil {
		return err
	}
	return session.Run(words[0])
}

// As fleet's makeSession asks for a terminal; then its window grows.
func (connection *connection) terminalSession() (*ssh.Session, error) {
	session, err := connection.ownStreams()
	if err != nil {
		return nil, err
	}
	modes := ssh.TerminalModes{ssh.ECHO: 1, ssh.TTY_OP_ISPEED: 14400, ssh.TTY_OP_OSPEED: 14400}
	if err := session.RequestPty("xterm-256color", 40, 120, modes); err != nil {
		return nil, err
	}
	return session, session.WindowChange(50, 150)
}

func runOnTerminal(connection *connection, words []string) error {
	session, err := connection.terminalSession()
	if err != nil {
		return err
	}
	return session.Run(words[0])
}

func logIn(connection *connection, _ []string) error {
	session, err := connection.terminalSession()
	if err != nil {
		return err
	}
	if err := session.Shell(); err != nil {
		return err
	}
	return session.Wait()
}

// Sends SIGTERM when the command says its first word.
func terminateCommand(connection *connection, words []string) error {
	session, err := connection.session()
	if err != nil {
		return err
	}
	output, err := session.StdoutPipe()
	if err != nil {
		return err
	}
	if err := session.Start(words[0]); err != nil {
		return err
	}
	if _, err := io.ReadFull(output, make([]byte, 1)); err != nil {
		return err
	}
	if err := session.Signal(ssh.SIGTERM); err != nil {
		return err
	}
	return session.Wait()
}

// `fleetctl ssh` and `journal` through a tunnel: SSH inside a direct-tcpip channel.
func hopAndRun(outer *connection, words []string) error {
	address, err := net.ResolveTCPAddr("tcp", words[0])
	if err != nil {
		return err
	}
	stream, err := outer.DialTCP("tcp", nil, address)
	if err != nil {
		return err
	}
	config := *outer.config
	config.HostKeyCallback = ssh.InsecureIgnoreHostKey()
	conn, channels, requests, err := ssh.NewClientConn(stream, words[0], &config)
	if err != nil {
		return err
	}
	inner := &connection{Client: ssh.NewClient(conn, channels, requests), agent: outer.agent}
	defer inner.Close()
	if err := inner.offerAgent(); err != nil {
		return err
	}
	return runCommand(inner, words[1:])
}

func keepAlive(connection *connection, _ []string) error {
	for at := 0; at < 3; at++ {
		// OpenSSH refuses what it does not know, and that is the answer a client waits for.
		if _, _, err := connection.SendRequest("keepalive@openssh.com", true, nil); err != nil {
			return err
		}
		fmt.Println("alive")
	}
	return nil
}

func showHostKey(connection *connection, _ []string) error {
	fmt.Println(connection.shown.Type(), ssh.FingerprintLegacyMD5(connection.shown))
	return nil
}
