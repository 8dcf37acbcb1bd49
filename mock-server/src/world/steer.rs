//! What a test does to a world without going through HTTP.

use serde_json::Value;

use super::{
    ApplicationSpec, SeedError, SignInError, UserSpec, WorkspaceSpec, World,
    builder::{add_application, add_user, add_workspace},
    sessions::add_sessions,
    wait,
};
use crate::{
    domain::{
        Account, Directory as _, Payload, Payment, Refusal, Reuse, Target, Workspace as _,
        parse_email,
    },
    store::Store,
};

impl World {
    /// Signs a user in without pages: the token of the newest active session in the application, or of a
    /// new one. Somebody who was never in the application's workspace becomes a user of it.
    ///
    /// # Errors
    ///
    /// [`SignInError::UserUnknown`] and [`SignInError::ApplicationUnknown`] when the world has none such;
    /// [`SignInError::Refused`] when the platform would refuse too, as under a grace lock.
    pub async fn sign_in(&self, email: &str, app_id: &str) -> Result<String, SignInError> {
        let account = self.account(email).await?;
        let target = self.target(app_id).await?;
        let site = self.site();
        let platform = &site.platform;
        let (payload, reuse) = (Payload::default(), Reuse::NewestActive);
        Ok(platform.open_session(&account, &target, &payload, None, reuse).await?)
    }

    /// A USER token for a workspace. No session call takes it.
    ///
    /// # Errors
    ///
    /// [`SignInError::UserUnknown`] when nobody has this e-mail, [`SignInError::NotAUser`] when they are not
    /// in the workspace, [`SignInError::Refused`] for a plain user when self-service is off there.
    pub fn user_token(&self, email: &str, workspace: &str) -> Result<String, SignInError> {
        wait(self.token_of_user(email, workspace))
    }

    pub(crate) async fn token_of_user(
        &self,
        email: &str,
        workspace: &str,
    ) -> Result<String, SignInError> {
        let account = self.account(email).await?;
        let stranger =
            || SignInError::NotAUser { email: email.to_owned(), workspace: workspace.to_owned() };
        let site = self.site();
        let shelf = site.platform.store.workspace_named(workspace).await;
        let shelf = shelf.map_err(Refusal::from)?.ok_or_else(stranger)?;
        let user = shelf.user_of_account(&account.uid).await.map_err(Refusal::from)?;
        let user = user.ok_or_else(stranger)?;
        if !user.role.administers() && !shelf.row().self_service {
            return Err(Refusal::SelfServiceOff.into());
        }
        Ok(site.platform.user_token(&user, shelf.row().id))
    }

    /// Adds a workspace to a world that has begun.
    ///
    /// # Errors
    ///
    /// [`SeedError`] as when a world begins with this workspace.
    pub async fn add_workspace(&self, workspace: WorkspaceSpec) -> Result<(), SeedError> {
        add_workspace(&self.site().platform, workspace).await
    }

    /// Adds an application to a world that has begun.
    ///
    /// # Errors
    ///
    /// [`SeedError`] as when a world begins with this application.
    pub async fn add_application(
        &self,
        workspace: &str,
        application: ApplicationSpec,
    ) -> Result<(), SeedError> {
        add_application(&self.site().platform, workspace, application).await
    }

    /// Adds a user to a world that has begun.
    ///
    /// # Errors
    ///
    /// [`SeedError`] as when a world begins with this user.
    pub async fn add_user(&self, workspace: &str, user: UserSpec) -> Result<(), SeedError> {
        let site = self.site();
        add_user(&site.platform, workspace, &user).await?;
        add_sessions(&site.platform, &[(workspace.to_owned(), user)]).await
    }

    /// Puts a workspace under the grace lock (contract ruling 7): payloads are out of reach, identity, logout and
    /// revoke stay open. The audit trail has it as the end of a paid period. Whether there is such a workspace.
    pub async fn lock_workspace(&self, workspace: &str) -> bool {
        let site = self.site();
        let shelf = site.platform.store.workspace_named(workspace).await;
        let Some(shelf) = shelf.ok().flatten() else { return false };
        site.platform.lock(&shelf).await.is_ok()
    }

    /// Lifts the grace lock: payments are again what they were before it. The platform itself has no such
    /// step, so the audit trail does not show it. Whether there is such a workspace.
    pub async fn unlock_workspace(&self, workspace: &str) -> bool {
        let site = self.site();
        let shelf = site.platform.store.workspace_named(workspace).await;
        let Some(shelf) = shelf.ok().flatten() else { return false };
        site.platform.unlock(&shelf).await.is_ok()
    }

    /// Revokes every active session of a user: the data is gone, later calls get `410` "Session revoked". The
    /// audit trail has it without anybody who did it. How many there were.
    pub async fn revoke_sessions(&self, email: &str) -> usize {
        let Ok(account) = self.account(email).await else { return 0 };
        let site = self.site();
        let mut revoked = 0;
        for (shelf, user) in site.platform.store.memberships(&account.uid).await.unwrap_or_default()
        {
            for id in shelf.sessions_of(user.id).await.unwrap_or_default() {
                let end = site.platform.end_session(&shelf, id, None).await;
                revoked += usize::from(end == Ok(true));
            }
        }
        revoked
    }

    /// The payload of a user's newest active session in an application, decrypted. `None` when there is no
    /// such session, or when it holds a number that no JSON value of Rust can (such as `1e400`).
    pub async fn payload(&self, email: &str, app_id: &str) -> Option<Value> {
        let account = self.account(email).await.ok()?;
        let site = self.site();
        let platform = &site.platform;
        let application = platform.store.application(app_id).await.ok()??;
        let shelf = platform.store.workspace(application.workspace).await.ok()??;
        let user = shelf.user_of_account(&account.uid).await.ok()??;
        let json = platform.peek(&shelf, user.id, application.id).await.ok()??;
        serde_json::from_str(&json).ok()
    }

    /// The name of an application's workspace.
    pub(crate) async fn workspace_of(&self, app_id: &str) -> Option<String> {
        let site = self.site();
        let application = site.platform.store.application(app_id).await.ok()??;
        let shelf = site.platform.store.workspace(application.workspace).await.ok()??;
        Some(shelf.row().name.clone())
    }

    pub(crate) async fn account(&self, email: &str) -> Result<Account, SignInError> {
        let unknown = || SignInError::UserUnknown { email: email.to_owned() };
        let address = parse_email(email).map_err(|_| unknown())?;
        // Whoever signs in does so at the time that all instances have come to.
        self.keep_time().await;
        let account = self.site().platform.store.account_by_email(&address).await;
        account.map_err(Refusal::from)?.ok_or_else(unknown)
    }

    /// Removes a workspace with all that is in it. Its key is destroyed, so that nothing can open what may be left of
    /// its payloads anywhere. The platform itself has no such step. Whether there was such a workspace.
    pub async fn remove_workspace(&self, workspace: &str) -> bool {
        let site = self.site();
        let shelf = site.platform.store.workspace_named(workspace).await;
        let Some(shelf) = shelf.ok().flatten() else { return false };
        site.platform.store.remove_workspace(&shelf).await == Ok(true)
    }

    /// Whether workspaces can pay, and whether a test may hurry them along.
    #[must_use]
    pub fn payment(&self) -> Payment {
        self.site().platform.payment()
    }

    /// Turns the switches of the payment provider.
    pub fn set_payment(&self, payment: Payment) {
        self.site().platform.set_payment(payment);
    }

    pub(super) async fn target(&self, app_id: &str) -> Result<Target<Store>, SignInError> {
        let unknown = || SignInError::ApplicationUnknown { app_id: app_id.to_owned() };
        let application = self.site().platform.store.application(app_id).await;
        let application = application.map_err(Refusal::from)?.ok_or_else(unknown)?;
        let workspace = self.site().platform.store.workspace(application.workspace).await;
        let workspace = workspace.map_err(Refusal::from)?.ok_or_else(unknown)?;
        Ok(Target { workspace, application: Some(application) })
    }
}
