package main

import (
	"io"
	"os"

	"github.com/pkg/sftp"
)

func putFile(connection *connection, words []string) error {
	client, err := sftp.NewClient(connection.Client)
	if err != nil {
		return err
	}
	defer client.Close()
	target, err := client.Create(words[0])
	if err != nil {
		return err
	}
	if _, err := io.Copy(target, os.Stdin); err != nil {
		return err
	}
	return target.Close()
}

func getFile(connection *connection, words []string) error {
	client, err := sftp.NewClient(connection.Client)
	if err != nil {
		return err
	}
	defer client.Close()
	source, err := client.Open(words[0])
	if err != nil {
		return err
	}
	_, err = io.Copy(os.Stdout, source)
	return err
}
