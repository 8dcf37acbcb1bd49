//! The one table of what the control API answers. The router and the OpenAPI document are built from it.

use http::Method;

use super::{
    clock, dispatch::Route, edge, faults, identity, journal, openapi, payment, people, sign_in,
    worlds,
};

const GET: Method = Method::GET;
const POST: Method = Method::POST;
const PUT: Method = Method::PUT;
const PATCH: Method = Method::PATCH;
const DELETE: Method = Method::DELETE;

/// Method, path, operation with what it says of itself, and what answers.
#[rustfmt::skip]
pub(super) fn table() -> Vec<Route> {
    vec![
        Route::bare(GET, "/_mock/openapi.json", ("openapi", "This document."), openapi::document),

        Route::bare(GET, "/_mock/clock", ("clock.read", "What the clock shows."), clock::read),
        Route::with_body(PUT, "/_mock/clock", ("clock.set", "Sets the clock; back only when asked to."), clock::set),
        Route::with_body(POST, "/_mock/clock/advance", ("clock.advance", "Moves the clock forward."), clock::advance),

        Route::bare(POST, "/_mock/clock/next", ("clock.next", "Moves the clock to the next deadline."), clock::next),
        Route::bare(GET, "/_mock/deadlines", ("deadlines", "What is going to end, the soonest first."), clock::deadlines),

        Route::with_body(POST, "/_mock/sign-in", ("signIn", "Signs a user in without pages."), sign_in::sign_in),
        Route::with_body(POST, "/_mock/workspaces", ("workspaces.add", "Adds a workspace, with its applications and users."), people::add_workspace),
        Route::bare(DELETE, "/_mock/workspaces/{workspace}", ("workspaces.remove", "Removes a workspace with all that is in it, its key included."), people::remove_workspace),
        Route::bare(POST, "/_mock/workspaces/{workspace}/lock", ("workspaces.lock", "Puts a workspace under the grace lock."), people::lock),
        Route::bare(POST, "/_mock/workspaces/{workspace}/unlock", ("workspaces.unlock", "Lifts the grace lock."), people::unlock),
        Route::with_body(POST, "/_mock/applications", ("applications.add", "Adds an application."), people::add_application),
        Route::with_body(POST, "/_mock/users", ("users.add", "Adds a user."), people::add_user),
        Route::with_body(POST, "/_mock/sessions/revoke", ("sessions.revoke", "Revokes every active session of a user, as an administrator would."), people::revoke),

        Route::with_body(POST, "/_mock/identity/verify-email", ("identity.verifyEmail", "Marks the e-mail of an account as verified."), identity::verify_email),
        Route::bare(POST, "/_mock/identity/rotate-keys", ("identity.rotateKeys", "Lets another key sign identity tokens; those of the key before count until they expire."), identity::rotate_keys),

        Route::bare(GET, "/_mock/faults", ("faults.list", "The faults that are laid, and which have struck no call."), faults::list),
        Route::with_body(POST, "/_mock/faults", ("faults.add", "Lays a fault for the next calls of an operation."), faults::add),
        Route::bare(DELETE, "/_mock/faults", ("faults.clear", "Takes up every fault."), faults::clear),
        Route::bare(DELETE, "/_mock/faults/{fault}", ("faults.remove", "Takes up one fault."), faults::remove),

        Route::bare(GET, "/_mock/journal", ("journal.read", "What was asked of this world and how it answered, redacted."), journal::read),
        Route::with_body(POST, "/_mock/journal/wait", ("journal.wait", "Waits for a request."), journal::wait),

        Route::bare(GET, "/_mock/edge", ("edge.read", "How the edge before the platform behaves."), edge::read),
        Route::with_body(PATCH, "/_mock/edge", ("edge.turn", "Turns switches of the edge; those not named stay."), edge::turn),

        Route::bare(GET, "/_mock/payment", ("payment.read", "Whether workspaces can pay, and whether a test may hurry them along."), payment::read),
        Route::with_body(PATCH, "/_mock/payment", ("payment.turn", "Turns switches of the payment provider; those not named stay."), payment::turn),

        // `{world}` is an id, or `self` for the world of the port that is asked.
        Route::with_body(POST, "/_mock/worlds", ("worlds.make", "Begins another world, on a port of its own."), worlds::make),
        Route::bare(GET, "/_mock/worlds", ("worlds.list", "The world of this port and those that were made over HTTP."), worlds::list),
        Route::bare(GET, "/_mock/worlds/{world}", ("worlds.read", "Where a world is; `self` is the world of this port."), worlds::one),
        Route::bare(DELETE, "/_mock/worlds/{world}", ("worlds.delete", "Ends a world and closes its port."), worlds::end),
        Route::bare(POST, "/_mock/worlds/{world}/snapshot", ("worlds.snapshot", "Keeps everything that a world is now."), worlds::snapshot),
        Route::with_body(POST, "/_mock/worlds/{world}/restore", ("worlds.restore", "Makes a world again what it was."), worlds::restore),
        Route::bare(DELETE, "/_mock/worlds/{world}/snapshots/{snapshot}", ("worlds.forget", "Forgets a snapshot."), worlds::forget),
    ]
}
