"""Django's settings for the sandbox.

Read from the environment, because that is what Django's own tools can use too; `cli.py` fills it in:
DATABASE_URL (postgresql://… or sqlite:///PATH), or SEGOPS_SANDBOX_DB, the path of a SQLite file;
SEGOPS_SANDBOX_RATE_LIMITS, when it is not empty, has each tenant's calls counted.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from segops_sandbox.database import database_settings

BASE_DIR = Path(__file__).resolve().parent

# Nothing is signed with it: tokens are signed with a secret that is kept in the database.
SECRET_KEY = "segops-sandbox-signs-nothing-with-this"
DEBUG = False
ALLOWED_HOSTS = ["*"]
APPEND_SLASH = False
ROOT_URLCONF = "segops_sandbox.urls"
INSTALLED_APPS = ["segops_sandbox"]
MIDDLEWARE = [
    "segops_sandbox.http.compression.GzipMiddleware",
    "segops_sandbox.http.cors.CorsMiddleware",
    *(["segops_sandbox.http.throttling.RateLimitMiddleware"] if os.environ.get("SEGOPS_SANDBOX_RATE_LIMITS") else []),
    "segops_sandbox.http.idempotency.IdempotencyMiddleware",
    "segops_sandbox.http.atomicity.AtomicWritesMiddleware",
]
DATABASES: dict[str, dict[str, Any]] = {"default": database_settings(os.environ)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = False
LANGUAGE_CODE = "en-us"
TEMPLATES: list[dict[str, Any]] = []
# The size of a body is limited once, at the door (http/bodies.py), where the answer is a 413 in JSON.
DATA_UPLOAD_MAX_MEMORY_SIZE = None
DATA_UPLOAD_MAX_NUMBER_FIELDS = None
FILE_UPLOAD_MAX_MEMORY_SIZE = 1 << 20
LOGGING_CONFIG = None

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["segops_sandbox.http.auth.CredentialAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["segops_sandbox.http.permissions.CredentialMay"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["segops_sandbox.http.parsers.StrictJSONParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "segops_sandbox.http.parsers.AlwaysJSON",
    "DEFAULT_PAGINATION_CLASS": "segops_sandbox.http.paging.PageNumbers",
    "EXCEPTION_HANDLER": "segops_sandbox.http.errors.exception_handler",
    "UNAUTHENTICATED_USER": None,
    "UNAUTHENTICATED_TOKEN": None,
    "DATETIME_FORMAT": "%Y-%m-%dT%H:%M:%SZ",
    "COERCE_DECIMAL_TO_STRING": False,
    "URL_FORMAT_OVERRIDE": None,
}
