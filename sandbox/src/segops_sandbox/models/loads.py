"""Files of own data that were loaded, and up to where, so that a load resumes where it ended."""

from __future__ import annotations

from django.db import models

from segops_sandbox.models.tenancy import Tenant


class LoadedFile(models.Model):
    """A file, known again by its beginning, and the offset behind the last row that was loaded."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE)
    name = models.CharField(max_length=255)
    kind = models.CharField(max_length=16)
    head_size = models.IntegerField()
    head_digest = models.CharField(max_length=64)
    columns = models.JSONField(default=dict)
    position = models.BigIntegerField(default=0)

    class Meta:
        db_table = "sandbox_loaded_file"
