//! Sessions as operators see them, and as users see their own.

use secureflows::management::{
    ExportFilter, OwnSessionFilter, SessionFilter, SessionSort, SessionStatus, Ttl,
};
use secureflows_mock::World;
use secureflows_tests::{ADA, APP, BOB, Indoors, REDIRECT, WORKSPACE};

use crate::{builder, owner, status, user_token, world};

/// Stores something for somebody.
async fn store(world: &World, email: &str, value: &str) {
    let client = secureflows::Client::builder()
        .origin(world.origin())
        .workspace(WORKSPACE)
        .app_id(APP)
        .redirect_uri(REDIRECT)
        .host(std::sync::Arc::new(Indoors::new(world)))
        .build()
        .unwrap();
    let token = world.sign_in(email, APP).await.unwrap();
    let token = secureflows::SessionToken::issued_by(world.origin(), token).unwrap();
    client.adopt(token).await.unwrap();
    client.set("note", value).await.unwrap();
    client.set_raw("number", "1e400").await.unwrap();
}

#[tokio::test]
async fn operators_see_rows_and_what_they_ask_for() {
    let world = world();
    store(&world, ADA, "the words of ada").await;
    store(&world, BOB, "the words of bob").await;
    let management = owner(&world);
    let filter = SessionFilter::new().app_id(APP).status(&SessionStatus::Active);
    let rows = management.sessions(filter.sort_by(SessionSort::Created)).all().await.unwrap();
    assert_eq!(rows.len(), 2);
    assert_eq!((rows[0].user_email.as_deref(), rows[0].attribute_count), (Some(ADA), 2));
    let detail = management.session(rows[0].id).await.unwrap();
    assert_eq!(detail.payload.get_raw("note"), Some("\"the words of ada\""));
    assert_eq!(detail.payload.get_raw("number"), Some("1e400"), "every digit is kept");
    assert_eq!(detail.row.id, rows[0].id);
    assert!(!format!("{detail:?}").contains("words"));
    management.set_session_ttl(rows[0].id, Ttl::Seconds(3600)).await.unwrap();
    assert!(management.session(rows[0].id).await.unwrap().row.expires_at.is_some());
    management.set_session_ttl(rows[0].id, Ttl::Unlimited).await.unwrap();
    assert_eq!(management.session(rows[0].id).await.unwrap().row.expires_at, None);
    assert_eq!(status(management.set_session_ttl(rows[0].id, Ttl::Seconds(5)).await), 400);
    let exported = management.export(ExportFilter::new().app_id(APP)).all().await.unwrap();
    let bobs = exported.iter().find(|it| it.user_email.as_deref() == Some(BOB)).unwrap();
    assert_eq!(bobs.payload.get_raw("note"), Some("\"the words of bob\""));
    assert_eq!(bobs.app_id.as_deref(), Some(APP));
    management.revoke_session(rows[0].id).await.unwrap();
    let revoked = SessionFilter::new().status(&SessionStatus::Revoked);
    assert_eq!(management.sessions(revoked).all().await.unwrap().len(), 1);
    assert_eq!(world.payload(ADA, APP).await, None, "the data is destroyed");
    let days = management.concurrent_sessions(None, None).await.unwrap();
    assert!(days.iter().any(|day| day.count == 2), "{days:?}");
    let long = management.concurrent_sessions(Some("2025-01-01"), Some("2025-12-31"));
    assert_eq!(status(long.await), 400);
}

#[tokio::test]
async fn users_see_and_end_their_own() {
    let world = world();
    store(&world, ADA, "the words of ada").await;
    store(&world, BOB, "the words of bob").await;
    let ada = builder(&world).token(user_token(&world, ADA)).build().unwrap();
    let bob = builder(&world).token(user_token(&world, BOB)).build().unwrap();
    let mine = ada.own_sessions(OwnSessionFilter::new().page_size(5)).all().await.unwrap();
    assert_eq!(mine.len(), 1);
    assert_eq!(mine[0].payload.get_raw("note"), Some("\"the words of ada\""));
    assert_eq!(mine[0].status, SessionStatus::Active);
    assert_eq!(status(bob.revoke_own_session(mine[0].id).await), 404);
    ada.revoke_own_session(mine[0].id).await.unwrap();
    let filter = OwnSessionFilter::new().status(&SessionStatus::Revoked).app_id(APP);
    let ended = ada.own_sessions(filter).all().await.unwrap();
    assert!(ended[0].payload.is_empty() && ended[0].ended_at.is_some());
}
