"""The WSGI application, for `central serve` and for any other WSGI server."""

import os
from collections.abc import Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "central.settings")
_django_application = get_wsgi_application()


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Django's application with the body of responses to HEAD removed. Neither Django nor waitress removes it, and on a
    connection that stays open the client would read it as the next response."""
    response: Any = _django_application(environ, start_response)
    if environ["REQUEST_METHOD"] != "HEAD":
        return response  # type: ignore[no-any-return]
    response.close()
    return ()
