//! The mock's faults as the client meets them, over a socket and without one.
#![allow(clippy::unwrap_used, reason = "helpers fail the test they help")]

use std::{sync::Arc, time::Duration};

use secureflows::{Cause, Client, DataState, Error, Host, SessionToken, Status};
use secureflows_mock::{Fault, World};
use secureflows_tests::{ADA, APP, BOB, REDIRECT, WORKSPACE, Wire, leaks, platform};
use serde_json::json;

/// Ada, signed in to a world that listens, or to one that does not.
async fn ada(listens: bool) -> (World, Client) {
    let (world, host): (World, Arc<dyn Host>) = if listens {
        (platform().start().await.unwrap(), Arc::new(Wire::new().unwrap()))
    } else {
        let world = platform().build().unwrap();
        let host = Arc::new(world.host());
        (world, host)
    };
    let client = Client::builder()
        .origin(world.origin())
        .workspace(WORKSPACE)
        .app_id(APP)
        .redirect_uri(REDIRECT)
        .host(host)
        .build()
        .unwrap();
    let token = world.sign_in(ADA, APP).await.unwrap();
    leaks::note(&token);
    client.adopt(SessionToken::issued_by(world.origin(), token).unwrap()).await.unwrap();
    (world, client)
}

async fn stored(world: &World) -> serde_json::Value {
    world.payload(ADA, APP).await.unwrap()
}

#[tokio::test]
async fn a_write_whose_answer_is_lost_is_committed() {
    for listens in [true, false] {
        let (world, client) = ada(listens).await;
        let unknown = Error::OutcomeUnknown { cause: Cause::Interrupted, data: DataState::Intact };
        for (fault, value, kept) in [
            (Fault::cut_after_commit("sessions.set").user(ADA), "1", 1),
            // To the client it looks the same, and is not.
            (Fault::cut("sessions.set"), "2", 1),
            (Fault::truncated("sessions.set"), "3", 3),
        ] {
            // More often than the client tries.
            world.faults().add(fault.times(20)).unwrap();
            assert_eq!(client.set_raw("note", value).await, Err(unknown.clone()));
            assert_eq!(stored(&world).await, json!({"note": kept}));
            assert_eq!(world.faults().unfired(), []);
            world.faults().clear();
        }
        assert_eq!(client.status(), Status::SignedIn);
    }
}

#[tokio::test]
async fn passing_faults_are_not_seen() {
    for listens in [true, false] {
        let (world, client) = ada(listens).await;
        client.set_raw("note", "1").await.unwrap();
        for fault in [
            Fault::cut("sessions.get"),
            Fault::cut_after_commit("sessions.get"),
            Fault::truncated("sessions.get"),
            Fault::status("sessions.get", 503),
            Fault::rate_limit("sessions.get", Duration::ZERO),
            Fault::key_service_down("*"),
            Fault::latency("sessions.get", Duration::from_millis(5)),
        ] {
            world.faults().add(fault.clone()).unwrap();
            assert_eq!(client.get("note").await, Ok(Some(1)), "{fault:?}");
            assert_eq!(world.faults().unfired(), [], "{fault:?}");
        }
    }
}

#[tokio::test]
async fn pages_make_up_no_value_and_sign_nobody_out() {
    for listens in [true, false] {
        let (world, client) = ada(listens).await;
        for status in [200, 502] {
            world.faults().add(Fault::html("sessions.get", status).times(3)).unwrap();
            assert!(client.get_raw("note").await.is_err());
            world.faults().clear();
        }
        assert_eq!(client.status(), Status::SignedIn);
    }
}

#[tokio::test]
async fn a_fault_that_waits_for_somebody_else_is_reported() {
    let (world, client) = ada(false).await;
    world.faults().add(Fault::status("sessions.get", 503).user(BOB)).unwrap();
    assert_eq!(client.get_raw("note").await, Ok(None));
    assert_eq!(world.faults().unfired().len(), 1);
}

/// Everything that this suite prints, at `TRACE`.
#[test]
fn nothing_secret_is_printed() {
    let searched =
        leaks::search("nothing_secret_is_printed").unwrap_or_else(|leaks| panic!("{leaks}"));
    assert!(searched.secrets > 5, "only {} secrets were looked for", searched.secrets);
    assert!(searched.output.contains("secureflows: failed in passing, trying again"));
}
