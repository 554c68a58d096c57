package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"
)

// A session's streams as a connection, as fleet's ssh.DialCommand gives it to an HTTP client.
type commandStream struct {
	io.Reader
	io.WriteCloser
	session *ssh.Session
}

func (stream commandStream) Close() error {
	stream.session.Signal(ssh.SIGTERM)
	return stream.session.Close()
}
func (commandStream) LocalAddr() net.Addr              { return &net.UnixAddr{} }
func (commandStream) RemoteAddr() net.Addr             { return &net.UnixAddr{} }
func (commandStream) SetDeadline(time.Time) error      { return nil }
func (commandStream) SetReadDeadline(time.Time) error  { return nil }
func (commandStream) SetWriteDeadline(time.Time) error { return nil }

func (connection *connection) dialCommand(command string) (net.Conn, error) {
	session, err := connection.session()
	if err != nil {
		return nil, err
	}
	input, err := session.StdinPipe()
	if err != nil {
		return nil, err
	}
	output, err := session.StdoutPipe()
	if err != nil {
		return nil, err
	}
	return commandStream{output, input, session}, session.Start(command)
}

func fleetRequests(connection *connection, _ []string) error {
	return request("domain-sock", "application/json", func() (net.Conn, error) {
		return connection.dialCommand("fleetctl fd-forward /var/run/fleet.sock")
	})
}

func etcdRequests(connection *connection, _ []string) error {
	return request("127.0.0.1:4001", "application/x-www-form-urlencoded", func() (net.Conn, error) {
		return connection.DialTCP("tcp", nil, &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 4001})
	})
}

func socketRequests(connection *connection, words []string) error {
	return request("domain-sock", "application/json", func() (net.Conn, error) {
		return connection.Dial("unix", words[0])
	})
}

// Prints status and body of each answer, and over how many streams they came.
func request(host, kind string, open func() (net.Conn, error)) error {
	streams := 0
	client := http.Client{Transport: &http.Transport{Dial: func(string, string) (net.Conn, error) {
		streams++
		return open()
	}}}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		words := append(strings.SplitN(lines.Text(), " ", 3), "")
		outgoing, err := http.NewRequest(words[0], "http://"+host+words[1], strings.NewReader(words[2]))
		if err != nil {
			return err
		}
		if words[2] != "" {
			outgoing.Header.Set("Content-Type", kind)
		}
		answer, err := client.Do(outgoing)
		if err != nil {
			return err
		}
		body, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil {
			return err
		}
		fmt.Printf("%d %s\n", answer.StatusCode, strings.TrimSpace(string(body)))
	}
	client.CloseIdleConnections()
	fmt.Printf("streams %d\n", streams)
	return lines.Err()
}
