//! One call with one token, through all its attempts, to what it came to.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use crate::{
    config::Limits,
    error::{Cause, DataState, Error},
    host::{BoxFuture, Host, MaybeSendSync, Request, Response, SendError},
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

/// Somebody who is told what happens on the way.
pub(crate) trait Noted: MaybeSendSync {
    fn note(&self, event: &Event);
}

/// Nobody is.
impl Noted for () {
    fn note(&self, _: &Event) {}
}

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

    /// Sends `call` with `bearer`, of generation `sent`, as often as its rules allow.
    pub(crate) const fn exchange<'a>(
        &'a self,
        call: &'a Call,
        bearer: Option<Bearer>,
        sent: Generation,
        noted: &'a dyn Noted,
    ) -> Exchange<'a> {
        let (doubt, before, deadline, step) = (None, None, None, Step::Due);
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
    bearer: Option<Bearer>,
    sent: Generation,
    noted: &'a dyn Noted,
    /// Why an attempt, with this token or with one before, may have taken effect, if one may.
    doubt: Option<Cause>,
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
            Err(this.in_doubt().unwrap_or(error))
        })
    }
}

impl Exchange<'_> {
    /// Begins anew with another token; what is in doubt remains so.
    pub(super) fn begin(&mut self, bearer: Bearer, sent: Generation) {
        (self.bearer, self.sent) = (Some(bearer), sent);
        (self.attempt, self.deadline, self.step) = (0, None, Step::Due);
    }

    /// The error of a call that ends now, if it may be done, though its answer did not come.
    pub(super) fn in_doubt(&self) -> Option<Error> {
        let endpoint = self.call.endpoint();
        let cause = self.doubt.filter(|_| endpoint.repeat != Repeat::Read)?;
        let data = match endpoint.answer {
            Answer::Revoked => DataState::Unknown,
            _ => DataState::Intact,
        };
        Some(Error::OutcomeUnknown { cause, data })
    }

    fn send(&mut self) {
        let line = self.line;
        let limits = &line.limits;
        self.deadline.get_or_insert_with(|| line.host.sleep(limits.timeout));
        self.attempt += 1;
        let (bearer, timeout) = (self.bearer.clone(), limits.attempt_timeout);
        let request = Request::new(self.call, &line.origin, bearer, timeout);
        self.before = self.doubt;
        trace::sending(self.attempt);
        // From here on the request may be out, also if this future is dropped or timed out.
        self.doubt = Some(Cause::TimedOut);
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
        self.next_wait(failure).ok_or_else(|| Err(self.in_doubt().unwrap_or(error)))
    }

    fn refused(&self, error: Error) -> Error {
        let bearer = self.bearer.as_ref();
        let cut = |text: &str| bearer.map_or(text.into(), |it| it.cut_from(text));
        self.in_doubt().unwrap_or_else(|| error.reworded(cut))
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
                self.doubt = match &verdict {
                    Verdict::Transient(cause) => Some(*cause),
                    _ => self.before,
                };
                (verdict, retry_after)
            }
            Err(failure) => {
                let cause = Cause::from(failure);
                trace::no_answer(cause);
                self.doubt = if cause == Cause::Unreachable { self.before } else { Some(cause) };
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
            self.noted.note(&Event::RetriesSpent { cause });
            return None;
        }
        trace::retrying(attempt, cause, wait);
        self.noted.note(&Event::Retrying { attempt, cause, wait });
        Some(wait)
    }
}
