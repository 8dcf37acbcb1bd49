//! One call on its errand: with one token after the other, until it is done or cannot be. A future written by hand, as
//! its [`Exchange`] is.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use super::{Answered, Event, Flight, Moment, Road, Turn, gate::Who, line::Exchange, signed_out};
use crate::{
    error::Error,
    protocol::{
        call::Call,
        retry::Repeat,
        session::{Era, Generation, Permit},
        verdict::Accepted,
    },
    trace,
};

/// A call, from the moment it was asked for to its answer.
pub(super) struct Errand<'a> {
    road: &'a Arc<Road>,
    call: &'a Call,
    exchange: Exchange<'a>,
    /// For whom it is; nobody knows before it is begun.
    era: Era,
    turn: Option<Turn<'a>>,
    died_before: bool,
    step: Step<'a>,
}

enum Step<'a> {
    /// Not begun: it takes a turn of its own unless it is for the user of this era.
    New(Option<Era>),
    /// Waits for its turn.
    Queued,
    /// Waits for a token.
    Passing(Option<Flight>),
    Sent(Permit, Moment),
    /// Has its answer, and asks who it was for.
    Asking(Permit, Who<'a>, Option<Accepted>),
    Over,
}

type Outcome = Result<Option<Accepted>, Error>;

impl<'a> Errand<'a> {
    pub(super) fn new(road: &'a Arc<Road>, call: &'a Call, era: Option<Era>) -> Self {
        let exchange = road.gate.line.exchange(call, None, Generation::default(), &road.session);
        let (step, turn) = (Step::New(era), None);
        Self { road, call, exchange, era: Era::default(), turn, died_before: false, step }
    }

    fn go_on(&mut self, cx: &mut Context<'_>) -> Poll<Outcome> {
        loop {
            match &mut self.step {
                Step::New(era) => {
                    self.era = era.unwrap_or_else(|| self.road.era());
                    let is_write = self.call.endpoint().repeat == Repeat::AbsoluteWrite;
                    let key = self.call.key().filter(|_| is_write && era.is_none());
                    self.turn = key.map(|key| self.road.turn(key));
                    self.step = Step::Queued;
                }
                Step::Queued => {
                    if let Some(turn) = &self.turn {
                        ready!(turn.poll(cx));
                    }
                    self.step = Step::Passing(None);
                }
                Step::Passing(flight) => {
                    let passed = ready!(self.road.pass(self.era, flight, cx));
                    let (token, permit, sent) =
                        passed.map_err(|error| self.exchange.in_doubt().unwrap_or(error))?;
                    self.exchange.begin(token.bearer().clone(), permit.generation);
                    self.step = Step::Sent(permit, sent);
                }
                &mut Step::Sent(permit, sent) => {
                    let answered = ready!(Pin::new(&mut self.exchange).poll(cx));
                    if let Some(outcome) = self.heard(permit, sent, answered) {
                        return Poll::Ready(outcome);
                    }
                }
                Step::Asking(permit, who, accepted) => {
                    // Should the token be dead by now, the next call finds out by itself.
                    if let Ok(Some(user)) = ready!(Pin::new(who).poll(cx)) {
                        self.road.session.with(|machine| machine.learned(*permit, &user));
                    }
                    return Poll::Ready(Ok(accepted.take()));
                }
                Step::Over => return Poll::Pending,
            }
        }
    }

    /// What the call came to, if it is over with this answer.
    fn heard(
        &mut self,
        permit: Permit,
        sent: Moment,
        answered: Result<Answered, Error>,
    ) -> Option<Outcome> {
        let (road, call) = (self.road, self.call);
        let accepted = match answered {
            Ok(Answered::Accepted(accepted)) => Some(accepted),
            Ok(Answered::Absent) => None,
            Ok(Answered::Dead(dead)) => {
                road.session.with(|machine| machine.died(dead));
                // What must not go out twice does not, though the platform refused it.
                if self.died_before || call.endpoint().repeat == Repeat::Never {
                    return Some(Err(self.exchange.in_doubt().unwrap_or_else(|| signed_out(dead))));
                }
                self.died_before = true;
                self.step = Step::Passing(None);
                return None;
            }
            Err(error) => {
                road.failed(call, permit, &error);
                return Some(Err(error));
            }
        };
        match road.heard(call, permit, sent, accepted.as_ref()) {
            Ok(true) => {
                let Ok(token) = road.token() else { return Some(Ok(accepted)) };
                let who = road.gate.identify(&token, &road.session);
                self.step = Step::Asking(permit, who, accepted);
                None
            }
            Ok(false) => Some(Ok(accepted)),
            Err(error) => Some(Err(error)),
        }
    }
}

impl Future for Errand<'_> {
    type Output = Outcome;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Outcome> {
        let outcome = ready!(self.go_on(cx));
        self.step = Step::Over;
        Poll::Ready(outcome.inspect_err(|error| trace::failed(error.code())))
    }
}

/// Tells of a call that is dropped though its request may have gone out.
impl Drop for Errand<'_> {
    fn drop(&mut self) {
        if matches!(self.step, Step::Over) {
            return;
        }
        if let Some(Error::OutcomeUnknown { cause, .. }) = self.exchange.in_doubt() {
            trace::in_doubt(cause);
            self.road.session.announce(&Event::OutcomeUnknown { key: self.call.key().cloned() });
        }
    }
}
