"""Analytics over HTTP, read-only: https://segops.ai/docs/api/analytics"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from segops_sandbox.analytics import segments, workspace
from segops_sandbox.http.views import tenant_of
from segops_sandbox.models import Tenant


class Figures(APIView):
    """One set of figures about the tenant."""

    compute: Callable[[Tenant], Any] = staticmethod(workspace.overview)

    def get(self, request: Request) -> Response:
        """Computed from the stored rows at each request."""
        return Response(self.compute(tenant_of(request)))


urlpatterns = [
    path("analytics/overview/", Figures.as_view(compute=workspace.overview)),
    path("analytics/segments/", Figures.as_view(compute=segments.segments_with_trend)),
    path("analytics/overlap/", Figures.as_view(compute=segments.overlaps)),
    path("analytics/activations/", Figures.as_view(compute=workspace.activations)),
    path("analytics/usage/", Figures.as_view(compute=workspace.usage)),
    path("analytics/copilot/", Figures.as_view(compute=workspace.copilot)),
]
