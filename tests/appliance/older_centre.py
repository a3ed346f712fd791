"""A centre that knows neither commands nor release plans: a proxy before the centre of this checkout.

`python -m tests.appliance.older_centre PORT` passes requests to the port on the loopback. It removes the headers that
an older version does not send, and refuses the resources that it does not have. It prints its address.
"""

import http.client
import re
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from protocol import notice_channels, release_request, remote_command

NEWER_HEADERS = {name.lower() for name in (notice_channels.HEADER, release_request.HEADER, remote_command.HEADER)}
NEWER_PATHS = re.compile(r"/enrolments/[0-9a-f-]+/(?:commands|release)")
HOP_HEADERS = {"connection", "transfer-encoding", "keep-alive", "date", "server"}


class OlderCentre(BaseHTTPRequestHandler):
    """One exchange. The host name stays as it is, because kiosks sign it."""

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if NEWER_PATHS.search(self.path):
            self.send_error(404)
            return
        centre = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=60)
        try:
            centre.request(self.command, self.path, body or None, dict(self.headers))
            response = centre.getresponse()
            content = response.read()
        finally:
            centre.close()
        self.send_response(response.status)
        for name, text in response.getheaders():
            if name.lower() not in NEWER_HEADERS | HOP_HEADERS | {"content-length"}:
                self.send_header(name, text)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = _pass_on  # noqa: N815 - names of the library


if __name__ == "__main__":
    with ThreadingHTTPServer(("127.0.0.1", 0), OlderCentre) as server:
        print(f"http://127.0.0.1:{server.server_port}", flush=True)
        server.serve_forever()
