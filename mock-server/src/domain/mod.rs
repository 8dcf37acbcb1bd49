//! The platform without HTTP and without SQL: its rows, its rules, and what it asks of a store.

mod access;
mod account;
mod application;
mod audit;
mod billing;
mod console;
mod deadlines;
mod identity;
mod ids;
mod invite;
mod json;
mod key_service;
mod lifetime;
mod listing;
mod lockout;
mod login;
mod logout;
mod management;
mod payload;
mod payment;
mod plan;
mod platform;
mod proof;
mod provider;
mod reason;
mod redirect;
mod refresh;
mod refusal;
mod rotation;
mod runtime;
mod session;
mod settlement;
mod sign_in;
mod sign_up;
mod social;
mod store;
mod tokens;
mod user;
mod vault;
mod workspace;

pub(crate) use access::Access;
pub(crate) use account::{Account, BadEmail, parse_email};
pub(crate) use application::{Application, ApplicationKey};
pub(crate) use audit::{AuditRow, Event, EventKind, Trail, without_audit};
#[cfg(feature = "postgres")]
pub(crate) use audit::{AuditedSession, Doer, Subject};
pub(crate) use billing::{Billing, BillingStatus, Checkout, Overrun, Usage};
pub use deadlines::{Deadline, DeadlineKind};
pub(crate) use identity::WrongPassword;
pub use ids::{ApplicationId, AuditId, InviteId, SessionId, UserId, WorkspaceId};
pub(crate) use invite::{Invite, InviteEnd, InviteKey, InviteRow, InviteStatus};
pub(crate) use json::is_deeper;
pub(crate) use key_service::without_key_service;
pub(crate) use lifetime::{IDENTITY_TTL, PayloadTtl};
pub(crate) use listing::{Listing, MAX_PAGE_SIZE, PAGE_SIZE, Page, SortKey, Window};
pub(crate) use lockout::Attempts;
pub(crate) use login::{BadLogin, LoginParameter, LoginRequest, RawLogin};
pub(crate) use logout::BadLogout;
pub(crate) use management::{
    ApplicationPatch, BillingPatch, BillingState, Exported, Membership, MembershipsFor,
    NewApplication, NewCheckout, NewWorkspace, OwnSession, RedirectCheck, SUPPORT_WORKSPACE,
    SessionDetail, UserCaller, UserPatch, WorkspacePatch,
};
pub(crate) use payload::{BadPayload, Payload, written_value};
pub use payment::Payment;
pub use plan::Plan;
pub(crate) use platform::Platform;
pub(crate) use proof::{Method, Proof};
pub(crate) use provider::{Persona, Provider, SocialIdentity, SocialProfile};
pub use reason::{Bound, Reason};
pub use redirect::BadRedirectUri;
pub(crate) use redirect::{browser_origin, check as check_redirect_uri};
pub(crate) use refresh::{BadRefresh, Family, Tokens};
pub(crate) use refusal::Refusal;
pub(crate) use rotation::Rotation;
pub(crate) use runtime::SessionCaller;
pub(crate) use session::{
    Admission, Session, SessionKey, SessionListing, SessionRow, SessionState, SessionStatus,
};
pub(crate) use sign_in::{Renewal, Reuse, Target};
pub(crate) use sign_up::BadSignUp;
pub(crate) use store::{Directory, Opened, Owner, Seat, StoreError, Stored, Workspace};
pub use user::Role;
pub(crate) use user::{User, UserKey};
pub(crate) use workspace::WorkspaceRow;
