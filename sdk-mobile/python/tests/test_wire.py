"""The wire, and what breaks on it."""

import socket
import time

from expect import failure, unavailable, unknown
from script import WHO, Reply, Script, answering, raw
from secureflows import Cause, DataState, ErrorCode, HttpHost, Outcome, Quota, SecureFlows, SignedIn
from stage import APP, REDIRECT, WORKSPACE, Stage, scenario

GET = "GET /api/v1/sessions/get/k"
SET = "POST /api/v1/sessions/set/k"


@scenario("wire.failing")
async def test_failing():
    for status in (500, 502, 503, 504):
        async with answering(status, '{"status":401,"error":"Invalid token"}') as (client, script):
            await unavailable(client.get_json("k"), Cause.SERVER(status))
            await unknown(client.set("k", 1), Cause.SERVER(status))
            assert client.state == SignedIn()
            assert script.count(GET) == (1 if status == 500 else 3)
    with Script() as script:
        script.on(GET, Reply(503, "", times=1))
        script.on(GET, Reply(200, '{"key":"k","value":7}'))
        client = await script.client()
        assert await client.get("k") == 7, "a passing failure is not seen"


@scenario("wire.down")
async def test_down():
    async with Stage(signed_in=True) as stage:
        client = stage.client
        await client.set("note", 1)
        stage.wire.down = True
        await unavailable(client.get_json("note"), Cause.UNREACHABLE())
        error = await failure(client.set("note", 2))
        assert (error.code, error.outcome) == (ErrorCode.UNAVAILABLE, Outcome.NOT_SENT)
        assert client.state == SignedIn()
        stage.wire.down = False
        assert await client.get("note") == 1
    with socket.create_server(("127.0.0.1", 0)) as listener:
        nobody = f"http://127.0.0.1:{listener.getsockname()[1]}"
    client = SecureFlows(WORKSPACE, APP, REDIRECT, origin=nobody)
    await client.adopt("t", nobody)
    await unavailable(client.set("note", 2), Cause.UNREACHABLE())


@scenario("wire.cut")
async def test_cut():
    for answer in (
        b"",
        b"HTTP/1.1 2",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b"HTTP/1.1 401 Unauthorized\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"er",
        b"not http at all\r\n\r\n",
    ):
        async with raw(answer) as client:
            await unavailable(client.get_json("k"), Cause.INTERRUPTED())
            assert client.state == SignedIn()


@scenario("wire.wrong-length")
async def test_wrong_length():
    answer = b'HTTP/1.1 410 Gone\r\nContent-Length: 500\r\n\r\n{"error":"Session revoked"}'
    async with raw(answer) as client:
        await unavailable(client.get_json("k"), Cause.INTERRUPTED())
        assert client.state == SignedIn()


@scenario("wire.silent")
async def test_silent():
    async with raw(None) as client:
        await unavailable(client.get_json("k"), Cause.TIMED_OUT())
        await unknown(client.set("k", 1), Cause.TIMED_OUT())
        await unknown(client.destroy_all_data(), Cause.TIMED_OUT(), DataState.UNKNOWN)
        assert client.state == SignedIn()


@scenario("wire.page")
async def test_page():
    for status, cause in ((200, Cause.NOT_THE_PLATFORM(200)), (502, Cause.SERVER(502))):
        async with answering(status, "<!doctype html><p>Welcome to the hotel") as (client, _):
            await unavailable(client.get_json("k"), cause)
            await unavailable(client.payload(), cause)
            await unknown(client.set("k", 1), cause)
            assert client.state == SignedIn()
    async with answering(404, "<!doctype html><p>Not here") as (client, _):
        await unavailable(client.get_json("k"), Cause.NOT_THE_PLATFORM(404))


@scenario("wire.redirect")
async def test_redirect():
    with Script() as elsewhere:
        there = {"Location": f"{elsewhere.origin}/api/v1/sessions/get/k"}
        for status in (301, 302, 307, 308):
            async with answering(status, "moved", there) as (client, _):
                await unavailable(client.get_json("k"), Cause.NOT_THE_PLATFORM(status))
        assert elsewhere.requests == []


class Patient(HttpHost):
    """Takes longer answers than it is told to."""

    def send(self, request, exchange):
        request.max_answer_bytes = 16 << 20
        super().send(request, exchange)


@scenario("wire.too-large")
async def test_too_large():
    async with answering(200, f'{{"k":"{"x" * (9 << 20)}"}}') as (client, script):
        await unavailable(client.payload(), Cause.ANSWER_TOO_LARGE())
        script.on(WHO, Reply(200, '{"userId":1,"email":null}'))
        patient = SecureFlows(WORKSPACE, APP, REDIRECT, origin=script.origin, host=Patient())
        await patient.adopt("t", script.origin)
        assert len(await patient.payload()) == 1


@scenario("wire.rate-limit")
async def test_rate_limit():
    with Script() as script:
        script.on(SET, Reply(429, "", {"Retry-After": "1"}, times=1))
        script.on(SET, Reply(200, '{"k":1}'))
        client = await script.client()
        begun = time.monotonic()
        await client.set("k", 1)
        assert time.monotonic() - begun >= 1, "the platform's wait is respected"
    quota = "session payload exceeds plan limit (max 2048 bytes)"
    body = f'{{"status":429,"error":"{quota}","code":"BILLING_PAYLOAD_LIMIT"}}'
    async with answering(429, body) as (client, script):
        error = await failure(client.set("k", 1))
        expected = ErrorCode.QUOTA_EXCEEDED, Quota.PAYLOAD, quota
        assert (error.code, error.quota, error.detail) == expected
        assert script.count(SET) == 1


@scenario("wire.odd-refusals")
async def test_odd_refusals():
    for status, body in (
        (400, ""),
        (400, '{"message":"Something"}'),
        (402, '{"error":"Payment required"}'),
        (403, '{"error":"Not yours"}'),
        (403, "<html>forbidden</html>"),
        (409, '{"status":"409"}'),
        (413, "[]"),
        (501, "null"),
    ):
        async with answering(status, body) as (client, _):
            error = await failure(client.get_json("k"))
            assert error.code in (ErrorCode.REJECTED, ErrorCode.FORBIDDEN), (status, body)
            assert not error.sign_in_again and not error.retryable
            assert client.state == SignedIn(), (status, body)
