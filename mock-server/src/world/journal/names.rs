//! Whom the ids of callers stand for.

use std::collections::HashMap;

use crate::{
    domain::{Directory as _, Stored, UserId, Workspace as _},
    http::Caller,
    store::Store,
};

/// Callers that were looked up: most requests come from a few.
#[derive(Default)]
pub(super) struct Names(HashMap<Caller, Name>);

/// A caller, as far as the platform knows them.
#[derive(Debug, Clone, Default)]
pub(super) struct Name {
    pub(super) user: Option<UserId>,
    pub(super) uid: Option<String>,
    pub(super) email: Option<String>,
}

impl Names {
    pub(super) async fn of(&mut self, caller: &Caller, store: &Store) -> Name {
        if let Some(known) = self.0.get(caller) {
            return known.clone();
        }
        // A store that does not answer leaves the ids to speak for themselves.
        let name = find(caller, store).await.unwrap_or_else(|_| Name::of(caller));
        self.0.insert(caller.clone(), name.clone());
        name
    }
}

impl Name {
    /// What the ids alone say.
    fn of(caller: &Caller) -> Self {
        let nobody = Self::default();
        match caller {
            Caller::Nobody => nobody,
            Caller::Account(uid) | Caller::User { uid, .. } => {
                Self { uid: Some(uid.to_string()), ..nobody }
            }
            Caller::Session { user, .. } => Self { user: Some(*user), ..nobody },
        }
    }
}

async fn find(caller: &Caller, store: &Store) -> Stored<Name> {
    let known = Name::of(caller);
    Ok(match caller {
        Caller::Nobody => known,
        Caller::Account(uid) => {
            let account = store.account(uid).await?;
            Name { email: account.and_then(|account| account.email), ..known }
        }
        Caller::User { workspace, uid } => {
            let account = store.account(uid).await?;
            let user = match store.workspace(*workspace).await? {
                Some(shelf) => shelf.user_of_account(uid).await?,
                None => None,
            };
            let email = account.and_then(|account| account.email);
            Name { user: user.map(|user| user.id), email, ..known }
        }
        Caller::Session { workspace, user, .. } => {
            let row = match store.workspace(*workspace).await? {
                Some(shelf) => shelf.user(*user).await?,
                None => None,
            };
            let (uid, email) = row.map_or((None, None), |row| (Some(row.provider_uid), row.email));
            Name { uid, email, ..known }
        }
    })
}
