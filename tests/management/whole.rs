//! All of the operators' API is there (contract §5).

use std::collections::BTreeSet;

use secureflows::{
    management::{
        ApplicationFilter, ApplicationPatch, BillingPatch, CheckoutRequest, ExportFilter,
        InviteFilter, InviteRole, Management, MembershipsFor, NewApplication, NewWorkspace,
        OwnSessionFilter, Plan, SessionFilter, Ttl, UserFilter, UserPatch, WorkspacePatch,
    },
    protocol::call,
};
use secureflows_tests::{APP, REDIRECT, WORKSPACE};

use crate::{OWNER, by_identity, owner, world};

/// Every operation that the platform publishes.
const PUBLISHED: &str = include_str!("../../mock-server/published.tsv");
/// What a browser goes to by itself.
const BY_BROWSERS: [&str; 2] = ["GET /auth/callback", "GET /auth/logout"];

#[tokio::test]
async fn every_operation_that_is_not_the_clients_is_the_operators() {
    let world = world();
    let olive = by_identity(&world, OWNER).workspace(WORKSPACE).build().unwrap();
    ask_as_somebody(&olive).await;
    let management = owner(&world);
    ask_for_lists(&management).await;
    ask_for_one(&management).await;
    ask_for_money(&management).await;
    let asked = world.journal().entries();
    let asked = asked.iter().filter_map(|it| Some((it.method, it.path?.strip_prefix("/api/v1")?)));
    let asked: BTreeSet<String> = asked.map(|(method, path)| format!("{method} {path}")).collect();

    let clients = call::ALL.iter().map(|it| format!("{} {}", it.method.as_str(), it.path));
    let others: BTreeSet<_> = clients.chain(BY_BROWSERS.map(str::to_owned)).collect();
    let published = PUBLISHED.lines().skip(1).map(|line| {
        let mut columns = line.split('\t');
        format!("{} {}", columns.next().unwrap(), columns.next().unwrap())
    });
    let published: BTreeSet<String> = published.filter(|it| !others.contains(it)).collect();
    assert_eq!(asked, published);
}

// Whether they may, and what comes of it, others test.

async fn ask_as_somebody(management: &Management) {
    let _any = management.memberships(MembershipsFor::SelfService).await;
    let _any = management.accept_invite("none").await;
    let _any = management.join_anonymously(WORKSPACE).await;
    let _any = management.create_workspace(&NewWorkspace::new("new")).await;
    // Logs in first.
    let _any = management.workspace().await;
}

async fn ask_for_lists(management: &Management) {
    let _any = management.users(UserFilter::new()).page(0).await;
    let _any = management.invites(InviteFilter::new()).page(0).await;
    let _any = management.applications(ApplicationFilter::new()).page(0).await;
    let _any = management.own_sessions(OwnSessionFilter::new()).page(0).await;
    let _any = management.sessions(SessionFilter::new()).page(0).await;
    let _any = management.export(ExportFilter::new()).page(0).await;
    let _any = management.concurrent_sessions(None, None).await;
    let _any = management.audit_events(20).page(0).await;
    let _any = management.api_access(20).page(0).await;
    let _any = management.search_docs("login", 1).await;
}

async fn ask_for_one(management: &Management) {
    let _any = management.update_workspace(&WorkspacePatch::new()).await;
    let _any = management.user(0).await;
    let _any = management.update_user(0, &UserPatch::new()).await;
    let _any = management.delete_user(0).await;
    let _any = management.invite(&InviteRole::User, 60).await;
    let _any = management.invite_detail(0).await;
    let _any = management.revoke_invite(0).await;
    let _any = management.create_application(&NewApplication::new("new", "New", REDIRECT)).await;
    let _any = management.application(APP).await;
    let _any = management.update_application(APP, &ApplicationPatch::new()).await;
    let _any = management.add_redirect_uri(APP, REDIRECT).await;
    let _any = management.validate_redirect(APP, REDIRECT).await;
    let _any = management.delete_application("new").await;
    let _any = management.session(0).await;
    let _any = management.set_session_ttl(0, Ttl::Unlimited).await;
    let _any = management.revoke_session(0).await;
    let _any = management.revoke_own_session(0).await;
}

async fn ask_for_money(management: &Management) {
    let checkout = CheckoutRequest {
        plan_name: Plan::Base,
        success_url: "https://app.example/paid".into(),
        cancel_url: "https://app.example/".into(),
    };
    let _any = management.billing().await;
    let _any = management.update_billing(&BillingPatch::new()).await;
    let _any = management.checkout(&checkout).await;
    let _any = management.cancel_plan().await;
    let _any = management.resume_plan().await;
    let _any = management.test_enter_grace_lock().await;
    let _any = management.test_complete_grace_wipe().await;
}
