//! The question before a `tower` service.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use http::{Request, Response};
use tower_layer::Layer;
use tower_service::Service;

use super::{Verifier, answer};

/// Lets only requests of signed-in users through, and puts their
/// [`Identity`](super::Identity) among the request's extensions.
///
/// Others are answered `401` with `WWW-Authenticate`, or `503` when the platform cannot be asked.
///
/// ```
/// # #[cfg(feature = "native")] {
/// use secureflows::verifier::{Verifier, VerifierLayer};
///
/// let layer = VerifierLayer::new(Verifier::builder().build()?);
/// # let _ = layer;
/// # }
/// # Ok::<(), secureflows::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct VerifierLayer(Verifier);

impl VerifierLayer {
    /// The layer that asks `verifier`.
    #[must_use]
    pub const fn new(verifier: Verifier) -> Self {
        Self(verifier)
    }
}

impl<S> Layer<S> for VerifierLayer {
    type Service = VerifierService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        VerifierService { verifier: self.0.clone(), inner }
    }
}

/// A service behind a [`VerifierLayer`].
#[derive(Clone, Debug)]
pub struct VerifierService<S> {
    verifier: Verifier,
    inner: S,
}

impl<S, B, R> Service<Request<B>> for VerifierService<S>
where
    S: Service<Request<B>, Response = Response<R>> + Clone + Send + 'static,
    S::Future: Send,
    B: Send + 'static,
    R: From<String>,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let verifier = self.verifier.clone();
        // The service that was asked whether it is ready is the one to call.
        let ready = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, ready);
        Box::pin(async move {
            let verified = match answer::bearer(request.headers()) {
                Ok(token) => verifier.verify(token).await,
                Err(error) => Err(error),
            };
            match verified {
                Ok(identity) => {
                    request.extensions_mut().insert(identity);
                    inner.call(request).await
                }
                Err(error) => Ok(answer::refusal(&error)),
            }
        })
    }
}
