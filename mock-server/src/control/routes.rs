//! The one table of what the control API answers. The router and the OpenAPI document are built from it.

use http::Method;

use super::{clock, dispatch::Route, openapi, worlds};

const GET: Method = Method::GET;
const POST: Method = Method::POST;
const PUT: Method = Method::PUT;

/// Method, path, operation with what it says of itself, and what answers.
#[rustfmt::skip]
pub(super) fn table() -> Vec<Route> {
    vec![
        Route::bare(GET, "/_mock/openapi.json", ("openapi", "This document."), openapi::document),

        Route::bare(GET, "/_mock/clock", ("clock.read", "What the clock shows."), clock::read),
        Route::with_body(PUT, "/_mock/clock", ("clock.set", "Sets the clock; back only when asked to."), clock::set),
        Route::with_body(POST, "/_mock/clock/advance", ("clock.advance", "Moves the clock forward."), clock::advance),

        Route::bare(GET, "/_mock/worlds/{world}", ("worlds.read", "Where a world is; `self` is the world of this port."), worlds::one),
    ]
}
