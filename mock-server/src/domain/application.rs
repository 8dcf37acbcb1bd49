//! An application: a client inside a workspace, with its redirect allowlist and lifetimes.

use std::{cmp::Ordering, sync::Arc, time::Duration};

use super::{
    ids::{ApplicationId, WorkspaceId},
    lifetime::{self, PayloadTtl},
    listing::{Listed, SortKey, holds},
    redirect,
};

/// What is kept about an application. `app_id` is unique on the platform (contract ruling 13).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Application {
    pub(crate) id: ApplicationId,
    pub(crate) workspace: WorkspaceId,
    pub(crate) app_id: String,
    pub(crate) display_name: String,
    pub(crate) redirect_uris: Vec<String>,
    pub(crate) session_token_ttl: Option<Duration>,
    pub(crate) payload_ttl: Option<PayloadTtl>,
}

impl Application {
    /// Exactly an allowlisted URI: no normalisation, no wildcard (contract §2).
    pub(crate) fn allows_redirect(&self, uri: &str) -> bool {
        self.redirect_uris.iter().any(|allowed| allowed == uri)
    }

    /// Where a browser may go after logout (contract ruling 6): an allowlisted URI, or the root of an
    /// allowlisted web origin, written with its final `/`.
    pub(crate) fn allows_post_logout(&self, uri: &str) -> bool {
        let root = uri.strip_suffix('/');
        self.allows_redirect(uri)
            || self
                .redirect_uris
                .iter()
                .filter_map(|allowed| redirect::web_origin(allowed))
                .any(|origin| root == Some(origin))
    }

    pub(crate) fn token_ttl(&self) -> Duration {
        self.session_token_ttl.unwrap_or(lifetime::DEFAULT_TOKEN_TTL)
    }
}

/// What applications are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ApplicationKey {
    DisplayName,
    AppId,
    Id,
}

impl SortKey for ApplicationKey {
    const NAMES: &'static [(&'static str, Self)] =
        &[("displayName", Self::DisplayName), ("appId", Self::AppId), ("id", Self::Id)];
    const DEFAULT: Self = Self::DisplayName;
    const DESCENDING: bool = false;
}

impl Listed for Arc<Application> {
    type Key = ApplicationKey;

    fn contains(&self, q: &str) -> bool {
        holds(&self.display_name, q) || holds(&self.app_id, q) || holds(&self.id.to_string(), q)
    }

    fn compare(&self, other: &Self, key: ApplicationKey) -> Ordering {
        let order = match key {
            ApplicationKey::DisplayName => self.display_name.cmp(&other.display_name),
            ApplicationKey::AppId => self.app_id.cmp(&other.app_id),
            ApplicationKey::Id => Ordering::Equal,
        };
        order.then(self.id.cmp(&other.id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn application() -> Application {
        Application {
            id: ApplicationId(1),
            workspace: WorkspaceId(1),
            app_id: "a".to_owned(),
            display_name: "A".to_owned(),
            redirect_uris: vec![
                "https://a.example:8443/callback".to_owned(),
                "com.example.app:/callback".to_owned(),
            ],
            session_token_ttl: None,
            payload_ttl: None,
        }
    }

    #[test]
    fn redirects_match_exactly() {
        let application = application();
        assert!(application.allows_redirect("https://a.example:8443/callback"));
        for near in [
            "https://a.example:8443/callback/",
            "https://A.example:8443/callback",
            "https://a.example:8443/callback?x=1",
            "https://a.example:8443/",
            "https://a.example/callback",
            "",
        ] {
            assert!(!application.allows_redirect(near), "{near}");
        }
    }

    #[test]
    fn after_logout_also_the_root_of_a_web_origin() {
        let application = application();
        assert!(application.allows_post_logout("https://a.example:8443/"));
        assert!(application.allows_post_logout("com.example.app:/callback"));
        for near in [
            "https://a.example:8443",
            "https://a.example:8443//",
            "https://a.example:8443/?x",
            "https://a.example:8443/#x",
            "https://a.example/",
            "https://a.example:8443/other",
            "com.example.app:/",
            "/",
        ] {
            assert!(!application.allows_post_logout(near), "{near}");
        }
    }
}
