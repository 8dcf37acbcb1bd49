//! Users, invites, applications, workspaces.

use futures_util::StreamExt as _;
use secureflows::{
    Error,
    management::{
        ApplicationFilter, ApplicationPatch, ApplicationSort, InviteFilter, InviteRole,
        InviteStatus, Management, NewApplication, NewWorkspace, RedirectReason, Role, Ttl,
        UserFilter, UserPatch, UserSort, WorkspacePatch,
    },
};
use secureflows_mock::UserSpec;
use secureflows_tests::{ADA, APP, BOB, REDIRECT, WORKSPACE};

use crate::{OWNER, by_identity, owner, status, world};

#[tokio::test]
async fn users_are_listed_changed_and_deleted() {
    let world = world();
    let management = owner(&world);
    let users = management.users(UserFilter::new().sort_by(UserSort::Email)).all().await.unwrap();
    let emails: Vec<_> = users.iter().map(|user| user.email.as_deref().unwrap()).collect();
    assert_eq!(emails, [ADA, BOB, OWNER]);
    let ada = management.user(users[0].id).await.unwrap();
    assert_eq!(ada, users[0]);
    let patch = UserPatch::new().role(Role::Admin).user_name("Ada");
    let ada = management.update_user(ada.id, &patch).await.unwrap();
    assert_eq!((&ada.role, ada.user_name.as_deref()), (&Role::Admin, Some("Ada")));
    management.delete_user(users[1].id).await.unwrap();
    assert_eq!(status(management.user(users[1].id).await), 404);
    let down = UserFilter::new().sort_by(UserSort::Email).descending().search("example.com");
    let users = management.users(down).all().await.unwrap();
    assert_eq!(users.first().unwrap().email.as_deref(), Some(OWNER));
    assert_eq!(users.len(), 2);
}

#[tokio::test]
async fn a_list_is_a_stream_over_its_pages() {
    let world = world();
    for number in 0..45 {
        let user = UserSpec::new(format!("user{number:02}@example.org"));
        world.add_user(WORKSPACE, user).await.unwrap();
    }
    let management = owner(&world);
    let filter = UserFilter::new().page_size(10).search("example.org").sort_by(UserSort::Email);
    let listing = management.users(filter);
    let page = listing.page(4).await.unwrap();
    assert_eq!((page.page, page.page_size, page.total_items, page.total_pages), (4, 10, 45, 5));
    assert_eq!(page.items.len(), 5);
    let streamed: Vec<_> =
        listing.stream().map(|user| user.unwrap().email.unwrap()).collect().await;
    let expected: Vec<_> = (0..45).map(|n| format!("user{n:02}@example.org")).collect();
    assert_eq!(streamed, expected);
}

#[tokio::test]
async fn a_failure_ends_a_stream() {
    let world = world();
    world.faults().add(secureflows_mock::Fault::status("users.list", 500)).unwrap();
    let mut users = owner(&world).users(UserFilter::new()).stream();
    assert!(matches!(users.next().await, Some(Err(Error::Unavailable { .. }))));
    assert!(users.next().await.is_none());
}

#[tokio::test]
async fn invites_bring_people_in() {
    let world = world();
    let management = owner(&world);
    let invite = management.invite(&InviteRole::Admin, 3600).await.unwrap();
    assert!(!format!("{invite:?}").contains(invite.secret_key()));
    let listed = management.invites(InviteFilter::new()).all().await.unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!((&listed[0].role, &listed[0].status), (&InviteRole::Admin, &InviteStatus::Active));
    let detail = management.invite_detail(listed[0].id).await.unwrap();
    assert_eq!(detail.secret_key(), invite.secret_key());
    assert!(!format!("{detail:?}").contains(invite.secret_key()));
    world.add_workspace(secureflows_mock::WorkspaceSpec::new("elsewhere")).await.unwrap();
    world.add_user("elsewhere", UserSpec::new("eve@example.com")).await.unwrap();
    let eve = by_identity(&world, "eve@example.com").build().unwrap();
    let user = eve.accept_invite(invite.secret_key()).await.unwrap();
    assert_eq!((user.email.as_deref(), &user.role), (Some("eve@example.com"), &Role::Admin));
    assert!(matches!(eve.accept_invite(invite.secret_key()).await, Err(Error::Forbidden { .. })));
    let used = InviteFilter::new().include_used(true);
    assert_eq!(management.invites(used).all().await.unwrap()[0].status, InviteStatus::Used);
    management.invite(&InviteRole::User, 3600).await.unwrap();
    let open = management.invites(InviteFilter::new().include_used(false)).all().await.unwrap();
    management.revoke_invite(open[0].id).await.unwrap();
    let revoked = management.invite_detail(open[0].id).await.unwrap();
    assert_eq!(revoked.invite.status, InviteStatus::Revoked);
}

#[tokio::test]
async fn applications_are_registered_changed_and_removed() {
    let world = world();
    let management = owner(&world);
    let new = NewApplication::new("acme-web", "Acme", "https://app.acme.example/callback")
        .redirect_uri("com.acme:/callback")
        .session_token_ttl_seconds(3600)
        .session_payload_ttl(Ttl::Unlimited);
    let made = management.create_application(&new).await.unwrap();
    assert_eq!(made.redirect_uris.len(), 2);
    assert_eq!(made.session_payload_ttl, Some(Ttl::Unlimited));
    assert_eq!(status(management.create_application(&new).await), 409);
    assert_eq!(management.application("acme-web").await, Ok(made));
    let patch = ApplicationPatch::new()
        .display_name("Acme Web")
        .session_token_ttl_seconds(None)
        .session_payload_ttl(Some(Ttl::Seconds(86_400)));
    let changed = management.update_application("acme-web", &patch).await.unwrap();
    assert_eq!(
        (changed.display_name.as_str(), changed.session_token_ttl_seconds),
        ("Acme Web", None)
    );
    assert_eq!(changed.session_payload_ttl, Some(Ttl::Seconds(86_400)));
    assert_eq!(changed.redirect_uris.len(), 2, "what is not named stays");
    let uri = "http://127.0.0.1:3999/callback";
    for _ in 0..2 {
        let added = management.add_redirect_uri("acme-web", uri).await.unwrap();
        assert_eq!(added.redirect_uris.len(), 3);
    }
    let patch = ApplicationPatch::new().redirect_uris([uri]);
    assert_eq!(
        management.update_application("acme-web", &patch).await.unwrap().redirect_uris,
        [uri]
    );
    let filter = ApplicationFilter::new().sort_by(ApplicationSort::AppId).descending();
    let listed = management.applications(filter).all().await.unwrap();
    let ids: Vec<_> = listed.iter().map(|it| it.app_id.as_str()).collect();
    assert_eq!(ids, ["acme-web", APP]);
    management.delete_application("acme-web").await.unwrap();
    assert_eq!(status(management.application("acme-web").await), 404);
}

#[tokio::test]
async fn anybody_may_ask_about_a_redirect() {
    let world = world();
    let management = owner(&world);
    let good = management.validate_redirect(APP, REDIRECT).await.unwrap();
    assert!(good.valid && good.display_name.is_some());
    assert_eq!(good.reason, Some(RedirectReason::Ok));
    let bad = management.validate_redirect(APP, "https://evil.example/").await.unwrap();
    assert!(!bad.valid && matches!(bad.reason, Some(RedirectReason::Other(_))));
}

#[tokio::test]
async fn a_workspace_is_made_and_run() {
    let world = world();
    let ada = by_identity(&world, ADA).build().unwrap();
    let new = NewWorkspace::new("globex").accept_anonymous(false);
    let created = ada.create_workspace(&new).await.unwrap();
    assert!(!format!("{created:?}").contains("eyJ"));
    assert_eq!(status(ada.create_workspace(&new).await.map(|it| it.workspace)), 400);
    let globex: Management = crate::builder(&world).token(created.token.clone()).build().unwrap();
    let workspace = globex.workspace().await.unwrap();
    assert_eq!(workspace, created.workspace);
    assert!(!workspace.accept_anonymous && workspace.enable_self_service);
    let bob = by_identity(&world, BOB).build().unwrap();
    assert!(matches!(bob.join_anonymously("globex").await, Err(Error::Forbidden { .. })));
    let patch = WorkspacePatch::new().name("globex-2").enable_self_service(false);
    let changed = globex.update_workspace(&patch.accept_anonymous(true)).await.unwrap();
    assert_eq!((changed.name.as_str(), changed.enable_self_service), ("globex-2", false));
    assert!(bob.join_anonymously("globex-2").await.is_ok());
}
