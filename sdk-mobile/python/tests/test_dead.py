"""Tokens that die."""

from expect import ENDED, EXPIRED, all_calls_fail, failure, signed_out
from script import answering
from secureflows import ErrorCode, Locked, SignedIn
from stage import ADA, WORKSPACE, Stage, scenario

TOKEN_LIFE = 7 * 24 * 3600


@scenario("dead.expired")
async def test_expired():
    async with Stage(signed_in=True) as stage:
        await stage.client.set("note", 1)
        stage.advance(TOKEN_LIFE - 1)
        assert await stage.client.get("note") == 1
        stage.advance(2)
        await all_calls_fail(stage.client, EXPIRED)
        await stage.sign_in(stage.client, ADA)
        assert await stage.client.get("note") == 1


@scenario("dead.logged-out-elsewhere")
async def test_logged_out_elsewhere():
    async with Stage(signed_in=True) as stage:
        await stage.client.set("note", 1)
        elsewhere = stage.another()
        await stage.sign_in(elsewhere, ADA)
        await elsewhere.sign_out()
        await all_calls_fail(stage.client, EXPIRED)
        await stage.sign_in(stage.client, ADA)
        assert await stage.client.get("note") == 1


@scenario("dead.revoked")
async def test_revoked():
    async with Stage(signed_in=True) as stage:
        await stage.client.set("note", 1)
        stage.steer("sessions/revoke", user=ADA)
        await all_calls_fail(stage.client, ENDED)


@scenario("dead.session-expired")
async def test_session_expired():
    async with Stage(signed_in=True, payload_ttl=3600) as stage:
        await stage.client.set("note", 1)
        stage.advance(3601)
        await all_calls_fail(stage.client, ENDED)


@scenario("dead.refused-401")
async def test_refused_401():
    async with Stage(signed_in=True, profile="published") as stage:
        stage.advance(TOKEN_LIFE + 1)
        await all_calls_fail(stage.client, EXPIRED)


@scenario("dead.refused-401-revoked")
async def test_refused_401_revoked():
    async with Stage(signed_in=True, profile="published") as stage:
        stage.steer("sessions/revoke", user=ADA)
        await signed_out(stage.client.set("note", 1), ENDED)


@scenario("dead.legacy-403")
async def test_legacy_403():
    async with Stage(signed_in=True, profile="legacy") as stage:
        stage.advance(TOKEN_LIFE + 1)
        await all_calls_fail(stage.client, EXPIRED)


@scenario("dead.empty-403")
async def test_empty_403():
    async with answering(403, "") as (client, _):
        await all_calls_fail(client, EXPIRED)


@scenario("dead.locked")
async def test_locked():
    async with Stage(signed_in=True) as stage:
        await stage.client.set("note", 1)
        stage.steer(f"workspaces/{WORKSPACE}/lock")
        assert (await failure(stage.client.get("note"))).code is ErrorCode.LOCKED
        assert stage.client.state == Locked()
        assert (await failure(stage.client.set("note", 2))).code is ErrorCode.LOCKED
        await stage.client.identity()
        assert stage.client.state == Locked(), "who is signed in says nothing of the lock"
        stage.steer(f"workspaces/{WORKSPACE}/unlock")
        assert await stage.client.get("note") == 1
        assert stage.client.state == SignedIn()
