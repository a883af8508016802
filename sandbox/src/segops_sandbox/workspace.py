"""The workspace: the initial content of the database, and how it is reset."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass

from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core.management.color import no_style
from django.db import connection, transaction

from segops_sandbox import clock, ids, jobs, leases
from segops_sandbox.http import faults, journal, wire
from segops_sandbox.models import Account, ApiKey, Job, Role, ServerSecret, Tenant

log = logging.getLogger("segops_sandbox")

SLUG, NAME, BRAND = "acme", "Acme", "Acme"
EMAIL, PASSWORD = "demo@acme.test", "sandbox-demo"
# A test server's password need not resist a cracking farm; the library's default takes 0.4 s of the start.
_ITERATIONS = 1000
# How long a reset waits for the jobs of other servers.
_PATIENCE_S = 20.0
_FEW_ROWS = 2000


class ServersAtWork(RuntimeError):
    """Other servers on the database are at work, so that it cannot be emptied."""


@dataclass(frozen=True)
class Start:
    """How the server was started, which a reset returns to."""

    jobs_mode: str
    now: object  # datetime, or None for a running clock
    plan: str | None  # of the first tenant; None for the one that it has


_start = Start(jobs.BACKGROUND, None, None)


def remember_start(jobs_mode: str, plan: str | None = None) -> None:
    """Note the present clock, the way jobs run and the first tenant's plan as what a reset returns to."""
    global _start
    _start = Start(jobs_mode, clock.now() if clock.is_frozen() else None, plan)
    jobs.set_mode(jobs_mode)


def ensure() -> ApiKey:
    """Create the first tenant, account and key where they are missing; returns the key."""
    with transaction.atomic():
        Tenant.objects.get_or_create(slug=SLUG, defaults={"name": NAME, "brand_name": BRAND})
        tenant = Tenant.objects.select_for_update().get(slug=SLUG)
        if _start.plan is not None and tenant.plan != _start.plan:
            tenant.plan = _start.plan
            tenant.save(update_fields=["plan"])
        key = ApiKey.objects.filter(tenant=tenant, is_primary=True, revoked_at=None).first()
        if key is None:
            key = ApiKey.objects.create(
                tenant=tenant, kind="sk", name="sandbox", key=ids.api_key("sk"), is_primary=True
            )
        ensure_account(tenant, EMAIL, PASSWORD)
    return key


def add_tenant(slug: str, name: str, plan: str) -> tuple[Tenant, ApiKey]:
    """A further tenant with its own key; the demo account owns it as well."""
    tenant = Tenant.objects.create(slug=slug, name=name, brand_name=name, plan=plan)
    ensure_account(tenant, EMAIL, PASSWORD)
    key = ApiKey.objects.create(tenant=tenant, kind="sk", name="sandbox", key=ids.api_key("sk"))
    return tenant, key


def ensure_account(tenant: Tenant, email: str, password: str, role: str = Role.OWNER) -> Account:
    """An account with a role in the tenant; an existing one keeps its password and role."""
    account = Account.objects.filter(email=email).first()
    if account is None:
        account = Account.objects.create(email=email, password=hash_password(password))
    Role.objects.get_or_create(account=account, tenant=tenant, defaults={"role": role})
    return account


def hash_password(password: str) -> str:
    """A salted hash for `django.contrib.auth.hashers.check_password`."""
    return str(PBKDF2PasswordHasher().encode(password, ids.hex_token("salt", 8), iterations=_ITERATIONS))


def reset() -> ApiKey:
    """Empty everything and begin as at the start: same key, same clock, same seeded ids. Waits for running jobs.

    Raises ServersAtWork when other servers on the database do not come to an end of theirs.
    """
    with jobs.running_lock:
        deadline = time.monotonic() + _PATIENCE_S
        while (key := _try_reset()) is None:
            if time.monotonic() > deadline:
                raise ServersAtWork("Other servers on this database are running jobs. Try again.")
            time.sleep(0.05)
        faults.clear()
        jobs.set_mode(_start.jobs_mode)
        wire.restart_request_ids()
        journal.clear()
    return key


@transaction.atomic
def _try_reset() -> ApiKey | None:
    """Start over; None while another server runs a job."""
    # No job that is there can be taken while its row is locked; nor can one be put there while the tables are emptied.
    list(Job.objects.select_for_update().values_list("pk"))
    if leases.others_at_work():
        return None
    text = ApiKey.objects.filter(tenant__slug=SLUG, is_primary=True).values_list("key", flat=True).first()
    # Other servers remember these.
    secrets = list(ServerSecret.objects.all())
    _empty_all_tables()
    clock.freeze(_start.now)  # type: ignore[arg-type]
    ids.restart()
    ServerSecret.objects.bulk_create(secrets)
    key = ensure()
    if text is not None and key.key != text:
        key.key = text
        key.save(update_fields=["key"])
    return key


def load_demo(tenant: Tenant) -> None:
    """Fill a tenant with the demo data set."""
    from segops_sandbox.demo import load

    load(tenant)


def _empty_all_tables() -> None:
    tables = [model._meta.db_table for model in Job._meta.apps.get_models(include_auto_created=True)]
    with connection.cursor() as cursor:
        for statement in _deletes(tables) or connection.ops.sql_flush(
            no_style(), tables, reset_sequences=True, allow_cascade=True
        ):
            cursor.execute(statement)


def _deletes(tables: list[str]) -> list[str]:
    """How PostgreSQL empties tables that hold little: a TRUNCATE recreates every table and index, 20 times the work.

    Empty when they hold much. In any order, because foreign keys are checked at the commit.
    """
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sequencename, last_value FROM pg_sequences "
            "WHERE schemaname = current_schema() AND last_value IS NOT NULL"
        )
        used = {name: last for name, last in cursor.fetchall() if name.removesuffix("_id_seq") in tables}
    if sum(used.values()) > _FEW_ROWS:
        return []
    quote = connection.ops.quote_name
    restarts = [f"ALTER SEQUENCE {quote(name)} RESTART" for name in sorted(used)]
    return [*restarts, *(f"DELETE FROM {quote(name)}" for name in tables)]
