"""A client made from the document, in Python: signs in, reads a list, and reads a refusal by its code."""

import sys

from hublink_api import AuthenticatedClient, Client
from hublink_api.api.organizations import add_organization, list_organizations
from hublink_api.api.sites import show_site
from hublink_api.models import NewOrganization, OrganizationKind, SignInByToken

from hublink_api.api.account import sign_in

base, token = sys.argv[1:]
granted = sign_in.sync(client=Client(base_url=base), body=SignInByToken(token=token))
client = AuthenticatedClient(base_url=base, token=granted.token)

new = NewOrganization(name="Snake Robotics", kind=OrganizationKind.CUSTOMER)
added = add_organization.sync(client=client, body=new, idempotency_key="python-1")
assert added.id == "snake-robotics", added
again = add_organization.sync(client=client, body=new, idempotency_key="python-1")
assert again.id == added.id, again

assert len(list_organizations.sync(client=client, limit=1).items) == 1

missing = show_site.sync("none.webex.example", client=client)
assert missing.code == "not_found", missing
print("the Python client compiles, signs in, writes once, lists and reads a refusal")
