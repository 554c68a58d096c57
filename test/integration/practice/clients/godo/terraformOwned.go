package main

import (
	"strconv"
	"time"

	"github.com/digitalocean/godo"
)

// terraformSnapshot is digitalocean_droplet_snapshot: of a droplet's snapshots its own is the one that was made when its action
// was started.
func terraformSnapshot(w *walk) {
	droplet := w.create(&godo.DropletCreateRequest{Name: "copied", Region: "nyc3", Size: "512mb", Image: godo.DropletCreateImage{Slug: "coreos-stable"}})
	var ids []string
	for _, name := range []string{"first", "second"} {
		action := got(w.client.DropletActions.Snapshot(w.ctx, droplet.ID, name))
		w.act(action, nil, nil)
		found := ""
		for _, image := range terraformPaged(200, func(o *godo.ListOptions) ([]godo.Image, *godo.Response, error) {
			return w.client.Droplets.Snapshots(w.ctx, droplet.ID, o)
		}) {
			created, err := time.Parse("2006-01-02T15:04:05Z", image.Created)
			check(err)
			if created == action.StartedAt.Time {
				found = strconv.Itoa(image.ID)
				break
			}
		}
		that(found != "", "one of the droplet's snapshots was made at %v", action.StartedAt)
		snapshot := got(w.client.Snapshots.Get(w.ctx, found))
		same("snapshot", []interface{}{snapshot.Name, snapshot.ResourceID, snapshot.ResourceType, snapshot.Regions, snapshot.MinDiskSize}, []interface{}{name, strconv.Itoa(droplet.ID), "droplet", []string{"nyc3"}, 20})
		that(snapshot.SizeGigaBytes > 0, "%v", snapshot)
		ids = append(ids, found)
	}
	for _, id := range ids {
		done(w.client.Snapshots.Delete(w.ctx, id))
		refused(errorOf(w.client.Snapshots.Get(w.ctx, id)), 404, "could not be found")
	}
	w.destroy(droplet.ID, false)
}

// terraformNetwork is digitalocean_vpc of the provider's newer releases, which sends `default` as it is whenever a word changes, and
// takes a refusal with 409 for a network that is not empty yet.
func terraformNetwork(w *walk) {
	standard := got(w.client.VPCs.Create(w.ctx, &godo.VPCCreateRequest{Name: "lon-first", RegionSlug: "lon1"}))
	own := got(w.client.VPCs.Create(w.ctx, &godo.VPCCreateRequest{Name: "lon-own", RegionSlug: "lon1"}))
	put := func(vpc *godo.VPC, name string) *godo.VPC {
		body := map[string]interface{}{"name": name, "description": "", "default": vpc.Default}
		request, err := w.client.NewRequest(w.ctx, "PUT", "v2/vpcs/"+vpc.ID, body)
		check(err)
		done(w.client.Do(w.ctx, request, nil))
		return got(w.client.VPCs.Get(w.ctx, vpc.ID))
	}
	for _, vpc := range []*godo.VPC{standard, own} {
		changed := put(vpc, vpc.Name+"-renamed")
		same("name, default", []interface{}{changed.Name, changed.Default}, []interface{}{vpc.Name + "-renamed", vpc.Default})
	}
	all := terraformPaged(1, func(o *godo.ListOptions) ([]*godo.VPC, *godo.Response, error) { return w.client.VPCs.List(w.ctx, o) })
	that(len(all) >= 2, "data sources find a network by its name or region among all: %v", all)
	done(w.client.VPCs.Delete(w.ctx, own.ID))
}

// terraformProject is digitalocean_project: made, then put what is to be in it, read, emptied into the default one and deleted.
func terraformProject(w *walk) {
	domain := got(w.client.Domains.Create(w.ctx, &godo.DomainCreateRequest{Name: "terraform.example.com"}))
	project := got(w.client.Projects.Create(w.ctx, &godo.CreateProjectRequest{Name: "planned", Purpose: "Web Application", Environment: "staging"}))
	// The provider takes either spelling of what was asked for as staging.
	same("environment", project.Environment, "Staging")
	got(w.client.Projects.AssignResources(w.ctx, project.ID, domain.URN()))
	read := got(w.client.Projects.Get(w.ctx, project.ID))
	that(read.OwnerUUID != "" && read.OwnerID > 0 && read.CreatedAt != "" && read.UpdatedAt != "", "%v", read)
	// A change of one field sends all five, as they are in the plan.
	updated := got(w.client.Projects.Update(w.ctx, project.ID, &godo.UpdateProjectRequest{Name: "planned", Description: "", Purpose: "more", Environment: "staging", IsDefault: false}))
	same("updated", []interface{}{updated.Purpose, updated.Environment, updated.IsDefault}, []interface{}{"Other: more", "Staging", false})
	got(w.client.Projects.AssignResources(w.ctx, got(w.client.Projects.GetDefault(w.ctx)).ID, domain.URN()))
	same("left in it", len(got(w.client.Projects.ListResources(w.ctx, project.ID, nil))), 0)
	done(w.client.Projects.Delete(w.ctx, project.ID))
	done(w.client.Domains.Delete(w.ctx, domain.Name))
}

// terraformRecords is digitalocean_record: changed without its type and with a zero for each number that was not given; what has
// one name and type has one time to live.
func terraformRecords(w *walk) {
	domain := got(w.client.Domains.Create(w.ctx, &godo.DomainCreateRequest{Name: "records.example.com"}))
	first := got(w.client.Domains.CreateRecord(w.ctx, domain.Name, &godo.DomainRecordEditRequest{Type: "A", Name: "@", Data: "203.0.113.1"}))
	second := got(w.client.Domains.CreateRecord(w.ctx, domain.Name, &godo.DomainRecordEditRequest{Type: "A", Name: "@", Data: "203.0.113.2", TTL: 300}))
	time := func(id int) int { return got(w.client.Domains.Record(w.ctx, domain.Name, id)).TTL }
	same("times to live", []int{first.TTL, second.TTL, time(first.ID)}, []int{1800, 300, 300})
	edited := got(w.client.Domains.EditRecord(w.ctx, domain.Name, second.ID, &godo.DomainRecordEditRequest{Name: "@", Data: "203.0.113.3", TTL: 300}))
	same("edited", []interface{}{edited.Type, edited.Data, edited.TTL}, []interface{}{"A", "203.0.113.3", 300})
	alias := got(w.client.Domains.CreateRecord(w.ctx, domain.Name, &godo.DomainRecordEditRequest{Type: "CNAME", Name: "www.records.example.com.", Data: "target.example.com."}))
	// It puts the last dot on again, and takes a name for the same with or without its domain.
	same("alias", []string{alias.Name, alias.Data}, []string{"www", "target.example.com"})
	mail := got(w.client.Domains.CreateRecord(w.ctx, domain.Name, &godo.DomainRecordEditRequest{Type: "MX", Name: "@", Data: "mail.example.com.", Priority: 10}))
	mail = got(w.client.Domains.EditRecord(w.ctx, domain.Name, mail.ID, &godo.DomainRecordEditRequest{Name: "@", Data: "mail.example.com.", Priority: 20, TTL: mail.TTL}))
	same("priority", mail.Priority, 20)
	done(w.client.Domains.Delete(w.ctx, domain.Name))
}
