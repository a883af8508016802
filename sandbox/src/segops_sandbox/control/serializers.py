"""What the sandbox's controls take in."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from rest_framework import serializers

from segops_sandbox import jobs
from segops_sandbox.http import faults
from segops_sandbox.models import Role, Tenant
from segops_sandbox.plans import DEFAULT, PLANS

_METHODS = ("*", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_STATUSES = tuple(status.value for status in HTTPStatus if status >= 400)
# Which field means something to which kind; the others go with every kind.
_KINDS_WITH = {
    "status": {faults.STATUS},
    "retry_after": {faults.STATUS},
    "body": {faults.STATUS, faults.GARBAGE},
    "delay_ms": {faults.DELAY, faults.STALL},
}


class ControlSerializer(serializers.Serializer[Any]):
    """What a control takes in. A key that is not known is an error: a mistyped one would pass a test for no reason."""

    def to_internal_value(self, data: Any) -> Any:
        """The validated values."""
        unknown = set(data) - set(self.fields) if isinstance(data, dict) else set()
        if unknown:
            raise serializers.ValidationError({name: ["Unknown field."] for name in sorted(map(str, unknown))})
        return super().to_internal_value(data)


class FaultSerializer(ControlSerializer):
    """A fault; see `control.faults.Fault` for the meaning of each field."""

    kind = serializers.ChoiceField(choices=faults.KINDS)
    method = serializers.CharField(default="*")
    path = serializers.CharField(default="*", max_length=1000)
    count = serializers.IntegerField(default=1, min_value=1)
    skip = serializers.IntegerField(default=0, min_value=0)
    status = serializers.ChoiceField(default=503, choices=_STATUSES)
    retry_after = serializers.RegexField(
        r"^[\x20-\x7e]+$", default=None, allow_null=True, error_messages={"invalid": "Give seconds or an HTTP date."}
    )
    body = serializers.CharField(default=None, allow_null=True, allow_blank=True, trim_whitespace=False)
    delay_ms = serializers.IntegerField(default=None, allow_null=True, min_value=0, max_value=600_000)
    execute = serializers.BooleanField(default=False)

    def validate_method(self, value: str) -> str:
        """In capitals; one that no request has would never be met."""
        if value.upper() not in _METHODS:
            raise serializers.ValidationError(f"Give one of {', '.join(_METHODS)}.")
        return value.upper()

    def validate_path(self, value: str) -> str:
        """A glob that can match: a path behind `/api` begins with a slash."""
        if not value.startswith(("/", "*", "?", "[")) or value.startswith("/api/"):
            raise serializers.ValidationError("Give a glob on the path after /api, such as /segments/* or *.")
        return value

    def to_internal_value(self, data: Any) -> faults.Fault:
        """A Fault."""
        values = super().to_internal_value(data)
        kind = values["kind"]
        idle = [name for name, kinds in _KINDS_WITH.items() if data.get(name) is not None and kind not in kinds]
        if idle:
            raise serializers.ValidationError({name: [f"Means nothing to a fault of kind {kind}."] for name in idle})
        if values["delay_ms"] is None:
            # A delay of nothing would be no fault; a stall lasts longer than a patient client waits.
            values["delay_ms"] = {faults.DELAY: 1000, faults.STALL: 60_000}.get(kind, 0)
        return faults.Fault(**values)


class StrictBooleanField(serializers.BooleanField):
    """true or false; no word that stands for one."""

    def to_internal_value(self, data: Any) -> bool:
        """The boolean."""
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class ResetSerializer(ControlSerializer):
    """What a clean workspace is to be, where that is not what it was at the start."""

    demo = StrictBooleanField(default=False)
    now = serializers.DateTimeField(required=False)
    jobs = serializers.ChoiceField(required=False, choices=jobs.MODES)
    plan = serializers.ChoiceField(required=False, choices=tuple(PLANS))


class ClockSerializer(ControlSerializer):
    """A time to stand still at, or a number of seconds to move on by."""

    now = serializers.DateTimeField(required=False)
    advance_seconds = serializers.FloatField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Exactly one of the two."""
        if len(attrs) != 1:
            raise serializers.ValidationError("Give either now or advance_seconds.")
        return attrs


class JobsSerializer(ControlSerializer):
    """A way to run jobs from now on, or how many queued ones to run at once."""

    mode = serializers.ChoiceField(required=False, choices=jobs.MODES)
    run = serializers.IntegerField(required=False, min_value=1)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """At least one of the two."""
        if not attrs:
            raise serializers.ValidationError("Give mode, run, or both.")
        return attrs


class TenantSerializer(serializers.ModelSerializer[Tenant]):
    """A further tenant, for tests of isolation and of limits."""

    plan = serializers.ChoiceField(default=DEFAULT, choices=tuple(PLANS))

    class Meta:
        model = Tenant
        fields = ("id", "slug", "name", "plan")


class AccountSerializer(ControlSerializer):
    """A person's role in a tenant."""

    email = serializers.EmailField()
    password = serializers.CharField(max_length=255, trim_whitespace=False)
    tenant = serializers.SlugRelatedField(slug_field="slug", queryset=Tenant.objects.all())
    role = serializers.ChoiceField(choices=(Role.OWNER, Role.ADMIN, Role.MEMBER, Role.VIEWER))

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A tenant has exactly one owner, which the demo account is."""
        if attrs["role"] == Role.OWNER and Role.objects.filter(tenant=attrs["tenant"], role=Role.OWNER).exists():
            raise serializers.ValidationError({"role": ["The tenant has its owner already."]})
        return attrs


class PlanSerializer(ControlSerializer):
    """The plan that a tenant changes to."""

    plan = serializers.ChoiceField(choices=tuple(PLANS))


class ShopifySerializer(ControlSerializer):
    """The secret of a shop's webhooks."""

    secret = serializers.CharField(max_length=255, allow_blank=True, trim_whitespace=False)
