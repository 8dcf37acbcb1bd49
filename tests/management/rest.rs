//! Billing, audit, documentation; and that all of the operators' API is there.

use std::sync::{Arc, Mutex};

use secureflows::{
    Error, Host,
    host::{BoxFuture, Request, Response, SendError},
    management::{
        AuditEventType, BillingPatch, BillingStatus, CheckoutRequest, Management, NewWorkspace,
        Plan, PlanChange, UserToken,
    },
};
use secureflows_tests::WORKSPACE;

use crate::{builder, owner, status, user_token, world};

#[tokio::test]
async fn billing_is_read_and_changed() {
    let world = world();
    let management = owner(&world);
    let billing = management.billing().await.unwrap();
    assert_eq!((&billing.plan_name, &billing.billing_status), (&Plan::Free, &BillingStatus::Beta));
    assert_eq!(billing.effective_max_payload_bytes, 2048);
    let patch = BillingPatch::new().plan(Plan::Base);
    let Ok(PlanChange::Done(changed)) = management.update_billing(&patch).await else { panic!() };
    assert_eq!((changed.plan_name, changed.effective_max_payload_bytes), (Plan::Base, 4096));
    let limits = BillingPatch::new().override_max_payload_bytes(Some(10));
    assert!(matches!(management.update_billing(&limits).await, Err(Error::Forbidden { .. })));
    let unknown = BillingPatch::new().plan(Plan::Other("platinum".into()));
    assert_eq!(status(management.update_billing(&unknown).await), 400);
    let checkout = CheckoutRequest {
        plan_name: Plan::Base,
        success_url: "https://app.example/paid".into(),
        cancel_url: "https://app.example/".into(),
    };
    assert_eq!(status(management.checkout(&checkout).await), 501);
    assert_eq!(status(management.cancel_plan().await), 501);
    assert_eq!(status(management.resume_plan().await), 501);
    assert_eq!(status(management.test_enter_grace_lock().await), 404);
    assert_eq!(status(management.test_complete_grace_wipe().await), 404);
}

#[tokio::test]
async fn what_does_not_fit_a_plan_is_told_in_numbers() {
    let answer = r#"{"status":409,"error":"Cannot downgrade plan; revoke sessions or shrink payloads and retry.","code":"BILLING_DOWNGRADE_BLOCKED","details":{"targetPlan":"free","activeSessionCount":21,"maxConcurrentSessionsAllowed":20,"sessionsOverLimit":1,"maxPayloadBytesAllowed":2048,"payloadOverLimit":false}}"#;
    let (management, _) = scripted(409, answer);
    let patch = BillingPatch::new().plan(Plan::Free);
    let Ok(PlanChange::Blocked(why)) = management.update_billing(&patch).await else { panic!() };
    assert_eq!((why.target_plan, why.sessions_over_limit), (Plan::Free, 1));
    assert_eq!(why.largest_active_payload_bytes, None);
}

#[tokio::test]
async fn the_audit_trail_tells_what_was_done() {
    let world = world();
    let management = owner(&world);
    let patch = BillingPatch::new().plan(Plan::Base);
    management.update_billing(&patch).await.unwrap();
    let events = management.audit_events(50).all().await.unwrap();
    let changed = events.iter().find(|it| it.event_type == AuditEventType::BillingPlanChanged);
    assert_eq!(changed.unwrap().actor_email.as_deref(), Some(crate::OWNER));
    let asked = management.api_access(200).page(0).await.unwrap().items;
    let row = asked.iter().find(|it| it.endpoint == "/workspaces/billing").unwrap();
    assert_eq!((row.http_method.as_str(), row.http_status), ("PATCH", 200));
}

#[tokio::test]
async fn the_documentation_is_searched() {
    let world = world();
    let ada = builder(&world).token(user_token(&world, secureflows_tests::ADA)).build().unwrap();
    let found = ada.search_docs("renew a session", 3).await.unwrap();
    assert_eq!(found.query, "renew a session");
    assert!(!found.hits.is_empty() && found.hits.len() <= 3);
    assert_eq!(status(ada.search_docs(" ", 3).await), 400);
}

/// A platform that answers everything alike, and remembers what it was asked.
struct Scripted {
    status: u16,
    body: &'static str,
    asked: Mutex<Vec<String>>,
}

impl Host for Scripted {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, SendError>> {
        let path = request.url().trim_start_matches("https://p.example/api/v1").to_owned();
        self.asked.lock().unwrap().push(format!("{} {path}", request.method()));
        let answer = Response::new(self.status, self.body.as_bytes().to_vec());
        Box::pin(async { Ok(answer) })
    }

    fn sleep(&self, _: std::time::Duration) -> BoxFuture<'static, ()> {
        Box::pin(std::future::pending())
    }

    fn now(&self) -> u64 {
        0
    }

    fn random(&self, bytes: &mut [u8]) -> bool {
        bytes.fill(0);
        true
    }

    fn keep(&self, _: &str, _: &str) -> bool {
        true
    }

    fn take(&self, _: &str) -> Option<String> {
        None
    }
}

fn scripted(status: u16, body: &'static str) -> (Management, Arc<Scripted>) {
    let host = Arc::new(Scripted { status, body, asked: Mutex::default() });
    let token = UserToken::issued_by("https://p.example", "some-user-token".into()).unwrap();
    let builder = Management::builder().origin("https://p.example").token(token);
    (builder.host(host.clone()).build().unwrap(), host)
}

#[tokio::test]
async fn names_and_ids_stay_in_their_place() {
    let (management, host) = scripted(200, "{}");
    let _any = management.application("a/b?c#d").await;
    let _any = management.search_docs("a&b=c d", 99).await;
    let _any = management.set_session_ttl(7, secureflows::management::Ttl::Unlimited).await;
    for id in ["", ".", ".."] {
        let Err(Error::Invalid(invalid)) = management.add_redirect_uri(id, "x").await else {
            panic!("{id}")
        };
        assert_eq!(invalid.field(), "app_id");
    }
    assert_eq!(
        *host.asked.lock().unwrap(),
        [
            "GET /applications/a%2Fb%3Fc%23d",
            "GET /docs/search?q=a%26b%3Dc%20d&limit=99",
            "POST /sessions/admin/7/ttl",
        ]
    );
}

#[tokio::test]
async fn another_workspaces_name_is_no_secret_and_a_token_is() {
    let (management, _) = scripted(403, r#"{"status":403,"error":"not for some-user-token"}"#);
    let error = management.workspace().await.unwrap_err();
    assert_eq!(error.to_string(), "the platform does not allow this: not for [redacted]");
    let shown = format!("{management:?} {:?}", NewWorkspace::new(WORKSPACE));
    assert!(shown.contains(WORKSPACE) && !shown.contains("some-user-token"));
}
