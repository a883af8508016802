"""The sandbox's own controls, beside the API: `/_sandbox/…`, with the token of the ready line."""

from __future__ import annotations

from django.urls import path

from segops_sandbox.control import ai, views

urlpatterns = [
    path("faults/", views.Faults.as_view()),
    path("requests/", views.Requests.as_view()),
    path("ingestion-errors/", views.IngestionErrors.as_view()),
    path("reset/", views.Reset.as_view()),
    path("clock/", views.Clock.as_view()),
    path("jobs/", views.Jobs.as_view()),
    path("accounts/", views.Accounts.as_view()),
    path("tenants/", views.Tenants.as_view()),
    path("tenants/<encoded:slug>/", views.OneTenant.as_view()),
    path("tenants/<encoded:slug>/brand/", ai.TenantBrand.as_view()),
    path("tenants/<encoded:slug>/shopify/", views.TenantShopify.as_view()),
    path("providers/", ai.Providers.as_view()),
]
