"""python-digitalocean against a practice cloud: with_digitalocean.py API TOKEN"""
import os
import sys
import time

api, token = sys.argv[1:]
# Things that the library makes by itself know neither, but look here.
os.environ["DIGITALOCEAN_END_POINT"] = f"{api}/v2/"
os.environ["DIGITALOCEAN_ACCESS_TOKEN"] = token

import digitalocean  # noqa: E402

there = {"token": token, "end_point": f"{api}/v2/"}
manager = digitalocean.Manager(**there)


def same(what, found, wanted):
    assert found == wanted, f"{what} is {found!r}, not {wanted!r}"


def wait(droplet):
    for action in droplet.get_actions():
        while action.status == "in-progress":
            time.sleep(0.05)
            action.load_directly()
        same(action.type, action.status, "completed")
    return droplet.load()


def gone(droplet):
    while True:
        try:
            droplet.load()
            time.sleep(0.05)
        except digitalocean.NotFoundError:
            return


account = manager.get_account()
same("status", account.status, "active")
assert manager.get_balance().generated_at
assert any(size.slug == "512mb" and size.memory == 512 for size in manager.get_all_sizes())
assert any(region.slug == "nyc3" and region.available for region in manager.get_all_regions())
assert any(image.slug == "coreos-stable" for image in manager.get_global_images())
same("own images", manager.get_my_images(), [])
same("name", manager.get_image("coreos-stable").distribution, "CoreOS")

public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl python"
key = digitalocean.SSHKey(name="python", public_key=public_key, **there)
key.create()
key.load()
same("key", manager.get_ssh_key(key.fingerprint).id, key.id)
same("keys", [one.name for one in manager.get_all_sshkeys()], ["python"])

droplet = digitalocean.Droplet(
    name="python", region="nyc3", image="coreos-stable", size_slug="512mb", ssh_keys=[key], tags=["python"], **there
)
droplet.create()
while True:  # a new droplet answers 404 for a moment
    try:
        droplet = manager.get_droplet(droplet.id)
        break
    except digitalocean.NotFoundError:
        time.sleep(0.05)
droplet = wait(droplet)
same("status", [droplet.status, droplet.tags, droplet.memory], ["active", ["python"], 512])
assert droplet.ip_address and droplet.private_ip_address, vars(droplet)
same("by tag", [one.id for one in manager.get_all_droplets(tag_name="python")], [droplet.id])
for act, status in ((droplet.power_off, "off"), (droplet.power_on, "active"), (droplet.reboot, "active")):
    act()
    same("status", wait(droplet).status, status)
try:
    droplet.power_on()
    raise AssertionError("it was powered on twice")
except digitalocean.DataReadError as refusal:
    same("refusal", str(refusal), "Droplet is already powered on.")
droplet.rename("renamed")
same("name", wait(droplet).name, "renamed")
droplet.power_off()
wait(droplet)
droplet.resize("1gb", disk=False)
same("size", [wait(droplet).size_slug, droplet.disk], ["1gb", 20])

tag = digitalocean.Tag(name="more", **there)
tag.create()
tag.add_droplets([str(droplet.id)])
same("tags", droplet.load().tags, ["python", "more"])
tag.remove_droplets([str(droplet.id)])
rules = [
    digitalocean.InboundRule(
        protocol="tcp", ports="22", sources=digitalocean.Sources(addresses=["0.0.0.0/0"], tags=["python"])
    )
]
firewall = digitalocean.Firewall(name="python", inbound_rules=rules, outbound_rules=[], tags=["python"], **there)
firewall.create()
read = manager.get_firewall(firewall.id)
same("rule", [read.inbound_rules[0].ports, read.inbound_rules[0].sources.tags], ["22", ["python"]])
read.destroy()
domain = digitalocean.Domain(name="python.example.com", ip_address="203.0.113.9", **there)
domain.create()
domain.create_new_domain_record(type="CNAME", name="*", data="@")
same("records", [one.type for one in domain.get_records()], ["SOA", "NS", "NS", "NS", "A", "CNAME"])
domain.destroy()

droplet.destroy()
gone(droplet)
key.destroy()
for one in manager.get_all_tags():
    one.delete()
same("tags", manager.get_all_tags(), [])
same("droplets", manager.get_all_droplets(), [])
