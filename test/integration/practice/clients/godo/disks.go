package main

import (
	"strconv"

	"github.com/digitalocean/godo"
)

// doctlDisks is doctl's `compute snapshot`, `compute image` and those of `compute droplet-action` that are about a disk.
func doctlDisks(w *walk) {
	droplet := w.create(&godo.DropletCreateRequest{Name: "disks", Region: "nyc3", Size: "512mb", Image: godo.DropletCreateImage{Slug: "coreos-stable"}, Tags: []string{"disks"}})
	id := droplet.ID
	w.act(w.client.DropletActions.Snapshot(w.ctx, id, "one"))
	tagged := got(w.client.DropletActions.SnapshotByTag(w.ctx, "disks", "two"))
	same("actions by tag", len(tagged), 1)
	w.act(&tagged[0], nil, nil)
	images := got(w.client.Droplets.Snapshots(w.ctx, id, nil))
	same("snapshots", []interface{}{len(images), images[0].Name, images[1].Name, images[0].Type, images[0].Public}, []interface{}{2, "one", "two", "snapshot", false})
	same("ids", got(w.client.Droplets.Get(w.ctx, id)).SnapshotIDs, []int{images[0].ID, images[1].ID})
	same("of droplets", len(got(w.client.Snapshots.ListDroplet(w.ctx, nil))), 2)
	same("of volumes", len(got(w.client.Snapshots.ListVolume(w.ctx, nil))), 0)
	same("own images", len(got(w.client.Images.ListUser(w.ctx, nil))), 2)

	renamed := got(w.client.Images.Update(w.ctx, images[0].ID, &godo.ImageUpdateRequest{Name: "base"}))
	same("name", renamed.Name, "base")
	same("snapshot's name", got(w.client.Snapshots.Get(w.ctx, strconv.Itoa(renamed.ID))).Name, "base")
	moved := got(w.client.ImageActions.Transfer(w.ctx, renamed.ID, &godo.ActionRequest{"type": "transfer", "region": "sfo1"}))
	w.until("the transfer", func() bool {
		return got(w.client.ImageActions.Get(w.ctx, renamed.ID, moved.ID)).Status == godo.ActionCompleted
	})
	same("regions", got(w.client.Images.GetByID(w.ctx, renamed.ID)).Regions, []string{"nyc3", "sfo1"})

	w.act(w.client.DropletActions.RebuildByImageSlug(w.ctx, id, "coreos-alpha"))
	same("image", got(w.client.Droplets.Get(w.ctx, id)).Image.Slug, "coreos-alpha")
	w.act(w.client.DropletActions.RebuildByImageID(w.ctx, id, renamed.ID))
	same("image", got(w.client.Droplets.Get(w.ctx, id)).Image.ID, renamed.ID)
	w.act(w.client.DropletActions.Restore(w.ctx, id, images[1].ID))
	refused(errorOf(w.client.DropletActions.Restore(w.ctx, id, 16040476)), 422, "invalid image")
	refused(errorOf(w.client.DropletActions.RebuildByImageSlug(w.ctx, id, "no-such")), 422, "invalid image")
	refused(errorOf(w.client.DropletActions.PasswordReset(w.ctx, id)), 422, "managed internally")
	refused(errorOf(w.client.DropletActions.ChangeKernel(w.ctx, id, 1)), 422, "not available")

	// Snapshots are there when their droplet is not any more, and make another one.
	w.destroy(id, false)
	second := w.create(&godo.DropletCreateRequest{Name: "again", Region: "sfo1", Size: "1gb", Image: godo.DropletCreateImage{ID: renamed.ID}})
	same("image", second.Image.ID, renamed.ID)
	refused(errorOf(w.client.Droplets.Create(w.ctx, &godo.DropletCreateRequest{Name: "else", Region: "lon1", Size: "1gb", Image: godo.DropletCreateImage{ID: renamed.ID}})), 422, "not available in this region")
	for _, image := range images {
		done(w.client.Images.Delete(w.ctx, image.ID))
	}
	same("snapshots", len(got(w.client.Snapshots.List(w.ctx, nil))), 0)
	w.destroy(second.ID, false)
	done(w.client.Tags.Delete(w.ctx, "disks"))
}
