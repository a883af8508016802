"""Who may do what: tenants, people and their roles, API keys, and the replies for repeated requests."""

from __future__ import annotations

from django.db import models

from segops_sandbox import clock


class Tenant(models.Model):
    """A workspace. Every other row belongs to exactly one."""

    slug = models.SlugField(max_length=63, unique=True)
    name = models.CharField(max_length=255)
    plan = models.CharField(max_length=32, default="business")
    # The brand that AI answers are searched for: `{"name": ..., "aliases": [...]}`.
    brand_name = models.CharField(max_length=255, default="")
    brand_aliases = models.JSONField(default=list)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    # What Shopify signs its webhooks with; until there is one, none are taken.
    shopify_secret = models.CharField(max_length=255, default="", blank=True)

    class Meta:
        db_table = "sandbox_tenant"


class Account(models.Model):
    """A person who signs in with e-mail and password."""

    email = models.EmailField(unique=True)
    password = models.CharField(max_length=255)
    is_active = models.BooleanField(default=True)

    class Meta:
        db_table = "sandbox_account"


class Role(models.Model):
    """What a person is in a tenant."""

    OWNER, ADMIN, MEMBER, VIEWER = "owner", "admin", "member", "viewer"

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="roles")
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="roles")
    role = models.CharField(max_length=16)

    class Meta:
        db_table = "sandbox_role"
        constraints = [models.UniqueConstraint(fields=["account", "tenant"], name="sandbox_role_once")]


class ApiKey(models.Model):
    """A key of one tenant: sk (server), pk (browser, mobile) or mk (MCP).

    The text is kept in the clear, unlike on the platform: the sandbox prints it again when it restarts on the same
    database, and it opens nothing but this sandbox.
    """

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="api_keys")
    kind = models.CharField(max_length=2)
    name = models.CharField(max_length=255)
    key = models.CharField(max_length=128, unique=True)
    scopes = models.JSONField(default=list)
    allowed_origins = models.JSONField(default=list)
    require_signed_user_id = models.BooleanField(default=False)
    signing_secret = models.CharField(max_length=64, default="", blank=True)
    is_primary = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "sandbox_api_key"


class ServerSecret(models.Model):
    """A secret that all servers on one database share, such as the one that signs tokens."""

    name = models.CharField(max_length=64, primary_key=True)
    value = models.CharField(max_length=128)

    class Meta:
        db_table = "sandbox_server_secret"


class IdempotencyRecord(models.Model):
    """A request that carried an Idempotency-Key, and, once it is answered, its answer."""

    owner = models.CharField(max_length=80)
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    # Null while the request is being worked on.
    status = models.IntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = models.BinaryField(default=b"")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    # By the machine's clock: a claim whose server died is given up after a while, also when time stands still.
    claimed_at = models.FloatField()

    class Meta:
        db_table = "sandbox_idempotency_record"
        constraints = [models.UniqueConstraint(fields=["owner", "key"], name="sandbox_idempotency_once")]
