package main

import "github.com/digitalocean/godo"

func firewalls(w *walk) {
	got(w.client.Tags.Create(w.ctx, &godo.TagCreateRequest{Name: "walled"}))
	droplet := w.create(&godo.DropletCreateRequest{
		Name: "walled", Region: "nyc3", Size: "512mb", Image: godo.DropletCreateImage{Slug: "coreos-stable"}, Tags: []string{"walled"},
	})
	everywhere := []string{"0.0.0.0/0", "::/0"}
	request := &godo.FirewallRequest{
		Name: "deis",
		InboundRules: []godo.InboundRule{
			{Protocol: "tcp", PortRange: "22", Sources: &godo.Sources{Addresses: everywhere}},
			{Protocol: "tcp", PortRange: "all", Sources: &godo.Sources{Tags: []string{"walled"}, DropletIDs: []int{droplet.ID}}},
			{Protocol: "icmp", Sources: &godo.Sources{Tags: []string{"walled"}}},
		},
		OutboundRules: []godo.OutboundRule{
			{Protocol: "udp", PortRange: "1-65535", Destinations: &godo.Destinations{Addresses: everywhere}},
		},
		DropletIDs: []int{droplet.ID}, Tags: []string{"walled"},
	}
	firewall := got(w.client.Firewalls.Create(w.ctx, request))
	w.until("the rules to hold", func() bool {
		firewall = got(w.client.Firewalls.Get(w.ctx, firewall.ID))
		return firewall.Status == "succeeded" && len(firewall.PendingChanges) == 0
	})
	same("attached", []interface{}{firewall.DropletIDs, firewall.Tags}, []interface{}{[]int{droplet.ID}, []string{"walled"}})
	// "The API returns 0 when the port range was specified as all", and for icmp (the provider's firewalls.go).
	same("ports", []string{firewall.InboundRules[0].PortRange, firewall.InboundRules[1].PortRange, firewall.InboundRules[2].PortRange, firewall.OutboundRules[0].PortRange}, []string{"22", "0", "0", "1-65535"})
	that(firewall.InboundRules[0].Sources.Tags == nil && firewall.InboundRules[0].Sources.DropletIDs == nil, "no peers but those asked for")
	same("peers", *firewall.InboundRules[1].Sources, godo.Sources{Tags: []string{"walled"}, DropletIDs: []int{droplet.ID}})
	same("of the droplet", got(w.client.Firewalls.ListByDroplet(w.ctx, droplet.ID, nil))[0].ID, firewall.ID)

	// doctl's add and remove of rules, tags and droplets
	web := &godo.FirewallRulesRequest{InboundRules: []godo.InboundRule{{Protocol: "tcp", PortRange: "80", Sources: &godo.Sources{Addresses: everywhere}}}}
	done(w.client.Firewalls.AddRules(w.ctx, firewall.ID, web))
	same("rules", len(got(w.client.Firewalls.Get(w.ctx, firewall.ID)).InboundRules), 4)
	done(w.client.Firewalls.RemoveRules(w.ctx, firewall.ID, web))
	done(w.client.Firewalls.RemoveRules(w.ctx, firewall.ID, &godo.FirewallRulesRequest{InboundRules: request.InboundRules[1:2]}))
	same("rules", len(got(w.client.Firewalls.Get(w.ctx, firewall.ID)).InboundRules), 2)
	done(w.client.Firewalls.RemoveTags(w.ctx, firewall.ID, "walled"))
	done(w.client.Firewalls.RemoveDroplets(w.ctx, firewall.ID, droplet.ID))
	done(w.client.Firewalls.AddDroplets(w.ctx, firewall.ID, droplet.ID))
	done(w.client.Firewalls.AddTags(w.ctx, firewall.ID, "walled"))

	// the provider's update puts the whole again
	request.InboundRules = request.InboundRules[:1]
	request.DropletIDs = nil
	updated := got(w.client.Firewalls.Update(w.ctx, firewall.ID, request))
	same("after the update", []int{len(updated.InboundRules), len(updated.OutboundRules), len(updated.DropletIDs), len(updated.Tags)}, []int{1, 1, 0, 1})
	refused(errorOf(w.client.Firewalls.Create(w.ctx, request)), 409, "duplicate name")
	done(w.client.Firewalls.Delete(w.ctx, firewall.ID))
	refused(errorOf(w.client.Firewalls.Get(w.ctx, firewall.ID)), 404, "could not be found")
	w.destroy(droplet.ID, true)
	done(w.client.Tags.Delete(w.ctx, "walled"))
}

func domains(w *walk) {
	domain := got(w.client.Domains.Create(w.ctx, &godo.DomainCreateRequest{Name: "godo.example.com", IPAddress: "203.0.113.7"}))
	same("urn", domain.URN(), "do:domain:godo.example.com")
	same("read", got(w.client.Domains.Get(w.ctx, domain.Name)).TTL, 1800)
	requests := []godo.DomainRecordEditRequest{
		{Type: "A", Name: "deis-1", Data: "203.0.113.8", TTL: 60},
		{Type: "AAAA", Name: "deis-1", Data: "2001:db8::1"},
		{Type: "CNAME", Name: "*", Data: "@"},
		{Type: "MX", Name: "@", Data: "mail.example.com.", Priority: 0},
		{Type: "TXT", Name: "@", Data: "hello"},
		{Type: "SRV", Name: "_etcd-server._tcp", Data: "deis-1.godo.example.com.", Priority: 0, Port: 2380, Weight: 0},
		{Type: "CAA", Name: "@", Data: "letsencrypt.org.", Flags: 0, Tag: "issue"},
	}
	for index := range requests {
		record := got(w.client.Domains.CreateRecord(w.ctx, domain.Name, &requests[index]))
		same("record", *got(w.client.Domains.Record(w.ctx, domain.Name, record.ID)), *record)
		if record.Type == "A" {
			edited := got(w.client.Domains.EditRecord(w.ctx, domain.Name, record.ID, &godo.DomainRecordEditRequest{Type: "A", Name: "deis-1", Data: "203.0.113.9"}))
			same("edited", []interface{}{edited.Data, edited.TTL}, []interface{}{"203.0.113.9", 60})
		}
		if record.Type == "TXT" {
			done(w.client.Domains.DeleteRecord(w.ctx, domain.Name, record.ID))
			refused(errorOf(w.client.Domains.Record(w.ctx, domain.Name, record.ID)), 404, "could not be found")
		}
	}
	all := terraformPaged(3, func(o *godo.ListOptions) ([]godo.DomainRecord, *godo.Response, error) {
		return w.client.Domains.Records(w.ctx, domain.Name, o)
	})
	same("records: authority, three name servers, the apex and six of ours", len(all), 11)
	same("domains", len(got(w.client.Domains.List(w.ctx, &godo.ListOptions{Page: 1, PerPage: 200}))), 1)
	done(w.client.Domains.Delete(w.ctx, domain.Name))
	refused(errorOf(w.client.Domains.Get(w.ctx, domain.Name)), 404, "could not be found")
}

func refusals(w *walk) {
	request := &godo.DropletCreateRequest{Name: "x", Region: "nyc3", Size: "512mb", Image: godo.DropletCreateImage{Slug: "coreos-gone"}}
	refused(errorOf(w.client.Droplets.Create(w.ctx, request)), 422, "You specified an invalid image for Droplet creation.")
	refused(errorOf(w.client.Droplets.Get(w.ctx, 1)), 404, "The resource you were accessing could not be found.")
	refused(errorOf(w.client.Tags.Get(w.ctx, "none")), 404, "could not be found")
	refused(errorOf(w.client.Tags.Create(w.ctx, &godo.TagCreateRequest{Name: "no blanks"})), 422, "invalid")
	_, response, err := w.client.Account.Get(w.ctx)
	check(err)
	same("limit", response.Rate.Limit, 5000)
	that(response.Rate.Remaining < 5000 && !response.Rate.Reset.IsZero(), "%v", response.Rate)
}
