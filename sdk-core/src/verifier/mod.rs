//! For an app's own backends: whose is this bearer token? The platform is asked, and nothing in a token
//! is ever decoded.
//!
//! [`Verifier`] is the question with a cache; [`VerifierLayer`] puts it before a `tower` service, and
//! [`SignedIn`] is an argument of an axum handler.

mod answer;
mod builder;
mod cache;
mod extract;
mod layer;

use std::{fmt, sync::Arc, time::Duration};

pub use builder::VerifierBuilder;
use cache::{Cache, Decision};
pub use extract::SignedIn;
pub use layer::{VerifierLayer, VerifierService};

use crate::{
    error::{Cause, Error},
    protocol::{call::Call, session::Generation, verdict::Accepted, wire::Origin},
    road::{Answered, Line},
    secret::SessionToken,
    trace,
};

/// Who sent a request, as the platform says.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Identity {
    /// The user's id, stable across sessions.
    pub user_id: String,
    /// The user's e-mail address, where there is one.
    pub email: Option<String>,
}

/// Asks the platform whose a session token is.
///
/// What it said is kept for a while: 30 seconds when it named a user, 5 when it refused the token, of
/// 10,000 tokens by default. So a token that is revoked or logged out is accepted for up to 30 seconds
/// more. Requests with the same token that come at once ask once. Tokens are not kept, only
/// their hashes. When the platform cannot be asked, nobody is let in.
///
/// A clone is another handle to the same cache.
///
/// ```
/// # #[cfg(feature = "native")] {
/// use secureflows::verifier::Verifier;
///
/// let verifier = Verifier::builder().build()?;
/// # let _ = verifier;
/// # }
/// # Ok::<(), secureflows::Error>(())
/// ```
#[derive(Clone)]
pub struct Verifier(Arc<Inner>);

struct Inner {
    line: Line,
    origin: Origin,
    cache: Cache,
}

impl Verifier {
    /// Begins a verifier; everything has a default.
    pub fn builder() -> VerifierBuilder {
        VerifierBuilder::default()
    }

    /// Whose `token` is.
    ///
    /// # Errors
    /// [`VerifyError::Refused`] when it is no good: let the sender sign in again.
    /// [`VerifyError::Unavailable`] when the platform could not be asked: let nobody in, and the
    /// sender try again later.
    ///
    /// ```no_run
    /// # async fn example(verifier: secureflows::verifier::Verifier) {
    /// use secureflows::verifier::VerifyError;
    ///
    /// match verifier.verify("the token").await {
    ///     Ok(identity) => println!("from user {}", identity.user_id),
    ///     Err(VerifyError::Unavailable { .. }) => println!("nobody can be let in for now"),
    ///     Err(_) => println!("sign in again"),
    /// }
    /// # }
    /// ```
    pub async fn verify(&self, token: &str) -> Result<Identity, VerifyError> {
        let inner = &self.0;
        let now = || inner.line.host.now();
        inner.cache.get_or_ask(token, now, || inner.ask(token)).await
    }

    /// The layer that asks this verifier.
    #[must_use]
    pub fn layer(&self) -> VerifierLayer {
        VerifierLayer::new(self.clone())
    }
}

impl Inner {
    async fn ask(&self, token: &str) -> Decision {
        let Ok(token) = SessionToken::issued_by(self.origin.as_str(), token.to_owned()) else {
            return Decision::Refused;
        };
        let (call, bearer) = (Call::identity(), Some(token.bearer().clone()));
        let asked = self.line.exchange(&call, bearer, Generation::default(), &());
        match trace::in_call(call.endpoint(), asked).await {
            Ok(Answered::Accepted(Accepted::Identity(who))) => match who.user_id {
                Some(user_id) => Decision::Named(Arc::new(Identity { user_id, email: who.email })),
                // Nobody that a backend could tell from anybody else.
                None => Decision::Refused,
            },
            Ok(_) | Err(Error::Forbidden { .. } | Error::Rejected { .. }) => Decision::Refused,
            Err(Error::Unavailable { cause }) => {
                Decision::Undecided(VerifyError::Unavailable { cause, retry_after: None })
            }
            Err(Error::RateLimited { retry_after }) => {
                Decision::Undecided(VerifyError::Unavailable {
                    cause: Cause::RateLimited,
                    retry_after,
                })
            }
            Err(_) => Decision::Undecided(VerifyError::Unavailable {
                cause: Cause::Refused,
                retry_after: None,
            }),
        }
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier").field("origin", &self.0.origin.as_str()).finish_non_exhaustive()
    }
}

/// Why nobody is let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VerifyError {
    /// The request carries no bearer token.
    Missing,
    /// The platform does not accept the token, or knows nobody behind it: sign in again.
    Refused,
    /// The platform could not be asked: try again later.
    Unavailable {
        /// Why.
        cause: Cause,
        /// How long the platform asks to wait, where it said so.
        retry_after: Option<Duration>,
    },
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("no bearer token: sign in"),
            Self::Refused => f.write_str("the token is not accepted: sign in again"),
            Self::Unavailable { cause, .. } => {
                write!(f, "the platform could not be asked ({cause}): try again later")
            }
        }
    }
}

impl std::error::Error for VerifyError {}
