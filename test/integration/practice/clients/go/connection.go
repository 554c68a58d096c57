package main

import (
	"errors"
	"net"
	"os"
	"time"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
	"golang.org/x/crypto/ssh/knownhosts"
)

type settings struct{ key, knownHosts, user string }

type connection struct {
	*ssh.Client
	config *ssh.ClientConfig
	agent  agent.Agent
	// The host key that the server showed.
	shown ssh.PublicKey
}

// x/crypto's common.go of 2015: no Ed25519, ECDSA before RSA, MACs of SHA-1 only.
var (
	keyExchanges = []string{"curve25519-sha256@libssh.org", "ecdh-sha2-nistp256", "ecdh-sha2-nistp384", "ecdh-sha2-nistp521",
		"diffie-hellman-group14-sha1", "diffie-hellman-group1-sha1"}
	hostKeys = []string{ssh.KeyAlgoECDSA256, ssh.KeyAlgoECDSA384, ssh.KeyAlgoECDSA521, ssh.KeyAlgoRSA}
	ciphers  = []string{"aes128-ctr", "aes192-ctr", "aes256-ctr", "aes128-gcm@openssh.com", "arcfour256", "arcfour128"}
	macs     = []string{"hmac-sha1", "hmac-sha1-96"}
)

// A signer of 2015: it can't be told a hash, so an RSA key signs by SHA-1.
type plainSigner struct{ ssh.Signer }

func dial(settings settings, address string) (*connection, error) {
	connection := &connection{}
	signers, err := connection.signers(settings.key)
	if err != nil {
		return nil, err
	}
	check := ssh.InsecureIgnoreHostKey()
	if settings.knownHosts != "" {
		if check, err = knownhosts.New(settings.knownHosts); err != nil {
			return nil, err
		}
	}
	connection.config = &ssh.ClientConfig{
		Config:            ssh.Config{KeyExchanges: keyExchanges, Ciphers: ciphers, MACs: macs},
		User:              settings.user,
		Auth:              []ssh.AuthMethod{ssh.PublicKeys(signers...)},
		HostKeyAlgorithms: hostKeys,
		HostKeyCallback: func(name string, remote net.Addr, key ssh.PublicKey) error {
			connection.shown = key
			return check(name, remote, key)
		},
		Timeout: 60 * time.Second,
	}
	if connection.Client, err = ssh.Dial("tcp", address, connection.config); err != nil {
		return nil, err
	}
	return connection, connection.offerAgent()
}

func (connection *connection) signers(file string) ([]ssh.Signer, error) {
	if socket := os.Getenv("SSH_AUTH_SOCK"); socket != "" {
		stream, err := net.Dial("unix", socket)
		if err != nil {
			return nil, err
		}
		connection.agent = agent.NewClient(stream)
	}
	if file != "" {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		signer, err := ssh.ParsePrivateKey(text)
		return []ssh.Signer{plainSigner{signer}}, err
	}
	if connection.agent == nil {
		return nil, errors.New("SSH_AUTH_SOCK environment variable is not set")
	}
	signers, err := connection.agent.Signers()
	for at, signer := range signers {
		signers[at] = plainSigner{signer}
	}
	return signers, err
}

func (connection *connection) offerAgent() error {
	if connection.agent == nil {
		return nil
	}
	return agent.ForwardToAgent(connection.Client, connection.agent)
}

// What fleet's ssh.go does before each command.
func (connection *connection) session() (*ssh.Session, error) {
	session, err := connection.NewSession()
	if err == nil && connection.agent != nil {
		err = agent.RequestAgentForwarding(session)
	}
	return session, err
}
