//! The instances as a test steers them: over HTTP, one by one or whichever is next.

use std::{sync::Arc, time::Duration};

use futures_util::future::{BoxFuture, join_all};
use reqwest::{Error, RequestBuilder};
use secureflows::Host;
use secureflows_mock::Fault;
use secureflows_tests::APP;
use serde_json::{Value, json};

use super::{Instances, span, way::Way};
use crate::platform::Platform;

/// What speaks to the instances beside the clients.
pub(super) struct Control(reqwest::Client);

impl Control {
    pub(super) fn new() -> Self {
        let client = reqwest::Client::builder().no_proxy().tls_certs_only([]);
        Self(client.timeout(Duration::from_secs(30)).build().unwrap())
    }

    pub(super) async fn get(&self, url: &str) -> Result<String, Error> {
        answer(self.0.get(url)).await
    }

    pub(super) async fn get_as(&self, token: &str, url: &str) -> Result<Value, Error> {
        answer(self.0.get(url).bearer_auth(token)).await.map(|text| json_of(&text))
    }

    pub(super) async fn post(&self, url: &str, body: &Value) -> Result<Value, Error> {
        answer(self.0.post(url).body(body.to_string())).await.map(|text| json_of(&text))
    }

    pub(super) async fn post_as(
        &self,
        token: &str,
        url: &str,
        body: &Value,
    ) -> Result<Value, Error> {
        let posted = self.0.post(url).header("content-type", "application/json");
        let posted = posted.bearer_auth(token).body(body.to_string());
        answer(posted).await.map(|text| json_of(&text))
    }

    pub(super) async fn delete(&self, url: &str) -> Result<String, Error> {
        answer(self.0.delete(url)).await
    }
}

/// What is said, if it is a success.
async fn answer(request: RequestBuilder) -> Result<String, Error> {
    request.send().await?.error_for_status()?.text().await
}

fn json_of(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

impl Instances {
    /// Asks whichever is next. Where that is killed on the way, nobody knows.
    pub(super) async fn ask(&self, what: &str, body: &Value) -> Option<Value> {
        let base = self.base()?;
        self.control.post(&format!("{base}/_mock/{what}"), body).await.ok()
    }

    /// What one of them shows somebody, who signs in for that.
    async fn shown_by(&self, base: &str, email: &str) -> Value {
        let who = json!({ "user": email, "application": APP });
        let signed_in = self.control.post(&format!("{base}/_mock/sign-in"), &who).await.unwrap();
        let token = text(&signed_in, "sessionToken").unwrap();
        self.control.get_as(&token, &format!("{base}/api/v1/sessions")).await.unwrap()
    }
}

/// The text of a member.
pub(super) fn text(value: &Value, name: &str) -> Option<String> {
    value.get(name)?.as_str().map(str::to_owned)
}

impl Platform for Instances {
    fn origin(&self) -> &str {
        self.balancer.origin()
    }

    fn host(&self) -> Arc<dyn Host> {
        Arc::new(Way::new(Arc::clone(&self.host)))
    }

    fn span(&self, time: Duration) -> Duration {
        span(time)
    }

    fn token(&self, email: String) -> BoxFuture<'_, Option<String>> {
        Box::pin(async move {
            let who = json!({ "user": email, "application": APP });
            text(&self.ask("sign-in", &who).await?, "sessionToken")
        })
    }

    fn callback(&self, email: String, state: String) -> BoxFuture<'_, Option<String>> {
        Box::pin(async move {
            let who = json!({ "user": email, "application": APP, "state": state });
            text(&self.ask("sign-in", &who).await?, "callbackUrl")
        })
    }

    /// Only one of them has it.
    fn lay(&self, fault: Fault) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            let _laid = self.ask("faults", &serde_json::to_value(fault).unwrap()).await;
        })
    }

    fn clear(&self) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            let faults = self.bases().into_iter().map(|base| format!("{base}/_mock/faults"));
            join_all(faults.map(|faults| async move { self.control.delete(&faults).await })).await;
        })
    }

    fn advance(&self, by: Duration) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            let _moved = self.ask("clock/advance", &json!({ "seconds": by.as_secs() })).await;
        })
    }

    fn revoke(&self, email: String) -> BoxFuture<'_, bool> {
        Box::pin(
            async move { self.ask("sessions/revoke", &json!({ "user": email })).await.is_some() },
        )
    }

    /// All of them must show the same.
    fn payload(&self, email: String) -> BoxFuture<'_, Option<Value>> {
        Box::pin(async move {
            let mut shown = Vec::new();
            for base in self.bases() {
                shown.push(self.shown_by(&base, &email).await);
            }
            let first = shown.pop().unwrap();
            assert!(
                shown.iter().all(|other| *other == first),
                "instances show {email} not the same"
            );
            Some(first)
        })
    }
}
