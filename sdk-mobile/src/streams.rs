//! What an app can watch, and who is signed in.

use std::sync::Arc;

use futures_util::lock::Mutex;
use secureflows::{Cause, Event, Events, Identity, Key, Status, WatchRaw};

use crate::FailureInfo;

/// Something that happened to a client, told after it happened.
#[derive(uniffi::Enum)]
pub enum ClientEvent {
    /// The sign-in has another status.
    StatusChanged {
        /// The status.
        status: Status,
    },
    /// Somebody else, or nobody known, signed in: drop what was read for the user before.
    UserChanged,
    /// A re-login brought no token; the calls that waited for it failed.
    LoginFailed {
        /// Why.
        failure: FailureInfo,
    },
    /// A call failed in passing and will be sent again.
    Retrying {
        /// Which attempt failed, from 1.
        attempt: u32,
        /// Why.
        cause: Cause,
        /// How long until the next.
        wait_milliseconds: u64,
    },
    /// A call failed in passing and was not sent again, since the reserve of repeats is used up.
    RetriesSpent {
        /// Why.
        cause: Cause,
    },
    /// A call was given up after its request may have gone out: it may take effect or not.
    OutcomeUnknown {
        /// The key that it wrote or removed, if it has one.
        key: Option<String>,
    },
}

impl From<Event> for ClientEvent {
    fn from(event: Event) -> Self {
        match event {
            Event::Status(status) => Self::StatusChanged { status },
            Event::UserChanged => Self::UserChanged,
            Event::LoginFailed(error) => Self::LoginFailed { failure: error.into() },
            Event::Retrying { attempt, cause, wait } => {
                let wait_milliseconds = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
                Self::Retrying { attempt, cause, wait_milliseconds }
            }
            Event::RetriesSpent { cause } => Self::RetriesSpent { cause },
            Event::OutcomeUnknown { key } => {
                Self::OutcomeUnknown { key: key.as_ref().map(Key::as_str).map(str::to_owned) }
            }
        }
    }
}

/// The events of a client from the moment it was asked for them.
#[derive(uniffi::Object)]
pub struct EventStream(Mutex<Events>);

impl EventStream {
    pub(crate) fn of(events: Events) -> Arc<Self> {
        Arc::new(Self(Mutex::new(events)))
    }
}

#[uniffi::export]
impl EventStream {
    /// Waits for the next event; none when the client is gone.
    pub async fn next(&self) -> Option<ClientEvent> {
        self.0.lock().await.next().await.map(Into::into)
    }
}

/// What is known of a key.
#[derive(uniffi::Record)]
pub struct KnownValue {
    /// The value as JSON text; none when there is no value, or nobody whose it is.
    pub json: Option<String>,
}

/// The last known value under a key, and every later one.
#[derive(uniffi::Object)]
pub struct ValueStream(Mutex<WatchRaw>);

impl ValueStream {
    pub(crate) fn of(watch: WatchRaw) -> Arc<Self> {
        Arc::new(Self(Mutex::new(watch)))
    }
}

#[uniffi::export]
impl ValueStream {
    /// Waits for the next value; none when the client is gone.
    pub async fn next(&self) -> Option<KnownValue> {
        self.0.lock().await.next().await.map(|json| KnownValue { json })
    }
}

/// Who is signed in.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct WhoIs {
    /// Stable across sessions.
    pub user_id: Option<String>,
    /// As the user signed up.
    pub email: Option<String>,
}

impl From<Identity> for WhoIs {
    fn from(Identity { user_id, email }: Identity) -> Self {
        Self { user_id, email }
    }
}
