"""The sandbox's own controls, beside the API: `/_sandbox/…`, without a key, for loopback clients only."""

from __future__ import annotations

from django.urls import path

from segops_sandbox.control import views

urlpatterns = [
    path("faults/", views.Faults.as_view()),
    path("requests/", views.Requests.as_view()),
    path("reset/", views.Reset.as_view()),
    path("clock/", views.Clock.as_view()),
    path("jobs/", views.Jobs.as_view()),
    path("tenants/", views.Tenants.as_view()),
]
