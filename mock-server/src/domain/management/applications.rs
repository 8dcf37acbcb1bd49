//! The applications of a workspace, and where each may send a browser back to.

use std::{sync::Arc, time::Duration};

use serde::Serialize;

use super::{UserCaller, text};
use crate::domain::{
    Application, ApplicationKey, Directory, Event, EventKind, Listing, Page, PayloadTtl, Platform,
    Refusal, Trail, Workspace, check_redirect_uri,
};

/// The most redirect URIs that an application has.
const MAX_REDIRECT_URIS: usize = 100;

/// An application to register.
#[derive(Debug)]
pub(crate) struct NewApplication {
    pub(crate) app_id: String,
    pub(crate) display_name: String,
    pub(crate) redirect_uris: Vec<String>,
    pub(crate) token_ttl: Option<i64>,
    pub(crate) payload_ttl: Option<i64>,
}

/// What changes about an application; `None` keeps it, `Some(None)` takes it away.
#[derive(Debug, Default)]
pub(crate) struct ApplicationPatch {
    pub(crate) display_name: Option<String>,
    pub(crate) redirect_uris: Option<Vec<String>>,
    pub(crate) token_ttl: Option<Option<i64>>,
    pub(crate) payload_ttl: Option<Option<i64>>,
}

/// Whether a browser may be sent back.
#[derive(Debug)]
pub(crate) enum RedirectCheck {
    Allowed(Arc<Application>),
    Refused(&'static str),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct About<'a> {
    app_id: &'a str,
}

impl<S: Directory> Platform<S> {
    pub(crate) async fn applications(
        &self,
        caller: &UserCaller<S>,
        listing: &Listing<ApplicationKey>,
    ) -> Result<Page<Arc<Application>>, Refusal> {
        Ok(caller.workspace.applications(listing).await?)
    }

    /// An application of the caller's workspace. Another's answers as one that does not exist.
    pub(crate) async fn application(
        &self,
        caller: &UserCaller<S>,
        app_id: &str,
    ) -> Result<Arc<Application>, Refusal> {
        let found = self.store.application(app_id).await?;
        let here = found.filter(|found| found.workspace == caller.workspace_id());
        here.ok_or(Refusal::ApplicationUnknown)
    }

    pub(crate) async fn create_application(
        &self,
        caller: &UserCaller<S>,
        new: NewApplication,
    ) -> Result<Arc<Application>, Refusal> {
        let app_id = text::identifier("appId", &new.app_id)?;
        let display_name = text::name("displayName", &new.display_name)?;
        let redirect_uris = redirect_uris(new.redirect_uris)?;
        let session_token_ttl = new.token_ttl.map(token_ttl).transpose()?;
        let payload_ttl = new.payload_ttl.map(payload_ttl).transpose()?;
        let event = caller.event(self, EventKind::ApplicationCreated);
        let workspace = caller.workspace_id();
        let make = |id, trail: &mut Trail| {
            trail.write(event.with(&About { app_id: &app_id }))?;
            let app_id = app_id.clone();
            Ok::<_, Refusal>(Application {
                id,
                workspace,
                app_id,
                display_name,
                redirect_uris,
                session_token_ttl,
                payload_ttl,
            })
        };
        let made = self.store.add_application(&caller.workspace, &app_id, make).await?;
        made.ok_or(Refusal::ApplicationTaken)?
    }

    pub(crate) async fn change_application(
        &self,
        caller: &UserCaller<S>,
        app_id: &str,
        patch: ApplicationPatch,
    ) -> Result<Application, Refusal> {
        let name = patch.display_name.as_deref();
        let name = name.map(|name| text::name("displayName", name)).transpose()?;
        let uris = patch.redirect_uris.map(redirect_uris).transpose()?;
        let token_ttl = patch.token_ttl.map(|ttl| ttl.map(token_ttl).transpose()).transpose()?;
        let payload_ttl =
            patch.payload_ttl.map(|ttl| ttl.map(payload_ttl).transpose()).transpose()?;
        let event = caller.event(self, EventKind::ApplicationUpdated);
        let change = |application: &mut Application, trail: &mut Trail| {
            let mut changed = application.clone();
            changed.display_name = name.unwrap_or(changed.display_name);
            changed.redirect_uris = uris.unwrap_or(changed.redirect_uris);
            changed.session_token_ttl = token_ttl.unwrap_or(changed.session_token_ttl);
            changed.payload_ttl = payload_ttl.unwrap_or(changed.payload_ttl);
            if changed != *application {
                trail.write(event.with(&About { app_id }))?;
                *application = changed.clone();
            }
            Ok::<_, Refusal>(changed)
        };
        let change = self.store.change_application(&caller.workspace, app_id, change);
        change.await?.ok_or(Refusal::ApplicationUnknown)?
    }

    /// Adds one redirect URI. One that is there already changes nothing and leaves no event.
    pub(crate) async fn add_redirect_uri(
        &self,
        caller: &UserCaller<S>,
        app_id: &str,
        uri: &str,
    ) -> Result<Application, Refusal> {
        check_uri("redirectUri", uri)?;
        let event = caller.event(self, EventKind::ApplicationRedirectUriAdded);
        let change = |application: &mut Application, trail: &mut Trail| {
            if !application.allows_redirect(uri) {
                bounded("redirectUri", application.redirect_uris.len() + 1)?;
                trail.write(event.with(&About { app_id }))?;
                application.redirect_uris.push(uri.to_owned());
            }
            Ok::<_, Refusal>(application.clone())
        };
        let change = self.store.change_application(&caller.workspace, app_id, change);
        change.await?.ok_or(Refusal::ApplicationUnknown)?
    }

    /// Removes an application; its sessions end and their data is destroyed.
    pub(crate) async fn delete_application(
        &self,
        caller: &UserCaller<S>,
        app_id: &str,
    ) -> Result<(), Refusal> {
        let event = caller.event(self, EventKind::ApplicationDeleted);
        let now = self.clock.now();
        let allow = |application: &Application, trail: &mut Trail| {
            let event: Event = event.with(&About { app_id: &application.app_id });
            Ok::<_, Refusal>(trail.write(event)?)
        };
        let remove = self.store.remove_application(&caller.workspace, app_id, now, allow);
        remove.await?.ok_or(Refusal::ApplicationUnknown)?
    }

    /// Whether hosted login would come back to `uri` for this application. Anybody may ask.
    pub(crate) async fn check_redirect(
        &self,
        app_id: &str,
        uri: &str,
    ) -> Result<RedirectCheck, Refusal> {
        Ok(match self.store.application(app_id).await? {
            None => RedirectCheck::Refused("unknown appId"),
            Some(application) if application.allows_redirect(uri) => {
                RedirectCheck::Allowed(application)
            }
            Some(_) => RedirectCheck::Refused("redirectUri is not registered"),
        })
    }
}

fn redirect_uris(uris: Vec<String>) -> Result<Vec<String>, Refusal> {
    if uris.is_empty() {
        return Err(Refusal::invalid("redirectUris", "register at least one"));
    }
    bounded("redirectUris", uris.len())?;
    let mut kept: Vec<String> = Vec::new();
    for uri in uris {
        check_uri("redirectUris", &uri)?;
        if !kept.contains(&uri) {
            kept.push(uri);
        }
    }
    Ok(kept)
}

fn bounded(field: &'static str, uris: usize) -> Result<(), Refusal> {
    let fits = uris <= MAX_REDIRECT_URIS;
    if fits { Ok(()) } else { Err(Refusal::invalid(field, "register 100 at most")) }
}

fn check_uri(field: &'static str, uri: &str) -> Result<(), Refusal> {
    check_redirect_uri(uri).map_err(|why| Refusal::invalid(field, why.to_string()))
}

fn token_ttl(seconds: i64) -> Result<Duration, Refusal> {
    text::seconds("sessionTokenTtlSeconds", seconds, 1, text::LONGEST)
}

fn payload_ttl(seconds: i64) -> Result<PayloadTtl, Refusal> {
    let ttl = text::seconds_or_unlimited("sessionPayloadTtlSeconds", seconds)?;
    Ok(ttl.map_or(PayloadTtl::Unlimited, PayloadTtl::After))
}
