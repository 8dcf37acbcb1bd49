"""What the binding and the host do beside the scenarios."""

import asyncio
import importlib.metadata
import os
import socket
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
import secureflows
from expect import failure
from script import WHO, Reply, Script
from secureflows import (
    ErrorCode,
    HttpHost,
    LoopbackPresenter,
    MemoryLoginRecords,
    SecureFlows,
    SecureFlowsError,
    SignedIn,
)
from stage import ADA, APP, REDIRECT, WORKSPACE, Stage, play, until

ORIGIN = "https://p.example"


class Odd(HttpHost):
    """Knows who is signed in; with everything else it does what it was made for."""

    def __init__(self, begin):
        super().__init__()
        self._begin = begin

    def send(self, request, exchange):
        if request.url.endswith("/identity"):
            exchange.succeed(200, None, b'{"userId":1,"email":null}')
        else:
            self._begin(exchange)


async def client_of(host):
    client = SecureFlows(WORKSPACE, APP, REDIRECT, origin=ORIGIN, host=host)
    await client.adopt("t", ORIGIN)
    return client


def test_the_package_is_tested_as_it_is_installed():
    assert "site-packages" in Path(secureflows.__file__).parts
    assert importlib.metadata.requires("secureflows") is None
    names = {Path(file).name for file in importlib.metadata.files("secureflows")}
    assert {"py.typed", "LICENSE-MIT", "LICENSE-APACHE"} <= names


@play
async def test_a_thousand_calls_at_once():
    async with Stage(signed_in=True) as stage:
        await stage.client.set("note", 1)
        calls = [stage.client.get("note") for _ in range(1000)]
        assert await asyncio.gather(*calls) == [1] * 1000


@play
async def test_a_cancelled_call_stops_its_request_and_tells_of_its_doubt():
    begun, stopped = [], []

    class Stop(secureflows.ffi.CancelHandle):
        def cancel(self):
            stopped.append(1)

    def begin(exchange):
        exchange.on_cancel(Stop())
        begun.append(exchange)

    client = await client_of(Odd(begin))
    events = client.events()
    write = asyncio.create_task(client.set("k", 1))
    await until(lambda: len(begun) == 1)
    write.cancel()
    with pytest.raises(asyncio.CancelledError):
        await write
    await until(lambda: stopped == [1])
    event = await anext(events)
    assert event.is_outcome_unknown() and event.key == "k"


@play
async def test_a_cancelled_call_hangs_up():
    hung_up = asyncio.Event()

    async def silent(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        await reader.read()
        hung_up.set()
        writer.close()

    async with await asyncio.start_server(silent, "127.0.0.1", 0) as server:
        origin = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        client = SecureFlows(WORKSPACE, APP, REDIRECT, origin=origin)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(client.adopt("t", origin), 0.2)
        # Long before the ten seconds that an attempt may take.
        await asyncio.wait_for(hung_up.wait(), 5)


@play
async def test_a_host_that_raises_fails_the_call_and_nothing_else():
    def begin(exchange):
        raise ValueError("a mistake in the host")

    client = await client_of(Odd(begin))
    assert (await failure(client.get("k"))).code is ErrorCode.UNAVAILABLE
    assert (await failure(client.set("k", 1))).code is ErrorCode.OUTCOME_UNKNOWN
    assert client.state == SignedIn()


@play
async def test_an_update_reads_changes_and_writes():
    async with Stage(signed_in=True) as stage:
        assert await stage.client.update("n", lambda old: old + 1, initial=0) == 1
        assert await stage.client.update("n", lambda old: old + 2) == 3
        assert await stage.client.get("n") == 3
        with pytest.raises(ZeroDivisionError):
            await stage.client.update("n", lambda old: old / 0)
        assert await stage.client.get("n") == 3


@play
async def test_a_wait_that_is_given_up_does_not_end_the_stream():
    async with Stage(signed_in=True) as stage:
        values = stage.client.watch("k")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(values), 0.05)
        await stage.client.set("k", 7)
        assert await anext(values) == 7


@play
async def test_the_token_goes_to_the_apps_own_backends_only():
    async with Stage() as stage:
        client = stage.another(backends=["https://api.example"])
        await stage.sign_in(client, ADA)
        assert client.authorize("https://api.example/notes").startswith("Bearer ")
        with pytest.raises(SecureFlowsError) as refused:
            client.authorize("https://api.example.evil.example/")
        assert refused.value.field == "url"


@play
async def test_a_closed_client_lets_go_and_says_so():
    async with Stage(signed_in=True) as stage:
        events = stage.client.events()
        kept = await failure(stage.client.get(""))
        stage.client.close()
        assert [event async for event in events] == [], kept
        with pytest.raises(RuntimeError):
            await stage.client.get("k")


def test_of_the_records_of_logins_the_oldest_give_way():
    records = MemoryLoginRecords()
    for number in range(20):
        assert records.keep(f"s{number}", f"r{number}")
    assert records.take("s3") is None
    assert records.take("s4") == "r4"
    assert records.take("s4") is None


@play
async def test_plain_http_leaves_by_no_proxy():
    os.environ["http_proxy"] = "http://127.0.0.1:9"
    try:
        with Script() as script:
            script.on(WHO, Reply(200, '{"userId":1,"email":null}'))
            assert (await (await script.client()).identity()).user_id == "1"
    finally:
        del os.environ["http_proxy"]


def refused(request):
    with pytest.raises(HTTPError) as refusal:
        urlopen(request)
    refusal.value.close()
    return refusal.value.code


@play
async def test_a_login_in_the_users_browser():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        home = f"http://127.0.0.1:{listener.getsockname()[1]}"
    redirect = f"{home}/callback"
    async with Stage(redirect=redirect) as stage:

        def browse(page):
            for stray in ("/favicon.ico", "/callback?sessionToken=evil&state=guess"):
                assert refused(home + stray) == 404
            callback = stage.visitor.sign_in(page, ADA)
            assert refused(Request(callback, headers={"Host": "evil.example"})) == 421
            with urlopen(callback) as done:
                # The browser has left the URL with the token.
                assert done.url == redirect
                assert b"You can close this page" in done.read()
            return True

        presenter = LoopbackPresenter(redirect, browse)
        async with SecureFlows(WORKSPACE, APP, redirect, presenter, origin=stage.origin) as client:
            async with asyncio.timeout(60):
                await client.sign_in()
            assert (await client.identity()).email == ADA


@play
async def test_a_browser_that_does_not_open_declines_the_login():
    async with Stage(presenter=lambda _: LoopbackPresenter(REDIRECT, lambda page: False)) as stage:
        error = await failure(stage.client.sign_in())
        assert (error.code, error.login) == (ErrorCode.LOGIN_REFUSED, "declined")
        assert error.detail == "the presenter raised Error"
