//! One call with one token, through all its attempts, to what it came to.

use std::{
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures_util::future::{Either, select};

use crate::{
    config::Limits,
    error::{Cause, DataState, Error},
    host::{Host, Request},
    protocol::{
        call::{Answer, Call},
        retry::{self, Budget, Failure, Repeat},
        session::Generation,
        verdict::{Accepted, Dead, Reply, Verdict, judge},
        wire::Origin,
    },
    road::events::Event,
    secret::Bearer,
    trace,
};

/// The way to the platform, whoever is signed in.
pub(crate) struct Line {
    pub(crate) host: Arc<dyn Host>,
    origin: Origin,
    limits: Limits,
    budget: Budget,
}

/// Somebody who is told what happens on the way. Not a type parameter: each would compile the line anew.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) type Noted<'a> = dyn Fn(Event) + Send + Sync + 'a;
/// Somebody who is told what happens on the way. Not a type parameter: each would compile the line anew.
#[cfg(target_arch = "wasm32")]
pub(crate) type Noted<'a> = dyn Fn(Event) + 'a;

/// What a call came to, when the platform did not refuse it.
pub(crate) enum Answered {
    /// It worked.
    Accepted(Accepted),
    /// There is nothing there.
    Absent,
    /// The token is dead.
    Dead(Dead),
}

impl Line {
    pub(crate) fn new(host: Arc<dyn Host>, origin: Origin, limits: Limits) -> Self {
        let budget = limits.retry.new_budget();
        Self { host, origin, limits, budget }
    }

    /// Sends `call` with `bearer`, of generation `sent`, as often as its rules allow; `doubt` is what
    /// is known of attempts that may have taken effect, before this and from now on.
    pub(crate) async fn exchange(
        &self,
        call: &Call,
        bearer: Option<&Bearer>,
        sent: Generation,
        doubt: &Doubt,
        noted: &Noted<'_>,
    ) -> Result<Answered, Error> {
        let attempts = pin!(self.attempts(call, bearer, sent, doubt, noted));
        let deadline = self.host.sleep(self.limits.timeout);
        match select(attempts, deadline).await {
            Either::Left((answered, _)) => answered,
            Either::Right(((), _)) => {
                Err(doubt.of(call).unwrap_or(Error::Unavailable { cause: Cause::TimedOut }))
            }
        }
    }

    pub(super) const fn attempt_timeout(&self) -> Duration {
        self.limits.attempt_timeout
    }

    async fn attempts(
        &self,
        call: &Call,
        bearer: Option<&Bearer>,
        sent: Generation,
        doubt: &Doubt,
        noted: &Noted<'_>,
    ) -> Result<Answered, Error> {
        let mut attempt = 1;
        loop {
            let (verdict, asked) = self.attempt(call, bearer, sent, doubt, attempt).await;
            let (cause, error) = match verdict {
                Verdict::Transient(cause) => (cause, Error::Unavailable { cause }),
                Verdict::RateLimited(retry_after) => {
                    (Cause::RateLimited, Error::RateLimited { retry_after })
                }
                Verdict::Refused(error) => {
                    self.budget.earn();
                    let cut = |text: &str| bearer.map_or(text.into(), |it| it.cut_from(text));
                    let error = error.reworded(cut);
                    return Err(doubt.of(call).unwrap_or(error));
                }
                verdict => {
                    self.budget.earn();
                    return Ok(answered(verdict));
                }
            };
            let failure = Failure { cause, attempt, asked };
            let Some(wait) = self.next_wait(call, failure, noted) else {
                return Err(doubt.of(call).unwrap_or(error));
            };
            self.host.sleep(wait).await;
            attempt += 1;
        }
    }

    /// How long until the call goes out again, if it does: the rules must allow it, and the reserve.
    fn next_wait(&self, call: &Call, failure: Failure, noted: &Noted<'_>) -> Option<Duration> {
        let Failure { cause, attempt, .. } = failure;
        let repeat = call.endpoint().repeat;
        let wait = retry::next_wait(&self.limits.retry, repeat, failure, self.chance())?;
        if !self.budget.spend() {
            trace::retries_spent(cause);
            noted(Event::RetriesSpent { cause });
            return None;
        }
        trace::retrying(attempt, cause, wait);
        noted(Event::Retrying { attempt, cause, wait });
        Some(wait)
    }

    /// One attempt, and how long the platform asks to wait.
    async fn attempt(
        &self,
        call: &Call,
        bearer: Option<&Bearer>,
        sent: Generation,
        doubt: &Doubt,
        attempt: u32,
    ) -> (Verdict, Option<Duration>) {
        let timeout = self.limits.attempt_timeout;
        let request = Request::new(call, &self.origin, bearer.cloned(), timeout);
        let before = doubt.cause();
        trace::sending(attempt);
        // From here on the request may be out, also if this future is dropped or timed out.
        doubt.raise(Cause::TimedOut);
        match self.host.send(request).await {
            Ok(response) => {
                trace::answered(response.status, response.body.len());
                let header = response.retry_after.as_deref();
                let retry_after = header.and_then(|it| retry::retry_after(it, self.host.now()));
                let reply = Reply { status: response.status, retry_after, body: &response.body };
                let verdict = judge(call.endpoint(), sent, reply);
                match &verdict {
                    Verdict::Transient(cause) => doubt.raise(*cause),
                    _ => doubt.set(before),
                }
                (verdict, retry_after)
            }
            Err(failure) => {
                let cause = Cause::from(failure);
                trace::no_answer(cause);
                match cause {
                    Cause::Unreachable => doubt.set(before),
                    _ => doubt.raise(cause),
                }
                (Verdict::Transient(cause), None)
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

fn answered(verdict: Verdict) -> Answered {
    match verdict {
        Verdict::Accepted(accepted) => Answered::Accepted(accepted),
        Verdict::Dead(dead) => Answered::Dead(dead),
        _ => Answered::Absent,
    }
}

/// Why an attempt may have taken effect, if one may.
#[derive(Default)]
pub(crate) struct Doubt(Mutex<Option<Cause>>);

impl Doubt {
    /// The error of a call that ends now, if it may be done, though its answer did not come.
    pub(crate) fn of(&self, call: &Call) -> Option<Error> {
        let cause = self.cause().filter(|_| call.endpoint().repeat != Repeat::Read)?;
        let data = match call.endpoint().answer {
            Answer::Revoked => DataState::Unknown,
            _ => DataState::Intact,
        };
        Some(Error::OutcomeUnknown { cause, data })
    }

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
