// What doctl and Terraform's DigitalOcean provider do, call by call as their sources do it, on the library that both are made of.
//
//	godo API TOKEN SEQUENCE
//
// It ends with 0, or says on stderr what was not as those programs need it and ends with 1.
package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/digitalocean/godo"
	"golang.org/x/oauth2"
)

var sequences = map[string]func(*walk){
	"offers":             offers,
	"keys":               keys,
	"doctl-droplets":     doctlDroplets,
	"doctl-paging":       doctlPaging,
	"doctl-disks":        doctlDisks,
	"terraform-life":     terraformLife,
	"terraform-import":   terraformImport,
	"firewalls":          firewalls,
	"domains":            domains,
	"refusals":           refusals,
	"terraform-update":   terraformUpdate,
	"images":             images,
	"terraform-snapshot": terraformSnapshot,
	"terraform-network":  terraformNetwork,
	"terraform-project":  terraformProject,
	"terraform-records":  terraformRecords,
	"vpcs":               vpcs,
	"projects":           projects,
}

func main() {
	if len(os.Args) != 4 || sequences[os.Args[3]] == nil {
		fmt.Fprintln(os.Stderr, "usage: godo API TOKEN SEQUENCE")
		os.Exit(2)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 4*time.Minute)
	defer cancel()
	defer func() {
		if wrong := recover(); wrong != nil {
			failed, ok := wrong.(failure)
			if !ok {
				panic(wrong)
			}
			fmt.Fprintln(os.Stderr, failed)
			os.Exit(1)
		}
	}()
	source := oauth2.StaticTokenSource(&oauth2.Token{AccessToken: os.Args[2]})
	client, err := godo.New(oauth2.NewClient(ctx, source), godo.SetBaseURL(os.Args[1]), godo.SetUserAgent("doctl/0.0.0"))
	check(err)
	sequences[os.Args[3]](&walk{ctx: ctx, client: client})
}
