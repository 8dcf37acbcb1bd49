"""The token stays in memory and unseen."""

import logging
import traceback

from expect import failure
from script import Script
from secureflows import HttpHost, SecureFlows
from stage import ADA, APP, REDIRECT, WORKSPACE, Stage, scenario

CANARY = "canary-7f3a9c51d2e84b06"
ORIGIN = "https://p.example"


class Overheard(HttpHost):
    """What a client hands to the outside, as it prints itself."""

    def __init__(self):
        super().__init__()
        self.heard = []

    def send(self, request, exchange):
        self.heard.append(f"{request} {request!r} {exchange!r}")
        if request.url.endswith("/identity"):
            exchange.succeed(200, None, b'{"userId":1,"email":null}')
        elif request.method == "POST":
            exchange.succeed(400, None, f'{{"error":"bad value, bad token {CANARY}"}}'.encode())
        else:
            value = f'{{"key":"k","value":"{CANARY}","k":"{CANARY}"}}'
            exchange.succeed(200, None, value.encode())

    def keep(self, name, record):
        self.heard.append(f"{name} {record}")
        return super().keep(name, record)


@scenario("secret.never-printed")
async def test_never_printed():
    host, logged = Overheard(), []
    listener = logging.Handler()
    listener.emit = lambda record: logged.append(record.getMessage())
    logging.getLogger().addHandler(listener)
    logging.getLogger().setLevel(logging.DEBUG)
    try:
        client = SecureFlows(WORKSPACE, APP, REDIRECT, origin=ORIGIN, host=host)
        events = client.events()
        await client.adopt(CANARY, ORIGIN)
        client.begin_login(same_user=True)
        client.begin_login(payload={"k": CANARY})
        callback = f"{REDIRECT}?sessionToken={CANARY}&state=sf1.{'0' * 32}"
        failures = [
            await failure(client.set("k", 1)),
            await failure(client.get("k", type=int)),
            await failure(client.complete_login(callback)),
            await failure(client.adopt(CANARY, "https://other.example")),
            await failure(client.set_json("k", CANARY)),
        ]
        printed = [f"{client!r} {client.state!r} {await client.identity()!r}"]
        for error in failures:
            printed += [f"{error} {error!r} {error.detail}", *traceback.format_exception(error)]
        client.close()
        printed += [f"{event} {event!r}" async for event in events]
    finally:
        logging.getLogger().removeHandler(listener)
    printed += host.heard + logged
    assert len(printed) > 25 and len(host.heard) > 4, "the requests are among them"
    for text in printed:
        assert CANARY not in text, text


@scenario("secret.bound")
async def test_bound():
    async with Stage() as home:
        with Script() as away:
            stranger = SecureFlows(WORKSPACE, APP, REDIRECT, origin=away.origin)
            error = await failure(stranger.adopt(home.token(ADA), home.origin))
            assert error.field == "token"
            assert away.requests == [], "it was not sent"
