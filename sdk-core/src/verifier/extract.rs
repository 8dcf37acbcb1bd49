//! The question as an argument of an axum handler.

use axum_core::{
    body::Body,
    extract::{FromRef, FromRequestParts},
    response::{IntoResponse, Response},
};
use http::request::Parts;

use super::{Identity, Verifier, VerifyError, answer};

/// The signed-in user who sent the request, as an argument of an axum handler; others do not get
/// that far. The router's state must hold a [`Verifier`].
///
/// Behind a [`VerifierLayer`](super::VerifierLayer) nothing is asked again.
///
/// ```
/// use secureflows::verifier::{SignedIn, Verifier};
///
/// async fn greet(SignedIn(user): SignedIn) -> String {
///     format!("hello {}", user.user_id)
/// }
///
/// fn app(verifier: Verifier) -> axum::Router {
///     axum::Router::new().route("/", axum::routing::get(greet)).with_state(verifier)
/// }
/// # let _ = app;
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn(pub Identity);

impl<S> FromRequestParts<S> for SignedIn
where
    Verifier: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = VerifyError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, VerifyError> {
        if let Some(identity) = parts.extensions.get::<Identity>() {
            return Ok(Self(identity.clone()));
        }
        let token = answer::bearer(&parts.headers)?;
        Verifier::from_ref(state).verify(token).await.map(Self)
    }
}

/// The answer to somebody who is not let in: `401` with `WWW-Authenticate`, or `503` when the platform
/// cannot be asked.
impl IntoResponse for VerifyError {
    fn into_response(self) -> Response {
        answer::refusal::<Body>(&self)
    }
}
