//! Payloads at rest: sealed under their workspace's key, for their place only (contract ruling 12).

use zeroize::Zeroizing;

use super::{
    Payload, Platform, Refusal, WorkspaceRow, ids::WorkspaceId, key_service, session::Place,
};
use crate::crypto::{CannotOpen, DataKey, Sealed, WrappedKey};

impl<S> Platform<S> {
    /// A fresh data key for a workspace, wrapped.
    pub(crate) fn new_workspace_key(&self, id: WorkspaceId) -> Result<WrappedKey, CannotOpen> {
        let key = Zeroizing::new(self.random.bytes());
        self.keys.wrap(self.random.bytes(), &WorkspaceRow::key_belongs_to(id), &key)
    }

    /// The key that opens a workspace's payloads.
    pub(super) fn workspace_key(&self, row: &WorkspaceRow) -> Result<DataKey, Refusal> {
        key_service::reach()?;
        Ok(self.keys.unwrap_key(&WorkspaceRow::key_belongs_to(row.id), &row.key)?)
    }

    pub(super) fn seal(
        &self,
        key: &DataKey,
        place: Place,
        payload: &str,
    ) -> Result<Sealed, CannotOpen> {
        key.seal(self.random.bytes(), &place.to_bytes(), payload.as_bytes())
    }
}

/// The sealed payload as JSON text.
pub(super) fn open(key: &DataKey, place: Place, sealed: &Sealed) -> Result<String, Refusal> {
    let mut plain = key.open(&place.to_bytes(), sealed)?;
    String::from_utf8(std::mem::take(&mut *plain)).map_err(|_| Refusal::CannotOpen)
}

/// The sealed payload, read.
pub(super) fn open_payload(
    key: &DataKey,
    place: Place,
    sealed: &Sealed,
) -> Result<Payload, Refusal> {
    let plain = key.open(&place.to_bytes(), sealed)?;
    serde_json::from_slice(&plain).map_err(|_| Refusal::CannotOpen)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        clock::Clock,
        crypto::PasswordCost,
        domain::{ApplicationId, Billing, Plan, SessionId, UserId},
        random::Random,
    };

    fn row(platform: &Platform<()>, id: i64) -> WorkspaceRow {
        let id = WorkspaceId(id);
        let key = platform.new_workspace_key(id).unwrap();
        let name = format!("w{id}");
        let billing = Billing::beta(Plan::Free);
        WorkspaceRow { id, name, accept_anonymous: true, self_service: true, billing, key }
    }

    #[test]
    fn a_row_moved_anywhere_else_does_not_open() {
        let clock = Clock::frozen("2026-01-01T00:00:00Z".parse().unwrap());
        let platform = Platform::new((), clock, Random::seeded(1), PasswordCost::Cheap);
        let (home, other) = (row(&platform, 1), row(&platform, 2));
        let key = platform.workspace_key(&home).unwrap();
        let place = Place {
            workspace: WorkspaceId(1),
            user: UserId(1),
            application: Some(ApplicationId(1)),
            session: SessionId(1),
        };
        let sealed = platform.seal(&key, place, r#"{"name":"Ada"}"#).unwrap();
        assert_eq!(open(&key, place, &sealed).unwrap(), r#"{"name":"Ada"}"#);
        for moved in [
            Place { workspace: WorkspaceId(2), ..place },
            Place { user: UserId(2), ..place },
            Place { application: Some(ApplicationId(2)), ..place },
            Place { application: None, ..place },
            Place { session: SessionId(2), ..place },
        ] {
            assert_eq!(open(&key, moved, &sealed), Err(Refusal::CannotOpen), "{moved:?}");
        }
        let key = platform.workspace_key(&other).unwrap();
        assert_eq!(open(&key, place, &sealed), Err(Refusal::CannotOpen));
        let stolen = WorkspaceRow { key: home.key, ..other };
        assert!(platform.workspace_key(&stolen).is_err());
    }
}
