"""The WSGI application, for `central serve` and for any other WSGI server."""

import os
from collections.abc import Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "central.settings")
_django_application = get_wsgi_application()


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Django, but to HEAD without a body. Neither Django nor waitress takes it away, and on a connection that stays
    open the client would take it for the next answer."""
    response: Any = _django_application(environ, start_response)
    if environ["REQUEST_METHOD"] != "HEAD":
        return response  # type: ignore[no-any-return]
    response.close()
    return ()
