package main

import (
	"net"
	"strconv"
	"strings"

	"github.com/digitalocean/godo"
)

// terraformPaged is the loop of the provider's data sources: on, until the library says that this was the last page.
func terraformPaged[T any](perPage int, list func(*godo.ListOptions) ([]T, *godo.Response, error)) []T {
	var all []T
	options := &godo.ListOptions{Page: 1, PerPage: perPage}
	for {
		more, response, err := list(options)
		check(err)
		all = append(all, more...)
		if response.Links == nil || response.Links.IsLastPage() {
			return all
		}
		page, err := response.Links.CurrentPage()
		check(err)
		options.Page = page + 1
	}
}

func addressOf(droplet *godo.Droplet, kind string) string {
	for _, one := range droplet.Networks.V4 {
		if one.Type == kind && net.ParseIP(one.IPAddress) != nil {
			return one.IPAddress
		}
	}
	return ""
}

// waitFor is waitForDropletAttribute of resource_droplet.go: a locked droplet is waited for, and a status that is neither the
// one before nor the one after is an error. It follows these pointers without looking.
func (w *walk) waitFor(id int, target string, pending []string, attribute func(*godo.Droplet) string) *godo.Droplet {
	var droplet *godo.Droplet
	w.until(target, func() bool {
		droplet = got(w.client.Droplets.Get(w.ctx, id))
		_ = []string{droplet.Region.Slug, droplet.Size.Slug, droplet.Image.Slug, addressOf(droplet, "public")}
		if droplet.Locked {
			return false
		}
		is := attribute(droplet)
		if is == target {
			return true
		}
		for _, one := range pending {
			if is == one {
				return false
			}
		}
		fail("unexpected state %q, wanted %q", is, target)
		return false
	})
	return droplet
}

func statusOf(droplet *godo.Droplet) string { return droplet.Status }
func nameOf(droplet *godo.Droplet) string   { return droplet.Name }
func lockedOf(droplet *godo.Droplet) string { return strconv.FormatBool(droplet.Locked) }

// visible passes over the 404 that follows a create, for which the provider waits ten seconds before its first look.
func (w *walk) visible(id int) {
	w.until("the droplet to be there", func() bool {
		_, response, err := w.client.Droplets.Get(w.ctx, id)
		if err != nil && response.StatusCode != 404 {
			check(err)
		}
		return err == nil
	})
}

// create is resourceDigitalOceanDropletCreate.
func (w *walk) create(request *godo.DropletCreateRequest) *godo.Droplet {
	droplet := got(w.client.Droplets.Create(w.ctx, request))
	w.visible(droplet.ID)
	return w.waitFor(droplet.ID, "active", []string{"new"}, statusOf)
}

// destroy is resourceDigitalOceanDropletDelete with `graceful_shutdown`: what it sees after the call is `active` or `off` or 404.
func (w *walk) destroy(id int, isGraceful bool) {
	w.waitFor(id, "false", []string{"", "true"}, lockedOf)
	if isGraceful {
		// "DO API doesn't return an error if we try to shutdown an already shutdown droplet"
		got(w.client.DropletActions.Shutdown(w.ctx, id))
		w.waitFor(id, "off", []string{"active"}, statusOf)
	}
	done(w.client.Droplets.Delete(w.ctx, id))
	w.until("404", func() bool {
		droplet, response, err := w.client.Droplets.Get(w.ctx, id)
		if err != nil {
			same("status", response.StatusCode, 404)
			return true
		}
		that(droplet.Locked || droplet.Status == "active" || droplet.Status == "off" || droplet.Status == "archive", "%v", droplet)
		return false
	})
}

func terraformLife(w *walk) {
	tag := got(w.client.Tags.Create(w.ctx, &godo.TagCreateRequest{Name: "by:terraform"}))
	key := got(w.client.Keys.Create(w.ctx, &godo.KeyCreateRequest{Name: "terraform", PublicKey: strings.TrimSpace(publicKey)}))
	same("tag read", got(w.client.Tags.Get(w.ctx, tag.Name)).Name, tag.Name)
	same("key read", got(w.client.Keys.GetByID(w.ctx, key.ID)).PublicKey, strings.TrimSpace(publicKey))
	droplet := w.create(&godo.DropletCreateRequest{
		Name: "deis-1", Region: "nyc3", Size: "512mb", Image: godo.DropletCreateImage{Slug: "coreos-stable"},
		SSHKeys: []godo.DropletCreateSSHKey{{ID: key.ID}}, Tags: []string{tag.Name}, UserData: "#cloud-config\n",
	})
	that(addressOf(droplet, "public") != "" && strings.HasPrefix(addressOf(droplet, "private"), "10."), "%v", droplet.Networks)
	same("urn", droplet.URN(), "do:droplet:"+strconv.Itoa(droplet.ID))

	// tags changed: SetTags takes off what is gone, makes what is new and puts it on
	resources := []godo.Resource{{ID: strconv.Itoa(droplet.ID), Type: godo.DropletResourceType}}
	done(w.client.Tags.UntagResources(w.ctx, tag.Name, &godo.UntagResourcesRequest{Resources: resources}))
	got(w.client.Tags.Create(w.ctx, &godo.TagCreateRequest{Name: "changed"}))
	done(w.client.Tags.TagResources(w.ctx, "changed", &godo.TagResourcesRequest{Resources: resources}))
	same("tags", got(w.client.Droplets.Get(w.ctx, droplet.ID)).Tags, []string{"changed"})

	w.destroy(droplet.ID, false)
	refused(failed(w.client.Droplets.Delete(w.ctx, droplet.ID)), 404, "could not be found")
	done(w.client.Keys.DeleteByID(w.ctx, key.ID))
	done(w.client.Tags.Delete(w.ctx, tag.Name))
	done(w.client.Tags.Delete(w.ctx, "changed"))
}

// terraformImport is `terraform import` of one droplet, and the data sources for one by its name and for all.
func terraformImport(w *walk) {
	made := w.create(&godo.DropletCreateRequest{
		Name: "found", Region: "nyc3", Size: "512mb", Image: godo.DropletCreateImage{Slug: "coreos-stable"}, Tags: []string{"found"},
	})
	imported := got(w.client.Droplets.Get(w.ctx, made.ID))
	same("image", imported.Image.Slug, "coreos-stable")
	that(imported.VPCUUID != "" && imported.Created != "", "%v", imported)
	all := terraformPaged(1, func(o *godo.ListOptions) ([]godo.Droplet, *godo.Response, error) {
		return w.client.Droplets.List(w.ctx, o)
	})
	same("one of that name", all[0].Name, "found")
	vpc := got(w.client.VPCs.Get(w.ctx, made.VPCUUID))
	that(vpc.Default && vpc.RegionSlug == "nyc3" && !vpc.CreatedAt.IsZero(), "%v", vpc)
	tags := terraformPaged(1, func(o *godo.ListOptions) ([]godo.Tag, *godo.Response, error) { return w.client.Tags.List(w.ctx, o) })
	same("its tag", tags[0].Resources.Droplets.Count, 1)
	w.act(w.client.DropletActions.PowerOff(w.ctx, made.ID))
	w.destroy(made.ID, true)
	done(w.client.Tags.Delete(w.ctx, "found"))
}

// terraformUpdate is resourceDigitalOceanDropletUpdate: size (off, resize, on), name, backups and IPv6, each with its wait.
func terraformUpdate(w *walk) {
	droplet := w.create(&godo.DropletCreateRequest{Name: "before", Region: "nyc3", Size: "512mb", Image: godo.DropletCreateImage{Slug: "coreos-stable"}, IPv6: false, Backups: false})
	id := droplet.ID
	refused(errorOf(w.client.DropletActions.Resize(w.ctx, id, "1gb", true)), 422, "Droplet is currently on. Please power it off to run this event.")
	resize := func(size string, hasDisk bool) *godo.Droplet {
		_, _, err := w.client.DropletActions.PowerOff(w.ctx, id)
		that(err == nil || strings.Contains(err.Error(), "Droplet is already powered off"), "%v", err)
		w.waitFor(id, "off", []string{"active"}, statusOf)
		w.act(w.client.DropletActions.Resize(w.ctx, id, size, hasDisk))
		got(w.client.DropletActions.PowerOn(w.ctx, id))
		return w.waitFor(id, "active", []string{"off"}, statusOf)
	}
	larger := resize("1gb", false)
	same("without its disk", []interface{}{larger.Size.Slug, larger.SizeSlug, larger.Memory, larger.Disk}, []interface{}{"1gb", "1gb", 1024, 20})
	larger = resize("2gb", true)
	same("with its disk", []interface{}{larger.Size.Slug, larger.Memory, larger.Vcpus, larger.Disk}, []interface{}{"2gb", 2048, 2, 40})
	w.act(w.client.DropletActions.PowerOff(w.ctx, id))
	refused(errorOf(w.client.DropletActions.Resize(w.ctx, id, "512mb", false)), 422, "This size is not available because it has a smaller disk.")
	refused(errorOf(w.client.DropletActions.Resize(w.ctx, id, "2gb", false)), 422, "The droplet is already set to this size.")
	got(w.client.DropletActions.PowerOn(w.ctx, id))
	w.waitFor(id, "active", []string{"off"}, statusOf)

	got(w.client.DropletActions.Rename(w.ctx, id, "after"))
	w.waitFor(id, "after", []string{"", "before"}, nameOf)
	has := func(feature string) func(*godo.Droplet) string {
		return func(droplet *godo.Droplet) string {
			for _, one := range droplet.Features {
				if one == feature {
					return "true"
				}
			}
			return "false"
		}
	}
	w.act(w.client.DropletActions.EnableBackups(w.ctx, id))
	changed := w.waitFor(id, "true", []string{"", "false"}, has("backups"))
	that(changed.NextBackupWindow != nil && changed.NextBackupWindow.End.After(changed.NextBackupWindow.Start.Time), "%v", changed)
	w.act(w.client.DropletActions.DisableBackups(w.ctx, id))
	w.waitFor(id, "false", nil, has("backups"))
	got(w.client.DropletActions.EnableIPv6(w.ctx, id))
	changed = w.waitFor(id, "true", []string{"", "false"}, has("ipv6"))
	address, err := changed.PublicIPv6()
	check(err)
	that(net.ParseIP(address) != nil && changed.Networks.V6[0].Netmask == 64, "%v", changed.Networks)
	w.destroy(id, false)
}
