//! Every transition, and every order of events within bounds.

use std::collections::HashSet;

use proptest::prelude::*;

use super::*;
use crate::{
    error::Error,
    protocol::{
        call::{self, Endpoint},
        verdict::{Dead, Reply, Verdict, judge},
    },
    secret::SessionToken,
};

fn token(text: &str) -> SessionToken {
    SessionToken::issued_by("https://p.example", text.to_owned()).unwrap()
}

/// Only a verdict can say that a token is dead.
fn dead(sent: Generation, status: u16, error: &str) -> Dead {
    const ENDPOINT: &Endpoint = &call::READ;
    let body = format!(r#"{{"error":"{error}"}}"#);
    match judge(ENDPOINT, sent, Reply { status, retry_after: None, body: body.as_bytes() }) {
        Verdict::Dead(dead) => dead,
        other => panic!("{other:?}"),
    }
}

fn expired(sent: Generation) -> Dead {
    dead(sent, 410, "Session token expired")
}

/// A machine with `ada` signed in, and what a call of hers is sent with.
fn signed_in() -> (Machine, Permit) {
    let mut machine = Machine::default();
    assert!(machine.arrived(token("one"), Some("ada".into()), machine.era()));
    machine.take_changes();
    let permit = machine.token().unwrap().1;
    (machine, permit)
}

/// As [`signed_in`], with the token dead.
fn with_dead_token() -> (Machine, Permit) {
    let (mut machine, permit) = signed_in();
    machine.died(expired(permit.generation));
    machine.take_changes();
    (machine, permit)
}

const EXPIRED: Status =
    Status::Expired { reason: SignedOutReason::Expired, data: DataState::Intact };
const BY_USER: Status =
    Status::SignedOut { reason: SignedOutReason::ByUser, data: DataState::Intact };

#[test]
fn nobody_is_signed_in_at_first() {
    let mut machine = Machine::default();
    let (reason, data) = (SignedOutReason::NeverSignedIn, DataState::Unknown);
    assert_eq!(machine.status(), Status::SignedOut { reason, data });
    let refused = machine.admit(machine.era(), true);
    assert_eq!(refused, Admission::Refuse(Error::SignedOut { reason, data }));
}

#[test]
fn a_login_begins_and_brings_a_token() {
    let mut machine = Machine::default();
    machine.begin_login();
    assert_eq!(machine.status(), Status::SigningIn);
    assert!(machine.arrived(token("one"), Some("ada".into()), machine.era()));
    assert_eq!(machine.status(), Status::SignedIn);
    assert_eq!(
        machine.take_changes(),
        [Change::Status(Status::SigningIn), Change::Status(Status::SignedIn)]
    );
    assert!(
        matches!(machine.admit(machine.era(), false), Admission::Send(t, _) if t == token("one"))
    );
}

#[test]
fn a_refused_login_leaves_things_as_they_were() {
    let mut machine = Machine::default();
    let before = machine.status();
    machine.begin_login();
    machine.login_failed();
    assert_eq!(machine.status(), before);

    let (mut machine, permit) = signed_in();
    machine.begin_login();
    assert_eq!(machine.status(), Status::SignedIn, "a live token stays");
    machine.login_failed();
    assert_eq!(machine.token().unwrap().1, permit);
    assert!(machine.take_changes().is_empty());
}

#[test]
fn a_dead_answer_to_the_token_at_hand_expires() {
    let (mut machine, permit) = signed_in();
    machine.died(expired(permit.generation));
    assert_eq!(machine.status(), EXPIRED);
    assert_eq!(machine.take_changes(), [Change::Status(EXPIRED)]);
    let refused = machine.admit(permit.era, false);
    let (reason, data) = (SignedOutReason::Expired, DataState::Intact);
    assert_eq!(refused, Admission::Refuse(Error::SignedOut { reason, data }));
}

#[test]
fn a_late_dead_answer_to_an_old_token_changes_nothing() {
    let (mut machine, old) = with_dead_token();
    let Admission::Lead(flight) = machine.admit(old.era, true) else { panic!() };
    assert!(machine.landed(flight, token("two"), Some("ada".into())));
    machine.take_changes();
    machine.died(expired(old.generation));
    machine.died(dead(old.generation, 410, "Session revoked"));
    assert_eq!(machine.status(), Status::SignedIn);
    assert!(machine.take_changes().is_empty());
}

#[test]
fn one_call_leads_the_re_login_and_the_others_join() {
    let (mut machine, permit) = with_dead_token();
    let Admission::Lead(flight) = machine.admit(permit.era, true) else { panic!() };
    assert_eq!(machine.status(), Status::SigningIn);
    for _ in 0..3 {
        assert_eq!(machine.admit(permit.era, true), Admission::Join(flight));
    }
    assert!(machine.landed(flight, token("two"), Some("ada".into())));
    let Admission::Send(sent, now) = machine.admit(permit.era, true) else { panic!() };
    assert_eq!(sent, token("two"));
    assert!(now.generation > permit.generation && now.era == permit.era);
}

#[test]
fn a_login_page_left_open_hides_nothing() {
    let (mut machine, permit) = signed_in();
    machine.begin_login();
    machine.died(expired(permit.generation));
    assert_eq!(machine.take_changes(), [Change::Status(EXPIRED)]);
    machine.begin_login();
    let Admission::Lead(flight) = machine.admit(permit.era, true) else { panic!() };
    let (reason, data) = (SignedOutReason::Expired, DataState::Intact);
    assert_eq!(machine.crashed(flight), Some(Error::SignedOut { reason, data }));
}

#[test]
fn a_failed_re_login_leaves_room_for_the_next() {
    let (mut machine, permit) = with_dead_token();
    let Admission::Lead(first) = machine.admit(permit.era, true) else { panic!() };
    let (reason, data) = (SignedOutReason::Expired, DataState::Intact);
    assert_eq!(machine.crashed(first), Some(Error::SignedOut { reason, data }));
    assert_eq!(machine.crashed(first), None, "it is over");
    assert_eq!(machine.status(), EXPIRED);
    let Admission::Lead(second) = machine.admit(permit.era, true) else { panic!() };
    assert_ne!(first, second);
    assert!(!machine.landed(first, token("stale"), Some("ada".into())));
}

#[test]
fn somebody_else_or_nobody_known_ends_the_era() {
    for user in [Some("bob".to_owned()), None] {
        let (mut machine, permit) = with_dead_token();
        let Admission::Lead(flight) = machine.admit(permit.era, true) else { panic!() };
        assert!(machine.landed(flight, token("two"), user));
        assert_eq!(machine.admit(permit.era, true), Admission::Refuse(Error::UserChanged));
        assert!(machine.take_changes().contains(&Change::UserChanged));
        assert!(matches!(machine.admit(machine.era(), true), Admission::Send(..)));
    }
}

#[test]
fn an_unknown_user_cannot_be_the_same() {
    let mut machine = Machine::default();
    assert!(machine.arrived(token("one"), None, machine.era()));
    let permit = machine.token().unwrap().1;
    machine.died(expired(permit.generation));
    let Admission::Lead(flight) = machine.admit(permit.era, true) else { panic!() };
    assert!(machine.landed(flight, token("two"), None));
    assert_eq!(machine.admit(permit.era, true), Admission::Refuse(Error::UserChanged));
}

#[test]
fn the_user_may_be_learned_later() {
    let mut machine = Machine::default();
    assert!(machine.arrived(token("one"), None, machine.era()));
    let permit = machine.token().unwrap().1;
    assert!(machine.wants_to_know_who(permit));
    assert!(!machine.wants_to_know_who(permit), "it is asked once a token");
    machine.learned(permit, "ada");
    machine.learned(permit, "bob");
    assert_eq!(machine.user(), Some("ada"));
}

#[test]
fn a_sign_out_is_at_once_and_final() {
    let (mut machine, permit) = signed_in();
    assert_eq!(machine.sign_out(), Some(token("one")));
    assert_eq!(machine.status(), BY_USER);
    assert_eq!(machine.take_changes(), [Change::Status(BY_USER)]);
    let (reason, data) = (SignedOutReason::ByUser, DataState::Intact);
    for era in [permit.era, machine.era()] {
        assert_eq!(machine.admit(era, true), Admission::Refuse(Error::SignedOut { reason, data }));
    }
    assert!(!machine.arrived(token("late"), Some("ada".into()), permit.era));
    assert_eq!(machine.status(), BY_USER);
}

#[test]
fn a_sign_out_beats_a_re_login_under_way() {
    let (mut machine, permit) = with_dead_token();
    let Admission::Lead(flight) = machine.admit(permit.era, true) else { panic!() };
    assert_eq!(machine.sign_out(), None, "there is no live token to tell of");
    assert!(!machine.landed(flight, token("two"), Some("ada".into())));
    assert_eq!(machine.crashed(flight), None);
    assert_eq!(machine.status(), BY_USER);
}

#[test]
fn a_sign_out_that_was_not_told_can_be_told_later() {
    let (mut machine, _) = signed_in();
    machine.sign_out();
    assert_eq!(machine.sign_out(), Some(token("one")));
    machine.told(&token("one"));
    assert_eq!(machine.sign_out(), None);
}

#[test]
fn signing_in_after_a_sign_out_is_no_change_of_user() {
    let (mut machine, permit) = signed_in();
    machine.sign_out();
    assert!(machine.arrived(token("two"), Some("bob".into()), machine.era()));
    assert!(!machine.take_changes().contains(&Change::UserChanged));
    assert_eq!(machine.admit(permit.era, true), Admission::Refuse(Error::UserChanged));
}

#[test]
fn a_dead_token_can_be_renewed_until_the_user_signs_out() {
    let (mut machine, _) = with_dead_token();
    assert_eq!(machine.renewable(), Some(&token("one")));
    machine.sign_out();
    assert_eq!(machine.renewable(), None);
    assert!(machine.arrived(token("two"), None, machine.era()));
    assert_eq!(machine.renewable(), Some(&token("two")));
}

#[test]
fn what_is_not_known_to_be_intact_is_not_called_so_by_a_sign_out() {
    let (mut machine, permit) = signed_in();
    machine.died(dead(permit.generation, 410, "Session revoked"));
    machine.sign_out();
    let (reason, data) = (SignedOutReason::ByUser, DataState::Unknown);
    assert_eq!(machine.status(), Status::SignedOut { reason, data });
}

#[test]
fn the_worse_of_two_answers_to_a_token_counts() {
    let (mut machine, permit) = with_dead_token();
    machine.died(dead(permit.generation, 410, "Session revoked"));
    let unknown = Status::Expired { reason: SignedOutReason::Expired, data: DataState::Unknown };
    assert_eq!(machine.status(), unknown);
    machine.died(expired(permit.generation));
    assert_eq!(machine.status(), unknown);
    // A sign-out may learn so of its own token.
    let (mut machine, permit) = signed_in();
    machine.sign_out();
    machine.died(dead(permit.generation, 410, "Session revoked"));
    let (reason, data) = (SignedOutReason::ByUser, DataState::Unknown);
    assert_eq!(machine.status(), Status::SignedOut { reason, data });
}

#[test]
fn a_revoke_in_doubt_puts_the_data_in_doubt() {
    let (mut machine, permit) = signed_in();
    machine.revoke_in_doubt(permit);
    assert_eq!(machine.status(), Status::SignedIn);
    machine.sign_out();
    let (reason, data) = (SignedOutReason::ByUser, DataState::Unknown);
    assert_eq!(machine.status(), Status::SignedOut { reason, data });
    let (mut machine, permit) = signed_in();
    machine.revoke_in_doubt(permit);
    machine.died(expired(permit.generation));
    let (reason, data) = (SignedOutReason::Expired, DataState::Unknown);
    assert_eq!(machine.status(), Status::Expired { reason, data });
}

#[test]
fn what_was_destroyed_is_so_after_a_sign_out_too() {
    let (mut machine, permit) = signed_in();
    machine.sign_out();
    machine.destroyed(permit);
    let (reason, data) = (SignedOutReason::ByUser, DataState::Destroyed);
    assert_eq!(machine.status(), Status::SignedOut { reason, data });
}

#[test]
fn destroying_the_data_is_told_as_such() {
    let (mut machine, permit) = signed_in();
    machine.destroyed(permit);
    let (reason, data) = (SignedOutReason::Destroyed, DataState::Destroyed);
    assert_eq!(machine.status(), Status::SignedOut { reason, data });
    machine.died(dead(permit.generation, 410, "Session revoked"));
    let refused = Admission::Refuse(Error::SignedOut { reason, data });
    assert_eq!(machine.admit(permit.era, true), refused);
}

#[test]
fn a_lock_is_no_sign_out() {
    let (mut machine, permit) = signed_in();
    machine.set_locked(permit, true);
    assert_eq!(machine.status(), Status::Locked);
    assert!(matches!(machine.admit(permit.era, true), Admission::Send(..)));
    machine.set_locked(permit, false);
    assert_eq!(
        machine.take_changes(),
        [Change::Status(Status::Locked), Change::Status(Status::SignedIn)]
    );
    machine.died(expired(permit.generation));
    machine.set_locked(permit, true);
    assert_eq!(machine.status(), EXPIRED);
}

/// What the tests know and the machine does not: who really is behind each token, and what each
/// call and login began with.
#[derive(Clone, Default)]
struct Play {
    machine: Machine,
    users: Vec<char>,
    buried: HashSet<usize>,
    calls: Vec<Waiting>,
    callback: Option<Era>,
    flight: Option<FlightId>,
    signed_out: bool,
}

#[derive(Clone)]
struct Waiting {
    era: Era,
    user: Option<char>,
    sent: Option<(usize, Permit)>,
    retried: bool,
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Call,
    Answer(usize),
    DeadAnswer(usize),
    Drop(usize),
    Relogin(char, bool),
    ReloginFails,
    BeginLogin,
    Callback,
    CallbackTakenIn(char, bool),
    SignOut,
}

impl Play {
    fn steps(&self) -> Vec<Step> {
        let mut steps = vec![Step::SignOut, Step::BeginLogin, Step::Callback];
        if self.calls.len() < 2 {
            steps.push(Step::Call);
        }
        for (index, call) in self.calls.iter().enumerate() {
            if call.sent.is_some() {
                steps.extend([Step::Answer(index), Step::DeadAnswer(index)]);
            }
            steps.push(Step::Drop(index));
        }
        if self.flight.is_some() {
            steps.push(Step::ReloginFails);
            steps.extend([
                Step::Relogin('a', true),
                Step::Relogin('b', true),
                Step::Relogin('b', false),
            ]);
        }
        if self.callback.is_some() {
            steps.extend([Step::CallbackTakenIn('a', true), Step::CallbackTakenIn('b', false)]);
        }
        steps
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::Call => {
                let live = self.machine.token().map(|(token, _)| self.number(token));
                let user = live.map(|number| self.users[number]);
                let era = self.machine.era();
                self.calls.push(Waiting { era, user, sent: None, retried: false });
                self.go(self.calls.len() - 1);
            }
            Step::Answer(index) => drop(self.calls.remove(index)),
            Step::Drop(index) => drop(self.calls.remove(index)),
            Step::DeadAnswer(index) => self.dead_answer(index),
            Step::Relogin(user, known) => {
                let flight = self.flight.take().unwrap();
                let (name, id) = self.issue(user, known);
                let wanted = self.machine.status() == Status::SigningIn && !self.signed_out;
                let taken = self.machine.landed(flight, name, id);
                assert!(!taken || wanted, "a re-login undid a sign-out");
                self.wake();
            }
            Step::ReloginFails => {
                let flight = self.flight.take().unwrap();
                match self.machine.crashed(flight) {
                    // Every call that waited for it fails alike.
                    Some(_) => self.calls.retain(|call| call.sent.is_some()),
                    None => self.wake(),
                }
            }
            Step::BeginLogin => self.machine.begin_login(),
            Step::Callback => {
                self.callback = Some(self.machine.era());
                self.signed_out = false;
            }
            Step::CallbackTakenIn(user, known) => {
                let era = self.callback.take().unwrap();
                let (name, id) = self.issue(user, known);
                let taken = self.machine.arrived(name, id, era);
                assert!(!(taken && self.signed_out), "a login undid a later sign-out");
                self.wake();
            }
            Step::SignOut => {
                self.machine.sign_out();
                self.signed_out = true;
                self.buried.extend(0..self.users.len());
                assert!(self.machine.token().is_none());
                self.wake();
            }
        }
    }

    fn number(&self, sought: &SessionToken) -> usize {
        (0..self.users.len()).find(|n| token(&format!("t{n}")) == *sought).unwrap()
    }

    /// A token for `user`, whose id the platform tells or not.
    fn issue(&mut self, user: char, known: bool) -> (SessionToken, Option<String>) {
        self.users.push(user);
        (token(&format!("t{}", self.users.len() - 1)), known.then(|| user.to_string()))
    }

    fn dead_answer(&mut self, index: usize) {
        let (number, permit) = self.calls[index].sent.take().unwrap();
        let current = self.machine.token().is_some_and(|(_, now)| now == permit);
        let before = self.machine.status();
        self.machine.died(expired(permit.generation));
        if current {
            self.buried.insert(number);
            assert!(self.machine.token().is_none());
        } else {
            assert_eq!(self.machine.status(), before, "a late answer changed something");
        }
        if self.calls[index].retried {
            self.calls.remove(index);
        } else {
            self.calls[index].retried = true;
            self.go(index);
        }
    }

    /// Calls that waited ask again.
    fn wake(&mut self) {
        for index in (0..self.calls.len()).rev() {
            if self.calls[index].sent.is_none() {
                self.go(index);
            }
        }
    }

    fn go(&mut self, index: usize) {
        let call = self.calls[index].clone();
        match self.machine.admit(call.era, true) {
            Admission::Send(sent, permit) => {
                let number = self.number(&sent);
                assert!(!self.buried.contains(&number), "a dead token was revived");
                assert!(!self.signed_out, "a call went out after a sign-out");
                assert!(
                    call.user.is_none_or(|user| user == self.users[number]),
                    "sent for the wrong user"
                );
                self.calls[index].user = Some(self.users[number]);
                self.calls[index].sent = Some((number, permit));
            }
            Admission::Lead(flight) => {
                assert!(self.flight.is_none() || self.stale(flight), "a second re-login");
                self.flight = Some(flight);
            }
            Admission::Join(flight) => {
                assert_eq!(self.flight, Some(flight), "waits for a re-login that nobody does");
            }
            Admission::Refuse(_) => drop(self.calls.remove(index)),
        }
    }

    /// Ends everything that is under way, with good answers or with dead ones: every call comes to an
    /// end, in a bounded number of steps, and none waits for a re-login that nobody does.
    fn settle(mut self, dead: bool) {
        for _ in 0..12 {
            let sent = self.calls.iter().position(|call| call.sent.is_some());
            match (sent, self.flight) {
                (Some(index), _) if dead => self.take(Step::DeadAnswer(index)),
                (Some(index), _) => self.take(Step::Answer(index)),
                (None, Some(_)) => self.take(Step::Relogin('a', true)),
                (None, None) => assert!(self.calls.is_empty(), "a call waits for nothing"),
            }
            if self.calls.is_empty() {
                return;
            }
        }
        panic!("calls go round and round");
    }

    /// The re-login at hand was given up by a sign-out or a login of the app's own.
    fn stale(&self, newer: FlightId) -> bool {
        self.flight.is_some_and(|flight| flight != newer)
    }
}

/// The bounds: two calls at a time, each tried again once; re-logins that bring the same user, another,
/// one that is not told, or nobody; logins of the app's own; sign-outs; calls that are dropped. Six
/// events in every order, and everything brought to its end after each.
#[test]
fn no_order_of_events_breaks_a_promise() {
    const DEPTH: usize = 6;
    fn explore(play: &Play, depth: usize, played: &mut usize) {
        *played += 1;
        play.clone().settle(true);
        play.clone().settle(false);
        if depth == 0 {
            return;
        }
        for step in play.steps() {
            let mut next = play.clone();
            next.take(step);
            explore(&next, depth - 1, played);
        }
    }
    let mut start = Play::default();
    start.take(Step::Callback);
    start.take(Step::CallbackTakenIn('a', true));
    start.take(Step::Call);
    let mut played = 0;
    explore(&start, DEPTH, &mut played);
    assert!(played > 50_000, "only {played} orders were played");
}

proptest! {
    /// As above, deeper and by chance.
    #[test]
    fn no_long_order_of_events_breaks_a_promise(choices in prop::collection::vec(any::<prop::sample::Index>(), 1..200)) {
        let mut play = Play::default();
        for choice in choices {
            let steps = play.steps();
            play.take(*choice.get(&steps));
        }
    }
}
