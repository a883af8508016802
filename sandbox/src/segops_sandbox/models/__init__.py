"""What is stored, one module per area; everything belongs to a tenant."""

from __future__ import annotations

from segops_sandbox.models.activations import Activation, ActivationAudience, ActivationSync
from segops_sandbox.models.ai import (
    AICreditUse,
    AIQuery,
    Competitor,
    GeneratedPage,
    PageExport,
    PageJob,
    ProviderLatency,
    QueryResult,
)
from segops_sandbox.models.catalogue import (
    ImportJob,
    ImportPart,
    Product,
    ProductSchema,
    ProductScore,
    ProductSegment,
    ProductSegmentMembership,
    RememberedColumn,
)
from segops_sandbox.models.events import Event, EventSchema, IdentityEdge, IngestionError, Subject
from segops_sandbox.models.jobs import Job
from segops_sandbox.models.limits import CallHistory
from segops_sandbox.models.loads import LoadedFile
from segops_sandbox.models.segments import (
    Segment,
    SegmentExport,
    SegmentMembership,
    SegmentTrend,
    SegmentVersion,
)
from segops_sandbox.models.tallies import EventTally, UserMeter
from segops_sandbox.models.tenancy import Account, ApiKey, IdempotencyRecord, Role, ServerSecret, Tenant
from segops_sandbox.models.webhooks import Webhook, WebhookDelivery

__all__ = [
    "AICreditUse",
    "AIQuery",
    "Account",
    "Activation",
    "ActivationAudience",
    "ActivationSync",
    "ApiKey",
    "CallHistory",
    "Competitor",
    "Event",
    "EventSchema",
    "EventTally",
    "GeneratedPage",
    "IdempotencyRecord",
    "IdentityEdge",
    "ImportJob",
    "ImportPart",
    "IngestionError",
    "Job",
    "LoadedFile",
    "PageExport",
    "PageJob",
    "Product",
    "ProductSchema",
    "ProductScore",
    "ProductSegment",
    "ProductSegmentMembership",
    "ProviderLatency",
    "QueryResult",
    "RememberedColumn",
    "Role",
    "Segment",
    "SegmentExport",
    "SegmentMembership",
    "SegmentTrend",
    "SegmentVersion",
    "ServerSecret",
    "Subject",
    "Tenant",
    "UserMeter",
    "Webhook",
    "WebhookDelivery",
]
