package main

import (
	"net/url"
	"strconv"

	"github.com/digitalocean/godo"
	"github.com/digitalocean/godo/util"
)

const publicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl godo@example.com\n"

// paged is doctl's do/pagination.go: the first page, then as many as its `last` link names.
func paged[T any](perPage int, list func(*godo.ListOptions) ([]T, *godo.Response, error)) []T {
	all, response, err := list(&godo.ListOptions{Page: 1, PerPage: perPage})
	check(err)
	last := 1
	if links := response.Links; links != nil && links.Pages != nil && links.Pages.Last != "" {
		address, err := url.ParseRequestURI(links.Pages.Last)
		check(err)
		last, err = strconv.Atoi(address.Query().Get("page"))
		check(err)
	}
	for page := 2; page <= last; page++ {
		more, _, err := list(&godo.ListOptions{Page: page, PerPage: perPage})
		check(err)
		all = append(all, more...)
	}
	return all
}

func offers(w *walk) {
	account := got(w.client.Account.Get(w.ctx))
	same("account status", account.Status, "active")
	that(account.DropletLimit > 0 && account.Email != "" && account.UUID != "" && account.EmailVerified, "%v", account)
	balance := got(w.client.Balance.Get(w.ctx))
	same("balance", balance.AccountBalance, "0.00")
	that(!balance.GeneratedAt.IsZero(), "the balance has a time")
	invoices := got(w.client.Invoices.List(w.ctx, nil))
	that(len(invoices.Invoices) == 0 && invoices.InvoicePreview.Amount != "", "%v", invoices)
	same("billing history", len(got(w.client.BillingHistory.List(w.ctx, nil)).BillingHistory), 0)

	regions := paged(200, func(o *godo.ListOptions) ([]godo.Region, *godo.Response, error) {
		return w.client.Regions.List(w.ctx, o)
	})
	sizes := paged(4, func(o *godo.ListOptions) ([]godo.Size, *godo.Response, error) { return w.client.Sizes.List(w.ctx, o) })
	images := paged(3, func(o *godo.ListOptions) ([]godo.Image, *godo.Response, error) { return w.client.Images.List(w.ctx, o) })
	that(len(regions) > 3 && len(sizes) > 4 && len(images) > 3, "regions, sizes and images fill several pages")
	found := false
	for _, size := range sizes {
		that(size.PriceHourly > 0 && size.PriceMonthly > 0 && size.Memory > 0 && size.Disk > 0 && size.Vcpus > 0, "%v", size)
		found = found || size.Slug == "512mb"
	}
	that(found, "there is a size 512mb")
	image := got(w.client.Images.GetBySlug(w.ctx, "coreos-stable"))
	same("image by id", *got(w.client.Images.GetByID(w.ctx, image.ID)), *image)
	that(len(got(w.client.Images.ListDistribution(w.ctx, nil))) > 0, "distributions are listed")
	same("own images", len(got(w.client.Images.ListUser(w.ctx, nil))), 0)
	same("applications", len(got(w.client.Images.ListApplication(w.ctx, nil))), 0)

	that(got(w.client.Projects.GetDefault(w.ctx)).IsDefault, "the default project is one")
	same("floating IPs", len(got(w.client.FloatingIPs.List(w.ctx, nil))), 0)
	same("volumes", len(got(w.client.Storage.ListVolumes(w.ctx, nil))), 0)
	same("snapshots", len(got(w.client.Snapshots.ListDroplet(w.ctx, nil))), 0)
	same("load balancers", len(got(w.client.LoadBalancers.List(w.ctx, nil))), 0)
}

func keys(w *walk) {
	key := got(w.client.Keys.Create(w.ctx, &godo.KeyCreateRequest{Name: "deis", PublicKey: publicKey}))
	refused(errorOf(w.client.Keys.Create(w.ctx, &godo.KeyCreateRequest{Name: "again", PublicKey: publicKey})), 422, "SSH Key is already in use on your account")
	same("key by id", *got(w.client.Keys.GetByID(w.ctx, key.ID)), *key)
	same("key by fingerprint", *got(w.client.Keys.GetByFingerprint(w.ctx, key.Fingerprint)), *key)
	same("its new name", got(w.client.Keys.UpdateByID(w.ctx, key.ID, &godo.KeyUpdateRequest{Name: "one"})).Name, "one")
	same("its newest name", got(w.client.Keys.UpdateByFingerprint(w.ctx, key.Fingerprint, &godo.KeyUpdateRequest{Name: "two"})).Name, "two")
	same("keys", len(got(w.client.Keys.List(w.ctx, &godo.ListOptions{Page: 1, PerPage: 200}))), 1)
	done(w.client.Keys.DeleteByFingerprint(w.ctx, key.Fingerprint))
	refused(failed(w.client.Keys.DeleteByID(w.ctx, key.ID)), 404, "could not be found")
}

// act is `doctl compute droplet-action … --wait`: the action is asked for by its own id.
func (w *walk) act(action *godo.Action, _ *godo.Response, err error) *godo.Action {
	check(err)
	same("a new action", action.Status, godo.ActionInProgress)
	that(action.CompletedAt == nil && action.StartedAt != nil && action.Region != nil, "%v", action)
	w.until(action.Type, func() bool {
		action = got(w.client.Actions.Get(w.ctx, action.ID))
		return action.Status != godo.ActionInProgress
	})
	same(action.Type, action.Status, godo.ActionCompleted)
	that(!action.CompletedAt.Before(action.StartedAt.Time), "it was completed after it was started")
	return action
}

func (w *walk) status(id int) string { return got(w.client.Droplets.Get(w.ctx, id)).Status }

// gone waits for the 404 after a delete.
func (w *walk) gone(id int) {
	w.until("the droplet to be gone", func() bool {
		_, response, err := w.client.Droplets.Get(w.ctx, id)
		return err != nil && response.StatusCode == 404
	})
}

func doctlDroplets(w *walk) {
	key := got(w.client.Keys.Create(w.ctx, &godo.KeyCreateRequest{Name: "doctl", PublicKey: publicKey}))
	request := &godo.DropletCreateRequest{
		Name: "deis-1", Region: "nyc3", Size: "512mb", Image: godo.DropletCreateImage{Slug: "coreos-stable"},
		SSHKeys: []godo.DropletCreateSSHKey{{Fingerprint: key.Fingerprint}}, Tags: []string{"by:doctl"}, UserData: "#cloud-config\n",
	}
	droplet, response, err := w.client.Droplets.Create(w.ctx, request)
	check(err)
	same("a new droplet", droplet.Status, "new")
	that(droplet.Locked, "a new droplet is locked")
	for _, action := range response.Links.Actions {
		if action.Rel == "create" {
			check(util.WaitForActive(w.ctx, w.client, action.HREF))
		}
	}
	droplet = got(w.client.Droplets.Get(w.ctx, droplet.ID))
	same("status", droplet.Status, "active")
	public, err := droplet.PublicIPv4()
	check(err)
	private, err := droplet.PrivateIPv4()
	check(err)
	that(public != "" && private != "" && public != private, "%q and %q", public, private)
	same("image", droplet.Image.Distribution+" "+droplet.Image.Name, "CoreOS 899.17.0 (stable)")
	same("memory, processors, disk", []int{droplet.Memory, droplet.Vcpus, droplet.Disk}, []int{512, 1, 20})
	same("tags", droplet.Tags, []string{"by:doctl"})

	w.act(w.client.DropletActions.PowerOff(w.ctx, droplet.ID))
	same("status", w.status(droplet.ID), "off")
	refused(errorOf(w.client.DropletActions.PowerOff(w.ctx, droplet.ID)), 422, "Droplet is already powered off")
	w.act(w.client.DropletActions.PowerOn(w.ctx, droplet.ID))
	refused(errorOf(w.client.DropletActions.PowerOn(w.ctx, droplet.ID)), 422, "Droplet is already powered on.")
	w.act(w.client.DropletActions.Reboot(w.ctx, droplet.ID))
	w.act(w.client.DropletActions.PowerCycle(w.ctx, droplet.ID))
	actions := got(w.client.Droplets.Actions(w.ctx, droplet.ID, &godo.ListOptions{PerPage: 2}))
	same("the latest actions", []string{actions[0].Type, actions[1].Type}, []string{"power_cycle", "reboot"})
	same("of the droplet", got(w.client.DropletActions.Get(w.ctx, droplet.ID, actions[0].ID)).ResourceID, droplet.ID)
	for _, action := range got(w.client.DropletActions.PowerOffByTag(w.ctx, "by:doctl")) {
		one := action
		w.act(&one, nil, nil)
	}
	for _, list := range []func(int, *godo.ListOptions) int{
		func(id int, o *godo.ListOptions) int { return len(got(w.client.Droplets.Kernels(w.ctx, id, o))) },
		func(id int, o *godo.ListOptions) int { return len(got(w.client.Droplets.Snapshots(w.ctx, id, o))) },
		func(id int, o *godo.ListOptions) int { return len(got(w.client.Droplets.Backups(w.ctx, id, o))) },
		func(id int, _ *godo.ListOptions) int { return len(got(w.client.Droplets.Neighbors(w.ctx, id))) },
	} {
		same("kernels, snapshots, backups, neighbours", list(droplet.ID, &godo.ListOptions{Page: 1, PerPage: 200}), 0)
	}

	more := []godo.Resource{{ID: strconv.Itoa(droplet.ID), Type: godo.DropletResourceType}}
	done(w.client.Tags.TagResources(w.ctx, "other", &godo.TagResourcesRequest{Resources: more}))
	tag := got(w.client.Tags.Get(w.ctx, "other"))
	same("tagged", []int{tag.Resources.Count, tag.Resources.Droplets.Count}, []int{1, 1})
	done(w.client.Tags.UntagResources(w.ctx, "other", &godo.UntagResourcesRequest{Resources: more}))
	same("by tag", len(got(w.client.Droplets.ListByTag(w.ctx, "other", nil))), 0)
	done(w.client.Droplets.DeleteByTag(w.ctx, "by:doctl"))
	w.gone(droplet.ID)
	refused(failed(w.client.Droplets.Delete(w.ctx, droplet.ID)), 404, "could not be found")
	done(w.client.Tags.Delete(w.ctx, "other"))
	done(w.client.Tags.Delete(w.ctx, "by:doctl"))
	done(w.client.Keys.DeleteByID(w.ctx, key.ID))
}

func doctlPaging(w *walk) {
	made := got(w.client.Droplets.CreateMultiple(w.ctx, &godo.DropletMultiCreateRequest{
		Names: []string{"p-1", "p-2", "p-3", "p-4", "p-5"}, Region: "nyc3", Size: "512mb", Tags: []string{"paged"},
		Image: godo.DropletCreateImage{Slug: "coreos-stable"},
	}))
	same("made at once", len(made), 5)
	seen := map[int]bool{}
	for _, droplet := range paged(2, func(o *godo.ListOptions) ([]godo.Droplet, *godo.Response, error) {
		return w.client.Droplets.ListByTag(w.ctx, "paged", o)
	}) {
		seen[droplet.ID] = true
	}
	same("seen on three pages", len(seen), 5)
	w.until("all of them to be active", func() bool {
		for _, droplet := range terraformPaged(2, func(o *godo.ListOptions) ([]godo.Droplet, *godo.Response, error) {
			return w.client.Droplets.List(w.ctx, o)
		}) {
			if droplet.Status != "active" || droplet.Locked {
				return false
			}
		}
		return true
	})
	done(w.client.Droplets.DeleteByTag(w.ctx, "paged"))
	for id := range seen {
		w.gone(id)
	}
	done(w.client.Tags.Delete(w.ctx, "paged"))
}
