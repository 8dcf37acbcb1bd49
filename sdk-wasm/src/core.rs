//! One client: calls that begin, and what the page brings for them.

use std::{cell::RefCell, fmt, sync::Arc, time::Duration};

use futures_util::FutureExt as _;
use secureflows::{
    BackendRequest, Cause, Client, DataState, Error, Event, Events, Key, LoginOptions, PrivateUrl,
    SignIn, Status, Update, UpdatePolicy,
    host::{Response, SendError},
    protocol::{call::Call, verdict::Accepted},
};
use wasm_bindgen::prelude::*;

use crate::{
    page::{Page, PageHost},
    slots::{Brought, Slots},
    tasks::Tasks,
    told,
};

/// One client.
#[wasm_bindgen]
pub struct Core {
    client: Client,
    host: PageHost,
    tasks: Tasks,
    events: RefCell<Events>,
}

#[wasm_bindgen]
impl Core {
    /// A client on `page`, or `undefined`: then the page was told why, as of call 0. `reauthenticates` says whether
    /// the page can show hosted login by itself.
    pub fn open(
        page: Page,
        workspace: Option<String>,
        app_id: Option<String>,
        redirect_uri: Option<String>,
        origin: Option<String>,
        timeout: Option<u32>,
        backends: &str,
        reauthenticates: bool,
    ) -> Option<Core> {
        let host = PageHost { page, slots: Slots::default() };
        let mut builder = Client::builder().host(Arc::new(host.clone()));
        if let Some(workspace) = workspace {
            builder = builder.workspace(workspace);
        }
        if let Some(app_id) = app_id {
            builder = builder.app_id(app_id);
        }
        if let Some(uri) = redirect_uri {
            builder = builder.redirect_uri(uri);
        }
        if let Some(origin) = origin {
            builder = builder.origin(origin);
        }
        if let Some(timeout) = timeout {
            builder = builder.timeout(Duration::from_millis(timeout.into()));
        }
        for backend in backends.split(' ').filter(|origin| !origin.is_empty()) {
            builder = builder.backend(backend);
        }
        if reauthenticates {
            builder = builder.reauthenticate(host.clone());
        }
        let client = builder.build().map_err(|error| told::failed(&host.page, 0, &error)).ok()?;
        let events = RefCell::new(client.events());
        Some(Self { client, host, tasks: Tasks::default(), events })
    }

    /// The status: its name, and for one who is not signed in why, and what is known of the data; with spaces
    /// between.
    pub fn status(&self) -> String {
        let (name, why) = match self.client.status() {
            Status::SignedOut { reason, data } => ("signedOut", Some((reason, data))),
            Status::SigningIn => ("signingIn", None),
            Status::SignedIn => ("signedIn", None),
            Status::Locked => ("locked", None),
            Status::Expired { reason, data } => ("expired", Some((reason, data))),
        };
        let (reason, data) =
            why.map_or(("", ""), |(reason, data)| (reason.as_str(), data.as_str()));
        [name, " ", reason, " ", data].concat()
    }

    /// The page to go to; `undefined` when there is none, and the page was told why, as of call 0.
    #[wasm_bindgen(js_name = beginLogin)]
    pub fn begin_login(
        &self,
        payload: Option<String>,
        ttl_seconds: Option<u32>,
        same_user: bool,
    ) -> Option<String> {
        let mut options = LoginOptions::new();
        if let Some(payload) = payload {
            options = options.payload(payload);
        }
        if let Some(seconds) = ttl_seconds {
            options = options.ttl_seconds(seconds);
        }
        if same_user {
            options = options.same_user();
        }
        self.url(self.client.begin_login(&options))
    }

    /// The user turned away from the page of [`begin_login`](Self::begin_login).
    #[wasm_bindgen(js_name = cancelLogin)]
    pub fn cancel_login(&self) {
        self.client.cancel_login();
        self.run();
    }

    /// Whether hosted login came back with this address, whatever it brought.
    #[wasm_bindgen(js_name = isCallback)]
    pub fn is_callback(&self, url: &str) -> bool {
        self.client.is_callback(url)
    }

    /// As [`begin_login`](Self::begin_login), for signing out.
    #[wasm_bindgen(js_name = logoutUrl)]
    pub fn logout_url(&self, back_to: &str) -> Option<String> {
        self.url(self.client.logout_url(back_to))
    }

    /// Signs out here only.
    pub fn forget(&self) {
        self.client.forget();
        self.run();
    }

    /// Begins the call `id`, which tells the page by itself what it came to. `a` and `b` are its arguments, where it
    /// takes any, `n` a number.
    pub fn begin(&self, id: u32, what: u8, a: String, b: String, n: u32) {
        let (client, page) = (self.client.clone(), self.host.page.clone());
        self.tasks.add(
            id,
            Box::pin(async move {
                match perform(&client, &page, id, what, &a, b, n).await {
                    Ok((kind, text, more)) => page.done(id, kind, text.as_deref(), more.as_deref()),
                    Err(error) => told::failed(&page, id, &error),
                }
            }),
        );
        self.run();
    }

    /// Gives the call `id` up: the page is told what became of it. `timed_out` says why. `done` with the word
    /// `dropped` says that it changed nothing.
    #[wasm_bindgen(js_name = giveUp)]
    pub fn give_up(&self, id: u32, timed_out: bool) {
        let mut events = self.client.events();
        if !self.tasks.remove(id) {
            return;
        }
        let cause = if timed_out { Cause::TimedOut } else { Cause::Interrupted };
        let page = &self.host.page;
        // What it left behind is told at once.
        let mut in_doubt = false;
        while let Some(Some(event)) = events.next().now_or_never() {
            in_doubt |= matches!(event, Event::OutcomeUnknown { .. });
        }
        if in_doubt {
            told::failed(page, id, &Error::OutcomeUnknown { cause, data: DataState::Intact });
        } else if timed_out {
            told::failed(page, id, &Error::Unavailable { cause });
        } else {
            page.done(id, "dropped", None, None);
        }
        self.run();
    }

    /// The answer to the request `id`.
    pub fn answered(&self, id: u32, status: u16, retry_after: Option<String>, body: Vec<u8>) {
        let answer = Response::new(status, body).retry_after(retry_after);
        self.bring(id, Brought::Answer(Ok(answer)));
    }

    /// There is no answer to the request `id`: 0, it surely did not go out; 1, the time was up; 2, the connection
    /// broke; 3, the answer was too large.
    #[wasm_bindgen(js_name = notAnswered)]
    pub fn not_answered(&self, id: u32, why: u8) {
        let failure = match why {
            0 => SendError::Unreachable,
            1 => SendError::TimedOut,
            3 => SendError::TooLarge,
            _ => SendError::Interrupted,
        };
        self.bring(id, Brought::Answer(Err(failure)));
    }

    /// The sleep `id` is over.
    pub fn woke(&self, id: u32) {
        self.bring(id, Brought::Woken);
    }

    /// Hosted login came back to this address; or it did not, and this is why.
    pub fn shown(&self, id: u32, came: bool, text: String) {
        self.bring(id, Brought::Shown(if came { Ok(text) } else { Err(text) }));
    }

    /// Calls `done` for the call `id` with every value that becomes known under `key`, until it is given up.
    pub fn watch(&self, id: u32, key: &str) {
        let page = self.host.page.clone();
        match self.client.watch_raw(key) {
            Ok(mut values) => self.tasks.add(
                id,
                Box::pin(async move {
                    while let Some(value) = values.next().await {
                        page.done(id, "seen", value.as_deref(), None);
                    }
                }),
            ),
            Err(error) => told::failed(&page, id, &error),
        }
        self.run();
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
        self.run();
    }

    /// Lets every call go on that can, and tells the page of what happened.
    fn run(&self) {
        self.tasks.run();
        while let Some(event) = self.next_event() {
            told::event(&self.host.page, &event);
        }
    }

    fn next_event(&self) -> Option<Event> {
        self.events.borrow_mut().next().now_or_never().flatten()
    }

    fn url(&self, url: Result<PrivateUrl, Error>) -> Option<String> {
        self.run();
        let url = url.map_err(|error| told::failed(&self.host.page, 0, &error)).ok()?;
        Some(url.as_str().to_owned())
    }
}

/// A word, and up to two texts.
type Done = (&'static str, Option<String>, Option<String>);

async fn perform(
    client: &Client,
    page: &Page,
    id: u32,
    what: u8,
    a: &str,
    b: String,
    n: u32,
) -> Result<Done, Error> {
    let text = |text: Option<String>| ("", text, None);
    let key = || Key::parse(a);
    let call = match what {
        0 => {
            let came = client.complete_login(a).await? == SignIn::Done;
            return Ok((if came { "came" } else { "" }, None, None));
        }
        1 => Call::read(key()?),
        2 => Call::write(key()?, &b)?,
        3 => Call::remove(key()?),
        4 => Call::payload(),
        5 => {
            // Nobody sees that error: what was thrown is thrown again in its place.
            let change = |old: Option<&str>| page.change(id, old).ok_or(Error::UserChanged);
            return Ok(match client.update_raw(a, UpdatePolicy::retry(n), change).await? {
                Update::Done { value, .. } => text(Some(value)),
                Update::Conflict { ours, theirs } => ("conflict", Some(ours), theirs),
            });
        }
        6 => Call::identity(),
        7 => {
            let request = match b.as_str() {
                "GET" => BackendRequest::get(a),
                "POST" => BackendRequest::post(a),
                "PUT" => BackendRequest::put(a),
                "PATCH" => BackendRequest::patch(a),
                _ => BackendRequest::delete(a),
            };
            return client.fetch(&request.tag(n)).await.map(|_| text(None));
        }
        8 => return client.logout().await.map(|()| text(None)),
        _ => Call::revoke(),
    };
    Ok(match client.call(&call).await? {
        Some(Accepted::Value(value) | Accepted::Payload(value)) => text(Some(value)),
        Some(Accepted::Existed(true)) => ("deleted", None, None),
        Some(Accepted::Identity(who)) => ("", who.user_id, who.email),
        _ => text(None),
    })
}
