"""The lock of a catalogue: one writer at a time in each workspace, across servers and jobs."""

from __future__ import annotations

from segops_sandbox.models import Tenant


def lock_catalogue(tenant: Tenant) -> None:
    """Hold, until the end of this transaction, the workspace's lock for bulk writes of products and for its schema.

    Two that write the same products in different orders would otherwise wait for each other forever. The key of the
    workspace stays free, so that all else can be written meanwhile.
    """
    Tenant.objects.select_for_update(no_key=True).get(pk=tenant.pk)
