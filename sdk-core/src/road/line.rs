//! One call with one token, through all its attempts, to what it came to.

use std::{
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use crate::{
    config::Limits,
    error::{Cause, DataState, Error},
    host::{BoxFuture, Host, Request, Response, SendError},
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
    pub(crate) const fn exchange<'a>(
        &'a self,
        call: &'a Call,
        bearer: Option<&'a Bearer>,
        sent: Generation,
        doubt: &'a Doubt,
        noted: &'a Noted<'a>,
    ) -> Exchange<'a> {
        let (before, deadline, step) = (None, None, Step::Due);
        Exchange {
            line: self,
            call,
            bearer,
            sent,
            noted,
            doubt,
            before,
            attempt: 0,
            deadline,
            step,
        }
    }

    pub(super) const fn attempt_timeout(&self) -> Duration {
        self.limits.attempt_timeout
    }

    fn chance(&self) -> u32 {
        let mut bytes = [0; 4];
        // Without randomness the wait is the shortest, which does no harm.
        let _filled = self.host.random(&mut bytes);
        u32::from_le_bytes(bytes)
    }
}

/// A call with one token on its way. A future written by hand: what the compiler makes of an `async fn` is more for
/// a browser to load.
pub(crate) struct Exchange<'a> {
    line: &'a Line,
    call: &'a Call,
    bearer: Option<&'a Bearer>,
    sent: Generation,
    noted: &'a Noted<'a>,
    doubt: &'a Doubt,
    /// As `doubt` was before the attempt under way.
    before: Option<Cause>,
    attempt: u32,
    deadline: Option<BoxFuture<'static, ()>>,
    step: Step<'a>,
}

enum Step<'a> {
    /// The next attempt is due.
    Due,
    Sending(BoxFuture<'a, Result<Response, SendError>>),
    Waiting(BoxFuture<'static, ()>),
}

impl Future for Exchange<'_> {
    type Output = Result<Answered, Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        loop {
            match &mut this.step {
                Step::Due => this.send(),
                Step::Sending(sending) => {
                    let Poll::Ready(sent) = sending.as_mut().poll(cx) else { break };
                    match this.heard(sent) {
                        Ok(wait) => this.step = Step::Waiting(this.line.host.sleep(wait)),
                        Err(result) => return Poll::Ready(result),
                    }
                }
                Step::Waiting(wait) => {
                    if wait.as_mut().poll(cx).is_pending() {
                        break;
                    }
                    this.step = Step::Due;
                }
            }
        }
        let over = this.deadline.as_mut().map(|deadline| deadline.as_mut().poll(cx));
        over.unwrap_or(Poll::Pending).map(|()| {
            let error = Error::Unavailable { cause: Cause::TimedOut };
            Err(this.doubt.of(this.call).unwrap_or(error))
        })
    }
}

impl Exchange<'_> {
    fn send(&mut self) {
        let line = self.line;
        let limits = &line.limits;
        self.deadline.get_or_insert_with(|| line.host.sleep(limits.timeout));
        self.attempt += 1;
        let (bearer, timeout) = (self.bearer.cloned(), limits.attempt_timeout);
        let request = Request::new(self.call, &line.origin, bearer, timeout);
        self.before = self.doubt.cause();
        trace::sending(self.attempt);
        // From here on the request may be out, also if this future is dropped or timed out.
        self.doubt.raise(Cause::TimedOut);
        self.step = Step::Sending(line.host.send(request));
    }

    /// How long to wait for the next attempt; or what the call came to.
    fn heard(
        &mut self,
        sent: Result<Response, SendError>,
    ) -> Result<Duration, Result<Answered, Error>> {
        let (verdict, asked) = self.verdict(sent);
        let (cause, error) = match verdict {
            Verdict::Transient(cause) => (cause, Error::Unavailable { cause }),
            Verdict::RateLimited(retry_after) => {
                (Cause::RateLimited, Error::RateLimited { retry_after })
            }
            verdict => {
                self.line.budget.earn();
                return Err(match verdict {
                    Verdict::Accepted(accepted) => Ok(Answered::Accepted(accepted)),
                    Verdict::Dead(dead) => Ok(Answered::Dead(dead)),
                    Verdict::Refused(error) => Err(self.refused(error)),
                    _ => Ok(Answered::Absent),
                });
            }
        };
        let failure = Failure { cause, attempt: self.attempt, asked };
        self.next_wait(failure).ok_or_else(|| Err(self.doubt.of(self.call).unwrap_or(error)))
    }

    fn refused(&self, error: Error) -> Error {
        let cut = |text: &str| self.bearer.map_or(text.into(), |it| it.cut_from(text));
        self.doubt.of(self.call).unwrap_or_else(|| error.reworded(cut))
    }

    /// What the answer means, and how long the platform asks to wait.
    fn verdict(&mut self, sent: Result<Response, SendError>) -> (Verdict, Option<Duration>) {
        match sent {
            Ok(response) => {
                trace::answered(response.status, response.body.len());
                let header = response.retry_after.as_deref();
                let now = || self.line.host.now();
                let retry_after = header.and_then(|it| retry::retry_after(it, now()));
                let reply = Reply { status: response.status, retry_after, body: &response.body };
                let verdict = judge(self.call.endpoint(), self.sent, reply);
                self.doubt.set(match &verdict {
                    Verdict::Transient(cause) => Some(*cause),
                    _ => self.before,
                });
                (verdict, retry_after)
            }
            Err(failure) => {
                let cause = Cause::from(failure);
                trace::no_answer(cause);
                self.doubt.set(if cause == Cause::Unreachable { self.before } else { Some(cause) });
                (Verdict::Transient(cause), None)
            }
        }
    }

    /// How long until the call goes out again, if it does: the rules must allow it, and the reserve.
    fn next_wait(&self, failure: Failure) -> Option<Duration> {
        let Failure { cause, attempt, .. } = failure;
        let (line, repeat) = (self.line, self.call.endpoint().repeat);
        let wait = retry::next_wait(&line.limits.retry, repeat, failure, line.chance())?;
        if !line.budget.spend() {
            trace::retries_spent(cause);
            (self.noted)(Event::RetriesSpent { cause });
            return None;
        }
        trace::retrying(attempt, cause, wait);
        (self.noted)(Event::Retrying { attempt, cause, wait });
        Some(wait)
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
