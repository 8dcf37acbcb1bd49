//! Everything that a sign-in at the pages leaves behind, without the pages.

use std::fmt;

use super::{SignInError, World, builder::add_workspace, spec::WorkspaceSpec, wait};
use crate::{
    domain::{
        Account, Directory as _, Method, Payload, Platform, Refusal, Reuse, Role,
        SUPPORT_WORKSPACE, User, UserId, Workspace as _,
    },
    http::{callback_address, cookies},
    store::Store,
};

/// The one of them that every world knows.
const SUPPORT_EMAIL: &str = "support@secureflows.mock";

/// Who signs in where. See [`World::sign_in_fully`].
#[derive(Debug, Clone)]
pub struct SignIn {
    email: String,
    app_id: String,
    redirect_uri: Option<String>,
    state: Option<String>,
}

impl SignIn {
    /// The user with this e-mail signs in to the application with this id.
    pub fn new(email: impl Into<String>, app_id: impl Into<String>) -> Self {
        Self { email: email.into(), app_id: app_id.into(), redirect_uri: None, state: None }
    }

    /// Where the browser is sent back to: a URI of the application's allowlist, the first one unless said.
    #[must_use]
    pub fn redirect_uri(self, uri: impl Into<String>) -> Self {
        Self { redirect_uri: Some(uri.into()), ..self }
    }

    /// The `state` that the application gave, echoed in the callback URL.
    #[must_use]
    pub fn state(self, state: impl Into<String>) -> Self {
        Self { state: Some(state.into()), ..self }
    }
}

/// What a sign-in leaves with the application, the browser and the identity provider.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SignedIn {
    /// The session token.
    pub session_token: String,
    /// The identity token, good for an hour.
    pub identity_token: String,
    /// The platform's cookie: a browser that has it is asked "Continue as …?".
    pub cookie: LoginCookie,
    /// Where the browser lands, session token included; `None` for an application without a redirect URI.
    pub callback_url: Option<String>,
    /// What `GET /sessions/identity` calls `userId`.
    pub user_id: UserId,
}

/// A cookie of the platform's pages. It is `HttpOnly`, and sent along by its own site and by navigations
/// (`SameSite=Lax`).
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoginCookie {
    /// Its name, which carries the world's id.
    pub name: String,
    /// Its value.
    pub value: String,
    /// The path below which it is sent.
    pub path: &'static str,
}

impl World {
    /// Signs a user in as the pages do, without them: the session token, and all else that a sign-in leaves
    /// behind.
    ///
    /// ```
    /// use secureflows_mock::{ApplicationSpec, SignIn, UserSpec, World, WorkspaceSpec};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let world = World::builder()
    ///     .workspace(WorkspaceSpec::new("acme"))
    ///     .application("acme", ApplicationSpec::new("web").redirect_uri("com.acme:/callback"))
    ///     .user("acme", UserSpec::new("ada@example.com"))
    ///     .build()?;
    /// let signed_in = world.sign_in_fully(&SignIn::new("ada@example.com", "web").state("s")).await?;
    /// let callback = format!("com.acme:/callback?sessionToken={}&state=s", signed_in.session_token);
    /// assert_eq!(signed_in.callback_url, Some(callback));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`sign_in`](Self::sign_in), and [`SignInError::RedirectUri`] for a URI that the application's
    /// allowlist does not hold.
    pub async fn sign_in_fully(&self, sign_in: &SignIn) -> Result<SignedIn, SignInError> {
        let account = self.account(&sign_in.email).await?;
        let target = self.target(&sign_in.app_id).await?;
        let application = target.application.as_deref();
        let allowed = application.map(|it| it.redirect_uris.as_slice()).unwrap_or_default();
        let redirect_uri = match &sign_in.redirect_uri {
            Some(uri) if !allowed.contains(uri) => {
                let (app_id, uri) = (sign_in.app_id.clone(), uri.clone());
                return Err(SignInError::RedirectUri { app_id, uri });
            }
            Some(uri) => Some(uri),
            None => allowed.first(),
        };
        let site = self.site();
        let platform = &site.platform;
        let payload = Payload::default();
        let open = platform.open_session(&account, &target, &payload, None, Reuse::NewestActive);
        let session_token = open.await?;
        let user = target.workspace.user_of_account(&account.uid).await.map_err(Refusal::from)?;
        let user = user.ok_or_else(|| SignInError::UserUnknown { email: sign_in.email.clone() })?;
        let proof = platform.proof_by(Method::usual_of(&account));
        let cookie = LoginCookie {
            name: cookies::name(&platform.id),
            value: platform.remember_browser(&account, proof).await?,
            path: cookies::PATH,
        };
        let state = sign_in.state.as_deref().map(str::as_bytes);
        Ok(SignedIn {
            callback_url: redirect_uri.map(|uri| callback_address(uri, &session_token, state)),
            session_token,
            identity_token: platform.identity_token(&account, proof).await?,
            cookie,
            user_id: user.id,
        })
    }

    /// A USER token with the role [`Role::Support`] for a workspace, of somebody who works for the platform.
    /// They and their own workspace `__support__` are there from the first such token on.
    ///
    /// # Errors
    ///
    /// [`SignInError::Refused`] when there is no such workspace.
    pub fn support_token(&self, workspace: &str) -> Result<String, SignInError> {
        wait(self.token_of_support(workspace))
    }

    pub(crate) async fn token_of_support(&self, workspace: &str) -> Result<String, SignInError> {
        let site = self.site();
        let platform = &site.platform;
        let store = &platform.store;
        let unknown = Refusal::WorkspaceUnknown;
        self.keep_time().await;
        let asked = store.workspace_named(workspace).await.map_err(Refusal::from)?;
        let asked = asked.ok_or(unknown)?.row().id;
        let user = self.support(platform).await?;
        Ok(platform.user_token(&user, asked))
    }

    /// The one who works for the platform, with their workspace.
    async fn support(&self, platform: &Platform<Store>) -> Result<User, Refusal> {
        let store = &platform.store;
        let mut shelf = store.workspace_named(SUPPORT_WORKSPACE).await?;
        if shelf.is_none() {
            let spec = WorkspaceSpec::new(SUPPORT_WORKSPACE).accept_anonymous(false);
            // Lost to another caller who was faster, it is there all the same.
            let _ = add_workspace(platform, spec).await;
            shelf = store.workspace_named(SUPPORT_WORKSPACE).await?;
        }
        let mut account = store.account_by_email(SUPPORT_EMAIL).await?;
        if account.is_none() {
            let new = platform.new_account(Some(SUPPORT_EMAIL.to_owned()), None);
            store.add_account(Account { email_verified: true, ..new }).await?;
            account = store.account_by_email(SUPPORT_EMAIL).await?;
        }
        let shelf = shelf.ok_or(Refusal::WorkspaceUnknown)?;
        let account = account.ok_or(Refusal::UserUnknown)?;
        let home = shelf.row().id;
        let user = shelf.lay_user(&account.uid, None, |id| {
            let first = User::first_visit(id, home, &account);
            User { role: Role::Support, ..first }
        });
        Ok(user.await?)
    }
}

impl fmt::Debug for SignedIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignedIn(user {}, …)", self.user_id)
    }
}

impl fmt::Debug for LoginCookie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LoginCookie({}=…)", self.name)
    }
}
