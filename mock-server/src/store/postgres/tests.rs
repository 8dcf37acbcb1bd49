//! The two traits over a real database, named by `SECUREFLOWS_TEST_DATABASE`: migrated, empty, and entered as
//! the role that owns nothing.

use std::sync::Arc;

use jiff::Timestamp;
use sqlx::PgPool;

use super::{Inner, Postgres};
use crate::{
    crypto::{Keyring, MasterKey, Sealed},
    domain::{
        Billing, Directory as _, Event, EventKind, Invite, Owner, Plan, Role, Rotation, Session,
        SessionId, SessionState, Trail, User, Window, Workspace as _, WorkspaceRow,
    },
    random::Random,
};

fn home() -> Postgres {
    let url = std::env::var("SECUREFLOWS_TEST_DATABASE").unwrap();
    let master = MasterKey::generate().unwrap();
    let keys = Arc::new(Keyring::under([1; 32], &master, None));
    Postgres(Arc::new(Inner {
        pool: PgPool::connect_lazy(&url).unwrap(),
        secrets: keys.secrets(),
        keys,
        master: master.name(),
        random: Random::from_system().unwrap(),
    }))
}

fn now() -> Timestamp {
    "2026-01-01T00:00:00Z".parse().unwrap()
}

fn session(id: SessionId, shelf: &super::Shelf, owner: Owner) -> Session {
    Session {
        id,
        workspace: shelf.id,
        user: owner.user,
        application: owner.application,
        state: SessionState::Active(Sealed { nonce: [0; 24], ciphertext: vec![0; 17] }),
        attributes: 0,
        token_revision: 1,
        created_at: now(),
        updated_at: now(),
        last_activity_at: now(),
        expires_at: None,
        ended_at: None,
        revoked_by: None,
        token_expires_at: None,
    }
}

async fn workspace(home: &Postgres, name: &str) -> (super::Shelf, User) {
    let mut founder = None;
    let made = home.add_workspace(name, |id, user, trail: &mut Trail| {
        let key =
            home.0.keys.wrap([2; 24], &WorkspaceRow::key_belongs_to(id), &[3; 32].into()).unwrap();
        let (name, billing) = (name.to_owned(), Billing::beta(Plan::Free));
        let row =
            WorkspaceRow { id, name, accept_anonymous: true, self_service: true, billing, key };
        let (uid, email) = (format!("uid-{id}"), Some(format!("Ada{id}@example.com")));
        let user = User {
            id: user,
            workspace: id,
            role: Role::Owner,
            provider_uid: uid,
            name: None,
            email,
        };
        founder = Some(user.clone());
        trail.write(Event::new(EventKind::WorkspaceCreated, now())).unwrap();
        Ok::<_, ()>((row, user))
    });
    (made.await.unwrap().unwrap().unwrap(), founder.unwrap())
}

#[tokio::test]
async fn rows_are_kept_and_no_change_is_lost() {
    let home = home();
    let (shelf, user) = workspace(&home, &home.0.random.hex::<8>()).await;
    let (other, _) = workspace(&home, &home.0.random.hex::<8>()).await;
    let owner = Owner { user: user.id, application: None };
    let open = |reuse| {
        shelf.open_session(owner, now(), reuse, |id, _, _, _| {
            Ok::<_, ()>(session(id, &shelf, owner))
        })
    };
    let (one, two) = tokio::join!(open(true), open(true));
    let opened = one.unwrap().unwrap().unwrap();
    assert_eq!(opened, two.unwrap().unwrap().unwrap(), "two at once get one session");

    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let shelf = shelf.clone();
        tasks.spawn(async move {
            let change = |session: &mut Session, _: &WorkspaceRow, trail: &mut Trail| {
                session.attributes += 1;
                trail.write(Event::new(EventKind::SessionKeyWritten, now())).unwrap();
            };
            shelf.with_session(opened.session, change).await.unwrap().unwrap();
        });
    }
    tasks.join_all().await;
    let many = shelf.with_session(opened.session, |session, _, _| session.attributes).await;
    assert_eq!(many.unwrap(), Some(50));
    assert_eq!(shelf.events(Window { page: 9, size: 5 }).await.unwrap().total, 51);

    // The store's own look-up by number, from another workspace.
    let stranger = other.with_session(opened.session, |_, _, _| ()).await;
    assert_eq!(stranger.unwrap(), None);
    assert_eq!(home.memberships(&user.provider_uid).await.unwrap().len(), 1);

    let invite = shelf.add_invite(|id, _| {
        let (workspace, secret) = (shelf.id, home.0.random.hex::<16>().into());
        Ok::<_, ()>(Invite {
            id,
            workspace,
            role: Role::User,
            secret,
            created_at: now(),
            expires_at: now(),
            end: None,
        })
    });
    let invite = invite.await.unwrap().unwrap();
    let (found, id) = home.invite(&invite.secret).await.unwrap().unwrap();
    assert_eq!((found.id, id), (shelf.id, invite.id));
    let read = shelf.with_invite(id, |invite, _| invite.secret.clone()).await.unwrap();
    assert_eq!(read, Some(invite.secret));
    let _ = Rotation::default();
}
