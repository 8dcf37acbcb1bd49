"""What the scenarios share: a platform with two users, and a client of it."""

from __future__ import annotations

import asyncio
import functools
import json
import os
import urllib.request
from collections.abc import Awaitable, Callable
from typing import Any

from secureflows import HttpHost, LoginPresenter, SecureFlows, SecureFlowsError
from secureflows.ffi import SendError
from visitor import Visitor

WORKSPACE = "acme"
APP = "acme-notes"
REDIRECT = "http://127.0.0.1:7999/callback"
ADA = "ada@example.com"
BOB = "bob@example.com"
LONGER_THAN_A_TOKEN = 8 * 24 * 3600


def scenario(name: str):
    """Plays the scenario `name` of `tests/scenarios.md`; it is reported when it ends well."""

    def test_of(play: Callable[[], Awaitable[None]]) -> Callable[[], None]:
        @functools.wraps(play)
        def test() -> None:
            run(play())
            if report := os.environ.get("SECUREFLOWS_SCENARIO_REPORT"):
                with open(report, "a") as file:
                    file.write(f"{name}\n")

        return test

    return test_of


def play(test: Callable[[], Awaitable[None]]) -> Callable[[], None]:
    """A test on asyncio that is no scenario."""
    return functools.wraps(test)(lambda: run(test()))


def run(test: Awaitable[None]) -> None:
    """What hangs is a failure: a minute is enough for everybody."""
    asyncio.run(asyncio.wait_for(test, 60))


def ask(method: str, url: str, body: object = None, token: str | None = None) -> Any:
    """What talks to the mock beside the client."""
    data = None if body is None else json.dumps(body).encode()
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    request = urllib.request.Request(url, data, headers, method=method)
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as answer:
        text = answer.read()
    return json.loads(text) if text else None


class Stage:
    """A platform of its own. `presenter` is made for the stage when one is given."""

    def __init__(
        self,
        *,
        signed_in: bool = False,
        profile: str = "default",
        payload_ttl: int = 0,
        presenter: Callable[[Stage], LoginPresenter] | None = None,
        redirect: str = REDIRECT,
    ) -> None:
        application = {"appId": APP, "redirectUris": [redirect], "sessionPayloadTtlSeconds": payload_ttl}
        users = [{"email": user, "password": Visitor.PASSWORD} for user in (ADA, BOB)]
        workspace = {"name": WORKSPACE, "planName": "pro", "applications": [application], "users": users}
        made = ask(
            "POST",
            os.environ["SECUREFLOWS_CONTROL_URL"] + "/worlds",
            {"profile": profile, "workspaces": [workspace]},
        )
        self.origin, self._control = made["baseUrl"], made["controlUrl"]
        self.wire, self.visitor = Wire(), Visitor()
        self._signed_in = signed_in
        self.client = self.another(presenter and presenter(self))

    async def __aenter__(self) -> Stage:
        if self._signed_in:
            await self.sign_in(self.client, ADA)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.client.close()
        ask("DELETE", self._control + "/worlds/self")

    def another(self, presenter: LoginPresenter | None = None, app_id: str = APP, **more: Any) -> SecureFlows:
        """Another client, on the same wire."""
        return SecureFlows(
            WORKSPACE, app_id, REDIRECT, presenter, origin=self.origin, host=self.wire, **more
        )

    def token(self, user: str) -> str:
        return self.steer("sign-in", user=user, application=APP)["sessionToken"]

    async def sign_in(self, client: SecureFlows, user: str) -> None:
        await client.adopt(self.token(user), self.origin)

    def advance(self, seconds: int) -> None:
        self.steer("clock/advance", seconds=seconds)

    def steer(self, path: str, **members: object) -> Any:
        return ask("POST", f"{self._control}/{path}", members)

    def stored(self, user: str) -> Any:
        """What the platform has of a user."""
        return ask("GET", f"{self.origin}/api/v1/sessions", token=self.token(user))


class Wire(HttpHost):
    """The usual host, with a plug to pull, a clock to turn and answers to hold back."""

    def __init__(self) -> None:
        super().__init__()
        self.down = False
        self.sent = 0
        self.ahead = 0
        self.held = 0
        self._hold: asyncio.Event | None = None

    def hold_next(self) -> asyncio.Event:
        """Holds back the answer to the next request until the event is set."""
        self._hold = asyncio.Event()
        return self._hold

    def send(self, request, exchange) -> None:
        if self.down:
            exchange.fail(SendError.UNREACHABLE)
            return
        self.sent += 1
        hold, self._hold = self._hold, None
        super().send(request, exchange if hold is None else Held(self, exchange, hold))

    def now(self) -> int:
        return super().now() + self.ahead


class Held:
    """An exchange whose answer waits for its event."""

    def __init__(self, wire: Wire, exchange, hold: asyncio.Event) -> None:
        self._wire, self._exchange, self._hold = wire, exchange, hold
        self._loop = asyncio.get_running_loop()

    def on_cancel(self, handle) -> None:
        self._exchange.on_cancel(handle)

    def fail(self, error) -> None:
        self._exchange.fail(error)

    def succeed(self, *answer) -> None:
        async def wait() -> None:
            self._wire.held += 1
            await self._hold.wait()
            self._exchange.succeed(*answer)

        asyncio.run_coroutine_threadsafe(wait(), self._loop)


class Person:
    """A presenter who signs `user` in on the page, and counts how often."""

    def __init__(self, visitor: Visitor, user: str) -> None:
        self._visitor, self._user = visitor, user
        self.logins = 0

    async def present(self, page: str) -> str:
        self.logins += 1
        return await asyncio.to_thread(self._visitor.sign_in, page, self._user)


async def until(condition: Callable[[], bool]) -> None:
    """Waits until it is so; a minute is enough for everybody."""
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.001)


async def failure(call: Awaitable[object]) -> SecureFlowsError:
    """What the call fails with."""
    try:
        value = await call
    except SecureFlowsError as error:
        return error
    raise AssertionError(f"it did not fail, and gave {value!r}")
