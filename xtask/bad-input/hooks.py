"""What schemathesis needs to know of the platform: who calls, what is there, and where each case begins.

Every case begins in the same world: a snapshot is restored before it. So no case hides another, and one
that fails can be repeated alone.
"""

import atexit
import json
import os
from collections import Counter, defaultdict

import requests
import schemathesis
from hypothesis import strategies as st
from schemathesis.openapi.checks import IgnoredAuth

ORIGIN = os.environ["SECUREFLOWS_ORIGIN"]
CONTROL = os.environ["SECUREFLOWS_CONTROL_URL"]
# The published statuses, in the run that is held to them.
PUBLISHED = os.environ.get("SECUREFLOWS_PUBLISHED")
REPORT = os.environ["SECUREFLOWS_BAD_INPUT_REPORT"]

# A session of the seed that is revoked before the run.
REVOKED = 2

http = requests.Session()


def published(path):
    with open(path) as file:
        rows = [line.split("\t") for line in file.read().splitlines()[1:]]
    return {f"{method} /api/v1{path}": statuses.split() for method, path, _, _, statuses in rows}


def control(path, body=None):
    return told(http.post(CONTROL + path, json=body))


def api(token, path, body=None):
    headers = {"Authorization": f"Bearer {token}"}
    return told(http.post(f"{ORIGIN}/api/v1{path}", json=body, headers=headers))


def told(answer):
    answer.raise_for_status()
    return answer.json()


def sign_in(name, application):
    who = {"user": f"{name}@example.com", "application": application, "userToken": True, "support": True}
    return control("/sign-in", who)


def owner_of(workspace, *walk):
    """The USER token of a workspace's owner, after the workspace went so far through billing."""
    token = sign_in(workspace, f"{workspace}-notes")["userToken"]
    urls = {"successUrl": f"{ORIGIN}/healthz", "cancelUrl": f"{ORIGIN}/healthz"}
    checkout = api(token, "/workspaces/billing/checkout", {"planName": "pro", **urls})
    http.post(checkout["checkoutUrl"], data={"action": "pay"}).raise_for_status()
    for step in walk:
        api(token, f"/workspaces/billing/{step}")
    return token


def reported():
    """Statuses by operation, for `cargo xtask test`."""
    with open(REPORT, "w") as file:
        json.dump(met, file)


# An ended session of each kind, for the lists: one that outlived its data, and one that was revoked.
sign_in("grace", "acme-brief")
control("/clock/advance", {"seconds": 3600})
ADA = sign_in("ada", "acme-notes")
api(ADA["userToken"], f"/sessions/admin/revoke/{REVOKED}")

GUEST = sign_in("paying", "paying-notes")
INVITE = api(ADA["userToken"], "/invites", {"role": "user", "ttlSeconds": 3600})
PAYING = owner_of("paying")
LEAVING = owner_of("leaving", "cancel")
LOCKED = owner_of("locked", "cancel", "test/enter-grace-lock")

# Who calls: by kind of token, and by operation where it takes somebody else.
TOKENS = {"session": ADA["sessionToken"], "identity": ADA["identityToken"], "user": ADA["userToken"]}
CALLERS = {
    "users.from_invite": GUEST["identityToken"],
    "users.anonymous": GUEST["identityToken"],
    "billing.update": ADA["supportToken"],
    "billing.cancel": PAYING,
    "billing.resume": LEAVING,
    "billing.test_grace_lock": LEAVING,
    "billing.test_grace_wipe": LOCKED,
}

# What is there: a generated value finds nothing but by chance.
KNOWN = {
    "sessionToken": ADA["sessionToken"],
    "session_token": ADA["sessionToken"],
    "firebaseToken": ADA["identityToken"],
    "secretKey": INVITE["secretKey"],
    "client_redirect_uri": "http://localhost:5173/",
    "redirect_uri": "http://localhost:5173/",
    "workspace_name": "acme",
    "workspaceName": "acme",
    "app_id": "acme-notes",
    "appId": "acme-notes",
    "sessionId": 1,
    "id": 1,
    "key": "theme",
}
# An application is made under a name that is free.
FRESH = {"applications.create": {"appId"}}

# What shows what others have written.
READS = (
    "/sessions/admin", "/sessions/export", "/sessions/my", "/users", "/applications", "/invites", "/workspaces",
    "/workspaces/billing", "/audit/events", "/audit/api-access",
)

if PUBLISHED is not None:
    PUBLISHED = published(PUBLISHED)

BEGINNING = control("/worlds/self/snapshot")
met = defaultdict(Counter)
atexit.register(reported)


def caller_of(definition):
    kinds = [kind for choice in definition.get("security", []) for kind in choice]
    return CALLERS.get(definition["operationId"]) or next((TOKENS[kind] for kind in kinds), None)


@schemathesis.auth(refresh_interval=None)
class Bearer:
    def get(self, case, context):
        definition = case.operation.definition.raw
        return caller_of(definition)

    def set(self, case, token, context):
        if token is not None:
            case.headers["Authorization"] = f"Bearer {token}"


@schemathesis.hook
def before_load_schema(context, raw_schema):
    """Examples of what is there, in place of those that only show the form."""
    for path, item in raw_schema["paths"].items():
        for operation in item.values():
            if path.startswith("/api/v1/"):
                met[operation["operationId"]]  # one that is never called has no status
            for parameter in operation.get("parameters", []):
                if parameter["name"] in KNOWN and "example" in parameter:
                    parameter["example"] = KNOWN[parameter["name"]]
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
            if isinstance(body.get("example"), dict):
                put_known(operation["operationId"], body["example"])


def put_known(operation, values):
    if isinstance(values, dict):
        fresh = FRESH.get(operation, set())
        values.update({name: KNOWN[name] for name in values.keys() & KNOWN.keys() - fresh})


@schemathesis.hook
def before_generate_case(context, strategy):
    """Most cases speak of what is there."""

    def mixed(drawn):
        case, is_known = drawn
        if is_known:
            operation = case.operation.definition.raw["operationId"]
            for values in (case.path_parameters, case.query, case.body):
                put_known(operation, values)
            if operation == "auth.callback" and isinstance(case.query, dict) and "payload" in case.query:
                # A login brings data or renews, and data is JSON, which no other text is.
                case.query["payload"] = '{"theme": "dark"}'
                case.query.pop("session_token", None)
        return case

    return st.tuples(strategy, st.sampled_from([True, True, False])).map(mixed)


@schemathesis.hook
def before_call(context, case, kwargs):
    control("/worlds/self/restore", BEGINNING)


@schemathesis.hook
def after_call(context, case, response):
    # Requests with a method that is not declared say nothing of the operation.
    if response.request.method == case.operation.method.upper():
        met[case.operation.definition.raw["operationId"]][response.status_code] += 1


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """Profile `default` says 410 to a session token that is not valid, where others say 401 (ruling 2)."""
    return not (PUBLISHED is None and isinstance(failure, IgnoredAuth) and "got `410" in failure.message)


@schemathesis.check
def what_is_written_can_be_read(ctx, response, case):
    if case.method == "GET" or response.status_code >= 300:
        return
    definition = case.operation.definition.raw
    is_user = {"user": []} in definition["security"]
    token = caller_of(definition) if is_user else TOKENS["user"]
    for path in READS:
        answer = http.get(f"{ORIGIN}/api/v1{path}", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code < 500, f"then GET {path} answers {answer.status_code}: {answer.text}"
        case.operation.schema[f"/api/v1{path}"]["GET"].validate_response(answer)


@schemathesis.check
def said_as_published(ctx, response, case):
    """A request that is as the document wants it is not called malformed, unless that is published."""
    if PUBLISHED is None or response.request.method != case.operation.method.upper():
        return
    statuses = PUBLISHED[f"{case.operation.method.upper()} {case.operation.path}"]
    is_malformed = response.status_code == 400 and response.json()["error"].startswith(("Invalid ", "Body "))
    assert not is_malformed or "400" in statuses, "400 is not published: the document allows too much"
