"""The lock of a catalogue: one writer at a time in each workspace, of all servers and jobs."""

from __future__ import annotations

from segops_sandbox.models import Tenant


def lock_catalogue(tenant: Tenant) -> None:
    """Until the end of this transaction be the only one that writes many products or the schema of the workspace.

    Two that write the same products in different orders would otherwise wait for each other for ever. The key of the
    workspace stays free, so that all else can be written meanwhile.
    """
    Tenant.objects.select_for_update(no_key=True).get(pk=tenant.pk)
