"""What do the platform's records look like? Plain dicts, described for type checkers.

Every key may be missing (``total=False``), and the platform adds keys: read with ``.get()`` what your code can do
without. ``spec/records`` holds the same records as JSON Schema, each property marked documented, inferred or chosen.
"""

from __future__ import annotations

from typing import Any, Dict, List, Optional, TypedDict, Union

# --- shared -----------------------------------------------------------------------------------------------------


class Queued(TypedDict, total=False):
    """The answer of an action that goes on at the server."""

    status: str
    query_id: int
    product_id: int
    product_count: int
    page_id: int


class ExportJob(TypedDict, total=False):
    """An export of a segment's members or of a page."""

    id: int
    export_id: int
    status: str
    format: str
    download_url: Optional[str]
    expires_at: Optional[str]
    created_at: str
    error: str


# --- segments ---------------------------------------------------------------------------------------------------


class Segment(TypedDict, total=False):
    """A segment of users."""

    id: int
    tenant: int
    name: str
    description: str
    segment_type: str
    definition: Dict[str, Any]
    is_active: bool
    status: str
    member_count: int
    last_computed_at: Optional[str]
    created_at: str
    updated_at: str


class SegmentPage(TypedDict, total=False):
    """A page of segments."""

    count: int
    next: Optional[str]
    previous: Optional[str]
    results: List[Segment]


class SegmentPreview(TypedDict, total=False):
    """What a definition would match."""

    matched_users: int
    sample_user_ids: List[str]
    sql: str


class SegmentEstimate(TypedDict, total=False):
    """How many users a saved segment is estimated to hold."""

    segment_id: int
    estimated_count: int
    matched_users: int
    sampled: bool


class SegmentVersion(TypedDict, total=False):
    """A segment's definition as it was."""

    id: int
    version: int
    definition: Dict[str, Any]
    created_at: str
    created_by: Optional[str]


class Member(TypedDict, total=False):
    """A member of a segment."""

    user_id: str
    computed_at: str


class MemberPage(TypedDict, total=False):
    """A stretch of members."""

    count: int
    results: List[Member]
    members: List[str]
    next_cursor: Optional[str]


class MembershipSegment(TypedDict, total=False):
    """A segment that a user is in."""

    segment_id: int
    segment_name: str
    computed_at: str


class Membership(TypedDict, total=False):
    """The segments that a user is in."""

    user_id: str
    segment_ids: List[int]
    segments: List[MembershipSegment]


# --- product segments and products ------------------------------------------------------------------------------


class ProductSegment(TypedDict, total=False):
    """A segment of products."""

    id: int
    name: str
    description: str
    definition: Dict[str, Any]
    is_active: bool
    computed_count: int
    last_computed_at: Optional[str]
    created_at: str
    updated_at: str


class ProductSegmentPage(TypedDict, total=False):
    """A page of product segments."""

    count: int
    next: Optional[str]
    previous: Optional[str]
    results: List[ProductSegment]


class Product(TypedDict, total=False):
    """A product; everything but its SKU and name is in ``data``."""

    id: int
    sku: str
    name: str
    data: Dict[str, Any]
    source: str
    ai_readability_score: Optional[float]
    created_at: str
    updated_at: str


class ProductPage(TypedDict, total=False):
    """A page of products."""

    count: int
    next: Optional[str]
    previous: Optional[str]
    results: List[Product]


class BulkUpsertError(TypedDict, total=False):
    """A row that was refused."""

    index: int
    sku: Optional[str]
    error: str


class BulkUpsert(TypedDict, total=False):
    """What became of the rows of a bulk upsert."""

    created: int
    updated: int
    errors: List[BulkUpsertError]


class Recommendation(TypedDict, total=False):
    """What would make a product more readable to AI assistants."""

    dimension: str
    action: str
    estimated_impact: str
    priority: int


class ProductScore(TypedDict, total=False):
    """A product's score: 0 to 100, the sum of four dimensions of 0 to 25."""

    id: int
    score: float
    dimension_scores: Dict[str, float]
    recommendations: List[Recommendation]
    scored_at: str


Facets = Dict[str, List[Any]]
"""The distinct values of each text and list field."""


class SchemaField(TypedDict, total=False):
    """A field of the catalogue's schema."""

    name: str
    type: str
    required: bool
    description: str


class ProductSchema(TypedDict, total=False):
    """The catalogue's schema."""

    id: Optional[int]
    fields: List[SchemaField]
    default_currency: str
    default_locale: str
    created_at: Optional[str]
    updated_at: Optional[str]


class ImportUpload(TypedDict, total=False):
    """An uploaded CSV file, waiting for its mapping to be confirmed."""

    job_id: int
    id: int
    status: str
    filename: str
    row_count: int
    headers: List[str]
    sample_rows: List[Dict[str, str]]
    suggested_schema: List[SchemaField]
    suggested_mapping: Dict[str, Optional[str]]


class ImportProblem(TypedDict, total=False):
    """A row or a value of an import that was not taken over as it is."""

    line: int
    sku: Optional[str]
    column: Optional[str]
    error: str


class ImportJob(TypedDict, total=False):
    """An import of products."""

    id: int
    job_id: int
    status: str
    filename: str
    row_count: int
    imported_count: int
    mapping: Optional[Dict[str, Optional[str]]]
    skipped_count: int
    error_count: int
    errors: List[ImportProblem]
    error_message: str
    created_at: str
    updated_at: str
    headers: List[str]
    sample_rows: List[Dict[str, str]]
    suggested_schema: List[SchemaField]
    suggested_mapping: Dict[str, Optional[str]]


class ImportConfirmed(TypedDict, total=False):
    """An import that has been started."""

    job_id: int
    id: int
    status: str


# --- event schemas ----------------------------------------------------------------------------------------------


class SchemaProperty(TypedDict, total=False):
    """A property of an event type."""

    name: str
    type: str
    required: bool


class EventSchema(TypedDict, total=False):
    """The schema of an event type."""

    id: int
    event_type: str
    description: str
    properties: List[SchemaProperty]
    created_at: str
    updated_at: str


class EventSchemaPage(TypedDict, total=False):
    """A page of event schemas."""

    count: int
    next: Optional[str]
    previous: Optional[str]
    results: List[EventSchema]


class SchemaConflict(TypedDict, total=False):
    """A property whose samples no one type fits."""

    property: str
    types: List[str]


class InferredSchema(TypedDict, total=False):
    """A schema proposed from sample events."""

    event_type: str
    properties: List[SchemaProperty]
    conflicts: List[SchemaConflict]
    schemas: List[EventSchema]


class ValidationProblem(TypedDict, total=False):
    """What is wrong with one property."""

    property: str
    message: str


class Validation(TypedDict, total=False):
    """Whether a payload fits the schema of its event type."""

    valid: bool
    errors: List[ValidationProblem]


# --- activations ------------------------------------------------------------------------------------------------


class Activation(TypedDict, total=False):
    """A connector that a segment is synced to. Secrets in ``config`` come back as ``***``."""

    id: int
    segment: int
    connector_type: str
    config: Dict[str, Any]
    status: str
    last_synced_at: Optional[str]
    last_error: str
    created_at: str
    updated_at: str


class ActivationPage(TypedDict, total=False):
    """A page of activations."""

    count: int
    next: Optional[str]
    previous: Optional[str]
    results: List[Activation]


# --- users and identity -----------------------------------------------------------------------------------------


class UserSummary(TypedDict, total=False):
    """A user as a search finds it."""

    user_id: str
    event_count: int
    first_seen: str
    last_seen: str


class UserSearch(TypedDict, total=False):
    """Users found."""

    count: int
    results: List[UserSummary]


class UserProfile(TypedDict, total=False):
    """A user's profile."""

    user_id: str
    event_count: int
    event_type_count: int
    first_seen: str
    last_seen: str
    properties: Dict[str, Any]


class UserEvent(TypedDict, total=False):
    """An event of a user."""

    event_type: str
    occurred_at: str
    payload: Dict[str, Any]


class UserEvents(TypedDict, total=False):
    """A user's events."""

    count: int
    results: List[UserEvent]


class UserSegment(TypedDict, total=False):
    """A segment that a user is in."""

    segment_id: int
    segment_name: str
    member_count: int
    computed_at: str


class Explanation(TypedDict, total=False):
    """One condition of a segment, with a user's own value."""

    index: int
    type: str
    label: str
    actual_value: Any
    threshold: Any
    matches: bool


class SegmentRef(TypedDict, total=False):
    """A segment by id and name."""

    id: int
    name: str


class SandboxResult(TypedDict, total=False):
    """Which segments a user would enter and leave."""

    published: bool
    entered: List[SegmentRef]
    exited: List[SegmentRef]
    unchanged_count: int


class Alias(TypedDict, total=False):
    """A visitor's id, tied to a user."""

    anonymous_id: str
    alias_id: str
    user_id: str
    canonical_id: str
    created: bool


class Merge(TypedDict, total=False):
    """A user, folded into another."""

    from_user_id: str
    into_user_id: str
    canonical_id: str
    merged: bool


# --- AI visibility ----------------------------------------------------------------------------------------------


class AIQuery(TypedDict, total=False):
    """A question asked of AI assistants."""

    id: int
    query_text: str
    category: Optional[str]
    tags: List[str]
    providers: List[str]
    is_active: bool
    schedule: str
    last_run_at: Optional[str]
    created_at: str
    updated_at: str


class AIQueryPage(TypedDict, total=False):
    """A page of queries."""

    count: int
    next: Optional[str]
    previous: Optional[str]
    results: List[AIQuery]


AIQueryListing = Union[List[AIQuery], AIQueryPage]
"""The reference shows a bare array, the SDK page an envelope."""


class MentionedBrand(TypedDict, total=False):
    """A brand that an answer names."""

    name: str
    position: Optional[int]
    sentiment: str


class MentionedProduct(TypedDict, total=False):
    """A product that an answer names."""

    name: str
    sku: Optional[str]
    position: Optional[int]


class QueryResult(TypedDict, total=False):
    """One assistant's answer."""

    id: int
    query: Optional[int]
    provider: str
    raw_response: str
    mentioned_brands: List[MentionedBrand]
    mentioned_products: List[MentionedProduct]
    position: Optional[int]
    sentiment: Optional[str]
    is_simulated: bool
    captured_at: str


class BrandDiff(TypedDict, total=False):
    """Which assistants name a brand."""

    brand_name: str
    mentioned_by: List[str]
    status: str


class Simulation(TypedDict, total=False):
    """The assistants' answers to a question that was not saved."""

    query_text: str
    providers: List[str]
    timed_out: bool
    results: List[QueryResult]
    diff: List[BrandDiff]


class ProviderVisibility(TypedDict, total=False):
    """Visibility with one provider."""

    provider: str
    result_count: int
    mention_rate: float
    avg_position: Optional[float]
    share_of_voice: float
    sentiment_score: Optional[float]


class VisibilityDay(TypedDict, total=False):
    """Visibility on one day."""

    day: str
    mention_rate: float


class BrandMentions(TypedDict, total=False):
    """How often a brand was named."""

    name: str
    mentions: int


class Dashboard(TypedDict, total=False):
    """Visibility over all queries; rates are 0 to 1."""

    total_queries: int
    active_queries: int
    total_results: int
    mention_rate: float
    avg_position: Optional[float]
    share_of_voice: float
    sentiment_score: Optional[float]
    by_provider: List[ProviderVisibility]
    trend: List[VisibilityDay]
    top_brands: List[BrandMentions]


class WinRate(TypedDict, total=False):
    """How often the brand ranks ahead of a competitor; the rate is 0 to 1."""

    competitor_id: int
    competitor_name: str
    wins: int
    losses: int
    ties: int
    win_rate: float


# --- pages ------------------------------------------------------------------------------------------------------


class GeneratedPage(TypedDict, total=False):
    """A landing page; a listing leaves out ``intro_copy``, ``product_skus`` and ``blocks``."""

    id: int
    slug: str
    title: str
    query: Optional[int]
    published: bool
    builder_status: str
    builder_error: str
    intro_copy: str
    product_skus: List[str]
    blocks: List[Dict[str, Any]]
    view_count: int
    last_ai_crawl_at: Optional[str]
    created_at: str
    updated_at: str


class GeneratedPagePage(TypedDict, total=False):
    """A page of landing pages."""

    count: int
    next: Optional[str]
    previous: Optional[str]
    results: List[GeneratedPage]


GeneratedPageListing = Union[List[GeneratedPage], GeneratedPagePage]
"""The reference shows a bare array, the SDK page an envelope."""


class PageJob(TypedDict, total=False):
    """A bulk generation that goes on at the server."""

    job_id: Union[int, str]
    status: str


class FoundProduct(TypedDict, total=False):
    """A product that a search found."""

    id: int
    sku: str
    name: str
    data: Dict[str, Any]
    relevance_score: float


class QueryMetadata(TypedDict, total=False):
    """How a search went."""

    match_count: int
    latency_ms: float
    method: str


class ProductQuery(TypedDict, total=False):
    """Products found by meaning."""

    query: str
    products: List[FoundProduct]
    filters: Dict[str, List[Any]]
    metadata: QueryMetadata


# --- analytics --------------------------------------------------------------------------------------------------


class AnalyticsOverview(TypedDict, total=False):
    """The workspace in five figures."""

    segment_count: int
    total_members: int
    events_30d: int
    ai_credits_used: int
    ai_credits_limit: int


class DayCount(TypedDict, total=False):
    """A count on one day."""

    day: str
    count: int


class AnalyticsSegment(TypedDict, total=False):
    """A segment's size over 30 days."""

    id: int
    name: str
    member_count: int
    last_computed_at: Optional[str]
    trend: List[DayCount]


class AnalyticsOverlap(TypedDict, total=False):
    """How many members two segments share; in percent of the smaller one."""

    seg_a_id: int
    seg_a_name: str
    seg_b_id: int
    seg_b_name: str
    overlap: int
    overlap_pct: float


class SyncLog(TypedDict, total=False):
    """One sync of an activation."""

    status: str
    user_count: int
    added_count: int
    removed_count: int
    unchanged_count: int
    error_message: str
    synced_at: str


class AnalyticsActivation(TypedDict, total=False):
    """How well an activation works; ``success_rate`` is in percent."""

    id: int
    segment_id: int
    segment_name: str
    connector_type: str
    status: str
    last_synced_at: Optional[str]
    last_error: str
    member_count: int
    success_rate: Optional[float]
    sync_logs: List[SyncLog]


class AnalyticsUsage(TypedDict, total=False):
    """What the plan allows and what has been used; -1 means unlimited."""

    plan: str
    period_start: str
    period_end: str
    events_used: int
    events_limit: int
    ai_credits_used: int
    ai_credits_limit: int
    api_calls_per_minute_limit: int


# --- webhooks ---------------------------------------------------------------------------------------------------


class WebhookEvent(TypedDict, total=False):
    """What the platform posts to a webhook: ``segment.recomputed``."""

    event: str
    tenant_slug: str
    segment_id: int
    segment_name: str
    member_count: int
    computed_at: str
