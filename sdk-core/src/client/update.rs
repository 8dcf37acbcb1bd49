//! Read, change, write: on a platform that has no conditional write.

use std::fmt;

use super::{Client, Payload};
#[cfg(feature = "elsewhere")]
use crate::road::OwnWrites;
use crate::{
    error::Error,
    protocol::{
        call::{Call, Key},
        session::Era,
    },
};

/// How an update treats a conflict.
///
/// ```
/// use secureflows::UpdatePolicy;
///
/// assert_eq!(UpdatePolicy::report().attempts(), 1);
/// assert_eq!(UpdatePolicy::retry(5).attempts(), 5);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UpdatePolicy {
    attempts: u32,
}

impl UpdatePolicy {
    /// The first conflict is reported.
    #[must_use]
    pub const fn report() -> Self {
        Self { attempts: 1 }
    }

    /// The change is made anew to what is there, `attempts` times in all (1 at least), before a
    /// conflict is reported.
    #[must_use]
    pub const fn retry(attempts: u32) -> Self {
        Self { attempts: if attempts == 0 { 1 } else { attempts } }
    }

    /// How often the change is made at most.
    #[must_use]
    pub const fn attempts(self) -> u32 {
        self.attempts
    }
}

/// Three attempts.
impl Default for UpdatePolicy {
    fn default() -> Self {
        Self::retry(3)
    }
}

/// What an update came to.
#[derive(Clone, PartialEq, Eq)]
pub enum Update<T> {
    /// It is written.
    Done {
        /// What was written.
        value: T,
        /// The whole payload right after.
        payload: Payload,
        /// Other keys that somebody else changed, added or removed between our read and our write.
        #[cfg(feature = "elsewhere")]
        elsewhere: Vec<String>,
    },
    /// Somebody else changed the same key between our read and our write; nothing was written.
    Conflict {
        /// What we would have written.
        ours: T,
        /// What is there; `None` when it was removed.
        theirs: Option<T>,
    },
}

/// Shows what it came to, never a value.
impl<T> fmt::Debug for Update<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            #[cfg(feature = "elsewhere")]
            Self::Done { elsewhere, .. } => {
                write!(f, "Done {{ {} keys changed elsewhere }}", elsewhere.len())
            }
            #[cfg(not(feature = "elsewhere"))]
            Self::Done { .. } => f.write_str("Done"),
            Self::Conflict { .. } => f.write_str("Conflict"),
        }
    }
}

impl Client {
    /// Reads the value under `key` as JSON text, has `change` make a new one of it, and writes that.
    ///
    /// This client's own writes to `key` wait meanwhile, so that none of its updates is lost. Of
    /// other devices, the platform lets us see this much, and no more:
    ///
    /// - A change of the same key is **detected** when the platform took it in before our second
    ///   read, which goes out right before our write.
    /// - It is **not detected** between that second read and our write, one trip to the platform and
    ///   back; nor when the value was changed and changed back; nor when somebody overwrites ours
    ///   later, as they may at any time.
    /// - A change of another key between our first read and our write is reported in
    ///   [`Update::Done`]; it is no conflict, since a write touches its own key only.
    ///
    /// # Errors
    /// As [`set_raw`](Self::set_raw), and what `change` fails with.
    pub async fn update_raw<F>(
        &self,
        key: &str,
        policy: UpdatePolicy,
        mut change: F,
    ) -> Result<Update<String>, Error>
    where
        F: FnMut(Option<&str>) -> Result<String, Error>,
    {
        let key = Key::parse(key)?;
        let era = self.road.era();
        let turn = self.road.turn(&key);
        turn.come().await;
        #[cfg(feature = "elsewhere")]
        let (own, mut first) = (self.road.own_writes(), None);
        let mut tried: Option<(Payload, String)> = None;
        let mut attempt = 0;
        loop {
            let now = self.payload_in(era).await?;
            let theirs = now.get_raw(key.as_str());
            match tried {
                Some((base, ours)) if base.get_raw(key.as_str()) == theirs => {
                    let payload = self.write_in(era, &key, &ours).await?;
                    return Ok(Update::Done {
                        value: ours,
                        #[cfg(feature = "elsewhere")]
                        elsewhere: changed_elsewhere(&first.unwrap_or(base), &payload, &key, &own),
                        payload,
                    });
                }
                Some((_, ours)) if attempt >= policy.attempts => {
                    return Ok(Update::Conflict { ours, theirs: theirs.map(str::to_owned) });
                }
                #[cfg(feature = "elsewhere")]
                Some((base, _)) => {
                    first.get_or_insert(base);
                }
                _ => {}
            }
            let ours = change(theirs)?;
            attempt += 1;
            tried = Some((now, ours));
        }
    }

    /// Writes, by somebody whose turn it is.
    pub(super) async fn write_in(
        &self,
        era: Era,
        key: &Key,
        value: &str,
    ) -> Result<Payload, Error> {
        let call = Call::write(key.clone(), value)?;
        #[cfg(feature = "budget")]
        self.make_room(era, key, value).await?;
        Ok(super::payload_of(self.road.call_in(era, &call).await?))
    }

    pub(super) async fn payload_in(&self, era: Era) -> Result<Payload, Error> {
        Ok(super::payload_of(self.road.call_in(era, &Call::payload()).await?))
    }
}

/// The keys whose values differ, but for `key` and for what this client itself wrote.
#[cfg(feature = "elsewhere")]
fn changed_elsewhere(before: &Payload, after: &Payload, key: &Key, own: &OwnWrites) -> Vec<String> {
    let changed = after.iter().filter(|(name, raw)| before.get_raw(name) != Some(raw));
    let removed = before.iter().filter(|(name, _)| after.get_raw(name).is_none());
    let names = changed.chain(removed).map(|(name, _)| name.into_owned());
    names.filter(|name| name != key.as_str() && !own.contains(name)).collect()
}
