//! One client in somebody's hands.

use std::{
    rc::Rc,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use futures_util::{FutureExt as _, future::join_all};
use secureflows::{
    Client, Declined, Error, Event, Events, Outcome, PrivateUrl, SessionToken, Status, Update,
    UpdatePolicy,
};
use secureflows_tests::{APP, REDIRECT, WORKSPACE};
use tokio::time::timeout;

use crate::{
    KEYS, PEOPLE, chance::Chance, email, history::End, platform::Platform, run::Run, unruly::Unruly,
};

pub(crate) struct Device {
    run: Rc<Run>,
    number: usize,
    client: Client,
    who: Arc<Mutex<Who>>,
}

/// Who is signed in, as the client's events tell it.
struct Who {
    person: usize,
    /// Who comes back from the re-login that began last. One that is given up tells nothing of it.
    coming: Option<usize>,
    events: Option<Events>,
}

impl Who {
    /// Takes note of what has happened until now.
    fn catch_up(&mut self) -> usize {
        let next = |events: &mut Events| events.next().now_or_never().flatten();
        while let Some(event) = self.events.as_mut().and_then(next) {
            match event {
                Event::Status(Status::SignedIn) => {
                    self.person = self.coming.take().unwrap_or(self.person);
                }
                Event::LoginFailed(_) | Event::Status(Status::SignedOut { .. }) => {
                    self.coming = None;
                }
                _ => {}
            }
        }
        self.person
    }
}

impl Device {
    pub(crate) fn new(run: &Rc<Run>, number: usize) -> Self {
        let person = number % PEOPLE;
        let who = Who { person, coming: None, events: None };
        let who = Arc::new(Mutex::new(who));
        let seed = run.chance.below(u64::MAX);
        let client = Client::builder()
            .origin(run.platform.origin())
            .workspace(WORKSPACE)
            .app_id(APP)
            .redirect_uri(REDIRECT)
            .host(Unruly::new(run.platform.host(), seed))
            .reauthenticate(relogin(Arc::clone(&run.platform), person, seed, Arc::clone(&who)))
            .build()
            .unwrap();
        who.lock().unwrap().events = Some(client.events());
        Self { run: Rc::clone(run), number, client, who }
    }

    /// Works in bursts of calls, until no operations are left.
    pub(crate) async fn work(self) {
        loop {
            if !self.client.status().is_signed_in() && self.run.chance.one_in(3) {
                self.sign_in().await;
            }
            let burst = 1 + self.run.chance.index(6);
            let burst = (0..burst).take_while(|_| self.run.take_one()).count();
            if burst == 0 {
                return;
            }
            join_all((0..burst).map(|_| self.operation())).await;
            self.run.pause(50).await;
        }
    }

    async fn sign_in(&self) {
        let (person, platform) = (self.whose(), &self.run.platform);
        let Some(token) = platform.token(email(person)).await else { return };
        let token = SessionToken::issued_by(platform.origin(), token).unwrap();
        // A login by another way gives up a re-login. Refused, it leaves the device as it was.
        self.who.lock().unwrap().coming = None;
        if self.client.adopt(token).await.is_ok() {
            self.whose();
        }
    }

    async fn operation(&self) {
        let chance = &self.run.chance;
        let key = *chance.of(&KEYS);
        match chance.below(100) {
            0..40 => self.write(key).await,
            40..75 => self.read(key).await,
            75..82 => self.remove(key).await,
            82..90 => self.read_all().await,
            90..98 => self.update(key).await,
            98 => {
                self.run.pause(50).await;
                let _told = self.client.logout().await;
            }
            _ => self.give_up(key).await,
        }
    }

    /// Who is signed in right now.
    fn whose(&self) -> usize {
        self.who.lock().unwrap().catch_up()
    }

    fn value(&self, person: usize) -> String {
        format!("p{person}-d{}-{}", self.number, self.run.history.tick())
    }

    async fn write(&self, key: &'static str) {
        let (person, history) = (self.whose(), &self.run.history);
        let value = self.value(person);
        let began = history.begins(person, key, Some(&value));
        let end = end_of(&self.client.set(key, &value).await);
        history.ended(person, key, Some(&value), began, end);
    }

    async fn remove(&self, key: &'static str) {
        let (person, history) = (self.whose(), &self.run.history);
        let began = history.begins(person, key, None);
        let end = end_of(&self.client.delete(key).await);
        history.ended(person, key, None, began, end);
    }

    async fn read(&self, key: &'static str) {
        let (person, history) = (self.whose(), &self.run.history);
        let began = history.tick();
        if let Ok(value) = self.client.get::<String>(key).await {
            history.read(person, key, began, value.as_deref());
        }
    }

    async fn read_all(&self) {
        let (person, history) = (self.whose(), &self.run.history);
        let began = history.tick();
        if let Ok(payload) = self.client.payload().await {
            for key in KEYS {
                history.read(person, key, began, payload.get::<String>(key).unwrap().as_deref());
            }
        }
    }

    async fn update(&self, key: &'static str) {
        let (person, history) = (self.whose(), &self.run.history);
        let read_from = history.tick();
        let value = self.value(person);
        let began = history.begins(person, key, Some(&value));
        let mut read = None;
        let updated =
            self.client.update_with(key, UpdatePolicy::report(), |old: Option<String>| {
                read = Some(old);
                value.clone()
            });
        let updated = updated.await;
        if let Some(old) = read {
            history.read(person, key, read_from, old.as_deref());
        }
        let end = match &updated {
            Ok(Update::Conflict { .. }) => End::NoEffect,
            done => end_of(done),
        };
        history.ended(person, key, Some(&value), began, end);
    }

    /// Begins a write and drops it on the way.
    async fn give_up(&self, key: &'static str) {
        let (person, history) = (self.whose(), &self.run.history);
        let value = self.value(person);
        let began = history.begins(person, key, Some(&value));
        let patience = Duration::from_millis(self.run.chance.below(60));
        let patience = self.run.platform.span(patience);
        let end = match timeout(patience, self.client.set(key, &value)).await {
            Ok(written) => end_of(&written),
            Err(_) => End::Unknown,
        };
        history.ended(person, key, Some(&value), began, end);
    }
}

fn end_of<T>(result: &Result<T, Error>) -> End {
    match result.as_ref().map_err(Error::outcome) {
        Ok(_) | Err(Outcome::Applied) => End::Acknowledged,
        Err(Outcome::NotSent | Outcome::NoEffect) => End::NoEffect,
        Err(Outcome::Unknown) => End::Unknown,
    }
}

/// Signs the same person in again, mostly; now and then somebody else, or nobody.
fn relogin(
    platform: Arc<dyn Platform>,
    home: usize,
    seed: u64,
    who: Arc<Mutex<Who>>,
) -> impl Fn(PrivateUrl) -> futures_util::future::BoxFuture<'static, Result<String, Declined>> {
    let draws = AtomicU64::new(seed);
    move |page| {
        let chance = Chance::new(draws.fetch_add(1, Ordering::Relaxed) << 20);
        let platform = Arc::clone(&platform);
        let person = if chance.one_in(20) { chance.index(PEOPLE) } else { home };
        let (declines, wait) = (chance.one_in(20), Duration::from_millis(chance.below(200)));
        {
            // What happened before this re-login began is none of its doing.
            let mut who = who.lock().unwrap();
            who.catch_up();
            who.coming = Some(person);
        }
        Box::pin(async move {
            tokio::time::sleep(platform.span(wait)).await;
            if declines {
                return Err(Declined::new("not now"));
            }
            let (_, state) = page.as_str().split_once("state=").unwrap();
            let state = state.split('&').next().unwrap();
            let callback = platform.callback(email(person), state.to_owned()).await;
            callback.ok_or_else(|| Declined::new("refused"))
        })
    }
}
