//! Calls to the app's own backends, with the same token and the same re-login as any other call.

use std::{future::poll_fn, sync::Arc};

use super::{Line, Road};
use crate::{
    error::{Cause, DataState, Error},
    host::{Request, Response, SendError},
    protocol::{
        backend::{BackendRequest, is_at_backend},
        call::Call,
        verdict::refuses_the_bearer,
    },
    secret::SessionToken,
    trace,
};

impl Road {
    /// Sends `request` with the token. When the backend does not accept it, only the platform can say
    /// whether it is dead: then the user is signed in again, and the request goes out once more.
    pub(crate) async fn fetch(
        self: &Arc<Self>,
        request: &BackendRequest,
    ) -> Result<Response, Error> {
        is_at_backend(&self.config().backends, &request.url)?;
        let era = self.era();
        let (mut refused_before, mut flight) = (false, None);
        loop {
            let (token, permit, _) = poll_fn(|cx| self.pass(era, &mut flight, cx)).await?;
            let sent = self.gate.line.fetch(request, &token);
            let answer = trace::in_fetch(request.method, sent).await?;
            if refused_before || !refuses_the_bearer(answer.status) {
                return Ok(answer);
            }
            refused_before = true;
            match self.call_in(era, &Call::identity()).await {
                Err(error) if error.sign_in_again() || error == Error::UserChanged => {
                    return Err(error);
                }
                _ => {}
            }
            let renewed = self.session.with(|machine| machine.generation() != permit.generation);
            if !renewed {
                return Ok(answer);
            }
        }
    }
}

impl Line {
    async fn fetch(
        &self,
        request: &BackendRequest,
        token: &SessionToken,
    ) -> Result<Response, Error> {
        let timeout = self.attempt_timeout();
        let sent = self.host.send(Request::to_backend(request, token.bearer().clone(), timeout));
        sent.await.inspect(|answer| trace::answered(answer.status, answer.body.len())).map_err(
            |failure| {
                let cause = Cause::from(failure);
                trace::no_answer(cause);
                match failure {
                    SendError::Unreachable => Error::Unavailable { cause },
                    _ if request.method == "GET" => Error::Unavailable { cause },
                    _ => Error::OutcomeUnknown { cause, data: DataState::Intact },
                }
            },
        )
    }
}
