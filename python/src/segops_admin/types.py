"""The platform's records, what is sent to it, and query parameters, described for type checkers.

What comes back are plain dicts. A key that the platform always sends is required here; read the others with ``.get()``.
The platform may add keys that are not named here. Written by ``make generate`` from the contract (``spec/``): change it
there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Dict, List, Literal, Optional, TypedDict, Union

# pydantic below Python 3.12 reads that of typing_extensions only; where there is pydantic, it is installed. Set so that
# it is not analysed: of two definitions, completion by jedi before 0.20 takes now one, now the other.
try:
    import typing_extensions
except ImportError:
    pass
else:
    globals()["TypedDict"] = typing_extensions.TypedDict


__all__ = [
    "AIQuery",
    "AIQueryCreate",
    "AIQueryListParams",
    "AIQueryListing",
    "AIQueryPage",
    "AIQueryUpdate",
    "AIVisibilityMetricCondition",
    "Activation",
    "ActivationCreate",
    "ActivationListParams",
    "ActivationPage",
    "ActivationStatus",
    "ActivationSwitch",
    "ActivationUpdate",
    "Alias",
    "AnalyticsActivation",
    "AnalyticsOverlap",
    "AnalyticsOverview",
    "AnalyticsSegment",
    "AnalyticsUsage",
    "AttributeOperator",
    "BehaviorSignal",
    "BrandDiff",
    "BrandDiffStatus",
    "BrandMentions",
    "BuilderStatus",
    "BulkUpsert",
    "BulkUpsertError",
    "ComparisonOperator",
    "Dashboard",
    "DayCount",
    "Detail",
    "DimensionScores",
    "Event",
    "EventCountCondition",
    "EventPropertyCondition",
    "EventSchema",
    "EventSchemaCreate",
    "EventSchemaListParams",
    "EventSchemaPage",
    "EventSchemaUpdate",
    "EventSequenceCondition",
    "Explanation",
    "ExportJob",
    "ExportStatus",
    "Facets",
    "FieldErrors",
    "FieldType",
    "FoundProduct",
    "GeneratedPage",
    "GeneratedPageCreate",
    "GeneratedPageListParams",
    "GeneratedPageListing",
    "GeneratedPagePage",
    "GeneratedPageUpdate",
    "ImportAction",
    "ImportChange",
    "ImportConfirmation",
    "ImportConfirmed",
    "ImportInParts",
    "ImportJob",
    "ImportPart",
    "ImportPartStatus",
    "ImportProblem",
    "ImportStatus",
    "ImportUpload",
    "InferredEventSchema",
    "InferredSchema",
    "Logic",
    "Member",
    "MemberPage",
    "Membership",
    "MembershipOperator",
    "MembershipSegment",
    "MentionedBrand",
    "MentionedProduct",
    "Merge",
    "Metric",
    "MonetaryCondition",
    "PageBatch",
    "PageBuild",
    "PageJob",
    "PagesQueryParams",
    "Product",
    "ProductAttributeCondition",
    "ProductCreate",
    "ProductListParams",
    "ProductPage",
    "ProductQuery",
    "ProductRow",
    "ProductSchema",
    "ProductSchemaInput",
    "ProductScore",
    "ProductSegment",
    "ProductSegmentCondition",
    "ProductSegmentCreate",
    "ProductSegmentDefinition",
    "ProductSegmentListParams",
    "ProductSegmentPage",
    "ProductSegmentUpdate",
    "ProductUpdate",
    "PropertyOperator",
    "PropertyType",
    "Provider",
    "ProviderVisibility",
    "QueriesWinRateParams",
    "QueryMetadata",
    "QueryResult",
    "QueryValue",
    "Queued",
    "RecencyCondition",
    "RecencyOperator",
    "Recommendation",
    "SampleEvent",
    "SandboxResult",
    "Schedule",
    "SchemaConflict",
    "SchemaField",
    "SchemaFieldInput",
    "SchemaFields",
    "SchemaProperty",
    "SchemaPropertyInput",
    "Segment",
    "SegmentCondition",
    "SegmentCreate",
    "SegmentDefinition",
    "SegmentEstimate",
    "SegmentListParams",
    "SegmentMembershipCondition",
    "SegmentPage",
    "SegmentPreview",
    "SegmentRef",
    "SegmentStatus",
    "SegmentType",
    "SegmentUpdate",
    "SegmentVersion",
    "SegmentsMembersParams",
    "Simulation",
    "SimulationRequest",
    "SyncLog",
    "UserBehaviorSignalCondition",
    "UserEvent",
    "UserEvents",
    "UserProfile",
    "UserPropertyCondition",
    "UserSearch",
    "UserSegment",
    "UserSummary",
    "UsersEventsParams",
    "UsersSearchParams",
    "Validation",
    "ValidationProblem",
    "ValueType",
    "VisibilityDay",
    "WebhookEvent",
    "WinRate",
]


QueryValue = Any
"""What a query parameter can be: text, a number, a boolean, a date or time, a list of these, None to leave it out."""


# ----------------------------------------------------------------------------------------------------- enumerations


SegmentType = Literal["rule", "ai", "lookalike"]
"""Values of ``Segment.segment_type``."""


Logic = Literal["AND", "OR"]
"""Whether all conditions must hold or one."""


ComparisonOperator = Literal["eq", "neq", "gt", "gte", "lt", "lte"]
"""How two numbers are compared."""


RecencyOperator = Literal["gt", "lt", "eq"]
"""Values of ``RecencyCondition.operator``."""


Metric = Literal["sum", "avg", "max"]
"""Values of ``MonetaryCondition.metric``."""


PropertyOperator = Literal[
    "eq",
    "neq",
    "gt",
    "gte",
    "lt",
    "lte",
    "between",
    "not_between",
    "in",
    "not_in",
    "contains",
    "does_not_contain",
    "starts_with",
    "ends_with",
    "matches_regex",
    "is_set",
    "is_not_set",
    "is_true",
    "is_false",
]
"""How a property of any type is compared."""


ValueType = Literal["string", "number", "price", "boolean", "array", "url"]
"""The type of a condition's value."""


MembershipOperator = Literal["in", "not_in"]
"""Values of ``SegmentMembershipCondition.operator``."""


SegmentStatus = Union[Literal["draft", "computing", "computed"], str]
"""Values of ``Segment.status``."""


ExportStatus = Union[Literal["pending", "processing", "complete", "ready", "failed"], str]
"""Values of ``ExportJob.status``."""


AttributeOperator = Literal[
    "eq",
    "neq",
    "gt",
    "gte",
    "lt",
    "lte",
    "between",
    "not_between",
    "in",
    "not_in",
    "contains",
    "does_not_contain",
    "starts_with",
    "ends_with",
    "is_set",
    "is_not_set",
    "is_true",
    "is_false",
]
"""Values of ``ProductAttributeCondition.operator``."""


BehaviorSignal = Literal["purchased_by_segment", "viewed_by_segment"]
"""Values of ``UserBehaviorSignalCondition.signal``."""


FieldType = Literal["string", "number", "boolean", "array", "url", "price", "multi_price", "datetime"]
"""Values of ``SchemaField.type``."""


ImportStatus = Literal["pending", "mapping", "importing", "done", "failed"]
"""Values of ``ImportJob.status``."""


ImportAction = Union[Literal["converted", "kept"], str]
"""Values of ``ImportChange.action``."""


ImportPartStatus = Union[Literal["uploading", "pending", "mapping", "importing", "done", "failed"], str]
"""Values of ``ImportPart.status``."""


PropertyType = Literal["string", "number", "boolean", "datetime", "array"]
"""Values of ``SchemaProperty.type``."""


ActivationStatus = Literal["inactive", "active", "error"]
"""Whether an activation syncs; error is set by the platform."""


Provider = Literal["chatgpt", "perplexity", "claude", "gemini", "grok"]
"""An AI assistant that can be asked."""


Schedule = Literal["hourly", "daily", "weekly"]
"""Values of ``AIQuery.schedule``."""


BrandDiffStatus = Union[Literal["all", "some", "none"], str]
"""Values of ``BrandDiff.status``."""


BuilderStatus = Union[Literal["draft", "building", "built", "published", "failed"], str]
"""Values of ``GeneratedPage.builder_status``."""


ActivationSwitch = Literal["inactive", "active"]
"""Values of ``ActivationCreate.status``."""


# -------------------------------------------------------------------------------------------------- what comes back


class _EventCountCondition(TypedDict):
    type: Literal["event_count"]
    """The condition's type."""
    event_type: str
    """The event to count."""
    operator: ComparisonOperator
    """How the count is compared."""
    value: float
    """What the count is compared with."""


class EventCountCondition(_EventCountCondition, total=False):
    """How often a user sent an event."""

    window_days: float
    """Count the last so many days only."""


class RecencyCondition(TypedDict):
    """How many days ago a user last sent an event; never is longer ago than any number."""

    type: Literal["recency"]
    """The condition's type."""
    event_type: str
    """The event to look for."""
    operator: RecencyOperator
    """Lapsed (gt), active (lt), or that very day (eq)."""
    window_days: float
    """How many days."""


class _MonetaryCondition(TypedDict):
    type: Literal["monetary"]
    """The condition's type."""
    operator: ComparisonOperator
    """How the figure is compared."""
    value: float
    """What the figure is compared with."""


class MonetaryCondition(_MonetaryCondition, total=False):
    """A figure over a numeric property of all of a user's events of a type."""

    event_type: str
    """The events to go through."""
    property: str
    """The payload key that holds the number."""
    metric: Metric
    """Which figure."""


class _EventPropertyCondition(TypedDict):
    type: Literal["event_property"]
    """The condition's type."""
    event_type: str
    """The event to look at."""
    property: str
    """The payload key."""
    operator: PropertyOperator
    """How the property is compared."""


class EventPropertyCondition(_EventPropertyCondition, total=False):
    """A property of a user's most recent event of a type."""

    value: Union[str, float, bool, List[Union[str, float, bool]]]
    """What it is compared with; left out where the operator takes none."""
    value2: Union[str, float]
    """The upper bound of between and not_between."""
    value_type: ValueType
    """The value's type; documented for segments of products."""


class _UserPropertyCondition(TypedDict):
    type: Literal["user_property"]
    """The condition's type."""
    property: str
    """The trait."""
    operator: PropertyOperator
    """How the trait is compared."""


class UserPropertyCondition(_UserPropertyCondition, total=False):
    """A trait of a user, from the newest context_identified event."""

    value: Union[str, float, bool, List[Union[str, float, bool]]]
    """What it is compared with; left out where the operator takes none."""
    value2: Union[str, float]
    """The upper bound of between and not_between."""
    value_type: ValueType
    """The value's type; documented for segments of products."""


class _EventSequenceCondition(TypedDict):
    type: Literal["event_sequence"]
    """The condition's type."""
    events: List[str]
    """The steps in order."""


class EventSequenceCondition(_EventSequenceCondition, total=False):
    """Events that a user sent in this order."""

    window_days: float
    """The most days from the first step to the last."""
    strict: bool
    """Whether no other event may come between two steps."""


class SegmentMembershipCondition(TypedDict):
    """Whether a user is in another segment."""

    type: Literal["segment_membership"]
    """The condition's type."""
    segment_id: Union[int, str]
    """The other segment."""
    operator: MembershipOperator
    """In it or not."""


SegmentCondition = Union[
    EventCountCondition,
    RecencyCondition,
    MonetaryCondition,
    EventPropertyCondition,
    UserPropertyCondition,
    EventSequenceCondition,
    SegmentMembershipCondition,
]
"""One condition of a segment of users."""


class _SegmentDefinition(TypedDict):
    conditions: List[SegmentCondition]
    """The conditions, one flat level."""


class SegmentDefinition(_SegmentDefinition, total=False):
    """Who is in a segment of users, as it must be to be previewed or computed."""

    logic: Logic
    """Whether all conditions must hold or one."""


class _Segment(TypedDict):
    id: int
    """Its id."""
    name: str
    """Its name."""
    description: str
    """What it is for."""
    segment_type: SegmentType
    """How it was made, for display only."""
    definition: SegmentDefinition
    """Who is in it: a SegmentDefinition, saved even when a condition lacks a field."""
    is_active: bool
    """Whether it takes part in previews of events and in analytics."""
    member_count: int
    """How many users were in it when it was last computed."""
    last_computed_at: Optional[str]
    """When it was last computed; None before that."""
    created_at: str
    """When it was made."""
    updated_at: str
    """When it was last changed."""


class Segment(_Segment, total=False):
    """A segment of users."""

    tenant: int
    """The workspace it belongs to; an API key fixes it."""
    status: SegmentStatus
    """Where it stands; the platform names these states in prose, not their key."""


class SegmentPage(TypedDict):
    """A page of records of type ``Segment``."""

    count: int
    """How many there are on all pages."""
    next: Optional[str]
    """The next page's address; None on the last page."""
    previous: Optional[str]
    """The previous page's address; None on the first page."""
    results: List[Segment]
    """This page."""


class SegmentPreview(TypedDict):
    """What a definition that was not saved would match."""

    matched_users: int
    """How many users match."""
    sample_user_ids: List[str]
    """Some of them."""
    sql: str
    """The query that it comes to, to be read."""


class _SegmentEstimate(TypedDict):
    segment_id: int
    """The segment."""


class SegmentEstimate(_SegmentEstimate, total=False):
    """How many users a saved segment is estimated to hold."""

    estimated_count: int
    """How many."""
    matched_users: int
    """The same number under a preview's key."""
    sampled: bool
    """Whether the number comes from a sample."""


class _SegmentVersion(TypedDict):
    id: int
    """The version's own id."""


class SegmentVersion(_SegmentVersion, total=False):
    """A segment's definition as it was at one time."""

    version: int
    """Its number: 1, 2, … from the first."""
    definition: SegmentDefinition
    """The definition."""
    created_at: str
    """When it was saved."""
    created_by: Optional[str]
    """Who saved it."""


class _Queued(TypedDict):
    status: str
    """Always queued, so far as is known."""


class Queued(_Queued, total=False):
    """The answer of an action that continues on the server; the keys beside the status depend on the action."""

    query_id: int
    """The query that runs."""
    product_id: int
    """The product that is scored."""
    product_count: int
    """How many products are scored."""
    page_id: int
    """The page that is built."""


class Member(TypedDict):
    """A member of a segment."""

    user_id: str
    """The user."""
    computed_at: str
    """When the user was found to be in the segment."""


class _MemberPage(TypedDict):
    results: List[Member]
    """These members."""
    next_cursor: Optional[str]
    """What to send as cursor for the next page; None at the end."""


class MemberPage(_MemberPage, total=False):
    """One page of a segment's members."""

    count: int
    """How many members there are in all."""
    members: List[str]
    """The same members, as their ids alone."""


class _MembershipSegment(TypedDict):
    segment_id: int
    """The segment's id."""


class MembershipSegment(_MembershipSegment, total=False):
    """A segment that a user is in."""

    segment_name: str
    """The segment's name."""
    computed_at: str
    """When the user was found to be in it."""


class _Membership(TypedDict):
    user_id: str
    """The user."""


class Membership(_Membership, total=False):
    """The segments that one user is in."""

    segment_ids: List[int]
    """The segments' ids."""
    segments: List[MembershipSegment]
    """The segments."""


class _ExportJob(TypedDict):
    id: int
    """Its id. The reference has it in the answer to a look at it only; the vendor's scripts read it in every answer."""
    export_id: int
    """The same id. The reference has it in the answer to its start only; here it is in every answer."""
    status: ExportStatus
    """Where it stands. Documented are pending and complete; a page's export ends in ready."""


class ExportJob(_ExportJob, total=False):
    """An export of a segment's members, or of a page."""

    format: str
    """The file's format."""
    download_url: Optional[str]
    """Where the file is; None until it is there."""
    expires_at: Optional[str]
    """Until when it is there; None until it is."""
    error: str
    """Why it has failed; empty if it has not."""
    created_at: str
    """When it was asked for."""


class _ProductAttributeCondition(TypedDict):
    type: Literal["product_attribute"]
    """The condition's type."""
    property: str
    """The schema field."""
    operator: AttributeOperator
    """How it is compared; which operators fit, the value's type says."""


class ProductAttributeCondition(_ProductAttributeCondition, total=False):
    """A field of the product."""

    value: Union[str, float, bool, List[Union[str, float, bool]]]
    """What it is compared with; left out where the operator takes none."""
    value2: Union[str, float]
    """The upper bound of between and not_between."""
    value_type: ValueType
    """The value's type."""


class _UserBehaviorSignalCondition(TypedDict):
    type: Literal["user_behavior_signal"]
    """The condition's type."""
    signal: BehaviorSignal
    """What they did."""
    segment_id: Union[str, int]
    """The user segment, documented as text."""


class UserBehaviorSignalCondition(_UserBehaviorSignalCondition, total=False):
    """What users of a segment did with the product."""

    event_type: str
    """The event that shows it: order_completed for purchased, product_viewed for viewed, unless given."""
    product_id_property: str
    """The payload key that holds the product's id."""


class AIVisibilityMetricCondition(TypedDict):
    """How visible the product is in the answers of AI assistants; no further key is known."""

    type: Literal["ai_visibility_metric"]
    """The condition's type."""


ProductSegmentCondition = Union[ProductAttributeCondition, UserBehaviorSignalCondition, AIVisibilityMetricCondition]
"""One condition of a segment of products."""


class _ProductSegmentDefinition(TypedDict):
    conditions: List[ProductSegmentCondition]
    """The conditions, one flat level."""


class ProductSegmentDefinition(_ProductSegmentDefinition, total=False):
    """Which products are in a segment of products."""

    logic: Logic
    """Whether all conditions must hold or one."""


class _ProductSegment(TypedDict):
    id: int
    """Its id."""
    name: str
    """Its name."""
    definition: ProductSegmentDefinition
    """Which products are in it."""
    computed_count: int
    """How many products were in it when it was last computed."""
    last_computed_at: Optional[str]
    """When it was last computed; None before that."""


class ProductSegment(_ProductSegment, total=False):
    """A segment of products."""

    description: str
    """What it is for."""
    is_active: bool
    """Whether it is in use."""
    created_at: str
    """When it was made."""
    updated_at: str
    """When it was last changed."""


class ProductSegmentPage(TypedDict):
    """A page of records of type ``ProductSegment``."""

    count: int
    """How many there are on all pages."""
    next: Optional[str]
    """The next page's address; None on the last page."""
    previous: Optional[str]
    """The previous page's address; None on the first page."""
    results: List[ProductSegment]
    """This page."""


class Product(TypedDict):
    """A product; everything but its SKU and name is in data."""

    id: int
    """Its id."""
    sku: str
    """Its business key, unique in the workspace; not changed by an update."""
    name: str
    """Its name."""
    data: Dict[str, Any]
    """Every other attribute; an update replaces it."""
    source: str
    """Where it came from."""
    ai_readability_score: Optional[float]
    """Its newest score; None before it is scored."""
    created_at: str
    """When it was made."""
    updated_at: str
    """When it was last changed."""


class ProductPage(TypedDict):
    """A page of records of type ``Product``."""

    count: int
    """How many there are on all pages."""
    next: Optional[str]
    """The next page's address; None on the last page."""
    previous: Optional[str]
    """The previous page's address; None on the first page."""
    results: List[Product]
    """This page."""


class _BulkUpsertError(TypedDict):
    index: int
    """Which row, counted from 0."""
    error: str
    """What is wrong with it."""


class BulkUpsertError(_BulkUpsertError, total=False):
    """A row that was refused."""

    sku: Optional[str]
    """Its SKU; None if it has none."""


class BulkUpsert(TypedDict, total=False):
    """What became of the rows of a bulk upsert; a bad row does not stop the others."""

    created: int
    """How many products are new."""
    updated: int
    """How many products were there already."""
    errors: List[BulkUpsertError]
    """The rows that were refused."""


class DimensionScores(TypedDict):
    """Four dimensions of 0 to 25 each."""

    schema_coverage: float
    """Whether description, brand, category, price and image are there."""
    answer_format: float
    """Whether its text answers as an assistant would."""
    factual_completeness: float
    """The share of schema fields that are filled."""
    ai_visibility_alignment: float
    """Its tie to what assistants say."""


class Recommendation(TypedDict):
    """What would make a product more readable to AI assistants."""

    dimension: str
    """The dimension that it raises."""
    action: str
    """What to do."""
    estimated_impact: str
    """How much it would do."""
    priority: int
    """Its place in the list."""


class ProductScore(TypedDict):
    """How readable a product is to AI assistants."""

    id: int
    """The score's own id."""
    score: float
    """The sum of the four dimensions."""
    dimension_scores: DimensionScores
    """Four dimensions of 0 to 25 each."""
    recommendations: List[Recommendation]
    """What would raise the score, most urgent first."""
    scored_at: str
    """When it was scored."""


Facets = Dict[str, List[str]]
"""The distinct values of the catalogue's text and list fields, by field.

At most 100 each, of the first 1,000 products.
"""


class SchemaField(TypedDict):
    """A field of the catalogue's schema."""

    name: str
    """Its name."""
    type: FieldType
    """Its type; datetime is a label of the import wizard, absent from the reference."""
    required: bool
    """Whether every product should have it."""
    description: str
    """What it holds."""


class ProductSchema(TypedDict):
    """The catalogue's schema; with no fields before it is first set."""

    id: Optional[int]
    """Its id; None before it is first set."""
    fields: List[SchemaField]
    """The fields."""
    default_currency: str
    """The currency of prices without one."""
    default_locale: str
    """The language of texts without one."""
    created_at: Optional[str]
    """When it was first set; None before."""
    updated_at: Optional[str]
    """When it was last set; None before."""


class _ImportUpload(TypedDict):
    job_id: int
    """The import's id."""
    id: int
    """The same id, under the key that the vendor's scripts look for."""
    headers: List[str]
    """The columns."""
    sample_rows: List[Dict[str, Optional[str]]]
    """The first five rows, each by column."""
    suggested_schema: List[SchemaField]
    """Fields proposed for the columns."""
    suggested_mapping: Dict[str, Optional[str]]
    """Per column the field that it fills, sku, name, or None to leave it out."""


class ImportUpload(_ImportUpload, total=False):
    """An uploaded CSV file, waiting for its mapping to be confirmed."""

    status: str
    """Where it stands."""
    filename: str
    """The file's name."""
    row_count: int
    """How many rows it has."""


class ImportProblem(TypedDict):
    """A row or a value of an import that was not taken over as it is."""

    line: int
    """The line of the file where the row begins, the header being 1."""
    sku: Optional[str]
    """The row's SKU; None if it has none."""
    column: Optional[str]
    """The column of the value; None if it is the row."""
    error: str
    """What is wrong with it."""


class ImportChange(TypedDict):
    """The cells of a column that became another value than their text, or that stayed text."""

    column: str
    """The column of the file."""
    field: str
    """The field that it fills."""
    type: str
    """The field's type."""
    action: ImportAction
    """converted to a value of the type; kept as text, because as that value the cell would have lost characters."""
    count: int
    """How many cells."""
    example: str
    """The first of them, up to 60 characters."""


class _ImportJob(TypedDict):
    id: int
    """The import's id, under the key that the vendor's scripts look for."""
    job_id: int
    """The same id, under the key of the upload's answer."""
    status: ImportStatus
    """Where it stands."""
    filename: str
    """The file's name."""
    row_count: int
    """How many rows it has."""
    imported_count: int
    """How many of them have been taken over so far."""
    mapping: Optional[Dict[str, Optional[str]]]
    """Per column the field that it fills, sku, name, or None to leave it out."""


class ImportJob(_ImportJob, total=False):
    """An import of products."""

    skipped_count: int
    """How many rows were left out so far, for want of a SKU."""
    error_count: int
    """How many rows and values were not taken over as they are."""
    errors: List[ImportProblem]
    """The first 100 of them."""
    changed_count: int
    """How many values are not the text of their cell, or are text beside their field's type."""
    changes: List[ImportChange]
    """Per column what was done to how many cells, where it was not simply taking their text."""
    error_message: str
    """Why it has failed; empty if it has not."""
    created_at: str
    """When the file was uploaded."""
    updated_at: str
    """When it last moved on."""
    headers: List[str]
    """The columns, while the mapping is open."""
    sample_rows: List[Dict[str, Optional[str]]]
    """The first five rows, while the mapping is open."""
    suggested_schema: List[SchemaField]
    """Fields proposed for the columns, while the mapping is open."""
    suggested_mapping: Dict[str, Optional[str]]
    """The mapping proposed, while it is open."""


class _ImportConfirmed(TypedDict):
    job_id: int
    """The import's id."""
    id: int
    """The same id, under the key that scripts look for."""


class ImportConfirmed(_ImportConfirmed, total=False):
    """An import that has been started."""

    status: str
    """Where it stands."""


class ImportPart(TypedDict):
    """A part of an import in parts."""

    part: int
    """Which part it is, counted from 1."""
    parts: int
    """How many there are."""
    first_row: int
    """Its first row, counted from 1 below the header; blank lines are none."""
    last_row: int
    """Its last row."""
    job_id: Optional[int]
    """Its import; None before it has been uploaded."""
    status: ImportPartStatus
    """Where it stands: uploading, or its import's status."""
    row_count: int
    """How many rows the server found in it."""
    imported_count: int
    """How many of them have been taken over so far."""
    skipped_count: int
    """How many rows were left out so far, for want of a SKU."""
    error_count: int
    """How many rows and values were not taken over as they are."""


class ImportInParts(TypedDict):
    """The totals of an import in parts."""

    parts: List[ImportPart]
    """The parts, in their order."""
    row_count: int
    """How many rows all parts have."""
    imported_count: int
    """How many of them have been taken over."""
    skipped_count: int
    """How many rows were left out, for want of a SKU."""
    error_count: int
    """How many rows and values were not taken over as they are."""


class SchemaProperty(TypedDict):
    """A property of an event's payload."""

    name: str
    """Its name."""
    type: PropertyType
    """Its type."""
    required: bool
    """Whether an event without it is dropped."""


class _EventSchema(TypedDict):
    id: int
    """Its id."""
    event_type: str
    """The event type, of which there is one schema at most."""
    properties: List[SchemaProperty]
    """The properties of its payload."""


class EventSchema(_EventSchema, total=False):
    """The schema of an event type."""

    description: str
    """What the event means."""
    created_at: str
    """When it was made."""
    updated_at: str
    """When it was last changed."""


class EventSchemaPage(TypedDict):
    """A page of records of type ``EventSchema``."""

    count: int
    """How many there are on all pages."""
    next: Optional[str]
    """The next page's address; None on the last page."""
    previous: Optional[str]
    """The previous page's address; None on the first page."""
    results: List[EventSchema]
    """This page."""


class SchemaConflict(TypedDict):
    """A property whose samples no one type fits."""

    property: str
    """Its name."""
    types: List[str]
    """What its samples are."""


class InferredEventSchema(TypedDict):
    """The schema proposed for one event type."""

    event_type: str
    """The type."""
    properties: List[SchemaProperty]
    """Its properties."""


class _InferredSchema(TypedDict):
    properties: List[SchemaProperty]
    """The properties found, required if every sample has them."""


class InferredSchema(_InferredSchema, total=False):
    """A schema proposed from sample events."""

    event_type: str
    """The first event's type."""
    conflicts: List[SchemaConflict]
    """Properties left out because no one type fits their samples; absent if there are none."""
    schemas: List[InferredEventSchema]
    """One schema for each type, if the samples are of several."""


class ValidationProblem(TypedDict):
    """What is wrong with one property."""

    property: str
    """The property."""
    message: str
    """What is wrong with it."""


class Validation(TypedDict, total=False):
    """Whether a payload fits the schema of its event type."""

    valid: bool
    """Whether it does."""
    errors: List[ValidationProblem]
    """What is wrong; empty if nothing is."""


class _Activation(TypedDict):
    id: int
    """Its id."""
    segment: int
    """The segment."""
    connector_type: str
    """The service; the text for Talon.One is chosen."""
    config: Dict[str, Any]
    """The connector's settings; secrets come back as ***, and sent as *** stay as they are."""
    status: ActivationStatus
    """Whether it syncs; error is set by the platform."""
    last_synced_at: Optional[str]
    """When it last synced; None before that."""
    last_error: str
    """Why its last sync failed; empty if it did not."""


class Activation(_Activation, total=False):
    """A connector that a segment is synced to."""

    created_at: str
    """When it was made."""
    updated_at: str
    """When it was last changed."""


class ActivationPage(TypedDict):
    """A page of records of type ``Activation``."""

    count: int
    """How many there are on all pages."""
    next: Optional[str]
    """The next page's address; None on the last page."""
    previous: Optional[str]
    """The previous page's address; None on the first page."""
    results: List[Activation]
    """This page."""


class UserSummary(TypedDict):
    """A user as a search finds it."""

    user_id: str
    """The user's id."""
    event_count: int
    """How many events there are."""
    first_seen: str
    """When the first event occurred."""
    last_seen: str
    """When the last event occurred."""


class UserSearch(TypedDict):
    """Users that were found."""

    count: int
    """How many there are."""
    results: List[UserSummary]
    """The users."""


class UserProfile(TypedDict):
    """One user's profile."""

    user_id: str
    """The user's id."""
    event_count: int
    """How many events there are."""
    event_type_count: int
    """Of how many types they are."""
    first_seen: str
    """When the first event occurred."""
    last_seen: str
    """When the last event occurred."""
    properties: Dict[str, Any]
    """The user's traits, from the newest context_identified event."""


class UserEvent(TypedDict):
    """An event that is stored."""

    event_type: str
    """Its type."""
    occurred_at: str
    """When it occurred."""
    payload: Dict[str, Any]
    """Its properties."""


class UserEvents(TypedDict):
    """One user's events."""

    count: int
    """How many there are."""
    results: List[UserEvent]
    """The events."""


class UserSegment(TypedDict):
    """A segment that a user is in, with its size."""

    segment_id: int
    """The segment's id."""
    segment_name: str
    """The segment's name."""
    member_count: int
    """How many users are in it."""
    computed_at: str
    """When the user was found to be in it."""


class Explanation(TypedDict):
    """One condition of a segment, with a user's own value."""

    index: int
    """The condition's place, counted from 0."""
    type: str
    """The condition's type."""
    label: str
    """The condition, to be read."""
    actual_value: Any
    """The user's value; None if there is none."""
    threshold: Any
    """What it is compared with."""
    matches: bool
    """Whether the condition holds."""


class SegmentRef(TypedDict):
    """A segment by id and name."""

    id: int
    """Its id."""
    name: str
    """Its name."""


class SandboxResult(TypedDict):
    """Which segments a user would enter and leave through an event; nothing was stored."""

    published: bool
    """Whether the event was tried."""
    entered: List[SegmentRef]
    """The segments that the user would enter."""
    exited: List[SegmentRef]
    """The segments that the user would leave."""
    unchanged_count: int
    """How many active segments stay as they are."""


class _Alias(TypedDict):
    anonymous_id: str
    """The visitor's id, as sent."""
    alias_id: str
    """The id that events carry: anon_ and the visitor's id."""
    user_id: str
    """The user, as sent."""
    canonical_id: str
    """The user that the visitor counts as: an earlier tie's, if there is one."""


class Alias(_Alias, total=False):
    """A visitor's id, tied to a user; the first tie wins."""

    created: bool
    """Whether this call made the tie."""


class _Merge(TypedDict):
    from_user_id: str
    """The user that was folded in."""
    into_user_id: str
    """The user that was named as the other."""
    canonical_id: str
    """The user that both count as now."""


class Merge(_Merge, total=False):
    """A user, folded into another."""

    merged: bool
    """Whether it is done."""


class AIQuery(TypedDict):
    """A question asked of AI assistants."""

    id: int
    """Its id."""
    query_text: str
    """The question, unique in the workspace."""
    category: Optional[str]
    """A label."""
    tags: List[str]
    """Further labels."""
    providers: List[Provider]
    """Who is asked; empty means all five."""
    is_active: bool
    """Whether it is asked on schedule."""
    schedule: Schedule
    """How often it is asked."""
    last_run_at: Optional[str]
    """When it was last asked; None before that."""
    created_at: str
    """When it was made."""
    updated_at: str
    """When it was last changed."""


class MentionedBrand(TypedDict):
    """A brand that an answer names."""

    name: str
    """The brand."""
    position: Optional[int]
    """Its place, counted from 1."""
    sentiment: Optional[str]
    """The tone."""


class _MentionedProduct(TypedDict):
    name: str
    """The product's name."""


class MentionedProduct(_MentionedProduct, total=False):
    """A product that an answer names."""

    sku: Optional[str]
    """Its SKU; None if it is not in the catalogue."""
    position: Optional[int]
    """Its place, counted from 1."""


class QueryResult(TypedDict):
    """One assistant's answer."""

    id: int
    """Its id."""
    query: Optional[int]
    """The query; None for a simulation."""
    provider: Provider
    """Who answered."""
    raw_response: str
    """The answer's text."""
    mentioned_brands: List[MentionedBrand]
    """The brands that it names."""
    mentioned_products: List[MentionedProduct]
    """The products that it names."""
    position: Optional[int]
    """The own brand's place; None if it is not named."""
    sentiment: Optional[str]
    """The tone about the own brand."""
    is_simulated: bool
    """Whether the answer is a placeholder or from a simulation."""
    captured_at: str
    """When it was given."""


class _BrandDiff(TypedDict):
    brand_name: str
    """The brand."""


class BrandDiff(_BrandDiff, total=False):
    """Which assistants name a brand."""

    mentioned_by: List[Provider]
    """Who names it."""
    status: BrandDiffStatus
    """Whether all or some name it."""


class Simulation(TypedDict):
    """The assistants' answers to a question that was not saved."""

    query_text: str
    """The question."""
    providers: List[Provider]
    """Who was asked."""
    timed_out: bool
    """Whether an answer is missing because it took too long."""
    results: List[QueryResult]
    """The answers."""
    diff: List[BrandDiff]
    """Who names which brand, each brand once and in lower case."""


class _ProviderVisibility(TypedDict):
    provider: Provider
    """The assistant."""


class ProviderVisibility(_ProviderVisibility, total=False):
    """Visibility with one assistant."""

    result_count: int
    """How many answers there are."""
    mention_rate: float
    """The share of answers that name the own brand."""
    avg_position: Optional[float]
    """Its mean place, where it is named."""
    share_of_voice: float
    """Its share of all brands named."""
    sentiment_score: Optional[float]
    """The tone, from 0 to 1."""


class VisibilityDay(TypedDict):
    """Visibility on one day."""

    day: str
    """The day."""
    mention_rate: float
    """The share of answers that name the own brand."""


class BrandMentions(TypedDict):
    """How often a brand is named."""

    name: str
    """The brand."""
    mentions: int
    """How often it is named."""


class Dashboard(TypedDict, total=False):
    """Visibility over all queries; rates are 0 to 1. With no results, numbers are 0 or None and lists empty."""

    total_queries: int
    """How many queries there are."""
    active_queries: int
    """How many of them are asked on schedule."""
    total_results: int
    """How many answers there are."""
    mention_rate: float
    """The share of answers that name the own brand."""
    avg_position: Optional[float]
    """Its mean place, where it is named."""
    share_of_voice: float
    """Its share of all brands named."""
    sentiment_score: Optional[float]
    """The tone, from 0 (negative) to 1 (positive)."""
    by_provider: List[ProviderVisibility]
    """The same figures for each assistant."""
    trend: List[VisibilityDay]
    """Day by day."""
    top_brands: List[BrandMentions]
    """The brands named most."""


class _WinRate(TypedDict):
    competitor_id: int
    """The competitor's id."""


class WinRate(_WinRate, total=False):
    """How often the own brand ranks ahead of a competitor, over the answers that name either."""

    competitor_name: str
    """The competitor."""
    wins: int
    """How often the own brand ranks ahead or is alone."""
    losses: int
    """How often the competitor ranks ahead or is alone."""
    ties: int
    """How often both have the same place."""
    win_rate: float
    """Wins as a share of the three; 0 if there are none."""


class _GeneratedPage(TypedDict):
    id: int
    """Its id."""
    slug: str
    """Its name in addresses, unique in the workspace."""
    title: str
    """Its title; the query's text unless given."""
    query: Optional[int]
    """The AI query that it answers.

    Sent as its id by the reference, as its text by the vendor's published script: both are accepted, and a text
    that no query has yet becomes one.
    """
    published: bool
    """Whether it is public."""
    builder_status: BuilderStatus
    """Where it stands; the values are chosen."""
    view_count: int
    """How often it was read."""
    last_ai_crawl_at: Optional[str]
    """When an AI crawler last read it; None before that."""


class GeneratedPage(_GeneratedPage, total=False):
    """A landing page written for AI assistants; a listing leaves out intro_copy, product_skus and blocks."""

    builder_error: str
    """Why its build has failed; absent if it has not."""
    intro_copy: str
    """Its opening text."""
    product_skus: List[str]
    """The products on it."""
    blocks: List[Dict[str, Any]]
    """Its blocks."""
    created_at: str
    """When it was made."""
    updated_at: str
    """When it was last changed."""


class PageJob(TypedDict):
    """A bulk generation of pages."""

    job_id: Union[int, str]
    """Its id, of a type that is not shown."""
    status: str
    """Where it stands."""


class FoundProduct(TypedDict):
    """A product that a search found."""

    id: int
    """Its id."""
    sku: str
    """Its business key."""
    name: str
    """Its name."""
    data: Dict[str, Any]
    """Every other attribute."""
    relevance_score: float
    """How near it is in meaning, as a cosine."""


class _QueryMetadata(TypedDict):
    match_count: int
    """How many products there are."""
    latency_ms: float
    """How long it took, in milliseconds."""


class QueryMetadata(_QueryMetadata, total=False):
    """How the search went."""

    method: str
    """How nearness was computed."""


class ProductQuery(TypedDict):
    """Products found by meaning."""

    query: str
    """What was looked for."""
    products: List[FoundProduct]
    """The products, best first."""
    filters: Dict[str, List[Any]]
    """The values of the products' fields, by field."""
    metadata: QueryMetadata
    """How the search went."""


class AnalyticsOverview(TypedDict):
    """The workspace in five figures."""

    segment_count: int
    """How many segments there are."""
    total_members: int
    """How many members they have."""
    events_30d: int
    """How many events came in 30 days."""
    ai_credits_used: int
    """How many AI credits were used."""
    ai_credits_limit: int
    """How many there are; -1 means unlimited."""


class DayCount(TypedDict):
    """A count on one day."""

    day: str
    """The day."""
    count: int
    """Its size."""


class AnalyticsSegment(TypedDict):
    """An active segment with 30 days of its size."""

    id: int
    """Its id."""
    name: str
    """Its name."""
    member_count: int
    """Its size now."""
    last_computed_at: Optional[str]
    """When it was last computed; None before that."""
    trend: List[DayCount]
    """Its size day by day; empty until it has been computed for two days."""


class AnalyticsOverlap(TypedDict):
    """How many members two segments share."""

    seg_a_id: int
    """The one segment's id."""
    seg_a_name: str
    """The one segment's name."""
    seg_b_id: int
    """The other segment's id."""
    seg_b_name: str
    """The other segment's name."""
    overlap: int
    """How many members they share."""
    overlap_pct: float
    """In percent of the smaller segment."""


class _SyncLog(TypedDict):
    status: str
    """How it went."""
    user_count: int
    """How many users it covered."""
    error_message: str
    """Why it failed; empty if it did not."""
    synced_at: str
    """When it was."""


class SyncLog(_SyncLog, total=False):
    """One sync of an activation."""

    added_count: int
    """How many users it added."""
    removed_count: int
    """How many users it removed."""
    unchanged_count: int
    """How many users it left as they were."""


class AnalyticsActivation(TypedDict):
    """How well an activation works."""

    id: int
    """Its id."""
    segment_id: int
    """The segment's id."""
    segment_name: str
    """The segment's name."""
    connector_type: str
    """The service."""
    status: ActivationStatus
    """Whether it syncs."""
    last_synced_at: Optional[str]
    """When it last synced; None before that."""
    last_error: str
    """Why its last sync failed; empty if it did not."""
    member_count: int
    """The segment's size."""
    success_rate: Optional[float]
    """How many of the last 30 syncs went well, in percent; None before the first."""
    sync_logs: List[SyncLog]
    """The newest five syncs."""


class AnalyticsUsage(TypedDict, total=False):
    """What the plan allows and what has been used; -1 means unlimited."""

    plan: str
    """The plan's name."""
    period_start: str
    """When the period began."""
    period_end: str
    """When it ends."""
    events_used: int
    """How many events came in it."""
    events_limit: int
    """How many may come."""
    mtu_computed: int
    """How many users are billed; it does not go back within the period."""
    ai_credits_used: int
    """How many AI credits were used."""
    ai_credits_limit: int
    """How many there are."""
    api_calls_per_minute_limit: int
    """How many calls a minute are allowed."""


class AIQueryPage(TypedDict):
    """A page of records of type ``AIQuery``."""

    count: int
    """How many there are on all pages."""
    next: Optional[str]
    """The next page's address; None on the last page."""
    previous: Optional[str]
    """The previous page's address; None on the first page."""
    results: List[AIQuery]
    """This page."""


AIQueryListing = Union[List[AIQuery], AIQueryPage]
"""The reference shows a bare array, the SDK's page an envelope."""


class GeneratedPagePage(TypedDict):
    """A page of records of type ``GeneratedPage``."""

    count: int
    """How many there are on all pages."""
    next: Optional[str]
    """The next page's address; None on the last page."""
    previous: Optional[str]
    """The previous page's address; None on the first page."""
    results: List[GeneratedPage]
    """This page."""


GeneratedPageListing = Union[List[GeneratedPage], GeneratedPagePage]
"""The reference shows a bare array, the SDK's page an envelope."""


class WebhookEvent(TypedDict):
    """What the platform posts to a webhook after a recompute."""

    event: str
    """What happened."""
    tenant_slug: str
    """The workspace."""
    segment_id: int
    """The segment's id."""
    segment_name: str
    """The segment's name."""
    member_count: int
    """How many users are in it."""
    computed_at: str
    """When it was computed."""


class Detail(TypedDict):
    """The body of an error that concerns no single field."""

    detail: str
    """What is wrong."""


FieldErrors = Dict[str, List[str]]
"""The body of an error about what was sent: per field, what is wrong with it."""


# ----------------------------------------------------------------------------------------------------- what is sent


class _SegmentCreate(TypedDict):
    name: str
    """Its name."""


class SegmentCreate(_SegmentCreate, total=False):
    """What a new ``Segment`` is made of."""

    tenant: int
    """The workspace it belongs to; an API key fixes it."""
    description: str
    """What it is for."""
    segment_type: SegmentType
    """How it was made, for display only."""
    definition: SegmentDefinition
    """Who is in it: a SegmentDefinition, saved even when a condition lacks a field."""
    is_active: bool
    """Whether it takes part in previews of events and in analytics."""


class SegmentUpdate(TypedDict, total=False):
    """What may be changed of a ``Segment``."""

    tenant: int
    """The workspace it belongs to; an API key fixes it."""
    name: str
    """Its name."""
    description: str
    """What it is for."""
    segment_type: SegmentType
    """How it was made, for display only."""
    definition: SegmentDefinition
    """Who is in it: a SegmentDefinition, saved even when a condition lacks a field."""
    is_active: bool
    """Whether it takes part in previews of events and in analytics."""


class _ProductSegmentCreate(TypedDict):
    name: str
    """Its name."""


class ProductSegmentCreate(_ProductSegmentCreate, total=False):
    """What a new ``ProductSegment`` is made of."""

    description: str
    """What it is for."""
    definition: ProductSegmentDefinition
    """Which products are in it."""
    is_active: bool
    """Whether it is in use."""


class ProductSegmentUpdate(TypedDict, total=False):
    """What may be changed of a ``ProductSegment``."""

    name: str
    """Its name."""
    description: str
    """What it is for."""
    definition: ProductSegmentDefinition
    """Which products are in it."""
    is_active: bool
    """Whether it is in use."""


class _KnownProductCreate(TypedDict):
    sku: str
    """Its business key, unique in the workspace; not changed by an update."""
    name: str
    """Its name."""


class KnownProductCreate(_KnownProductCreate, total=False):
    """What a new ``Product`` is made of."""

    data: Mapping[str, Any]
    """Every other attribute; an update replaces it."""


ProductCreate = Union[KnownProductCreate, Mapping[str, Any]]
"""What a new ``Product`` is made of. Further keys are the workspace's own, or not known."""


class KnownProductUpdate(TypedDict, total=False):
    """What may be changed of a ``Product``."""

    sku: str
    """Its business key, unique in the workspace; not changed by an update."""
    name: str
    """Its name."""
    data: Mapping[str, Any]
    """Every other attribute; an update replaces it."""


ProductUpdate = Union[KnownProductUpdate, Mapping[str, Any]]
"""What may be changed of a ``Product``. Further keys are the workspace's own, or not known."""


class _KnownProductRow(TypedDict):
    sku: str
    """The key by which the product is found or made."""


class KnownProductRow(_KnownProductRow, total=False):
    """One row of a bulk upsert: flat, every key but sku and name is an attribute."""

    name: str
    """Its name."""


ProductRow = Union[KnownProductRow, Mapping[str, Any]]
"""One row of a bulk upsert: flat, every key but sku and name is an attribute.

Further keys are the workspace's own, or not known.
"""


class _SchemaFieldInput(TypedDict):
    name: str
    """Its name."""
    type: FieldType
    """Its type; datetime is a label of the import wizard, absent from the reference."""


class SchemaFieldInput(_SchemaFieldInput, total=False):
    """A ``SchemaField``, as it is sent."""

    required: bool
    """Whether every product should have it."""
    description: str
    """What it holds."""


class _ProductSchemaInput(TypedDict):
    fields: Sequence[Union[SchemaFieldInput, SchemaField]]
    """The fields."""


class ProductSchemaInput(_ProductSchemaInput, total=False):
    """A ``ProductSchema``, as it is sent."""

    default_currency: str
    """The currency of prices without one."""
    default_locale: str
    """The language of texts without one."""


class SchemaFields(TypedDict):
    """Fields, as an object that holds them."""

    fields: Sequence[Union[SchemaFieldInput, SchemaField]]
    """The fields."""


class ImportConfirmation(TypedDict, total=False):
    """What an import needs to start."""

    mapping: Mapping[str, Optional[str]]
    """Per column the field that it fills, sku, name, or None to leave it out; the suggested one unless given."""
    schema: Union[Sequence[Union[SchemaFieldInput, SchemaField]], SchemaFields]
    """Fields that the catalogue's schema gains, or whose types change; as a list, or as an object with that list."""


class _SchemaPropertyInput(TypedDict):
    name: str
    """Its name."""
    type: PropertyType
    """Its type."""


class SchemaPropertyInput(_SchemaPropertyInput, total=False):
    """A ``SchemaProperty``, as it is sent."""

    required: bool
    """Whether an event without it is dropped."""


class _EventSchemaCreate(TypedDict):
    event_type: str
    """The event type, of which there is one schema at most."""


class EventSchemaCreate(_EventSchemaCreate, total=False):
    """What a new ``EventSchema`` is made of."""

    description: str
    """What the event means."""
    properties: Sequence[Union[SchemaPropertyInput, SchemaProperty]]
    """The properties of its payload."""


class EventSchemaUpdate(TypedDict, total=False):
    """What may be changed of a ``EventSchema``."""

    event_type: str
    """The event type, of which there is one schema at most."""
    description: str
    """What the event means."""
    properties: Sequence[Union[SchemaPropertyInput, SchemaProperty]]
    """The properties of its payload."""


class _SampleEvent(TypedDict):
    event_type: str
    """Its type, in snake_case."""


class SampleEvent(_SampleEvent, total=False):
    """An event from which a schema is inferred."""

    payload: Mapping[str, Any]
    """Its properties."""
    user_id: str
    """The user."""
    occurred_at: Union[str, datetime]
    """When it occurred."""


class _ActivationCreate(TypedDict):
    segment: int
    """The segment."""
    connector_type: str
    """The service; the text for Talon.One is chosen."""
    config: Mapping[str, Any]
    """The connector's settings; secrets come back as ***, and sent as *** stay as they are."""


class ActivationCreate(_ActivationCreate, total=False):
    """What a new ``Activation`` is made of."""

    status: ActivationSwitch
    """Whether it syncs; error is set by the platform."""


class ActivationUpdate(TypedDict, total=False):
    """What may be changed of a ``Activation``."""

    segment: int
    """The segment."""
    connector_type: str
    """The service; the text for Talon.One is chosen."""
    config: Mapping[str, Any]
    """The connector's settings; secrets come back as ***, and sent as *** stay as they are."""
    status: ActivationSwitch
    """Whether it syncs; error is set by the platform."""


class _Event(TypedDict):
    user_id: str
    """The user."""
    event_type: str
    """Its type, in snake_case."""


class Event(_Event, total=False):
    """An event as it is sent."""

    occurred_at: Union[str, datetime]
    """When it occurred; now unless given."""
    payload: Mapping[str, Any]
    """Its properties."""
    anonymous_id: str
    """The visitor's id, which ties it to the user."""


class _AIQueryCreate(TypedDict):
    query_text: str
    """The question, unique in the workspace."""


class AIQueryCreate(_AIQueryCreate, total=False):
    """What a new ``AIQuery`` is made of."""

    category: Optional[str]
    """A label."""
    tags: Sequence[str]
    """Further labels."""
    providers: Sequence[Provider]
    """Who is asked; empty means all five."""
    is_active: bool
    """Whether it is asked on schedule."""
    schedule: Schedule
    """How often it is asked."""


class AIQueryUpdate(TypedDict, total=False):
    """What may be changed of a ``AIQuery``."""

    query_text: str
    """The question, unique in the workspace."""
    category: Optional[str]
    """A label."""
    tags: Sequence[str]
    """Further labels."""
    providers: Sequence[Provider]
    """Who is asked; empty means all five."""
    is_active: bool
    """Whether it is asked on schedule."""
    schedule: Schedule
    """How often it is asked."""


class _SimulationRequest(TypedDict):
    query_text: str
    """The question."""


class SimulationRequest(_SimulationRequest, total=False):
    """A question to be asked at once."""

    providers: Sequence[Provider]
    """Who is asked; all five if left out or empty."""


class _GeneratedPageCreate(TypedDict):
    slug: str
    """Its name in addresses, unique in the workspace."""


class GeneratedPageCreate(_GeneratedPageCreate, total=False):
    """What a new ``GeneratedPage`` is made of."""

    title: str
    """Its title; the query's text unless given."""
    query: Optional[Union[int, str]]
    """The AI query that it answers.

    Sent as its id by the reference, as its text by the vendor's published script: both are accepted, and a text
    that no query has yet becomes one.
    """
    published: bool
    """Whether it is public."""


class GeneratedPageUpdate(TypedDict, total=False):
    """What may be changed of a ``GeneratedPage``."""

    slug: str
    """Its name in addresses, unique in the workspace."""
    title: str
    """Its title; the query's text unless given."""
    query: Optional[Union[int, str]]
    """The AI query that it answers.

    Sent as its id by the reference, as its text by the vendor's published script: both are accepted, and a text
    that no query has yet becomes one.
    """
    published: bool
    """Whether it is public."""


class KnownPageBatch(TypedDict, total=False):
    """What a bulk generation of pages is asked for.

    The reference shows no body; the vendor's scripts send queries, the published package's page a segment. Other
    keys pass as they are.
    """

    queries: Sequence[str]
    """The questions that the pages answer."""
    segment_id: Union[int, str]
    """The product segment that the pages are about."""


PageBatch = Union[KnownPageBatch, Mapping[str, Any]]
"""What a bulk generation of pages is asked for.

The reference shows no body; the vendor's scripts send queries, the published package's page a segment. Other keys
pass as they are. Further keys are the workspace's own, or not known.
"""


class KnownPageBuild(TypedDict, total=False):
    """How a page is built; the vendor's scripts send an empty object. Other keys pass as they are."""

    template: str
    """The template."""


PageBuild = Union[KnownPageBuild, Mapping[str, Any]]
"""How a page is built; the vendor's scripts send an empty object.

Other keys pass as they are. Further keys are the workspace's own, or not known.
"""


# ------------------------------------------------------------------------------------------------- query parameters


class SegmentListParams(TypedDict, total=False):
    """Query parameters of ``segments.list``."""

    page: Optional[Union[int, str]]
    """The page, 1 unless given; a 404 past the last one."""
    page_size: Optional[Union[int, str]]
    """How many a page holds: 50 unless given, 200 at most."""


class SegmentsMembersParams(TypedDict, total=False):
    """Query parameters of ``segments.members``."""

    limit: Optional[Union[int, str]]
    """How many; 1,000 unless given, and at most."""
    cursor: Optional[str]
    """The next_cursor of the page before."""
    page: Optional[Union[int, str]]
    """Passed by the published package's page; without effect."""


class ProductSegmentListParams(TypedDict, total=False):
    """Query parameters of ``product_segments.list``."""

    page: Optional[Union[int, str]]
    """The page, 1 unless given; a 404 past the last one."""
    page_size: Optional[Union[int, str]]
    """How many a page holds: 50 unless given, 200 at most."""


class KnownProductListParams(TypedDict, total=False):
    """Query parameters of ``products.list``."""

    page: Optional[Union[int, str]]
    """The page, 1 unless given; a 404 past the last one."""
    page_size: Optional[Union[int, str]]
    """How many a page holds: 50 unless given, 200 at most."""
    q: Optional[str]
    """A part of the name, in any case."""


ProductListParams = Union[KnownProductListParams, Mapping[str, QueryValue]]
"""Query parameters of ``products.list``. Further keys are the workspace's own, or not known."""


class EventSchemaListParams(TypedDict, total=False):
    """Query parameters of ``schemas.list``."""

    page: Optional[Union[int, str]]
    """The page, 1 unless given; a 404 past the last one."""
    page_size: Optional[Union[int, str]]
    """How many a page holds: 50 unless given, 200 at most."""


class ActivationListParams(TypedDict, total=False):
    """Query parameters of ``activations.list``."""

    page: Optional[Union[int, str]]
    """The page, 1 unless given; a 404 past the last one."""
    page_size: Optional[Union[int, str]]
    """How many a page holds: 50 unless given, 200 at most."""


class UsersSearchParams(TypedDict, total=False):
    """Query parameters of ``users.search``."""

    q: Optional[str]
    """A part of the user's id."""
    limit: Optional[Union[int, str]]
    """How many."""


class UsersEventsParams(TypedDict, total=False):
    """Query parameters of ``users.events``."""

    event_type: Optional[str]
    """Events of this type only."""
    since: Optional[Union[str, datetime]]
    """Events from this date, or date and time, on."""
    limit: Optional[Union[int, str]]
    """How many."""


class AIQueryListParams(TypedDict, total=False):
    """Query parameters of ``queries.list``."""

    page: Optional[Union[int, str]]
    """The page, 1 unless given; a 404 past the last one."""
    page_size: Optional[Union[int, str]]
    """How many a page holds: 50 unless given, 200 at most."""


QueriesWinRateParams = Mapping[str, QueryValue]
"""Query parameters of ``queries.win_rate``."""


class GeneratedPageListParams(TypedDict, total=False):
    """Query parameters of ``pages.list``."""

    page: Optional[Union[int, str]]
    """The page, 1 unless given; a 404 past the last one."""
    page_size: Optional[Union[int, str]]
    """How many a page holds: 50 unless given, 200 at most."""


class PagesQueryParams(TypedDict, total=False):
    """Query parameters of ``pages.query``."""

    limit: Optional[Union[int, str]]
    """How many; 20 unless given, 100 at most."""
    segment_id: Optional[Union[int, str]]
    """A segment of products, to look in."""
