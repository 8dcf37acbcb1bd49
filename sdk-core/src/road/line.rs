//! One call with one token, through all its attempts, to what it came to.

use std::{
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
};

use futures_util::future::{Either, select};

use crate::{
    config::Config,
    error::{Cause, DataState, Error},
    host::{Host, Request},
    protocol::{
        call::{Answer, Call},
        retry::{self, Repeat, Transient},
        session::Generation,
        verdict::{Accepted, Dead, Identity, Reply, Verdict, judge},
    },
    road::events::Event,
    secret::SessionToken,
};

/// The way to the platform, whoever is signed in.
pub(super) struct Line {
    pub(super) config: Config,
    pub(super) host: Arc<dyn Host>,
}

/// What a call came to, when the platform did not refuse it.
pub(super) enum Answered {
    /// It worked.
    Accepted(Accepted),
    /// There is nothing there.
    Absent,
    /// The token is dead; and the error to end with, when an attempt before may have taken effect.
    Dead(Dead, Option<Error>),
}

impl Line {
    /// Sends `call` with `token`, of generation `sent`, as often as its rules allow.
    pub(super) async fn exchange(
        &self,
        call: &Call,
        token: &SessionToken,
        sent: Generation,
        noted: impl Fn(Event),
    ) -> Result<Answered, Error> {
        let doubt = Doubt::default();
        let attempts = pin!(self.attempts(call, token, sent, &doubt, noted));
        let deadline = self.host.sleep(self.config.timeout);
        match select(attempts, deadline).await {
            Either::Left((answered, _)) => answered,
            Either::Right(((), _)) => {
                Err(in_doubt(call, &doubt).unwrap_or(Error::Unavailable { cause: Cause::TimedOut }))
            }
        }
    }

    /// Who is behind `token`, as far as can be told now; an error when the token is no good.
    pub(super) async fn identify(
        &self,
        token: &SessionToken,
        noted: impl Fn(Event),
    ) -> Result<Option<String>, Error> {
        let sent = Generation::default();
        match self.exchange(&Call::identity(), token, sent, noted).await {
            Ok(Answered::Accepted(Accepted::Identity(Identity { user_id, .. }))) => Ok(user_id),
            Ok(Answered::Dead(dead, _)) => {
                Err(Error::SignedOut { reason: dead.reason(), data: dead.data() })
            }
            Ok(Answered::Accepted(_) | Answered::Absent) => Ok(None),
            // A platform out of breath does not undo a login.
            Err(_) => Ok(None),
        }
    }

    async fn attempts(
        &self,
        call: &Call,
        token: &SessionToken,
        sent: Generation,
        doubt: &Doubt,
        noted: impl Fn(Event),
    ) -> Result<Answered, Error> {
        let repeat = call.endpoint().repeat;
        let mut attempt = 1;
        loop {
            let (transient, error) = match self.attempt(call, token, sent, doubt).await {
                Verdict::Accepted(accepted) => return Ok(Answered::Accepted(accepted)),
                Verdict::Absent => return Ok(Answered::Absent),
                Verdict::Dead(dead) => return Ok(Answered::Dead(dead, in_doubt(call, doubt))),
                Verdict::Refused(error) => {
                    let error = error.reworded(|text| token.cut_from(text));
                    return Err(in_doubt(call, doubt).unwrap_or(error));
                }
                Verdict::Transient(cause) => {
                    (Transient::NoAnswer(cause), Error::Unavailable { cause })
                }
                Verdict::RateLimited(retry_after) => {
                    (Transient::RateLimited(retry_after), Error::RateLimited { retry_after })
                }
            };
            let Some(wait) = retry::next_wait(repeat, transient, attempt, self.chance()) else {
                return Err(in_doubt(call, doubt).unwrap_or(error));
            };
            noted(Event::Retrying { attempt, wait });
            self.host.sleep(wait).await;
            attempt += 1;
        }
    }

    async fn attempt(
        &self,
        call: &Call,
        token: &SessionToken,
        sent: Generation,
        doubt: &Doubt,
    ) -> Verdict {
        let Config { application, attempt_timeout, .. } = &self.config;
        let request =
            Request::new(call, &application.origin, Some(token.clone()), *attempt_timeout);
        let before = doubt.cause();
        // From here on the request may be out, also if this future is dropped or timed out.
        doubt.raise(Cause::TimedOut);
        match self.host.send(request).await {
            Ok(response) => {
                let retry_after = response.retry_after.as_deref();
                let verdict = judge(
                    call.endpoint(),
                    sent,
                    Reply { status: response.status, retry_after, body: &response.body },
                );
                match &verdict {
                    Verdict::Transient(cause) => doubt.raise(*cause),
                    _ => doubt.set(before),
                }
                verdict
            }
            Err(failure) => {
                let cause = Cause::from(failure);
                match cause {
                    Cause::Unreachable => doubt.set(before),
                    _ => doubt.raise(cause),
                }
                Verdict::Transient(cause)
            }
        }
    }

    fn chance(&self) -> u32 {
        let mut bytes = [0; 4];
        // Without randomness the wait is the shortest, which does no harm.
        let _filled = self.host.random(&mut bytes);
        u32::from_le_bytes(bytes)
    }
}

/// Why an attempt may have taken effect, if one may.
#[derive(Default)]
struct Doubt(Mutex<Option<Cause>>);

impl Doubt {
    fn cause(&self) -> Option<Cause> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, cause: Option<Cause>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = cause;
    }

    fn raise(&self, cause: Cause) {
        self.set(Some(cause));
    }
}

/// The error of a write that may be done, though its answer did not come.
fn in_doubt(call: &Call, doubt: &Doubt) -> Option<Error> {
    let cause = doubt.cause().filter(|_| call.endpoint().repeat != Repeat::Read)?;
    let data = match call.endpoint().answer {
        Answer::Revoked => DataState::Unknown,
        _ => DataState::Intact,
    };
    Some(Error::OutcomeUnknown { cause, data })
}
