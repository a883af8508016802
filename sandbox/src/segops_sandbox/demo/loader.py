"""Loading of the demo data set into a tenant, parsed and stored as events from the API are."""

from __future__ import annotations

import logging

from django.db import transaction

from segops_sandbox import clock, demo
from segops_sandbox.ingestion.events import read
from segops_sandbox.ingestion.store import store
from segops_sandbox.models import Segment, SegmentVersion, Subject, Tenant
from segops_sandbox.segments import compute_job

log = logging.getLogger("segops_sandbox.demo")

_BATCH = 5000


@transaction.atomic
def load_into(tenant: Tenant) -> None:
    """Store events and segments, and queue the segments' first recompute."""
    orders = list(demo.purchases())
    if Subject.objects.filter(tenant=tenant, external_id=orders[0].user_id).exists():
        log.info("the demo data set is there already")
        return
    now = clock.now_micros()
    events = [read(raw, uid=None, now=now) for raw in demo.events(orders)]
    for start in range(0, len(events), _BATCH):
        store(tenant, events[start : start + _BATCH])
    for fields in demo.SEGMENTS:
        segment = Segment.objects.create(tenant=tenant, **fields)
        SegmentVersion.objects.create(segment=segment, version=1, definition=segment.definition, created_by="demo")
        compute_job.request(segment)
    log.info("demo data set: %d events, %d segments", len(events), len(demo.SEGMENTS))
