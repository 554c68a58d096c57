"""Apache Libcloud's DigitalOcean driver against a practice cloud: with_libcloud.py API TOKEN"""
import sys
import time
from urllib.parse import urlparse

from libcloud.common.digitalocean import DigitalOcean_v2_Connection
from libcloud.common.exceptions import BaseHTTPError
from libcloud.compute.drivers.digitalocean import DigitalOcean_v2_NodeDriver
from libcloud.compute.providers import get_driver
from libcloud.compute.types import NodeState, Provider

api, token = sys.argv[1:]
where = urlparse(api)


class Here(DigitalOcean_v2_Connection):
    """The driver drops the host and the port that it is given."""

    def __init__(self, key, secure=True, **_):
        super().__init__(key, secure=False, host=where.hostname, port=where.port)


DigitalOcean_v2_NodeDriver.connectionCls = Here
driver = get_driver(Provider.DIGITAL_OCEAN)(token)


def same(what, found, wanted):
    assert found == wanted, f"{what} is {found!r}, not {wanted!r}"


def becomes(state, identity):
    while True:
        found = [one for one in driver.list_nodes() if one.id == identity]
        if found and found[0].state == state and not found[0].extra["locked"]:
            return found[0]
        time.sleep(0.05)


size = next(one for one in driver.list_sizes() if one.name == "512mb")
same("size", [size.ram, size.disk, size.price], [512, 20, 0.00744])
image = next(one for one in driver.list_images() if one.extra["slug"] == "coreos-stable")
location = next(one for one in driver.list_locations() if one.id == "nyc3")
public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl libcloud"
key = driver.create_key_pair("libcloud", public_key)
same("key", driver.get_key_pair("libcloud").fingerprint, key.fingerprint)

node = driver.create_node(
    "libcloud",
    size,
    image,
    location,
    ex_create_attr={"tags": ["libcloud"], "ssh_keys": [key.fingerprint]},
    ex_user_data="#cloud-config\n",
)
same("state", node.state, NodeState.PENDING)
node = becomes(NodeState.RUNNING, node.id)
assert node.public_ips and node.private_ips, node
same("tags", node.extra["tags"], ["libcloud"])
assert driver.ex_shutdown_node(node)
becomes(NodeState.STOPPED, node.id)
assert driver.ex_power_on_node(node)
becomes(NodeState.RUNNING, node.id)
assert driver.reboot_node(node)
becomes(NodeState.RUNNING, node.id)
assert driver.ex_rename_node(node, "renamed")
while becomes(NodeState.RUNNING, node.id).name != "renamed":
    time.sleep(0.05)
try:
    driver.ex_power_on_node(node)
    raise AssertionError("it was powered on twice")
except BaseHTTPError as refusal:
    same("refusal", [refusal.code, refusal.message], [422, "Droplet is already powered on. (code: 422)"])
assert driver.destroy_node(node)
while any(one.id == node.id for one in driver.list_nodes()):
    time.sleep(0.05)
assert driver.delete_key_pair(key)
