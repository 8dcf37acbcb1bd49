"""Signing in again."""

import asyncio

from expect import BY_USER, EXPIRED, failure, is_signed_out, signed_out
from script import WHO, Reply, Script
from secureflows import ErrorCode, LoginClosed, SignedIn, SigningIn
from stage import ADA, BOB, LONGER_THAN_A_TOKEN, REDIRECT, Person, Stage, scenario, until
from visitor import state_of


class Again:
    """A stage with Ada signed in, whose `person` shows up when a call meets a dead token."""

    def __init__(self, person):
        self._make = person

    def __call__(self, stage):
        self.person = self._make(stage)
        return self.person

    @property
    def logins(self):
        return self.person.logins


def coming(user):
    return Again(lambda stage: Person(stage.visitor, user))


class Declining:
    logins = 0

    async def present(self, page):
        self.logins += 1
        await asyncio.sleep(0.02)
        raise LoginClosed


class NeverEnding:
    logins = 0
    closed = 0

    async def present(self, page):
        self.logins += 1
        try:
            await asyncio.Event().wait()
        finally:
            self.closed += 1


@scenario("again.single-flight")
async def test_single_flight():
    again = coming(ADA)
    async with Stage(signed_in=True, presenter=again) as stage:
        await stage.client.set("note", 1)
        stage.advance(LONGER_THAN_A_TOKEN)
        reads = [stage.client.get("note") for _ in range(100)]
        writes = [stage.client.set(f"k{number}", number) for number in range(100)]
        answers = await asyncio.gather(*reads, *writes)
        assert answers[:100] == [1] * 100
        assert again.logins == 1
        assert len(await stage.client.payload()) == 101


@scenario("again.late-answer")
async def test_late_answer():
    again = coming(ADA)
    async with Stage(signed_in=True, presenter=again) as stage:
        client = stage.client
        await client.set("note", 1)
        stage.advance(LONGER_THAN_A_TOKEN)
        hold = stage.wire.hold_next()
        late = asyncio.create_task(client.get("note"))
        await until(lambda: stage.wire.held == 1)
        # Another call meets the dead token and signs in again, before the first one's 410 is in.
        assert await client.get("note") == 1
        events = client.events()
        hold.set()
        assert await late == 1, "it is tried once more with the new token"
        assert client.state == SignedIn()
        assert again.logins == 1
        client.close()
        assert [event async for event in events] == [], "nothing changed"


@scenario("again.other-user")
async def test_other_user():
    again = coming(BOB)
    async with Stage(signed_in=True, presenter=again) as stage:
        client = stage.client
        stage.advance(LONGER_THAN_A_TOKEN)
        events = client.events()
        calls = failure(client.get_json("note")), failure(client.set("note", "ada's secret"))
        for error in await asyncio.gather(*calls):
            assert error.code is ErrorCode.USER_CHANGED
        assert again.logins == 1
        assert await client.payload() == {}, "nothing of Ada's was sent as Bob"
        assert (await client.identity()).email == BOB
        client.close()
        assert len([event async for event in events if event.is_user_changed()]) == 1


class Unknown:
    async def present(self, page):
        return f"{REDIRECT}?sessionToken=new&state={state_of(page)}"


@scenario("again.nobody-known")
async def test_nobody_known():
    with Script() as script:
        client = await script.client(Unknown())
        script.on(WHO, Reply(200, '{"userId":null,"email":null}'))
        write = "POST /api/v1/sessions/set/note"
        script.on(write, Reply(410, '{"error":"Session token expired"}'))
        assert (await failure(client.set("note", 1))).code is ErrorCode.USER_CHANGED
        assert script.count(write) == 1, "it is not sent again"


@scenario("again.declined")
async def test_declined():
    again = Again(lambda _: Declining())
    async with Stage(signed_in=True, presenter=again) as stage:
        client = stage.client
        stage.advance(LONGER_THAN_A_TOKEN)
        events = client.events()
        calls = client.get_json("a"), client.set("b", 1), client.delete("c")
        for error in await asyncio.gather(*map(failure, calls)):
            is_signed_out(error, EXPIRED)
        assert again.logins == 1
        await signed_out(client.get_json("a"), EXPIRED)
        assert again.logins == 2, "the next call may try again"
        client.close()
        failed = [event.failure.detail async for event in events if event.is_login_failed()]
        assert failed == ["the user closed the login page"] * 2


@scenario("again.signed-out-meanwhile")
async def test_signed_out_meanwhile():
    again = Again(lambda _: NeverEnding())
    async with Stage(signed_in=True, presenter=again) as stage:
        client = stage.client
        stage.advance(LONGER_THAN_A_TOKEN)
        waiting = [asyncio.create_task(failure(client.get_json("note"))) for _ in range(5)]
        await until(lambda: again.logins == 1)
        await client.sign_out()
        for error in await asyncio.gather(*waiting):
            is_signed_out(error, BY_USER)
        await until(lambda: again.person.closed == 1)
        await stage.sign_in(client, ADA)
        assert await client.get_json("note") is None


@scenario("again.abandoned")
async def test_abandoned():
    again = Again(lambda _: Declining())
    async with Stage(signed_in=True, presenter=again) as stage:
        client = stage.client
        client.begin_login()
        stage.advance(LONGER_THAN_A_TOKEN)
        await signed_out(client.get_json("note"), EXPIRED)
        client.begin_login()
        assert client.state == SigningIn()
        await signed_out(client.get_json("note"), EXPIRED)
        client.cancel_login()
        assert client.state == EXPIRED


@scenario("again.revoke")
async def test_revoke():
    again = coming(ADA)
    async with Stage(signed_in=True, presenter=again) as stage:
        await stage.client.set("note", 1)
        stage.advance(LONGER_THAN_A_TOKEN)
        await signed_out(stage.client.destroy_all_data(), EXPIRED)
        assert again.logins == 0
        assert await stage.client.get("note") == 1, "the data is there"


@scenario("again.none")
async def test_none():
    async with Stage(signed_in=True) as stage:
        stage.advance(LONGER_THAN_A_TOKEN)
        await signed_out(stage.client.get_json("note"), EXPIRED)
        sent = stage.wire.sent
        await signed_out(stage.client.get_json("note"), EXPIRED)
        assert stage.wire.sent == sent, "a token known to be dead is not sent"
