"""Where the pictures of letters are kept when not on disk: an S3-compatible store, named by one address."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.core.exceptions import ImproperlyConfigured

_OPTIONS = {"endpoint_url", "region_name", "addressing_style"}


def storage(address: str) -> dict[str, Any]:
    """Django's setting for 's3://bucket/prefix?endpoint_url=…&region_name=…'. The keys come from the environment, as
    for every tool that speaks S3. Raises ImproperlyConfigured."""
    parts = urlsplit(address)
    options = dict(parse_qsl(parts.query))
    if parts.scheme != "s3" or not parts.netloc or not set(options) <= _OPTIONS:
        raise ImproperlyConfigured(
            f"CENTRAL_PICTURES is no s3://bucket/prefix with any of {', '.join(sorted(_OPTIONS))}: {address}"
        )
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": parts.netloc,
            "location": parts.path.strip("/"),
            "default_acl": None,  # the bucket's own: nothing is public
            "file_overwrite": False,
            **options,
        },
    }
