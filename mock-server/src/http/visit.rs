//! One request on its way through the platform, and what is noted about it.

use std::{
    fmt,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    extract::Request,
    response::{IntoResponse as _, Response},
};
use http::{HeaderName, HeaderValue, header};
use jiff::Timestamp;
use serde::Serialize;

use super::{
    Site,
    error::ApiError,
    faults::{BrokenOff, FaultId},
    journal::{Caller, Row, method_name},
};
use crate::domain::{Directory, Reason, WorkspaceId};

/// A request with `X-Mock-Explain: 1` is told which check refused it.
const EXPLAIN: HeaderName = HeaderName::from_static("x-mock-explain");
const EXPLANATION: HeaderName = HeaderName::from_static("x-mock-explanation");

/// A request that is being answered. Its row is written when it is over, also when its client gave up.
pub(super) struct Visit<S: Directory> {
    pub(super) site: Arc<Site<S>>,
    pub(super) began: Timestamp,
    pub(super) client: Option<IpAddr>,
    explain: bool,
    notes: Mutex<Row>,
}

impl<S: Directory> Visit<S> {
    pub(super) fn begin(site: Arc<Site<S>>, client: Option<IpAddr>, request: &Request) -> Self {
        let began = site.platform.clock.now();
        let text = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
        let agent = text(header::USER_AGENT).map(|name| site.journal.agent(name));
        let explain = text(EXPLAIN) == Some("1");
        let row = Row::begun(began, method_name(request.method()));
        let notes = Mutex::new(Row { client, agent, ..row });
        Self { site, began, client, explain, notes }
    }

    pub(super) fn arrived(&self, operation: &'static str, path: &'static str) {
        self.notes().operation = Some((operation, path));
    }

    pub(super) fn known(&self, caller: Caller) {
        let mut notes = self.notes();
        notes.workspace = notes.workspace.or(caller.workspace());
        notes.caller = caller;
    }

    /// Notes the workspace that a caller without one of their own went to.
    pub(super) fn entered(&self, workspace: WorkspaceId) {
        self.notes().workspace = Some(workspace);
    }

    pub(super) fn refused(&self, reason: Reason) {
        self.notes().reason = Some(reason);
    }

    pub(super) fn met(&self, fault: FaultId) {
        self.notes().fault = Some(fault);
    }

    /// Answers with an error, and notes where it comes from.
    pub(super) fn refuse(&self, error: &ApiError) -> Response {
        self.refused(error.reason());
        error.into_response()
    }

    /// Notes the answer's status, and explains a refusal to who asked for that.
    pub(super) fn answered(&self, response: &mut Response) {
        if response.extensions().get::<BrokenOff>().is_some() {
            return;
        }
        let mut notes = self.notes();
        notes.status = Some(response.status().as_u16());
        let refused = notes.reason.filter(|_| self.explain);
        drop(notes);
        if let Some(explanation) = refused.and_then(|reason| self.explanation(reason)) {
            response.headers_mut().insert(EXPLANATION, explanation);
        }
    }

    fn explanation(&self, reason: Reason) -> Option<HeaderValue> {
        #[derive(Serialize)]
        struct Explanation {
            #[serde(flatten)]
            reason: Reason,
            clock: String,
        }
        let explanation = Explanation { reason, clock: self.began.to_string() };
        HeaderValue::try_from(serde_json::to_string(&explanation).ok()?).ok()
    }

    // Notes are single assignments: a panic elsewhere leaves nothing half-done.
    fn notes(&self) -> MutexGuard<'_, Row> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S: Directory> Drop for Visit<S> {
    fn drop(&mut self) {
        let now = self.site.platform.clock.now();
        let notes = self.notes.get_mut().unwrap_or_else(PoisonError::into_inner);
        let mut row = std::mem::replace(notes, Row::begun(self.began, "OTHER"));
        row.duration = now.duration_since(self.began).try_into().unwrap_or_default();
        if let Some(access) = row.access() {
            self.site.platform.store.log(access);
        }
        self.site.journal.write(row);
    }
}

impl<S: Directory> fmt::Debug for Visit<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Visit({:?})", self.notes().operation)
    }
}
