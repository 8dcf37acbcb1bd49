//! One client: calls that begin, and what the page brings for them.

use std::{
    cell::RefCell,
    fmt,
    future::poll_fn,
    sync::Arc,
    task::{Poll, ready},
    time::Duration,
};

use crate::{
    channel::{Page, Texts, what},
    page::PageHost,
    slots::{Brought, Slots},
    tasks::{Done, Tasks},
    told,
};
use futures_util::StreamExt as _;
use secureflows::{
    BackendRequest, Cause, Client, DataState, Error, Event, Events, Key, LoginOptions, PrivateUrl,
    SignIn, Status, Update, UpdatePolicy,
    host::{Response, SendError},
    protocol::{call::Call, verdict::Accepted},
};

/// One client.
pub(crate) struct Core {
    client: Client,
    host: PageHost,
    tasks: Tasks,
    events: RefCell<Events>,
}

impl Core {
    /// A client on `page`, or `None`: then the page was told why, as of call 0. The texts are the workspace, the
    /// application, the redirect URI, the origin, and every backend. `reauthenticates` says whether the page can show
    /// hosted login by itself; a negative `timeout` is none.
    pub(crate) fn open(
        page: Page,
        mut texts: Texts,
        reauthenticates: bool,
        timeout: f64,
    ) -> Option<Self> {
        let host = PageHost { page, slots: Slots::default() };
        let mut builder = Client::builder()
            .host(Arc::new(host.clone()))
            .workspace(texts.text())
            .app_id(texts.text())
            .redirect_uri(texts.text());
        if let Some(origin) = texts.next() {
            builder = builder.origin(origin);
        }
        while let Some(backend) = texts.next() {
            builder = builder.backend(backend);
        }
        if timeout >= 0.0 {
            builder = builder.timeout(Duration::from_millis(timeout as u64));
        }
        if reauthenticates {
            builder = builder.reauthenticate(host.clone());
        }
        let client = builder.build().map_err(|error| told::failed(page, 0, &error)).ok()?;
        let events = RefCell::new(client.events());
        Some(Self { client, host, tasks: Tasks::default(), events })
    }

    /// What the page asks for: `n` is a number, where one belongs to it.
    pub(crate) fn asked(&self, wanted: u8, id: u32, n: f64, texts: &mut Texts) {
        match wanted {
            // What is told takes along every text that was put down: these come last, or alone.
            what::STATUS => return self.status(),
            what::IS_CALLBACK => return self.is_callback(&texts.text()),
            what::BEGIN_LOGIN => return self.begin_login(texts.next(), n, id == 1),
            what::LOGOUT_URL => return self.url(self.client.logout_url(&texts.text())),
            what::CANCEL_LOGIN => self.client.cancel_login(),
            what::FORGET => self.client.forget(),
            what::GIVE_UP => self.give_up(id, n != 0.0),
            what::ANSWERED => {
                let retry_after = texts.next();
                let answer = Response::new(n as u16, texts.text().into_bytes());
                self.bring(id, Brought::Answer(Ok(answer.retry_after(retry_after))));
            }
            what::NOT_ANSWERED => self.bring(id, Brought::Answer(Err(not_answered(n as u8)))),
            what::WOKE => self.bring(id, Brought::Woken),
            what::SHOWN => {
                let text = texts.text();
                self.bring(id, Brought::Shown(if n != 0.0 { Ok(text) } else { Err(text) }));
            }
            what::WATCH => self.watch(id, &texts.text()),
            call => {
                let (a, b) = (texts.text(), texts.text());
                let (client, page) = (self.client.clone(), self.host.page);
                self.tasks.add(id, Box::pin(perform(client, page, id, call, a, b, n as u32)));
            }
        }
        self.run();
    }

    /// Its name, and for one who is not signed in why, and what is known of the data.
    fn status(&self) {
        let (name, why) = match self.client.status() {
            Status::SignedOut { reason, data } => ("signedOut", Some((reason, data))),
            Status::SigningIn => ("signingIn", None),
            Status::SignedIn => ("signedIn", None),
            Status::Locked => ("locked", None),
            Status::Expired { reason, data } => ("expired", Some((reason, data))),
        };
        Page::answer(name);
        if let Some((reason, data)) = why {
            Page::answer(reason.as_str());
            Page::answer(data.as_str());
        }
    }

    /// Any text, if hosted login came back with this address, whatever it brought.
    fn is_callback(&self, url: &str) {
        if self.client.is_callback(url) {
            Page::answer("");
        }
    }

    /// The page to go to; none, and the page was told why, as of call 0.
    fn begin_login(&self, payload: Option<String>, ttl_seconds: f64, same_user: bool) {
        let mut options = LoginOptions::new();
        if let Some(payload) = payload {
            options = options.payload(payload);
        }
        if ttl_seconds >= 0.0 {
            options = options.ttl_seconds(ttl_seconds as u32);
        }
        if same_user {
            options = options.same_user();
        }
        self.url(self.client.begin_login(&options));
    }

    /// Gives the call `id` up: the page is told what became of it. `timed_out` says why. `done` with the word
    /// `dropped` says that it changed nothing.
    fn give_up(&self, id: u32, timed_out: bool) {
        let mut events = self.client.events();
        if !self.tasks.remove(id) {
            return;
        }
        let cause = if timed_out { Cause::TimedOut } else { Cause::Interrupted };
        let page = self.host.page;
        // What it left behind is told at once.
        let mut in_doubt = false;
        while let Some(event) = events.try_next() {
            in_doubt |= matches!(event, Event::OutcomeUnknown { .. });
        }
        if in_doubt {
            told::failed(page, id, &Error::OutcomeUnknown { cause, data: DataState::Intact });
        } else if timed_out {
            told::failed(page, id, &Error::Unavailable { cause });
        } else {
            page.done(id, "dropped", None, None);
        }
    }

    /// Calls `done` for the call `id` with every value that becomes known under `key`, until it is given up.
    fn watch(&self, id: u32, key: &str) {
        let page = self.host.page;
        match self.client.watch_raw(key) {
            Ok(mut values) => self.tasks.add(
                id,
                Box::pin(poll_fn(move |cx| {
                    while let Some(value) = ready!(values.poll_next_unpin(cx)) {
                        page.done(id, "seen", value.as_deref(), None);
                    }
                    Poll::Ready(Ok(Done::default()))
                })),
            ),
            Err(error) => told::failed(page, id, &error),
        }
    }
}

impl fmt::Debug for Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.client.fmt(f)
    }
}

impl Core {
    fn bring(&self, id: u32, brought: Brought) {
        self.host.slots.bring(id, brought);
    }

    /// Lets every call go on that can, and tells the page of what happened.
    fn run(&self) {
        self.tasks.run(self.host.page);
        while let Some(event) = self.next_event() {
            told::event(self.host.page, &event);
        }
    }

    fn next_event(&self) -> Option<Event> {
        self.events.borrow_mut().try_next()
    }

    fn url(&self, url: Result<PrivateUrl, Error>) {
        self.run();
        match url {
            Ok(url) => Page::answer(url.as_str()),
            Err(error) => told::failed(self.host.page, 0, &error),
        }
    }
}

/// Why there is no answer.
const fn not_answered(why: u8) -> SendError {
    match why {
        0 => SendError::Unreachable,
        1 => SendError::TimedOut,
        3 => SendError::TooLarge,
        _ => SendError::Interrupted,
    }
}

async fn perform(
    client: Client,
    page: Page,
    id: u32,
    wanted: u8,
    a: String,
    b: String,
    n: u32,
) -> Result<Done, Error> {
    Ok(match wanted {
        what::COMPLETE_LOGIN => {
            let came = client.complete_login(&a).await? == SignIn::Done;
            Done { kind: if came { "came" } else { "" }, ..Done::default() }
        }
        what::UPDATE => {
            // Nobody sees that error: what was thrown is thrown again in its place.
            let change = |old: Option<&str>| page.change(id, old).ok_or(Error::UserChanged);
            match client.update_raw(&a, UpdatePolicy::retry(n), change).await? {
                Update::Done { value, .. } => Done::text(value),
                Update::Conflict { ours, theirs } => {
                    Done { kind: "conflict", text: Some(ours), more: theirs }
                }
            }
        }
        what::FETCH => {
            let request = match b.as_str() {
                "GET" => BackendRequest::get(a),
                "POST" => BackendRequest::post(a),
                "PUT" => BackendRequest::put(a),
                "PATCH" => BackendRequest::patch(a),
                _ => BackendRequest::delete(a),
            };
            client.fetch(&request.tag(n)).await?;
            Done::default()
        }
        what::LOGOUT => {
            client.logout().await?;
            Done::default()
        }
        _ => {
            let call = call(wanted, &a, &b)?;
            match client.call(&call).await? {
                Some(Accepted::Value(value) | Accepted::Payload(value)) => Done::text(value),
                Some(Accepted::Existed(true)) => Done { kind: "deleted", ..Done::default() },
                Some(Accepted::Identity(who)) => {
                    Done { kind: "", text: who.user_id, more: who.email }
                }
                _ => Done::default(),
            }
        }
    })
}

fn call(wanted: u8, key: &str, value: &str) -> Result<Call, Error> {
    let key = || Key::parse(key);
    Ok(match wanted {
        what::GET => Call::read(key()?),
        what::SET => Call::write(key()?, value)?,
        what::DELETE => Call::remove(key()?),
        what::PAYLOAD => Call::payload(),
        // Nothing that the page does not name is destroyed.
        what::REVOKE => Call::revoke(),
        _ => Call::identity(),
    })
}
