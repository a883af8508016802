"""What may a test ask of the sandbox's controls?"""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from segops_sandbox.control import faults
from segops_sandbox.models import Tenant
from segops_sandbox.platform import jobs


class FaultSerializer(serializers.Serializer[Any]):
    """A fault; see `control.faults.Fault` for the meaning of each field."""

    kind = serializers.ChoiceField(choices=faults.KINDS)
    method = serializers.CharField(default="*", max_length=16)
    path = serializers.CharField(default="*", max_length=1000)
    count = serializers.IntegerField(default=1, min_value=1)
    skip = serializers.IntegerField(default=0, min_value=0)
    status = serializers.ChoiceField(default=503, choices=[400, 401, 403, 404, 409, 422, 429, 500, 501, 502, 503, 504])
    retry_after = serializers.CharField(default=None, allow_null=True, max_length=100)
    body = serializers.CharField(default=None, allow_null=True, allow_blank=True, trim_whitespace=False)
    delay_ms = serializers.IntegerField(default=None, allow_null=True, min_value=0, max_value=600_000)
    execute = serializers.BooleanField(default=False)

    def to_internal_value(self, data: Any) -> faults.Fault:
        """A Fault. A key that is not known is an error: a mistyped one would make a test pass for no reason."""
        unknown = set(data) - set(self.fields) if isinstance(data, dict) else set()
        if unknown:
            raise serializers.ValidationError({name: ["Unknown field."] for name in sorted(map(str, unknown))})
        values = super().to_internal_value(data)
        if values["delay_ms"] is None:
            # A delay of nothing would be no fault; a stall lasts longer than a patient client waits.
            values["delay_ms"] = {faults.DELAY: 1000, faults.STALL: 60_000}.get(values["kind"], 0)
        values["method"] = values["method"].upper()
        return faults.Fault(**values)


class ClockSerializer(serializers.Serializer[Any]):
    """A time to stand still at, or a number of seconds to move on by."""

    now = serializers.DateTimeField(required=False)
    advance_seconds = serializers.FloatField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Exactly one of the two."""
        if len(attrs) != 1:
            raise serializers.ValidationError("Give either now or advance_seconds.")
        return attrs


class JobsSerializer(serializers.Serializer[Any]):
    """A way to run jobs from now on, or how many queued ones to run at once."""

    mode = serializers.ChoiceField(required=False, choices=jobs.MODES)
    run = serializers.IntegerField(required=False, min_value=1)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """At least one of the two."""
        if not attrs:
            raise serializers.ValidationError("Give mode, run, or both.")
        return attrs


class TenantSerializer(serializers.ModelSerializer[Tenant]):
    """A further tenant, for tests of isolation."""

    class Meta:
        model = Tenant
        fields = ("id", "slug", "name")
