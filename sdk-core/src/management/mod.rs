//! The operators' API: workspaces, applications, people, sessions, billing, audit (contract §5).
//!
//! [`Management`] is one operator's way to one workspace. Lists are [`Listing`]s: a page at a time, or a
//! stream over all of them. Names that the platform may add to are enums with an `Other`.

mod applications;
mod audit;
mod billing;
mod builder;
mod docs;
mod endpoints;
mod filters;
mod invites;
mod listing;
mod names;
mod sessions;
mod token;
mod users;
mod workspaces;

use std::{fmt, sync::Arc};

pub use applications::{
    Application, ApplicationPatch, NewApplication, RedirectReason, RedirectVerdict, Ttl,
};
pub use audit::{AccessRow, AuditEvent};
pub use billing::{
    Billing, BillingPatch, BillingUsage, Checkout, CheckoutRequest, DowngradeBlocked, PlanChange,
};
pub use builder::ManagementBuilder;
pub use docs::{DocsHit, DocsSearch};
pub use filters::{
    ApplicationFilter, ApplicationSort, ExportFilter, InviteFilter, InviteSort, OwnSessionFilter,
    SessionFilter, SessionSort, UserFilter, UserSort,
};
pub use invites::{Invite, InviteDetail, NewInvite};
pub use listing::{Listing, Page, Pages};
pub use names::{
    AuditEventType, AuthProvider, BillingStatus, InviteRole, InviteStatus, Plan, Role,
    SessionStatus, UserStatus,
};
use serde::{Serialize, de::DeserializeOwned};
pub use sessions::{DayCount, ExportedSession, OwnSession, SessionDetail, SessionRow};
use token::Credentials;
pub use users::{Membership, MembershipsFor, User, UserPatch};
pub use workspaces::{CreatedWorkspace, NewWorkspace, Workspace, WorkspacePatch};

pub use crate::secret::UserToken;
use crate::{
    client::json,
    error::{Cause, Error, SignedOutReason},
    protocol::{
        call::{Auth, Call},
        session::Generation,
        verdict::Accepted,
    },
    road::{Answered, Line},
    secret::Bearer,
    trace,
};

/// One operator's way to one workspace.
///
/// A clone is another handle. It needs a USER token, or an identity provider that logs in when it is
/// needed and again when the token is dead. Every call may fail with any [`Error`]; whoever has not
/// the role that a call needs gets [`Error::Forbidden`].
///
/// ```no_run
/// # async fn example(token: secureflows::management::UserToken) -> Result<(), secureflows::Error> {
/// use secureflows::management::{Management, UserFilter, UserSort};
///
/// let management = Management::builder().token(token).build()?;
/// let mut users = management.users(UserFilter::new().sort_by(UserSort::Name)).stream();
/// while let Some(user) = users.next().await {
///     let user = user?;
///     println!("{} {}", user.role, user.email.unwrap_or_default());
/// }
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Management(Arc<Inner>);

struct Inner {
    line: Line,
    credentials: Credentials,
}

impl Management {
    /// Begins a client of the operators' API: a token or an identity provider is needed.
    pub fn builder() -> ManagementBuilder {
        ManagementBuilder::default()
    }

    /// What `call` brings, as a `T`.
    async fn read<T: DeserializeOwned>(&self, call: Call) -> Result<T, Error> {
        match self.accepted(&call).await? {
            Accepted::Json(text) => json::read(&text),
            _ => Err(not_the_platform()),
        }
    }

    /// As [`read`](Self::read), with `body` on the way.
    async fn send<T: DeserializeOwned>(
        &self,
        call: Call,
        body: &impl Serialize,
    ) -> Result<T, Error> {
        self.read(call.with_body(json::write(body)?)).await
    }

    /// Does `call`, whatever it brings.
    async fn done(&self, call: Call) -> Result<(), Error> {
        self.accepted(&call).await.map(drop)
    }

    async fn accepted(&self, call: &Call) -> Result<Accepted, Error> {
        let doing = async {
            match call.endpoint().auth {
                Auth::Public => self.exchange(call, None).await,
                Auth::Identity => {
                    let identity = self.0.credentials.identity().await?;
                    self.exchange(call, Some(identity.bearer())).await
                }
                Auth::User | Auth::Session => self.as_user(call).await,
            }
        };
        let result = trace::in_call(call.endpoint(), doing).await;
        result.inspect_err(|error| trace::failed(error.code()))
    }

    /// Does `call` with the USER token; once more with a fresh one, when it may be dead. The platform
    /// says so with a refusal like that of a missing role.
    async fn as_user(&self, call: &Call) -> Result<Accepted, Error> {
        let credentials = &self.0.credentials;
        let login = |call: Call, identity: Bearer| async move {
            self.exchange(&call, Some(&identity)).await
        };
        let token = credentials.token(None, login).await?;
        let refused = match self.exchange(call, Some(token.bearer())).await {
            Err(error @ (Error::SignedOut { .. } | Error::Forbidden { .. })) => error,
            other => return other,
        };
        if !credentials.renewable() || token.is_new() {
            return Err(refused);
        }
        let token = credentials.token(Some(&token), login).await?;
        self.exchange(call, Some(token.bearer())).await
    }

    async fn exchange(&self, call: &Call, bearer: Option<&Bearer>) -> Result<Accepted, Error> {
        let (bearer, sent) = (bearer.cloned(), Generation::default());
        match self.0.line.exchange(call, bearer, sent, &()).await? {
            Answered::Accepted(accepted) => Ok(accepted),
            Answered::Absent => Err(not_the_platform()),
            Answered::Dead(dead) => {
                Err(Error::SignedOut { reason: SignedOutReason::Expired, data: dead.data() })
            }
        }
    }
}

/// A success that holds something else than it promises.
const fn not_the_platform() -> Error {
    Error::Unavailable { cause: Cause::NotThePlatform(200) }
}

impl fmt::Debug for Management {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Management")
            .field("credentials", &self.0.credentials)
            .finish_non_exhaustive()
    }
}
