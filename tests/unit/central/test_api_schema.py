"""The API as its own description states it: Schemathesis sends valid and invalid requests made from /api/openapi.json,
and no response is a failure of the server or differs from the description."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import response_schema_conformance

from central.wsgi import application
from protocol.compatibility import VERSIONS_HEADER
from tests.unit.central.kiosk_client import KioskClient

OPERATIONS = [
    "HEAD /api/v1/parts/{sha256}",
    "PATCH /api/v1/parts/{sha256}",
    "POST /api/v1/submissions",
    "POST /api/v1/enrolments",
    "GET /api/v1/enrolments/{enrolment_id}",
    "GET /api/v1/enrolments/{enrolment_id}/keys",
    "GET /api/v1/enrolments/{enrolment_id}/commands",
    "GET /api/v1/enrolments/{enrolment_id}/release",
    "PUT /api/v1/enrolments/{enrolment_id}/commands/{command_id}/bundle",
    "POST /api/v1/enrolments/{enrolment_id}/commands/{command_id}/result",
    "POST /api/v1/heartbeats",
    "POST /api/v1/line/{receipt_id}",
    "GET /api/v1/listening/{receipt_id}",
    "POST /api/v1/listening/{receipt_id}",
    "POST /api/v1/notices/receipts/{receipt_id}",
    "POST /api/v1/track",
    "POST /api/v1/track/rating",
]
EXAMPLES = 20  # of valid and of invalid requests, for each operation


@pytest.fixture
def open_connection() -> Iterator[None]:
    """The WSGI application leaves the connection of the test open, as Django's test client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def operations(kiosk: KioskClient, open_connection: None) -> dict[str, Any]:
    """Every operation that the description names, served by this installation with one enrolled kiosk."""
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", application)
    described = [result.ok() for result in schema.get_all_operations() if isinstance(result, Ok)]
    return {operation.label: operation for operation in described}


def test_every_described_operation_is_tested(operations: dict[str, Any]) -> None:
    assert sorted(operations) == sorted(OPERATIONS)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=lambda mode: mode.value)
@pytest.mark.parametrize("label", OPERATIONS)
def test_an_operation_answers_as_described(operations: dict[str, Any], label: str, mode: GenerationMode) -> None:
    @settings(
        max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(operations[label].as_strategy(generation_mode=mode))
    def send(case: Any) -> None:
        response = case.call()
        case.validate_response(response, checks=(not_a_server_error, response_schema_conformance))
        assert response.headers[VERSIONS_HEADER.lower()]
        if response.status_code >= 400 and label.partition(" ")[0] != "HEAD":
            assert response.headers["content-type"] == ["application/problem+json"]
            assert set(response.json()) >= {"title", "status"}

    send()


SIGNED = ["POST /api/v1/submissions", "POST /api/v1/heartbeats", "PATCH /api/v1/parts/{sha256}"]


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=lambda mode: mode.value)
@pytest.mark.parametrize("label", SIGNED)
def test_a_signed_request_with_generated_content_is_accepted_or_refused(
    operations: dict[str, Any], kiosk: KioskClient, label: str, mode: GenerationMode
) -> None:
    """Behind the signature: content that an enrolled kiosk could send."""
    statuses = set()

    @settings(
        max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(operations[label].as_strategy(generation_mode=mode))
    def send(case: Any) -> None:
        body = case.body if isinstance(case.body, bytes) else json.dumps(case.body, default=str).encode()
        path = label.partition(" ")[2].format(sha256="0" * 64)
        response = kiosk.send_signed_request(case.method, path, body)
        statuses.add(response.status_code)
        assert response.status_code < 500
        if response.status_code >= 400:
            assert response.headers["Content-Type"] == "application/problem+json"

    send()
    assert 401 not in statuses, "the signature was accepted"
