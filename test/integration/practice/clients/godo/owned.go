package main

import (
	"strconv"

	"github.com/digitalocean/godo"
)

// vpcs is digitalocean_vpc, and a droplet in one: created, changed in place, refused while it has members, destroyed.
func vpcs(w *walk) {
	vpc := got(w.client.VPCs.Create(w.ctx, &godo.VPCCreateRequest{Name: "first", RegionSlug: "fra1", IPRange: "10.10.16.0/20"}))
	that(vpc.Default, "the first network of a region is its default: %v", vpc)
	own := got(w.client.VPCs.Create(w.ctx, &godo.VPCCreateRequest{Name: "own", RegionSlug: "fra1", Description: "for five", IPRange: "192.168.4.0/24"}))
	same("read", *got(w.client.VPCs.Get(w.ctx, own.ID)), *own)
	that(!own.Default && !own.CreatedAt.IsZero() && own.URN == "do:vpc:"+own.ID, "%v", own)
	refused(errorOf(w.client.VPCs.Create(w.ctx, &godo.VPCCreateRequest{Name: "other", RegionSlug: "fra1", IPRange: "192.168.4.128/28"})), 422, "This range/size overlaps with another VPC network in your account: own 192.168.4.0/24.")
	refused(errorOf(w.client.VPCs.Create(w.ctx, &godo.VPCCreateRequest{Name: "own", RegionSlug: "fra1"})), 422, "a VPC with the same name already exists")
	refused(errorOf(w.client.VPCs.Create(w.ctx, &godo.VPCCreateRequest{Name: "public", RegionSlug: "fra1", IPRange: "8.8.8.0/24"})), 422, "ip_range")
	updated := got(w.client.VPCs.Update(w.ctx, own.ID, &godo.VPCUpdateRequest{Name: "renamed", Description: "changed"}))
	same("updated", []string{updated.Name, updated.Description, updated.IPRange}, []string{"renamed", "changed", "192.168.4.0/24"})
	set := got(w.client.VPCs.Set(w.ctx, own.ID, godo.VPCSetName("set")))
	same("set", []string{set.Name, set.Description}, []string{"set", "changed"})

	droplet := w.create(&godo.DropletCreateRequest{
		Name: "inside", Region: "fra1", Size: "512mb", Image: godo.DropletCreateImage{Slug: "coreos-stable"}, VPCUUID: own.ID,
	})
	same("its network", droplet.VPCUUID, own.ID)
	for _, one := range droplet.Networks.V4 {
		if one.Type == "private" {
			same("its place there", []string{one.IPAddress, one.Netmask, one.Gateway}, []string{"192.168.4.2", "255.255.255.0", "192.168.4.1"})
		}
	}
	refused(failed(w.client.VPCs.Delete(w.ctx, own.ID)), 409, "Can not delete VPC with members")
	w.destroy(droplet.ID, false)
	done(w.client.VPCs.Delete(w.ctx, own.ID))
	refused(errorOf(w.client.VPCs.Get(w.ctx, own.ID)), 404, "could not be found")
	refused(failed(w.client.VPCs.Delete(w.ctx, vpc.ID)), 403, "Can not delete default VPCs")
}

// projects is digitalocean_project with a droplet and a domain in it, and the default project that takes them back.
func projects(w *walk) {
	standard := got(w.client.Projects.GetDefault(w.ctx))
	project := got(w.client.Projects.Create(w.ctx, &godo.CreateProjectRequest{Name: "deis", Purpose: "a platform", Environment: "Staging"}))
	same("purpose", project.Purpose, "Other: a platform")
	updated := got(w.client.Projects.Update(w.ctx, project.ID, &godo.UpdateProjectRequest{Description: "five nodes", Purpose: "Service or API"}))
	same("updated", []string{updated.Name, updated.Description, updated.Purpose, updated.Environment}, []string{"deis", "five nodes", "Service or API", "Staging"})

	droplet := w.create(&godo.DropletCreateRequest{Name: "member", Region: "nyc3", Size: "512mb", Image: godo.DropletCreateImage{Slug: "coreos-stable"}})
	domain := got(w.client.Domains.Create(w.ctx, &godo.DomainCreateRequest{Name: "member.example.com"}))
	assigned := got(w.client.Projects.AssignResources(w.ctx, project.ID, droplet, *domain))
	same("assigned", []string{assigned[0].URN, assigned[0].Status}, []string{droplet.URN(), "assigned"})
	in := func(id string) map[string]bool {
		urns := map[string]bool{}
		for _, one := range terraformPaged(1, func(o *godo.ListOptions) ([]godo.ProjectResource, *godo.Response, error) {
			return w.client.Projects.ListResources(w.ctx, id, o)
		}) {
			that(one.AssignedAt != "" && one.Links.Self != "", "%v", one)
			urns[one.URN] = true
		}
		return urns
	}
	same("in it", in(project.ID), map[string]bool{droplet.URN(): true, domain.URN(): true})
	that(!in(standard.ID)[droplet.URN()], "it is in one project at a time")
	refused(failed(w.client.Projects.Delete(w.ctx, project.ID)), 412, "cannot delete a project with resources")
	got(w.client.Projects.AssignResources(w.ctx, standard.ID, "do:droplet:"+strconv.Itoa(droplet.ID), domain.URN()))
	that(in(standard.ID)[droplet.URN()], "the default project has it again")

	same("default", got(w.client.Projects.Update(w.ctx, project.ID, &godo.UpdateProjectRequest{IsDefault: true})).IsDefault, true)
	same("default", got(w.client.Projects.GetDefault(w.ctx)).ID, project.ID)
	got(w.client.Projects.Update(w.ctx, standard.ID, &godo.UpdateProjectRequest{IsDefault: true}))
	done(w.client.Projects.Delete(w.ctx, project.ID))
	refused(errorOf(w.client.Projects.Get(w.ctx, project.ID)), 404, "could not be found")
	done(w.client.Domains.Delete(w.ctx, domain.Name))
	w.destroy(droplet.ID, false)
}

// images is digitalocean_custom_image: imported, waited for, renamed, given to another region, used and deleted.
func images(w *walk) {
	image := got(w.client.Images.Create(w.ctx, &godo.CustomImageCreateRequest{
		Name: "old", Url: "https://example.com/coreos.img.bz2", Region: "nyc3", Distribution: "CoreOS", Description: "with fleet", Tags: []string{"own"},
	}))
	id := image.ID
	w.until("the image", func() bool {
		image = got(w.client.Images.GetByID(w.ctx, id))
		that(image.Status == "NEW" || image.Status == "pending" || image.Status == "available", "%v", image)
		return image.Status == "available"
	})
	same("image", []string{image.Type, image.Distribution, image.Description}, []string{"custom", "CoreOS", "with fleet"})
	same("own images", []int{len(got(w.client.Images.ListUser(w.ctx, nil))), len(got(w.client.Images.ListByTag(w.ctx, "own", nil)))}, []int{1, 1})
	same("its new name", got(w.client.Images.Update(w.ctx, id, &godo.ImageUpdateRequest{Name: "renamed"})).Name, "renamed")
	action := w.act(w.client.ImageActions.Transfer(w.ctx, id, &godo.ActionRequest{"type": "transfer", "region": "fra1"}))
	same("about", []interface{}{action.ResourceID, action.ResourceType}, []interface{}{id, "image"})
	same("by the image", got(w.client.ImageActions.Get(w.ctx, id, action.ID)).Status, "completed")
	same("regions", got(w.client.Images.GetByID(w.ctx, id)).Regions, []string{"nyc3", "fra1"})
	refused(errorOf(w.client.ImageActions.Transfer(w.ctx, id, &godo.ActionRequest{"type": "transfer", "region": "mars1"})), 422, "Region")
	w.act(w.client.ImageActions.Convert(w.ctx, id))
	same("type", got(w.client.Images.GetByID(w.ctx, id)).Type, "snapshot")
	key := got(w.client.Keys.Create(w.ctx, &godo.KeyCreateRequest{Name: "for-own", PublicKey: publicKey}))
	request := &godo.DropletCreateRequest{Name: "from-own", Region: "fra1", Size: "512mb", Image: godo.DropletCreateImage{ID: id}}
	refused(errorOf(w.client.Droplets.Create(w.ctx, request)), 422, "SSH keys are required")
	request.SSHKeys = []godo.DropletCreateSSHKey{{ID: key.ID}}
	droplet := w.create(request)
	done(w.client.Keys.DeleteByID(w.ctx, key.ID))
	same("image of the droplet", []interface{}{droplet.Image.ID, droplet.Image.Slug}, []interface{}{id, ""})
	done(w.client.Images.Delete(w.ctx, id))
	refused(errorOf(w.client.Images.GetByID(w.ctx, id)), 404, "could not be found")
	w.destroy(droplet.ID, true)
}
